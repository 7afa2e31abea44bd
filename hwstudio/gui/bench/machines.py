"""Machines side by side in the Benchmark tab: result files in, the slowest machine first."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.base.units import percent
from hwstudio.core.bench.result_file import write_result_file
from hwstudio.core.bench.take_in import take_in, to_export
from hwstudio.core.bench.twins.judge import SLOW, MachineVerdict, TestVerdict, judge_twins
from hwstudio.core.bench.twins.noise import noise_of
from hwstudio.core.bench.twins.stored import left_out, left_out_text, scores_of_results
from hwstudio.core.history.store import History
from hwstudio.gui.bench.state import Message
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.task import Task

WORDS = {"slow": "slow", "ok": "as the others", "fast": "faster", "unsure": "cannot say"}
COLOURS = {"slow": "warn", "ok": "ok", "fast": "ok", "unsure": "muted"}
NO_MACHINES = (
    "Run the same checks on each machine, export the results there, and import or drop the files "
    "here: the slow machine is named."
)


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One test of one machine."""

    machine: MachineVerdict
    test: TestVerdict

    @property
    def ratio(self) -> float:
        """Return the share of the others' median, 1.0 where there is no other."""
        return 1.0 if self.test.ratio is None else self.test.ratio


@dataclass(frozen=True, slots=True)
class Found:
    """What the machines look like, and what became of the files taken in."""

    rows: tuple[MachineRow, ...]
    sentence: str
    message: Message | None = None


MACHINE_COLUMNS = (
    Column("Machine", lambda row: row.machine.machine.strip() or "without a name", width=150),
    Column(
        "Verdict",
        lambda row: WORDS[row.test.verdict],
        tip=lambda row: row.machine.cause,
        colour=lambda row: COLOURS[row.test.verdict],
        width=110,
    ),
    Column("Test", lambda row: row.test.score.words, stretch=True),
    Column("Device", lambda row: row.test.score.device, width=150),
    Column(
        "Of the others' median",
        lambda row: row.ratio,
        lambda row: "no other" if row.test.ratio is None else percent(row.test.ratio, 1),
        right=True,
        width=160,
    ),
)


class MachinesModel(QObject):
    """Takes files in and judges, off the window's thread."""

    found = Signal(object)
    said = Signal(object)  # a Message about a file that was written

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._write = Task(self)
        self._write.done.connect(self._on_written)
        self._write.failed.connect(self._on_not_written)

    @Slot()
    def look(self) -> None:
        """Judge what is stored."""
        self._task.start(_Look(self._history, ()))

    def take_in(self, files: tuple[Path, ...]) -> None:
        """Take result files in, then judge."""
        self._task.start(_Look(self._history, files))

    def give_out(self, file: Path) -> None:
        """Write this computer's results into a file for other machines."""
        self._write.start(_Write(self._history, file))

    @Slot(object)
    def _on_written(self, message: object) -> None:
        if isinstance(message, Message):
            self.said.emit(message)

    @Slot(str)
    def _on_not_written(self, sentence: str) -> None:
        self.said.emit(Message("error", sentence))

    @Slot(object)
    def _on_done(self, found: object) -> None:
        self.found.emit(found)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.found.emit(Found((), "", Message("warn", sentence)))


@dataclass(frozen=True, slots=True)
class _Look:
    """Takes files in and reads every saved result, in a worker thread."""

    history: History
    files: tuple[Path, ...]

    def __call__(self) -> Found:
        message = self._taken_in() if self.files else None
        results = self.history.results(with_samples=False)
        scores = scores_of_results(results)
        machines = judge_twins(scores, noise_of(resource_bytes("bench/twin_noise.csv").decode()))
        lacking = left_out_text(left_out(results, scores))
        if len(machines) < 2:
            return Found((), f"{NO_MACHINES} {lacking}".strip(), message)
        rows = tuple(
            MachineRow(machine, test)
            for machine in machines
            for test in sorted(machine.tests, key=lambda t: t.ratio or 1.0)
        )
        sentence = f"{_sentence(machines)} {lacking}".strip()
        if message is not None:  # the answer stands where everybody looks
            message = replace(message, text=f"{message.text} {sentence}")
        return Found(rows, sentence, message)

    def _taken_in(self) -> Message:
        known = {each.id for each in self.history.results(with_samples=False)}
        taken = take_in(self.files, known, self.history.add_result)
        text = f"{len(taken.added)} results added, {taken.duplicates} were there already."
        if not taken.added and not taken.duplicates:
            text = "Nothing was added."
        if not taken.rejected:
            return Message("info", text)
        return Message("warn", " ".join((text, *(each.why for each in taken.rejected))))


@dataclass(frozen=True, slots=True)
class _Write:
    """Writes every saved result to one file, in a worker thread."""

    history: History
    file: Path

    def __call__(self) -> Message:
        machine = platform.node() or "this computer"
        results = to_export(self.history.results(), machine)
        write_result_file(self.file, results, machine)
        return Message("info", f"{len(results)} results of {machine} are in {self.file}.")


def _sentence(machines: tuple[MachineVerdict, ...]) -> str:
    slow = [each for each in machines if each.verdict == SLOW]
    if not slow:
        return f"None of {len(machines)} machines is clearly slow."
    return " ".join(f"{each.machine}: {each.cause}." for each in slow)
