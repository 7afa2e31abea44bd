"""What only you can see: cables, risers, UPS and the room in the case, and what follows of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.optimize.check import check_all
from hwstudio.core.power.ups import carried_w
from hwstudio.core.project.seen import (
    FACTS,
    NO,
    RULES,
    YES,
    Fact,
    circumstances,
    value_of,
    with_value,
)
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.parts import scrolled
from hwstudio.gui.kit.card import Card, Chip
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.text import label, restyle

TITLE = "Cables, risers and UPS"
WORDS = (
    "Facts that no catalogue has. Give those you know; the checks of the build on screen then "
    "answer them instead of saying “not known”. They belong to these very parts, so which build is "
    "best is looked for without them; what your UPS carries can become a limit of the search."
)
NO_BUILD = "No build is chosen in Configure yet."
NOTHING = "Nothing speaks against the build in these facts."
ANSWERS = (("", "Not known"), (YES, "Yes"), (NO, "No"))
MOST_SHOWN = 12


class FactField(QWidget):
    """One fact: a number that may stay empty, or yes and no. ``told`` carries what was typed."""

    told = Signal(str)

    def __init__(self, fact: Fact, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.edit: QLineEdit | None = None
        self.choice: ChoiceField | None = None
        if fact.is_yes_or_no:
            self.choice = ChoiceField(fact.title, ANSWERS, value)
            self.choice.chosen.connect(self.told)
            row.addWidget(self.choice, 1)
            return
        self.edit = QLineEdit(value)
        self.edit.setPlaceholderText("not known")
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setAccessibleName(f"{fact.title}, {fact.unit}")
        self.edit.setAccessibleDescription(fact.hint)
        self.edit.setMaxLength(12)
        self.edit.editingFinished.connect(self._on_edited)
        row.addWidget(self.edit, 1)
        row.addWidget(label(fact.unit, "muted"))

    @Slot()
    def _on_edited(self) -> None:
        if self.edit is not None:
            self.told.emit(self.edit.text())

    def mark(self, why: str) -> None:
        """Mark what was typed as impossible, with the reason; "" takes the mark off."""
        if self.edit is not None:
            self.edit.setToolTip(why)
            self.edit.setProperty("bad", bool(why))
            restyle(self.edit)


class SeenDialog(GuideDialog):
    """``fields`` by the fact's name; ``rows`` are the findings shown."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        self.fields: dict[str, FactField] = {}
        self.rows: tuple[Finding, ...] = ()
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(scrolled(self._form(), "Facts"), 5)
        columns.addWidget(self._checks(), 4)
        self.body.addLayout(columns, 1)
        self.within = self.add_button("Plan within this UPS")
        self.within.setToolTip("Look for the best build that draws no more than your UPS carries")
        self.within.clicked.connect(self._on_within)
        self.finish(next(iter(self.fields.values())).edit or self)
        self.resize(1120, 620)
        self.refresh()

    def _form(self) -> QWidget:
        holder, state = QWidget(), self.context.state()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(12)
        for group in dict.fromkeys(fact.group for fact in FACTS):
            card = Card(group)
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(8)
            grid.setColumnStretch(0, 1)
            for place, fact in enumerate(f for f in FACTS if f.group == group):
                field = FactField(fact, value_of(state, fact))
                field.setFixedWidth(180)
                field.told.connect(partial(self._on_told, fact))
                self.fields[fact.field] = field
                words = QVBoxLayout()
                words.setSpacing(0)
                words.addWidget(label(fact.title))
                words.addWidget(label(fact.hint, "small", wrap=True))
                grid.addLayout(words, place, 0)
                grid.addWidget(field, place, 1)
            card.body.addLayout(grid)
            box.addWidget(card)
        box.addStretch(1)
        return holder

    def _checks(self) -> QWidget:
        card = Card("What follows for the build")
        holder = QWidget()
        self._box = QVBoxLayout(holder)
        self._box.setContentsMargins(0, 0, 8, 0)
        self._box.setSpacing(8)
        self._box.addStretch(1)
        card.body.addWidget(scrolled(holder, "What follows for the build"))
        return card

    @Slot()
    def _on_within(self) -> None:
        most_w = _carried_w(self.context.state())
        if most_w is not None:
            self.use(GuideWishes(max_power_w=most_w))

    def _on_told(self, fact: Fact, typed: str) -> None:
        state = self.context.state()
        field = self.fields[fact.field]
        try:
            after = with_value(state, fact, typed)
        except UserError as error:
            field.mark(error.sentence)
            self.notice.say("warn", error.sentence)
            return
        field.mark("")
        self.notice.clear()
        if after != state:
            self.context.put(after, f"say: {fact.title.lower()}")
        self._show(self.context.build())

    def refresh(self) -> None:
        """Show what the plan holds now; undo in Configure takes facts back as well."""
        state = self.context.state()
        for fact in FACTS:
            field, value = self.fields[fact.field], value_of(state, fact)
            if field.choice is not None:
                field.choice.set_value(value)
            elif field.edit is not None and not field.edit.hasFocus():
                field.edit.setText(value)
        self._show(self.context.build())

    def _show(self, build: Build | None) -> None:
        self.within.setEnabled(_carried_w(self.context.state()) is not None)
        while self._box.count() > 1:
            item = self._box.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if build is None:
            self.rows = ()
            self._box.insertWidget(0, Chip("info", NO_BUILD))
            return
        project = self.context.state()
        found = check_all(build, project.mains, circumstances(project))
        self.rows = tuple(f for f in found if f.rule in RULES)
        for place, finding in enumerate(self.rows[:MOST_SHOWN]):
            self._box.insertWidget(place, _finding(finding))
        if all(f.severity is Severity.INFO for f in self.rows):
            self._box.insertWidget(0, Chip("ok", NOTHING))


def _carried_w(state: ProjectState) -> float | None:
    around = circumstances(state)
    return None if around is None else carried_w(around.ups_w, around.ups_va)


def _finding(finding: Finding) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    chip = Chip()
    chip.show_status(finding.severity.value)
    chip.setFixedWidth(104)
    row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
    texts = QVBoxLayout()
    texts.setSpacing(2)
    texts.addWidget(label(finding.text, wrap=True))
    if finding.advice:
        texts.addWidget(label(finding.advice, "small", wrap=True))
    row.addLayout(texts, 1)
    return holder
