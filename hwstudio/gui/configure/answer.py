"""The answer: one sentence, four figures, and ways out when nothing fits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, rough, significant, watts
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.memory import MemoryPrediction
from hwstudio.core.project.answer import Answer, Remedy
from hwstudio.core.project.answer_words import (
    also_words,
    guess_words,
    owned_names,
    owning_basis,
    owning_words,
)
from hwstudio.gui.configure import words
from hwstudio.gui.configure.firm import firm_tip, firm_words
from hwstudio.gui.configure.ground import is_growing
from hwstudio.gui.configure.plots import MemoryBar, MemoryFill, PowerGauge, PowerMarks
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.card import BigNumber, Card, Chip, Sentence
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import prediction_tip, rows_tip

_FIT_WORDS = {
    "fits": ("ok", "Fits"),
    "tight": ("warn", "Tight"),
    "no": ("error", "Does not fit"),
    "unknown": ("unknown", "Not known"),
}
LEFT_OUT = (
    "Looked for among the catalogue's parts. Graphics cards of a kind that nobody measured at this "
    "work are left out, as their speed is a guess; choose their maker in step 4 to see them."
)


class AnswerCard(Card):
    """Shows the newest answer; the old one stays while a new one is worked out."""

    remedy_chosen = Signal(object)
    reshaped = Signal()  # the text may need another height now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._remedies: tuple[Remedy, ...] = ()
        self._buttons: list[QPushButton] = []
        self._is_narrow = False
        self._kept_at = 0  # px of width
        self._build()

    def _build(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.sentence = Sentence()
        self.sentence.setAccessibleName("Answer")
        self.checks = Chip()
        self.updating = QProgressBar()
        self.updating.setRange(0, 0)
        self.updating.setFixedWidth(96)
        self.updating.setAccessibleName("Updating")
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.sentence, 1)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(self.checks, 0, Qt.AlignmentFlag.AlignRight)
        self.firm = label("", "small")
        self.firm.setAlignment(Qt.AlignmentFlag.AlignRight)
        below = QVBoxLayout()  # one of the two at a time
        below.addWidget(self.firm, 0, Qt.AlignmentFlag.AlignRight)
        below.addWidget(self.updating, 0, Qt.AlignmentFlag.AlignRight)
        side.addLayout(below)
        side.addStretch(1)
        top.addLayout(side)
        self.body.addLayout(top)
        self.body.addWidget(self._figures())
        self.binding = label("", "small", wrap=True)
        self.body.addWidget(self.binding)
        self._ways = QHBoxLayout()
        self._ways.setSpacing(8)
        self.body.addLayout(self._ways)
        self.body.addStretch(1)  # room kept for a longer answer stays below; nothing moves

    def _figures(self) -> QWidget:
        self.figures = QWidget()
        self._grid = QGridLayout(self.figures)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self.price = BigNumber("Price")
        self.speed = BigNumber("Expected speed")
        self.memory = BigNumber("GPU memory used", role="medium")
        self.memory_bar = MemoryBar()
        self.gauge = PowerGauge()
        self.power_words = label("Power supply load", "small")
        self._columns = (
            _column(self.price),
            _column(self.speed),
            _column(self.memory, self.memory_bar),
            _column(self.power_words, self.gauge),
        )
        self._flow(is_narrow=False)
        return self.figures

    def _flow(self, *, is_narrow: bool) -> None:
        self._is_narrow = is_narrow
        for number, column in enumerate(self._columns):
            self._grid.removeWidget(column)
            place = divmod(number, 2) if is_narrow else (0, number)
            self._grid.addWidget(column, *place)
        for number, stretch in enumerate((1, 1, 0, 0) if is_narrow else (10, 10, 12, 12)):
            self._grid.setColumnStretch(number, stretch)

    def keep_height(self, width: int, *, is_new: bool) -> None:
        """Stay as high as the highest answer to these wishes: a moved slider then moves no table.

        ``is_new``: other wishes than the budget, or nothing fits any more.
        """
        needed = max(0, self.heightForWidth(max(width, self.minimumSizeHint().width())))
        if is_new or width != self._kept_at:
            self._kept_at = width
        else:
            needed = max(needed, self.minimumHeight())
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)

    def minimumSizeHint(self) -> QSize:
        """Need no more height than the text takes at the present width."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self.heightForWidth(max(self.width(), hint.width())))

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.reshaped.emit()
        return done

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Stand the figures in two rows of two, or in one row."""
        if is_narrow != self._is_narrow:
            self._flow(is_narrow=is_narrow)

    def show_state(self, state: ConfigureState) -> None:
        """Show a state."""
        self.updating.setVisible(state.is_updating)
        answer = state.answer
        chosen = answer.chosen if answer is not None else None
        if chosen is None:
            self.figures.hide()
        self._show_binding(answer, is_growing=is_growing(state))
        self._show_firm(None if state.is_updating else answer)
        self._show_remedies(answer.remedies if answer is not None else ())
        if answer is None:
            self.sentence.setText(
                "Looking for the best build…"
                if state.is_updating
                else "There is no answer yet. Change a wish on the left."
            )
            self.binding.hide()
        elif chosen is None:
            self.sentence.setText(words.ended(answer.solution.why_not))
            self.checks.show_status("error", "Nothing fits")
        else:
            self.sentence.setText(sentence_of(answer))
            self.sentence.setToolTip(LEFT_OUT if answer.rank == 0 else "")
            self._show_figures(answer, chosen)
            self.figures.show()  # last: figures that come into sight are laid out once
        self.checks.setVisible(answer is not None)

    def _show_binding(self, answer: Answer | None, *, is_growing: bool) -> None:
        """Say what holds the best build back, or what the catalogue no longer has.

        ``is_growing``: how firm the build is will be known soon.
        """
        said: list[str] = []
        if answer is not None and answer.rank == 0:
            # What owning costs has a line of its own; then the next thing to say comes first.
            place = 0 if answer.chosen is None or answer.chosen.ownership is None else 1
            said += answer.solution.binding[place : place + 1]
            # Who else would win, and how often, says more than who is surer; that is in its tip.
            is_firm_known = answer.robust is not None or is_growing
            said += () if is_firm_known else answer.solution.surer
        if answer is not None and answer.chosen is not None and not answer.solution.builds:
            said.append(answer.solution.why_not)
        blame = answer.solution.blame if answer is not None else None
        if blame is not None and blame.is_news:
            said.append(blame.words)
        if answer is not None and answer.missing:
            said.insert(0, f"No longer in the catalogue: {', '.join(answer.missing)}")
        start = "With your locked parts: " if said and answer and answer.asked.locked else ""
        holds_back = start + " ".join(words.ended(text) for text in said)
        lines = [*_does_more(answer), holds_back]
        self.binding.setText("\n".join(filter(None, lines)))
        self.binding.setToolTip(_owning_tip(answer))
        self.binding.setVisible(any(lines))

    def _show_firm(self, answer: Answer | None) -> None:
        """Say in how many of the draws the best build stays the best; the tip says who else."""
        said, tip = firm_words(answer), firm_tip(answer)
        self.firm.setText(said)
        self.firm.setToolTip(tip)
        robust = answer.robust if answer is not None else None
        self.firm.setAccessibleDescription(robust.sentence if said and robust else "")
        self.firm.setVisible(bool(said))

    def _show_remedies(self, remedies: tuple[Remedy, ...]) -> None:
        if remedies == self._remedies:
            return
        self._remedies = remedies
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [QPushButton(remedy.words) for remedy in remedies]
        while self._ways.count():
            self._ways.takeAt(0)
        for number, button in enumerate(self._buttons):
            button.setProperty("remedy", number)
            button.clicked.connect(self._on_remedy)
            self._ways.addWidget(button)
        if self._buttons:
            self._ways.addStretch(1)

    @Slot()
    def _on_remedy(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.remedy_chosen.emit(self._remedies[int(sender.property("remedy"))])

    def _show_figures(self, answer: Answer, chosen: PlannedBuild) -> None:
        total, speed = chosen.total, chosen.prediction
        self.checks.show_status(*words.findings_words(chosen.findings))
        self.price.show_value(
            money(total.amount, total.currency),
            "",
            words.price_note(total, answer.asked.budget, answer.asked.tax_pct),
            rows_tip([("Parts without a price", ", ".join(total.unpriced)),
                      ("Tax in it", money(total.tax, total.currency) if total.tax else ""),
                      ("You have, so not counted", ", ".join(owned_names(chosen)))],
                     f"Sum of the parts list, {words.as_of_note(total)}. The range adds up the "
                     "ranges of the parts."),
        )  # fmt: skip
        if speed.median is None:
            self.speed.show_value("–", "", speed.refused, prediction_tip(speed))
        else:
            band = words.speed_range(speed).removesuffix(f" {speed.unit}")
            note = f"{band}, {speed.evidence.value}"
            tip = prediction_tip(speed)
            self.speed.show_value(rough(speed.median), speed.unit, note, tip)
        self._show_memory(chosen.memory)
        self._show_power(chosen)

    def _show_memory(self, memory: MemoryPrediction) -> None:
        if memory.need_bytes is None or not memory.vram_bytes:
            why = memory.refused or "No graphics card"
            self.memory.show_value("–", "", why)
            self.memory_bar.show_fill(None)
            return
        low, high = memory.low or memory.need_bytes, memory.high or memory.need_bytes
        items = tuple((item.label, item.bytes) for item in memory.items)
        fill = MemoryFill(memory.vram_bytes, memory.need_bytes, low, high, items)
        self.memory_bar.show_fill(fill)
        tip = rows_tip(
            [(name, gib(size)) for name, size in items],
            f"Need on each card, estimated: {gib(low)} to {gib(high)}",
        )
        self.memory_bar.setToolTip(tip)
        word = _FIT_WORDS[memory.verdict.value][1]
        self.memory.show_value(
            significant(memory.need_bytes / 2**30, 2),
            f"of {words.gib_plain(memory.vram_bytes)}",
            f"{word}: {significant(low / 2**30, 2)} to {gib(high, 2)}, estimated",
            tip,
        )

    def _show_power(self, chosen: PlannedBuild) -> None:
        power, psu = chosen.power, chosen.build.psu
        rated_w = psu.rated_w * chosen.build.psu_count if psu is not None else None
        self.gauge.show_marks(
            PowerMarks(power.sustained_w, power.excursion_w, power.vendor_minimum_w, rated_w)
        )
        self.power_words.setText(f"Power supply load; {power.wall_a:.1f} A at the wall")
        self.gauge.setToolTip(
            rows_tip(
                [
                    ("At the wall", f"{watts(power.wall_w)}, {power.wall_a:.1f} A"),
                    ("Recommended supply", f"{watts(power.recommended_psu_w)} or more"),
                    ("Wall socket", power.mains),
                    ("Heat", f"{power.btu_per_h:,.0f} BTU/h"),
                ],
                "The sum is shown under Power.",
            )
        )


def sentence_of(answer: Answer) -> str:
    """Return the answer in one sentence."""
    chosen, project = answer.chosen, answer.asked
    if chosen is None:
        return answer.solution.why_not
    is_solved = answer.rank is not None
    start = f"Within {money(project.budget, project.currency, decimals=0)}"
    if not is_solved:
        start = "Your own choice"
    elif project.objective == "cost":
        start = "The cheapest build that fits"
    elif project.objective == "ownership":
        start = "The build that costs least to own"
    elif project.objective == "energy":
        start = f"{start}, with the least energy"
    said = words.lead(start, chosen.build, answer.workload, chosen.prediction)
    if answer.rank == 0:
        solution = answer.solution
        said += f"; {words.proof(solution.status, solution.gap, solution.seconds)}"
        said += " with your locked parts" if project.locked else ""
    return f"{said}."


def _does_more(answer: Answer | None) -> tuple[str, ...]:
    """Say what the build does beside its job, and what it costs to own where that was asked."""
    chosen = answer.chosen if answer is not None else None
    if answer is None or chosen is None:
        return ()
    guess = guess_words(chosen, answer.workload)
    return guess, also_words(chosen), owning_words(chosen.ownership)


def _owning_tip(answer: Answer | None) -> str:
    chosen = answer.chosen if answer is not None else None
    if chosen is None or chosen.ownership is None:
        return ""
    return rows_tip([], f"For {owning_basis(chosen.ownership)}.")


def _column(*widgets: QWidget) -> QFrame:
    holder = QFrame()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(4)
    for widget in widgets:
        box.addWidget(widget)
    box.addStretch(1)
    return holder
