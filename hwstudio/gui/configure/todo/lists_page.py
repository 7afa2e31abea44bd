"""The checklists before and after buying, and the order of assembly."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.base.clock import today
from hwstudio.core.project.after.check import Check
from hwstudio.core.project.after.judge import after_buying
from hwstudio.core.project.answer import Answer
from hwstudio.core.project.assembly_steps import AssemblyStep, assembly_steps
from hwstudio.core.project.checklist import Checklist, Done, Item, Known, checklists
from hwstudio.core.project.growth import growths
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.todo.after_model import AfterModel
from hwstudio.gui.configure.todo.after_rows import TITLE, AfterRows
from hwstudio.gui.configure.todo.growth_page import NOTHING_YET
from hwstudio.gui.configure.todo.scrolling import ScrollingPage
from hwstudio.gui.kit.card import Chip
from hwstudio.gui.kit.text import label

_CHIPS = {Done.SEEN: ("ok", "Seen"), Done.AGAINST: ("warn", "Look at it")}
_CHIP_W = 112


class ListsPage(ScrollingPage):
    """Ticks what the app can see; a person ticks the rest, which is kept in the project."""

    ticked = Signal(str, bool)

    def __init__(
        self,
        per_kwh: Callable[[Answer], Decimal],
        after: AfterModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("To do", parent)
        self._per_kwh = per_kwh
        self.after, self.rows = after, AfterRows(self)
        self.rows.ticked.connect(self.ticked)
        self.rows.checked.connect(after.check_now)
        self.rows.stopped.connect(after.stop)
        self._shown: ConfigureState | None = None
        self._is_wanted = False
        after.changed.connect(self._on_looked)
        self.verticalScrollBar().actionTriggered.connect(self._let_go)

    @Slot(object)
    def _on_looked(self, _: object) -> None:
        if self._shown is not None:
            self.show_state(self._shown)

    def show_after(self) -> None:
        """Bring the list after buying into sight, and keep it there until somebody scrolls."""
        self._is_wanted = True
        self._fit_height()

    @Slot()
    def _let_go(self) -> None:
        self._is_wanted = False

    def _settle(self, place: int) -> None:
        super()._settle(place)
        self._fit_height()

    def _fit_height(self) -> None:
        """Where the list after buying is wanted, its head stays at the top while rows find room."""
        super()._fit_height()
        head, holder = self.rows.head, self.widget()
        if self._is_wanted and head is not None and holder is not None:
            holder.resize(self.viewport().width(), holder.minimumHeight())
            bar = self.verticalScrollBar()
            bar.setMaximum(max(0, holder.height() - self.viewport().height()))
            bar.setValue(head.y())

    def show_state(self, state: ConfigureState) -> None:
        """Show the lists of the chosen build with the newest ticks."""
        self._shown = state
        answer = state.answer
        chosen = answer.chosen if answer is not None else None
        after = after_buying(self.after.state.ground, state.project.ticked)
        if answer is None or chosen is None:
            self._show((), (), after)
            return
        grown = growths(chosen, answer.asked.mains)
        known = Known(answer, chosen, grown, today(), self._per_kwh(answer), state.project.ticked)
        lists = tuple(each for each in checklists(known) if each.title != TITLE)
        self._show(lists, assembly_steps(chosen.build), after)

    def _show(
        self,
        lists: tuple[Checklist, ...],
        steps: tuple[AssemblyStep, ...],
        after: tuple[Check, ...],
    ) -> None:
        looked = self.after.state
        box = self.renewed((lists, steps, after, looked.step, looked.problem))
        if box is None:
            return
        self.rows.head = None  # it went with the old rows
        if not lists:
            box.addWidget(label(NOTHING_YET, "muted", wrap=True))
        for each in lists:
            box.addLayout(_head(each))
            for item in each.items:
                box.addLayout(self._row(item))
            box.addSpacing(8)
        if steps:
            box.addWidget(label("Putting it together", "strong"))
            _add_steps(box, steps)
            box.addSpacing(8)
        self.rows.fill(box, after, looked)
        box.addStretch(1)

    def _row(self, item: Item) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._mark(item))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(item.text, wrap=True))
        if item.evidence:
            words.addWidget(label(item.evidence, "small", wrap=True))
        row.addLayout(words, 1)
        return row

    def _mark(self, item: Item) -> QWidget:
        if not item.can_be_ticked:
            chip = Chip(*_CHIPS[item.done])
            chip.setFixedWidth(_CHIP_W)
            chip.setAccessibleName(f"{item.text}: {_CHIPS[item.done][1]}. {item.evidence}")
            return chip
        box = QCheckBox("Done")
        box.setFixedWidth(_CHIP_W)
        box.setChecked(item.done is Done.BY_HAND)
        box.setAccessibleName(f"Done: {item.text}")
        box.toggled.connect(partial(self.ticked.emit, item.id))
        return box


def _head(each: Checklist) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(label(each.title, "strong"))
    row.addWidget(label(each.words, "small"))
    row.addStretch(1)
    return row


def _add_steps(box: QVBoxLayout, steps: tuple[AssemblyStep, ...]) -> None:
    for number, step in enumerate(steps, 1):
        row = QHBoxLayout()
        row.setSpacing(12)
        place, title = label(f"{number}"), label(step.title, wrap=True)
        place.setFixedWidth(20)
        title.setFixedWidth(180)
        words = label(step.words, "small", wrap=True)
        for widget in (place, title, words):
            row.addWidget(widget, 1 if widget is words else 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(row)
