"""The upgrade plan: money and hours, four phases on a line, what one owns, what was recorded."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from hwstudio.core.assess.upgrade.book import UpgradeBook
from hwstudio.core.assess.upgrade.inventory import Item
from hwstudio.core.assess.upgrade.situation import Situation
from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import gib, parse_number
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.project.upgrade_file import load_upgrades, save_upgrades
from hwstudio.core.project.upgrade_ground import situation_of
from hwstudio.core.studio import Studio
from hwstudio.gui.kit.card import Card, Notice
from hwstudio.gui.kit.fields import labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.machine.upgrade.inventory_card import InventoryCard
from hwstudio.gui.machine.upgrade.item_dialog import ItemDialog
from hwstudio.gui.machine.upgrade.take_bar import TakeBar
from hwstudio.gui.machine.upgrade.thresholds_dialog import ThresholdsDialog
from hwstudio.gui.machine.upgrade.timeline import Timeline
from hwstudio.gui.machine.upgrade.viewmodel import Planned, UpgradeViewModel
from hwstudio.gui.machine.upgrade.words import NOT_RECORDED, pressure_words

_MOST_MONEY, _MOST_HOURS = 10_000_000.0, 744.0
_USE, _USE_AND_RENT = "Recorded use", "Recorded use, and renting"
_WORKING = "Working out the plan …"


class UpgradePage(QWidget):
    """``closed`` is sent by Back; ``book_changed`` when what one owns was changed."""

    closed = Signal()
    book_changed = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        file = studio.home.upgrades_file
        self.model = UpgradeViewModel(
            partial(load_upgrades, file),
            partial(save_upgrades, file),
            partial(_gather, studio),
            self,
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(self._inputs())
        self.notice = Notice()
        box.addWidget(self.notice)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        self.timeline = Timeline()
        split.addWidget(self.timeline)
        split.addWidget(self._lower())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        box.addWidget(split, 1)
        self._connect()

    def _inputs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.back = QPushButton("Back to this PC")
        self.back.setShortcut("Esc")
        self.title = label("Upgrade plan", "section")
        self.budget = _field("Money to spend now", "no limit")
        self.per_month = _field("Money put aside a month", "none")
        self.hours = _field("Busy GPU hours a month", "as recorded")
        self.limits = QPushButton("Thresholds…")
        bottom = Qt.AlignmentFlag.AlignBottom
        row.addWidget(self.back, 0, bottom)
        row.addWidget(self.title, 1, bottom)
        row.addWidget(labelled("Money to spend now, $", self.budget))
        row.addWidget(labelled("Put aside a month, $", self.per_month))
        row.addWidget(labelled("Busy GPU hours a month", self.hours))
        row.addWidget(self.limits, 0, bottom)
        return row

    def _lower(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.take = TakeBar()
        box.addWidget(self.take)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.inventory = InventoryCard()
        row.addWidget(self.inventory, 3)
        card = self._use_card = Card(_USE)
        self.recorded = label("", "small", wrap=True)
        self.rent = label("", "small", wrap=True)
        for words in (self.recorded, self.rent):
            words.setMinimumHeight(16)
            card.body.addWidget(words)
        card.body.addStretch(1)
        row.addWidget(card, 2)
        box.addLayout(row, 1)
        return holder

    def _connect(self) -> None:
        self.back.clicked.connect(self.closed)
        self.limits.clicked.connect(self._on_limits)
        for made in (self.budget, self.per_month, self.hours):
            made.editingFinished.connect(self._on_typed)
        self.take.taken.connect(self._on_taken)
        self.timeline.dropped.connect(self.model.drop)
        self.inventory.edited.connect(self._on_edit)
        self.inventory.removed.connect(self.model.remove_item)
        self.model.changed.connect(self._on_changed)
        self.model.book_changed.connect(self.book_changed)

    def show_machine(self, machine: Machine, goal: str) -> None:
        """Plan for what was found."""
        self.model.show(machine, goal)
        self._show_inputs(self.model.state.book)

    def _show_inputs(self, book: UpgradeBook) -> None:
        for made, value in (
            (self.budget, book.budget),
            (self.per_month, book.per_month),
            (self.hours, book.hours_per_month),
        ):
            made.setText("" if value is None else f"{value:,.10g}")

    @Slot()
    def _on_typed(self) -> None:
        book = self.model.state.book
        try:
            budget = _typed(self.budget, _MOST_MONEY)
            per_month = _typed(self.per_month, _MOST_MONEY)
            hours = _typed(self.hours, _MOST_HOURS)
        except UserError as error:
            self.notice.say("error", error.sentence)
            return
        now = (book.budget, book.per_month, book.hours_per_month)
        if (budget, per_month, hours) != now:
            self.model.set_book(
                budget=None if budget is None else Decimal(str(budget)),
                per_month=None if per_month is None else Decimal(str(per_month)),
                hours_per_month=hours,
            )

    @Slot()
    def _on_limits(self) -> None:
        dialog = ThresholdsDialog(self.model.state.book.limits, self)
        if dialog.exec():
            self.model.set_book(limits=dialog.limits)

    @Slot(object, int, bool)
    def _on_taken(self, change: object, months: int, is_confirmed: bool) -> None:
        try:
            self.model.take(change, months, is_confirmed=is_confirmed)  # type: ignore[arg-type]
        except UserError as error:
            self.notice.say("warn", error.sentence)

    @Slot(int)
    def _on_edit(self, number: int) -> None:
        items = self.model.state.book.items
        item = next((one for one in items if one.id == number), Item())
        dialog = ItemDialog(item, self._parts_of, today(), self)
        if dialog.exec():
            try:
                self.model.put_item(dialog.item)
            except UserError as error:
                self.notice.say("error", error.sentence)

    def _parts_of(self, kind: str) -> tuple[Part, ...]:
        known = {each.value for each in PartKind}
        return self._studio.catalog.parts(PartKind(kind)) if kind in known else ()

    @Slot()
    def _on_changed(self) -> None:
        state = self.model.state
        if state.planned is not None:
            self._show(state.planned)
        if state.error:
            self.notice.say("error", state.error)
        elif state.is_busy:
            self.title.setText(_WORKING)
        else:
            self.notice.clear()
            self._say_held(state.planned)

    def _show(self, planned: Planned) -> None:
        plan, situation = planned.plan, planned.situation
        goal = situation.shapes.workload.title if situation.shapes is not None else ""
        self.title.setText(f"Upgrade plan: {goal}, readiness {plan.score_now} of 100 now")
        self.timeline.show_phases(plan.phases)
        self.take.show_choices(plan.choices)
        self.inventory.show_items(situation.lifecycles)
        recorded = " ".join(pressure_words(each) for each in situation.pressures)
        self.recorded.setText(recorded or NOT_RECORDED)
        self.rent.setText(plan.rent.words if plan.rent is not None else "")
        self.rent.setVisible(plan.rent is not None)
        self._use_card.title.setText(_USE if plan.rent is None else _USE_AND_RENT)

    def _say_held(self, planned: Planned | None) -> None:
        """Say which steps wait to be confirmed."""
        held = () if planned is None else planned.plan.held
        if held:
            step = held[0]
            self.notice.say(
                "warn",
                f"Held back: {step.title[:1].lower()}{step.title[1:]}. It would lower GPU memory "
                f"by {gib(step.less_vram_bytes, 2)}. To plan it all the same, choose it below and "
                "tick that you know.",
            )


def _gather(studio: Studio, machine: Machine, book: UpgradeBook, goal: str) -> Situation:
    catalog = studio.catalog
    known = {workload.id: workload for workload in catalog.workloads()}
    chosen = known.get(goal) or catalog.workloads()[0]
    return situation_of(studio, machine, book, chosen)


def _field(name: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    made.setFixedWidth(130)
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    return made


def _typed(made: QLineEdit, most: float) -> float | None:
    text = made.text().strip()
    if not text:
        return None
    try:
        value = parse_number(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise UserError(
            f"{made.accessibleName()}: '{text}' is not possible", "", f"Type 0 to {most:,.0f}"
        )
    return value
