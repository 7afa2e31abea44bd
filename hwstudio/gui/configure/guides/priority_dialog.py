"""Which part next? The rows of the plan by what another part in each would bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.guide.priority import GAIN, NO_GAIN, Rank, Step
from hwstudio.core.model.part import PartKind
from hwstudio.core.project.guides.part_next import which_part_next
from hwstudio.core.project.state import Choice
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.working import Working
from hwstudio.gui.configure.words import KIND_TITLE
from hwstudio.gui.kit.card import Card, Sentence
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

TITLE = "Which part next?"
WORDS = (
    "Every other part that fits is tried in each row of the plan. The rows are ordered by how much "
    "faster the job gets for the money."
)
HOW = (
    "Speeds are estimated, for the whole job: what the cards and their lanes do, what processor "
    "and drive bring them, and loading at the start. Select a row to see what its answer rests on."
)
NO_BUILD = "No build is chosen in Configure yet."
ANY = 1e7


def gain_words(step: Step | None) -> str:
    """Return "+24%", "+1.9%" or a dash."""
    if step is None or not step.speed_change:
        return "–"
    digits = 0 if abs(step.speed_change) >= 0.1 else 1
    return f"{step.speed_change:+.{digits}%}"


def cost_words(step: Step | None) -> str:
    """Return what a step costs more."""
    if step is None or step.price_change is None:
        return "–"
    change = step.price_change
    return f"{'+' if change > 0 else ''}{money(change, decimals=0)}"


def rate_words(rank: Rank) -> str:
    """Return the gain for each further $100."""
    if rank.status != GAIN:
        return "no gain" if rank.status == NO_GAIN else "not known"
    if rank.per_hundred == float("inf"):
        return "faster, not dearer"
    return f"{rank.per_hundred:+.1%}"


def why_words(rank: Rank) -> str:
    """Return what a row's answer rests on, under its name."""
    return f"{KIND_TITLE[PartKind(rank.kind)]}: {rank.why}" if rank.why else ""


def verdict_words(ranks: tuple[Rank, ...]) -> str:
    """Return the answer in a sentence."""
    best = next((rank for rank in ranks if rank.status == GAIN and rank.step is not None), None)
    if best is None or best.step is None:
        return "No single other part makes this job faster within that money."
    title = KIND_TITLE[PartKind(best.kind)].lower()
    step = best.step
    cost = "for no more money" if (step.price_change or 0) <= 0 else f"for {cost_words(step)}"
    return f"Next: the {title}. {step.name} makes the job {gain_words(step)} faster {cost}."


COLUMNS = (
    Column("Row", lambda row: KIND_TITLE[PartKind(row.kind)], tip=why_words, width=120),
    Column("Gain for each $100", lambda row: row.per_hundred, rate_words, right=True, width=150),
    Column(
        "Best for the money", lambda row: row.step.name if row.step else None,
        tip=lambda row: row.step.name if row.step else "", stretch=True,
    ),
    Column("Costs", lambda r: r.step.price_change if r.step else None,
           lambda r: cost_words(r.step), right=True, width=80),
    Column("Speed", lambda r: r.step.speed_change if r.step else None,
           lambda r: gain_words(r.step), right=True, width=70),
    Column("Largest gain", lambda r: r.fastest.speed_change if r.fastest else None,
           lambda r: f"{gain_words(r.fastest)} for {cost_words(r.fastest)}" if r.fastest else "–",
           tip=lambda r: r.fastest.name if r.fastest else "", right=True, width=150),
    Column("Parts tried", lambda row: row.tried, lambda row: f"{row.tried:,}" if row.tried else "–",
           right=True, width=90),
)  # fmt: skip


class PriorityDialog(GuideDialog):
    """``ranks`` is the answer for the job and the money chosen here."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        titles = context.titles()
        self.ranks: tuple[Rank, ...] = ()
        self.job = ChoiceField("Job", tuple(titles.items()), context.state().workload_id)
        self.most = NumberField("Spend at most", low=1, high=ANY, value=1000, unit="$")
        self.sentence = Sentence()
        self.table = DataTable(TITLE, COLUMNS)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(labelled("Job", self.job), 2)
        row.addWidget(labelled("Spend at most", self.most), 1)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.sentence)
        card = Card()
        card.body.addWidget(self.table, 1)
        card.body.addWidget(label(HOW, "small", wrap=True))
        self.body.addWidget(card, 1)
        self.why = label("", wrap=True)
        self.body.addWidget(self.why)
        self.take = self.add_button("Put it into the plan", primary=True)
        self.take.setEnabled(False)
        self.take.clicked.connect(self._on_take)
        self.table.row_selected.connect(self._on_row)
        self.job.chosen.connect(self.work_out)
        self.most.changed.connect(self.work_out)
        self.finish(self.job)
        self.resize(1120, 600)
        self._working = Working(self)
        self._working.done.connect(self._on_done)
        self._working.failed.connect(self._on_failed)
        self._working.told.connect(self.sentence.setText)
        self.finished.connect(self._working.stop)
        self.work_out()

    @Slot()
    def work_out(self, *_value: object) -> None:
        """Try the parts for the job and the money chosen here."""
        state = replace(self.context.state(), workload_id=self.job.value)
        self.ranks = ()
        self.take.setEnabled(False)
        self.why.setText("")
        if not state.parts:
            self.table.set_rows((), NO_BUILD)
            self.sentence.setText(NO_BUILD)
            return
        planner, most = self.context.planner, Decimal(str(self.most.value))
        loading = self.context.loading
        self.table.set_rows((), "Trying every part…")
        self.sentence.setText("Trying every part…")

        def work(tell: Callable[[str], None]) -> tuple[Rank, ...]:
            def told(kind: PartKind) -> None:
                tell(f"Trying every part: {KIND_TITLE[kind].lower()}…")

            return which_part_next(planner, state, most, told, loading())

        self._working.start(work)

    @Slot(object)
    def _on_done(self, ranks: object) -> None:
        if isinstance(ranks, tuple):
            self.ranks = ranks
            self.table.set_rows(ranks, NO_BUILD)
            self.sentence.setText(verdict_words(ranks))
            if ranks:
                self.table.selectRow(0)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self.table.set_rows((), "")

    @Slot(object)
    def _on_row(self, row: object) -> None:
        rank = row if isinstance(row, Rank) else None
        self.take.setEnabled(rank is not None and rank.step is not None)
        self.why.setText(why_words(rank) if rank is not None else "")

    @Slot()
    def _on_take(self) -> None:
        for rank in self.table.selected_rows():
            step = rank.step
            if step is not None:
                kind = PartKind(rank.kind)
                self.context.use_part(
                    kind, Choice(kind.value, step.part_id, step.name, step.pieces)
                )
                said = f"{step.name} is in the plan. Undo in Configure takes it back."
                self.notice.say("ok", said)
