"""The page "Cost of owning": one question at a time, inputs left, the answer right."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.cost.sheets.model import Answer, Curves, Figure, Sheet
from hwstudio.gui.cloud.costs.form import Form
from hwstudio.gui.cloud.costs.save import save_csv, save_workbook
from hwstudio.gui.cloud.costs.stacked import StackedColumns
from hwstudio.gui.cloud.costs.tables import columns_of
from hwstudio.gui.cloud.costs.viewmodel import CostsState, CostsViewModel, sheet_titles
from hwstudio.gui.cloud.sections import CloudServices
from hwstudio.gui.kit.card import BigNumber, Card, Notice, Sentence
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.plot import LinePlot, Series
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip

_FIGURES = 4
_ANSWER_PX, _LINES_PX, _SHORT_PX = 300, 130, 176
_ENDLESS = 16777215  # Qt's own word for no limit
_KEEP_AFTER_MS = 1500
_OWN = "Your hardware and use"
_DEFAULTS = "Our defaults"


class CostsPage(QWidget):
    """Sheets about cost. Nothing runs while it is hidden."""

    def __init__(self, services: CloudServices) -> None:
        super().__init__()
        self._services = services
        studio = services.context.studio
        self.model = CostsViewModel(
            studio.home.cost_inputs_file, studio.settings.electricity_source, self
        )
        self._forms: dict[str, Form] = {}
        self._tables: dict[str, DataTable] = {}
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_AFTER_MS)
        self._build()
        self._connect()
        self._on_cloud(services.model.state)
        self._show(self.model.state)

    # --- layout -----------------------------------------------------------------------------

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._head())
        self.notice = Notice()
        outer.addWidget(self.notice)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self._inputs())
        self.answer = QSplitter(Qt.Orientation.Vertical)
        self.answer.setChildrenCollapsible(False)
        self.answer.addWidget(self._answer_card())
        self.answer.addWidget(self._lines_card())
        self.answer.setStretchFactor(0, 3)
        self.answer.setStretchFactor(1, 2)
        self.answer.setSizes([_ANSWER_PX * 2, _LINES_PX * 2])
        body.addWidget(self.answer, 1)
        outer.addLayout(body, 1)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        self.questions = QTabBar()
        self.questions.setObjectName("tabs")
        self.questions.setAccessibleName("Questions about cost")
        self.questions.setDrawBase(False)
        self.questions.setExpanding(False)
        for number, (_, title, about) in enumerate(sheet_titles()):
            self.questions.addTab(title)
            self.questions.setTabToolTip(number, about)
        head.addWidget(self.questions)
        head.addStretch(1)
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the answer and its lines as text.")
        self.csv = QPushButton("Save as CSV")
        self.xlsx = QPushButton("Save as Excel")
        self.xlsx.setToolTip("A workbook with live formulas: change an input there and all follow.")
        for button in (self.copy, self.csv, self.xlsx):
            head.addWidget(button)
        return head

    def _inputs(self) -> QWidget:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(304)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Inputs")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        card = Card()
        self.begin = ChoiceField("Begin with")
        card.body.addWidget(labelled("Begin with", self.begin))
        self.note = label("", "small", wrap=True)
        card.body.addWidget(self.note)
        self.forms = QVBoxLayout()
        card.body.addLayout(self.forms)
        self.reset = QPushButton("Forget what I typed")
        card.body.addWidget(self.reset)
        column.addWidget(card)
        column.addStretch(1)
        area.setWidget(holder)
        return area

    def _answer_card(self) -> QWidget:
        self.card = card = Card()
        self.sentence = Sentence()
        self.detail = label("", "muted", wrap=True)
        card.body.addWidget(self.sentence)
        card.body.addWidget(self.detail)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.figures = [BigNumber("") for _ in range(_FIGURES)]
        for figure in self.figures:
            row.addWidget(figure, 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        self.charts = QWidget()
        charts = QHBoxLayout(self.charts)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(16)
        self.stack = StackedColumns("Cost by year and kind")
        self.stack.setMinimumSize(220, 110)
        charts.addWidget(self.stack, 1)
        lines = QVBoxLayout()
        lines.setSpacing(4)
        self.curve_title = label("", "strong")
        self.curve = LinePlot("Cost over use", "Use", "Cost, $")
        self.curve.setMinimumSize(220, 90)
        self.curve.mark_position = 0.5
        lines.addWidget(self.curve_title)
        lines.addWidget(self.curve, 1)
        charts.addLayout(lines, 1)
        for chart in (self.stack, self.curve):
            chart.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        card.body.addWidget(self.charts, 1)
        self.spare = QWidget()  # takes the charts' room where there are none
        card.body.addWidget(self.spare, 1)
        card.setMinimumHeight(_ANSWER_PX)  # else the wrapped lines would ask for a narrow page's
        return card

    def _lines_card(self) -> QWidget:
        card = Card()
        self.lines = QStackedWidget()
        self.lines.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        card.body.addWidget(self.lines, 1)
        card.setMinimumHeight(_LINES_PX)
        return card

    def _connect(self) -> None:
        self.model.changed.connect(self._show)
        self.model.refused.connect(self._refuse)
        self._services.model.changed.connect(self._on_cloud)
        self.questions.currentChanged.connect(self._on_question)
        self.begin.chosen.connect(self._on_begin)
        self.reset.clicked.connect(self.model.forget_typed)
        self.copy.clicked.connect(self._on_copy)
        self.csv.clicked.connect(self._on_csv)
        self.xlsx.clicked.connect(self._on_xlsx)
        self._keeping.timeout.connect(self.model.save)

    # --- what comes in ------------------------------------------------------------------------

    @Slot(object)
    def _on_cloud(self, state: object) -> None:
        self.model.follow(state)

    @Slot(int)
    def _on_question(self, number: int) -> None:
        self.model.open_sheet(sheet_titles()[number][0])
        self._keeping.start()

    @Slot(str)
    def _on_begin(self, preset_id: str) -> None:
        self.model.choose_preset(preset_id)
        self._keeping.start()

    @Slot(str, object)
    def _on_typed(self, field_id: str, value: object) -> None:
        self.model.set_value(field_id, value)
        self._keeping.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed when the page goes away."""
        self.model.save()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Take what changed on the first page meanwhile."""
        self._on_cloud(self._services.model.state)
        super().showEvent(event)

    # --- what is shown --------------------------------------------------------------------------

    @Slot(object)
    def _show(self, state: CostsState) -> None:
        ids = [one[0] for one in sheet_titles()]
        self.questions.setCurrentIndex(ids.index(state.sheet.id))
        first = _OWN if state.sheet.id != "parts" else _DEFAULTS
        options = (("", first), *((one.id, one.title) for one in state.sheet.presets))
        self.begin.set_options(options, state.preset.id if state.preset else "")
        if state.preset is None:
            self.begin.set_value("")
        self.note.setText(state.preset.note if state.preset else "")
        self.note.setVisible(bool(self.note.text()))
        self.reset.setVisible(state.has_typed)
        self._form(state.sheet).show_inputs(state.inputs)
        self.notice.clear()
        if state.problem:
            self._refuse(state.problem)
        if state.answer is not None:
            self._show_answer(state.sheet, state.answer)
        else:
            self.sentence.setText("Nothing can be worked out yet.")

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self.notice.say("warn", sentence)

    def _form(self, sheet: Sheet) -> Form:
        if sheet.id not in self._forms:
            form = Form(sheet)
            form.typed.connect(self._on_typed)
            form.rejected.connect(self._refuse)
            self._forms[sheet.id] = form
            self.forms.addWidget(form)
        for key, form in self._forms.items():
            form.setVisible(key == sheet.id)
        return self._forms[sheet.id]

    def _show_answer(self, sheet: Sheet, answer: Answer) -> None:
        self.sentence.setText(answer.sentence)
        self.detail.setText(answer.detail)
        self.detail.setVisible(bool(answer.detail))
        for number, widget in enumerate(self.figures):
            has = number < len(answer.figures)
            widget.setVisible(has)
            if has:
                _show_figure(widget, answer.figures[number])
        self.stack.setVisible(answer.stack is not None)
        if answer.stack is not None:
            self.stack.set_stack(answer.stack)
        self._show_curves(answer.curves)
        has_chart = answer.stack is not None or answer.curves is not None
        self.charts.setVisible(has_chart)
        self.spare.setVisible(not has_chart)
        self.card.setMinimumHeight(_ANSWER_PX if has_chart else _SHORT_PX)
        self.card.setMaximumHeight(_ENDLESS if has_chart else _SHORT_PX)
        if sheet.id not in self._tables:
            table = DataTable(f"Lines of {sheet.title}", columns_of(answer.headings))
            self._tables[sheet.id] = table
            self.lines.addWidget(table)
        self._tables[sheet.id].set_rows(answer.rows)
        self.lines.setCurrentWidget(self._tables[sheet.id])

    def _show_curves(self, curves: Curves | None) -> None:
        has = curves is not None
        self.curve.setVisible(has)
        self.curve_title.setVisible(has)
        if curves is None:
            return
        self.curve_title.setText(curves.title)
        self.curve.legend_offset = (-8, 4) if curves.is_falling else (8, 4)
        self.curve.set_axis_titles(curves.x_title, curves.y_title)
        self.curve.set_series(
            tuple(
                Series(name, curves.x, values, colour=number)
                for number, (name, values) in enumerate(curves.lines)
            )
        )
        self.curve.set_marks(curves.marks)
        self.curve.set_range(y=_range(curves))

    # --- what goes out --------------------------------------------------------------------------

    @Slot()
    def _on_copy(self) -> None:
        state = self.model.state
        if state.answer is None:
            return
        table = self._tables[state.sheet.id].as_markdown()
        text = f"{state.answer.sentence}\n{state.answer.detail}\n\n{table}"
        QGuiApplication.clipboard().setText(text)
        self._services.context.status("Answer and lines copied")

    @Slot()
    def _on_csv(self) -> None:
        self._ask("Save the lines", "csv", "Table (*.csv)", self.save_csv)

    @Slot()
    def _on_xlsx(self) -> None:
        self._ask("Save with formulas", "xlsx", "Workbook (*.xlsx)", self.save_xlsx)

    def _ask(self, title: str, ending: str, kinds: str, save: object) -> None:
        start = str(Path.home() / f"{self.model.state.sheet.title.lower()}.{ending}")
        name, _ = QFileDialog.getSaveFileName(self, title, start, kinds)
        if name and callable(save):
            save(Path(name if name.lower().endswith(f".{ending}") else f"{name}.{ending}"))

    def save_csv(self, path: Path) -> None:
        """Write the lines as a table."""
        table = self._tables[self.model.state.sheet.id]
        self._written(path, partial(save_csv, path, table.as_csv()))

    def save_xlsx(self, path: Path) -> None:
        """Write inputs and sums with live formulas."""
        self._written(path, partial(save_workbook, path, self.model.state))

    def _written(self, path: Path, write: partial[None]) -> None:
        try:
            write()
        except HwstudioError as error:
            self._refuse(error.sentence)
            return
        self._services.context.status(f"Saved {path.name}")


def _range(curves: Curves) -> tuple[float, float]:
    """Return the heights to show: always with zero, and up to where the rest can be seen."""
    values = [v for _, line in curves.lines for v in line if not math.isnan(v)]
    low, high = min(0.0, *values), max(0.0, *values)
    if curves.top is not None:
        high = min(high, curves.top)
    room = (high - low or 1.0) * 0.06
    return (low - room if low < 0 else 0.0), high + room


def _show_figure(widget: BigNumber, figure: Figure) -> None:
    tip = provenance_tip(figure.caption, source="the lines below", formula=figure.formula)
    widget.set_caption(figure.caption)
    widget.show_value(figure.text or "–", figure.unit if figure.text else "", figure.note, tip)
