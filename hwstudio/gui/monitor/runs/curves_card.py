"""The card of training curves: charts by role, smoothing, marks in words, time left, copies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.monitor.curves.series import Axis
from hwstudio.gui.kit.card import EmptyState
from hwstudio.gui.kit.fields import ChoiceField, NumberField
from hwstudio.gui.kit.icon import IconButton
from hwstudio.gui.kit.text import label, set_role
from hwstudio.gui.kit.theme_access import current_theme, tokens
from hwstudio.gui.monitor.runs import curves_export
from hwstudio.gui.monitor.runs.curve_chart import CurveChart
from hwstudio.gui.monitor.runs.curve_paint import CurveLook
from hwstudio.gui.monitor.runs.curves_model import CurvesModel
from hwstudio.gui.monitor.runs.curves_state import DEFAULT_SMOOTHING, CurvesPicture

PURPOSE = (
    "Follow loss, accuracy, learning rate and throughput of a training while it runs. Open a "
    "folder with TensorBoard events, or a CSV or JSON lines file; you can drop it here too."
)
_READING = "Reading the log."
_MOST_SAID = 2
_SENTENCE_PX = 440
_MOST_STEPS = 1e12
_CHARTS, _EMPTY = 0, 1


class CurvesCard(QWidget):
    """Follows ``model`` while it can be seen. ``open_wanted`` asks for a log to be chosen."""

    open_wanted = Signal(str)  # folder | file
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CurvesModel(self)
        self.charts: tuple[CurveChart, ...] = ()
        self._columns = 0
        self._pages = QStackedWidget()
        shown = QWidget()
        box = QVBoxLayout(shown)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(self._bar())
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        box.addLayout(self._grid, 1)
        box.addLayout(self._foot())
        self._pages.addWidget(shown)
        self.empty = EmptyState("chart", PURPOSE, "Open a training log…")
        self._pages.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(100)
        self._connect()
        self._show()

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self.shown = ChoiceField("Charts shown", [("all", "All charts")], "all")
        self.axis = ChoiceField("Drawn over", [("step", "Steps"), ("time", "Time")], "step")
        caption = label("Smooth", "small")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 99)
        self.smoothing.setValue(round(DEFAULT_SMOOTHING * 100))
        self.smoothing.setPageStep(10)
        self.smoothing.setMinimumWidth(60)
        self.smoothing.setAccessibleName("Smoothing, 0 to 0.99")
        self.smoothing.setToolTip("Exponential moving average; what was logged stays faint behind")
        caption.setBuddy(self.smoothing)
        self.weight = label("", "small")
        self.weight.setMinimumWidth(28)
        self.runs = QPushButton("Runs")
        self.runs.setToolTip("Which runs of this log are drawn")
        self._run_menu = QMenu(self)
        self.runs.setMenu(self._run_menu)
        self.more = IconButton("more", "More: copy, save, scale", tokens().muted)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._more_menu())
        row.addWidget(self.shown, 2)
        row.addWidget(self.axis, 1)
        row.addWidget(caption)
        row.addWidget(self.smoothing, 1)
        row.addWidget(self.weight)
        row.addWidget(self.runs)
        row.addWidget(self.more)
        return row

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        for words, slot in (
            ("Copy as picture", self.copy_png),
            ("Copy as SVG", self.copy_svg),
            ("Copy points shown as CSV", self.copy_csv),
            ("Save…", self.save_as),
            ("Show as table", self.show_table),
            ("Show all of it", self.show_all),
        ):
            menu.addAction(words).triggered.connect(slot)
        self.log_scale = menu.addAction("Values in powers of ten")
        self.log_scale.setCheckable(True)
        self.log_scale.setToolTip("A logarithmic axis; values below 0 are left out")
        menu.addSeparator()
        menu.addAction("Open another folder…").triggered.connect(self._on_folder)
        menu.addAction("Open another file…").triggered.connect(self._on_file)
        return menu

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setSpacing(2)
        self.sentences = tuple(label("", "muted", wrap=True) for _ in range(_MOST_SAID))
        for line in self.sentences:
            line.setMinimumWidth(_SENTENCE_PX)  # or its height when narrow would count
            foot.addWidget(line)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.left = label("", "small", wrap=True)
        self.left.setMinimumWidth(_SENTENCE_PX // 2)
        row.addWidget(self.left, 1)
        self.total_caption = label("Steps in all", "small")
        self.total = NumberField("Steps in all", low=1, high=_MOST_STEPS, value=1)
        self.total.edit.setText("")
        self.total.setMaximumWidth(110)
        row.addWidget(self.total_caption)
        row.addWidget(self.total)
        foot.addLayout(row)
        return foot

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self._show)
        model.exported.connect(self.said)
        model.failed.connect(self.refused)
        self.shown.chosen.connect(self._on_shown)
        self.axis.chosen.connect(self._on_axis)
        self.log_scale.toggled.connect(self._show)
        self.smoothing.valueChanged.connect(self._on_smoothing)
        self.total.changed.connect(self._on_total)
        self.empty.acted.connect(self._on_empty)
        self._resized.timeout.connect(self._on_resized)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._on_theme_changed)

    # --- showing -----------------------------------------------------------------------------

    def open(self, path: Path | None) -> None:
        """Follow a log; None shows what this place is for."""
        self.model.open(path)

    @Slot()
    def _show(self) -> None:
        picture = self.model.picture
        if picture is None or not picture.groups:
            self._show_empty(picture)
            return
        self._pages.setCurrentIndex(_CHARTS)
        self.shown.set_options(picture.choices, self.model.wish.shown)
        self.axis.setEnabled(picture.has_times)
        self.axis.setToolTip(
            "What the curves are drawn over" if picture.has_times else "This log has no times"
        )
        self.axis.set_value(self.model.wish.axis.value if picture.has_times else "step")
        self.weight.setText(f"{self.smoothing.value() / 100:.2f}")
        self._show_runs(picture)
        self._show_charts(picture)
        self._show_words(picture)

    def _show_empty(self, picture: CurvesPicture | None) -> None:
        self._pages.setCurrentIndex(_EMPTY)
        path = self.model.path
        name = path.name if path is not None else ""
        if path is None:
            words, button = PURPOSE, "Open a training log…"
        elif self.model.problem:
            words, button = self.model.problem, "Open another log…"
        elif picture is None or picture.is_behind:
            words, button = _READING, ""
        elif picture.runs and picture.wish.hidden:
            words, button = "Every run of this log is hidden.", "Show all runs"
        else:
            why = picture.notices[0] if picture.notices else "No numbers were found"
            words, button = f"There is nothing to plot in {name}. {why}.", "Open another log…"
        self.empty.show_text(words)
        self.empty.button.setText(button)
        self.empty.button.setVisible(bool(button))

    def _show_runs(self, picture: CurvesPicture) -> None:
        self.runs.setVisible(len(picture.runs) > 1)
        names = [(run.name, run.name in self.model.wish.hidden) for run in picture.runs]
        have = [(action.text(), not action.isChecked()) for action in self._run_menu.actions()]
        shown = sum(not is_hidden for _, is_hidden in names)
        self.runs.setText(f"{shown} of {len(names)} runs")
        if names == have:
            return
        self._run_menu.clear()
        for name, is_hidden in names:
            action = self._run_menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(not is_hidden)
            action.toggled.connect(self._on_runs)

    def _show_charts(self, picture: CurvesPicture) -> None:
        groups = picture.groups
        self._arrange(len(groups))
        is_time = picture.wish.axis is Axis.TIME and picture.has_times
        for chart, group in zip(self.charts, groups, strict=True):
            more = f" ({group.left_out} more curves)" if group.left_out else ""
            look = CurveLook(group.title + more, is_time, self.log_scale.isChecked())
            chart.show_group(group, look, picture.span)
            chart.set_window(self.model.wish.window)

    def _arrange(self, count: int) -> None:
        """Make as many charts as there are groups, in one or two columns."""
        columns = 1 if count == 1 or (count == 2 and self.width() < 520) else 2
        if count == len(self.charts) and columns == self._columns:
            return
        charts = list(self.charts)
        for chart in charts[count:]:
            chart.hide()
            chart.deleteLater()
        while len(charts) < count:
            chart = CurveChart(self)
            chart.window_wanted.connect(self._on_window)
            chart.hovered.connect(self._on_hovered)
            chart.menu_wanted.connect(self._on_menu)
            charts.append(chart)
        self.charts, self._columns = tuple(charts[:count]), columns
        for chart in charts:
            self._grid.removeWidget(chart)
        for number, chart in enumerate(self.charts):
            row, column = divmod(number, columns)
            is_alone = number == count - 1 and column == 0
            self._grid.addWidget(chart, row, column, 1, columns if is_alone else 1)
            chart.show()

    def _show_words(self, picture: CurvesPicture) -> None:
        said = picture.said
        for number, line in enumerate(self.sentences):
            line.setVisible(number < len(said))
            if number >= len(said):
                continue
            rest = len(said) - _MOST_SAID
            is_last = number == _MOST_SAID - 1 and rest > 0
            line.setText(f"{said[number].sentence} And {rest} more." if is_last else
                         said[number].sentence)  # fmt: skip
            line.setToolTip("\n".join(each.sentence for each in said[number:]) if is_last else "")
            set_role(line, said[number].kind)
        parts = [f"Time left: {picture.left}." if _is_time(picture.left) else _full(picture.left)]
        parts.append(f"Pace: {picture.pace}." if picture.pace else "")
        parts += [f"{notice}." for notice in picture.notices[:1]]
        text = " ".join(part for part in parts if part)
        if not picture.left and picture.wants_total:
            text = f"{text} Say how many steps there will be to see the time left.".strip()
        self.left.setText(text)
        self.left.setToolTip("\n".join(picture.notices))
        for widget in (self.total_caption, self.total):
            widget.setVisible(picture.wants_total)

    # --- wishes ------------------------------------------------------------------------------

    @Slot(str)
    def _on_shown(self, key: str) -> None:
        self.model.set_wish(shown=key)

    @Slot(str)
    def _on_axis(self, axis: str) -> None:
        self.model.set_wish(axis=Axis(axis), window=None)

    @Slot(int)
    def _on_smoothing(self, value: int) -> None:
        self.weight.setText(f"{value / 100:.2f}")
        self.model.set_wish(smoothing=value / 100)

    @Slot(float)
    def _on_total(self, value: float) -> None:
        self.model.set_wish(total_steps=value)

    @Slot()
    def _on_runs(self) -> None:
        hidden = {act.text() for act in self._run_menu.actions() if not act.isChecked()}
        self.model.set_wish(hidden=frozenset(hidden))

    @Slot(object)
    def _on_window(self, window: object) -> None:
        wanted = window if isinstance(window, tuple) else None
        for chart in self.charts:
            chart.set_window(wanted)
        self.model.set_wish(window=wanted)

    @Slot(object)
    def _on_hovered(self, x: object) -> None:
        for chart in self.charts:
            if chart is not self.sender():
                chart.set_cursor(x if isinstance(x, float) else None)

    @Slot(object)
    def _on_menu(self, place: object) -> None:
        if isinstance(place, QPoint):
            self.more.menu().popup(place)

    @Slot()
    def _on_empty(self) -> None:
        picture = self.model.picture
        if picture is not None and picture.runs and picture.wish.hidden:
            self.model.set_wish(hidden=frozenset())
            return
        menu = open_menu(self)
        menu.actions()[0].triggered.connect(self._on_folder)
        menu.actions()[1].triggered.connect(self._on_file)
        button = self.empty.button
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot()
    def _on_folder(self) -> None:
        self.open_wanted.emit("folder")

    @Slot()
    def _on_file(self) -> None:
        self.open_wanted.emit("file")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.more.recolour(tokens().muted)

    # --- copies ------------------------------------------------------------------------------

    @Slot()
    def copy_png(self) -> None:
        """Copy the charts as a picture."""
        QGuiApplication.clipboard().setImage(curves_export.picture_of(self.charts))
        self.said.emit("Curves copied as a picture")

    @Slot()
    def copy_svg(self) -> None:
        """Copy the charts as SVG text."""
        QGuiApplication.clipboard().setText(curves_export.svg_of(self.charts, self._title()))
        self.said.emit("Curves copied as SVG")

    @Slot()
    def copy_csv(self) -> None:
        """Copy the points shown."""
        QGuiApplication.clipboard().setText(curves_export.csv_of(self.charts))
        self.said.emit("Points copied as CSV")

    @Slot()
    def save_as(self) -> None:
        """Ask for a file name and save the charts, or every point, there."""
        start = f"{self._title()}.png"
        name, kind = QFileDialog.getSaveFileName(
            self, "Save curves as", start, curves_export.SAVE_FILTER
        )
        if name:
            self.save_to(Path(name), is_all=curves_export.ALL_POINTS in kind)

    def save_to(self, file: Path, *, is_all: bool = False) -> None:
        """Save the charts as the name says; every point of the log for ``.all.csv``."""
        if is_all or file.name.endswith(curves_export.ALL_POINTS):
            self.model.export(file)
            return
        try:
            curves_export.save(self.charts, file, self._title())
        except HwstudioError as error:
            self.refused.emit(error.sentence)
        else:
            self.said.emit(f"Curves saved as {file.name}")

    @Slot()
    def show_table(self) -> None:
        """Open the points shown as a table."""
        curves_export.table_window(self.charts, self).show()

    @Slot()
    def show_all(self) -> None:
        """Show the whole axis again."""
        self._on_window(None)

    def _title(self) -> str:
        return f"{self.model.path.stem if self.model.path else 'training'} curves"

    # --- life --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.hide()
        self._resized.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    @Slot()
    def _on_resized(self) -> None:
        wide = max((chart.width() for chart in self.charts), default=self.width())
        with QSignalBlocker(self.smoothing):
            self.model.set_wish(pixels=max(100, -(-wide // 100) * 100))
        self._arrange(len(self.charts))


def open_menu(parent: QWidget) -> QMenu:
    """Return the menu that asks for a folder or a file; connect its two actions."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction("A folder, such as TensorBoard's…")
    menu.addAction("A file (CSV, JSON lines, events)…")
    return menu


def _is_time(left: str) -> bool:
    return bool(left) and not left.startswith("Time left")


def _full(sentence: str) -> str:
    return f"{sentence}." if sentence else ""
