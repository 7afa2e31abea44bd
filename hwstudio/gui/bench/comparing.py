"""Up to five chosen runs side by side: the first against each other one, point by point."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.units import significant
from hwstudio.core.bench.compare import sized
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.side_by_side import (
    FASTER,
    MOST_RUNS,
    SAME,
    SLOWER,
    UNSURE,
    Pairing,
    side_by_side,
)
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Result
from hwstudio.gui.bench.words import when_text
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.task import Task

HOW_TO_COMPARE = (
    f"Tick 2 to {MOST_RUNS} runs under All runs. The first one ticked is what the others are "
    "held against."
)
_COLOURS = {SAME: "ok", FASTER: "ok", SLOWER: "warn", UNSURE: "muted"}
_IN_ORDER = (SLOWER, FASTER, "SMALLER", "LARGER", SAME, UNSURE)
_MEANING = {
    SAME: "All of the range lies within 2 %: two runs of one machine differ as much.",
    FASTER: "The whole range is above 1, and the difference is over 2 %.",
    SLOWER: "The whole range is below 1, and the difference is over 2 %.",
    UNSURE: "Neither: the samples do not tell them apart, or the difference is about the 2 % that "
    "two runs of one machine differ by. More samples would say.",
}


@dataclass(frozen=True, slots=True)
class PairRow:
    """One point of one run against the first run."""

    pair: Pairing
    run: str  # date and machine
    bench: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows, and what they say in a sentence."""

    rows: tuple[PairRow, ...]
    sentence: str


class ComparingModel(QObject):
    """Compares off the window's thread; ``found`` carries Compared."""

    found = Signal(object)

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._ids: tuple[str, ...] = ()
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)

    def compare(self, ids: tuple[str, ...]) -> None:
        """Compare these runs, the first with each other one."""
        if ids == self._ids:
            return
        self._ids = ids
        if len(ids) < 2:
            self.found.emit(Compared((), HOW_TO_COMPARE))
        else:
            self._task.start(_Compare(self._history, ids))

    @Slot(object)
    def _on_done(self, found: object) -> None:
        if len(self._ids) > 1:
            self.found.emit(found)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.found.emit(Compared((), sentence))


@dataclass(frozen=True, slots=True)
class _Compare:
    """Puts saved runs side by side, in a worker thread."""

    history: History
    ids: tuple[str, ...]

    def __call__(self) -> Compared:
        runs = [self.history.result(each) for each in self.ids]
        pairs = side_by_side(runs)
        names = [_name(run) for run in runs]
        rows = tuple(PairRow(pair, names[pair.run], runs[pair.run].bench) for pair in pairs)
        parts = [f"{names[place]}: {_counted(pairs, place)}" for place in range(1, len(runs))]
        return Compared(rows, f"Against {names[0]}. {'; '.join(parts)}.")


def _name(run: Result) -> str:
    return f"{when_text(run.taken_at)}, {run.machine}"


def _counted(pairs: tuple[Pairing, ...], place: int) -> str:
    counts = Counter(sized(pair.word, pair.unit) for pair in pairs if pair.run == place)
    words = [f"{counts[word]} {word}" for word in _IN_ORDER if counts[word]]
    return ", ".join(words) or "nothing in common"


def _ratio(row: PairRow) -> str:
    return "not compared" if row.pair.ratio is None else f"{significant(row.pair.ratio)} ×"


def _range(row: PairRow) -> str:
    pair = row.pair
    if pair.low is None or pair.high is None:
        return "–"
    return f"{significant(pair.low)} to {significant(pair.high)}"


PAIR_COLUMNS = (
    Column(
        "Point", lambda r: r.pair.metric, lambda r: name_text(r.pair.metric, r.bench), stretch=True
    ),
    Column("Run (UTC)", lambda r: r.pair.run, lambda r: r.run, width=250),
    Column("Speed ÷ first", lambda r: r.pair.ratio, _ratio, right=True, width=110),
    Column("95 % range", lambda r: r.pair.low, _range, right=True, width=130),
    Column(
        "Verdict",
        lambda r: r.pair.word,
        lambda r: sized(r.pair.word, r.pair.unit),
        tip=lambda r: r.pair.why or _MEANING[r.pair.word],
        colour=lambda r: _COLOURS[r.pair.word],
        width=100,
    ),
    Column("Why", lambda r: r.pair.why, tip=lambda r: r.pair.why, width=150),
)
