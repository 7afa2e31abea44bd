"""Up to five builds side by side, what differs first; builds are put aside, renamed and taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.project.variants import LONGEST_NAME, MOST_ASIDE
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.whatif.rows import Row, compare_rows
from hwstudio.gui.configure.whatif.state import WhatIfState
from hwstudio.gui.configure.whatif.viewmodel import WhatIfViewModel
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

_ROW_PX = 24
_TITLE_PX = 118
_JUDGING = "Judging the builds…"
_NOTHING = "The builds appear here as soon as one is found."


class _NameEdit(QLineEdit):
    """A new name, typed where the old one stands; Escape leaves it as it was."""

    def __init__(self, leave: Callable[[], None]) -> None:
        super().__init__()
        self._leave = leave

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(event)


class ComparePage(QWidget):
    """The comparison and what can be done with its builds."""

    def __init__(
        self,
        model: WhatIfViewModel,
        jobs: tuple[tuple[str, str], ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._jobs = model, jobs
        self._heads: tuple[str, ...] = ()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(self._bar())
        self.words: QLabel = label("", "small")
        line = QHBoxLayout()
        line.addWidget(self.words, 1)
        line.addWidget(self.all)
        box.addLayout(line)
        self._box = box
        self.table = self._new_table(())
        box.addWidget(self.table, 1)
        self._connect()

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(6)
        self.aside = QPushButton("Put this build aside")
        self.aside.setToolTip("Keep the present build, then change anything: both stay comparable")
        self.which = ChoiceField("Build of the comparison")
        self.name = _NameEdit(self._leave_name)
        self.name.setAccessibleName("New name of the build")
        self.name.setMaxLength(LONGEST_NAME)
        self._naming = QStackedWidget()
        self._naming.addWidget(self.which)
        self._naming.addWidget(self.name)
        self._naming.setFixedWidth(170)
        self._naming.setFixedHeight(self.which.sizeHint().height())
        self.use = QPushButton("Use this one")
        self.use.setToolTip("Make the chosen build the present one (undo brings yours back)")
        self.rename = QPushButton("Rename")
        self.remove = QPushButton("Remove")
        self.job = ChoiceField("Job to compare for", self._jobs)
        self.job.setToolTip("Compare for this job")
        self.job.setMinimumWidth(230)
        self.all = QCheckBox("Also what is the same")
        bar.addWidget(self.aside)
        bar.addWidget(self._naming)
        for button in (self.use, self.rename, self.remove):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(label("For", "small"))
        bar.addWidget(self.job)
        return bar

    def _connect(self) -> None:
        self._model.changed.connect(self._show)
        self.aside.clicked.connect(self._model.put_aside)
        self.which.chosen.connect(self._on_chosen)
        self.use.clicked.connect(self._on_use)
        self.rename.clicked.connect(self._on_rename)
        self.remove.clicked.connect(self._on_remove)
        self.name.returnPressed.connect(self._on_named)
        self.job.chosen.connect(self._model.set_job)
        self.all.toggled.connect(self._on_all)

    def show_state(self, _state: ConfigureState) -> None:
        """Follow the project; the figures arrive by themselves."""
        if self.isVisible():
            self._show(self._model.state)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show(self._model.state)

    @Slot(object)
    def _show(self, state: WhatIfState) -> None:
        if not self.isVisible():
            return
        kept = [one for one in state.judged if one.place is not None]
        # Without builds of one's own the solver's others stand here and can be taken as well.
        offered = [
            (str(n), one.name) for n, one in enumerate(state.judged) if n or one.place is not None
        ]
        self.which.set_options(offered or [("", "No other build")])
        self.job.set_value(state.workload.id if state.workload is not None else "")
        self.aside.setEnabled(bool(state.judged) and len(kept) < MOST_ASIDE)
        self.use.setEnabled(bool(offered))
        self._show_own()
        self.words.setText(state.trouble or self._lead(state))
        self._fill(state)

    def _lead(self, state: WhatIfState) -> str:
        if state.is_judging or not state.judged:
            return _JUDGING if state.is_judging else _NOTHING
        rows = compare_rows(state)
        differ = sum(row.differs for row in rows)
        others = state.judged[1:]
        is_found = bool(others) and all(one.place is None for one in others)
        whose = "The solver's other builds; put yours aside to compare it. " if is_found else ""
        return f"{whose}{differ} of {len(rows)} rows differ. ✓ marks the best of a row."

    def _show_own(self) -> None:
        place = self._place()
        self.rename.setEnabled(place is not None)
        self.remove.setEnabled(place is not None)

    def _place(self) -> int | None:
        """Return the number of the chosen build among those put aside."""
        number, judged = self.which.value, self._model.state.judged
        return judged[int(number)].place if number and int(number) < len(judged) else None

    def _fill(self, state: WhatIfState) -> None:
        heads = tuple(one.name for one in state.judged)
        if heads != self._heads:
            self._heads = heads
            self._box.removeWidget(self.table)
            self.table.deleteLater()
            self.table = self._new_table(heads)
            self._box.addWidget(self.table, 1)
        rows = compare_rows(state)
        shown = tuple(row for row in rows if row.differs or self.all.isChecked())
        self.table.set_rows(shown, "Nothing differs." if rows else _NOTHING)

    def _new_table(self, heads: tuple[str, ...]) -> DataTable:
        title = Column(
            "", _title, tip=_title_tip, colour=_title_colour, width=_TITLE_PX, stretch=not heads
        )
        columns = tuple(_column(number, head) for number, head in enumerate(heads))
        table = DataTable("Builds side by side", (title, *columns))
        table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        table.setSortingEnabled(False)  # rows are unlike facts: an order of theirs says nothing
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        return table

    @Slot(str)
    def _on_chosen(self, _number: str) -> None:
        self._show_own()

    @Slot()
    def _on_use(self) -> None:
        if self.which.value:
            self._model.use(int(self.which.value))

    @Slot()
    def _on_rename(self) -> None:
        if self._place() is not None:
            self.name.setText(self.which.currentText())
            self._naming.setCurrentWidget(self.name)
            self.name.selectAll()
            self.name.setFocus()

    @Slot()
    def _on_named(self) -> None:
        place = self._place()
        self._leave_name()
        if place is not None:
            self._model.rename(place, self.name.text())

    def _leave_name(self) -> None:
        self._naming.setCurrentWidget(self.which)
        self.which.setFocus()

    @Slot()
    def _on_remove(self) -> None:
        place = self._place()
        if place is not None:
            self._model.remove(place)

    @Slot(bool)
    def _on_all(self, _on: bool) -> None:
        self._fill(self._model.state)


def _title(row: Row) -> str:
    return row.title


def _title_tip(row: Row) -> str:
    return row.tip or row.title


def _title_colour(row: Row) -> str:
    return "text" if row.differs else "muted"


def _column(number: int, head: str) -> Column:
    def value(row: Row) -> object:
        return row.cells[number].value

    def text(row: Row) -> str:
        return row.cells[number].text

    def tip(row: Row) -> str:
        return row.cells[number].tip

    def colour(row: Row) -> str:
        return "ok" if row.cells[number].is_best else ""

    return Column(head, value, text, tip=tip, colour=colour, stretch=True)
