"""The answer in one glance: does it fit, how long, watts and money, and what it rests on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.runs_on import CPU, kind_of
from hwstudio.core.project.own_limits import network_of
from hwstudio.gui.kit.card import BigNumber, Card, Sentence
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.tip import prediction_tip, rows_tip
from hwstudio.gui.workload.below import READING
from hwstudio.gui.workload.memory_bar import MemoryBar
from hwstudio.gui.workload.reckon import cost_words, paid_words, time_words
from hwstudio.gui.workload.state import HardwareRow, WorkloadState
from hwstudio.gui.workload.words import (
    answer_words,
    limit_words,
    memory_words,
    near_words,
    supply_words,
    tried_words,
)


class AnswerCard(Card):
    """Sentence, four numbers, the bar of memory, and the lines under it."""

    def __init__(self) -> None:
        super().__init__()
        self._build()

    def _build(self) -> None:
        self.sentence = Sentence(READING)
        self.advice = SteadyLabel("", "muted")
        self.advice.hide()
        self.do_it = QPushButton("Do it")
        self.do_it.setProperty("link", True)
        self.do_it.setToolTip("Set the job so; Undo takes it back")
        self.do_it.hide()
        self.attempt = QPushButton("Try the largest batch here")
        self.attempt.setProperty("link", True)
        self.attempt.setToolTip(
            "Benchmark looks for the most that trains on this computer; a minute or two"
        )
        self.body.addWidget(self.sentence)
        advised = QHBoxLayout()
        advised.addWidget(self.advice, 1)
        advised.addWidget(self.do_it, 0, Qt.AlignmentFlag.AlignTop)
        advised.addWidget(self.attempt, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(advised)
        row = QHBoxLayout()
        row.setSpacing(24)
        self.memory = BigNumber("Memory, each GPU", role="medium")
        self.time = BigNumber("Whole job", role="medium")
        self.power = BigNumber("GPU power", role="medium")
        self.energy = BigNumber("Electricity", role="medium")
        for number in (self.memory, self.time, self.power, self.energy):
            row.addWidget(number, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self.bar = MemoryBar()
        self.body.addWidget(self.bar)
        self.three, self.limit, self.supply, self.one, self.near = told = tuple(
            SteadyLabel("", "small", wrap=False) for _ in range(5)
        )
        lines = QVBoxLayout()
        lines.setSpacing(2)
        for line in told:
            lines.addWidget(line)
        self.body.addLayout(lines)

    def show_state(self, state: WorkloadState) -> None:
        """Show the answer for the chosen hardware."""
        self.sentence.setText(state.sentence)
        advice = ". ".join(words for words in (state.advice, tried_words(state)) if words)
        self.advice.setText(f"{advice}." if advice else "")
        self.advice.setVisible(bool(advice))
        self.do_it.setVisible(state.advised is not None)
        self.do_it.setAccessibleName(f"Do it: {state.advice}")
        wish = state.wish
        is_training = wish.job.mode in (Mode.TRAIN, Mode.FINETUNE)
        self.attempt.setVisible(is_training and bool(network_of(wish.model)))
        self._show_chosen(state)

    def _show_chosen(self, state: WorkloadState) -> None:
        row = state.chosen
        self.bar.show_need(row.memory if row else None)
        inputs = row.speed.inputs if row and row.memory.verdict is not Fit.NO else {}
        near = near_words(inputs.get("nearest measurements", ""))
        for shown, words in (
            (self.three, memory_words(state)),
            (self.limit, limit_words(state)),
            (self.supply, supply_words(state)),
            (self.one, answer_words(state)),
            (self.near, near[0]),
        ):
            shown.setText(f"{words}." if words else "")
            shown.setVisible(bool(words))
        self.near.setToolTip(near[1])
        if row is None:
            for number in (self.memory, self.time, self.power, self.energy):
                number.show_value("–")
            return
        self._name_figures(row)
        need = row.memory
        if need.need_bytes is None:
            self.memory.show_value("–", note=need.refused)
        else:
            value, _, unit = gib(need.need_bytes).rpartition(" ")
            note = f"{gib(need.low or 0)} to {gib(need.high or 0)}, of {gib(need.vram_bytes)}"
            note = need.source.partition(":")[0] or note
            self.memory.show_value(value, unit, note, memory_tip(row))
        self._show_time(row)

    def _name_figures(self, row: HardwareRow) -> None:
        is_processor = kind_of(row.gpu) == CPU
        self.memory.set_caption("Memory" if is_processor else "Memory, each GPU")
        self.power.set_caption("Processor power" if is_processor else "GPU power")

    def _show_time(self, row: HardwareRow) -> None:
        is_told = row.time.median is not None and row.memory.verdict is not Fit.NO
        if not is_told:
            why = "it does not fit" if row.memory.verdict is Fit.NO else "not known"
            for number in (self.time, self.energy):
                number.show_value("–", note=why)
            self.power.show_value("–")
            return
        words = time_words(row.time)
        speed = f"{significant(row.speed.median or 0, 2)} {row.speed.unit}, {row.badge}"
        self.time.show_value(words, "", speed, prediction_tip(row.time))
        if row.power.median is None:
            for number in (self.power, self.energy):
                number.show_value("–", note="the power limit is not known")
            return
        low, high = (significant(v or 0, 2) for v in (row.power.low, row.power.high))
        watts = f"{row.power.median or 0:,.0f}"
        self.power.show_value(watts, "W", f"{low} to {high} W", prediction_tip(row.power))
        energy = significant(row.energy.median or 0, 2)
        note = f"{paid_words(row.cost)}; {energy} kWh"
        self.energy.show_value(cost_words(row.cost), "", note, prediction_tip(row.cost))


def memory_tip(row: HardwareRow) -> str:
    """Return what the need is made of."""
    items = [(item.label, gib(item.bytes)) for item in row.memory.items]
    return rows_tip(items, f"Needed on each GPU, {row.memory.layout}:")
