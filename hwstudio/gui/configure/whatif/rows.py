"""The rows of the comparison, made of judged builds and their figures; differences first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import rough, significant, watts
from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.plan.scenario import LARGER_IS_BETTER, keeps_up
from hwstudio.core.plan.terms import LOAD_WORDS
from hwstudio.core.plan.words import band_words, outcome_value, outcome_words
from hwstudio.core.project.variants import Judged
from hwstudio.gui.configure import words
from hwstudio.gui.configure.whatif.state import Weighing, WhatIfState
from hwstudio.gui.kit.tip import prediction_tip, rows_tip

_FIT = {"fits": "fits", "tight": "tight", "no": "does not fit", "unknown": "not known"}
_FIGURES = (
    "cost", "cost_per_job", "hours_per_job", "roi", "payback_months", "work_per_kwh",
    "work_per_money", "carbon_kg_per_year",
)  # fmt: skip


_SHORT = {  # for a narrow column; the tip says the whole
    "cost": "Cost, all years", "cost_per_job": "Cost of a job", "hours_per_job": "Time of a job",
    "roi": "Against renting", "work_per_kwh": "Work per kWh", "work_per_money": "Work for money",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What one build has in a row; ``value`` None = not known."""

    text: str
    value: float | str | None
    tip: str = ""
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One fact or figure of every build."""

    title: str
    cells: tuple[Cell, ...]
    tip: str = ""

    @property
    def differs(self) -> bool:
        """Say whether the builds are told apart by it."""
        return len({cell.text for cell in self.cells}) > 1


def compare_rows(state: WhatIfState) -> tuple[Row, ...]:
    """Return the rows of the comparison, those that differ first, each kind in a fixed order."""
    if not state.judged:
        return ()
    rows = [*_built(state.judged), *_figures(state.weighing), *_parts(state.judged)]
    return tuple(sorted(rows, key=_is_alike))


def _is_alike(row: Row) -> bool:
    return not row.differs


def _marked(cells: Sequence[Cell], *, larger: bool = False) -> tuple[Cell, ...]:
    """Mark the best cells of a row, where some are better than others."""
    known = [c.value for c in cells if isinstance(c.value, float) and math.isfinite(c.value)]
    if not known or len(set(known)) < 2:
        return tuple(cells)
    best = max(known) if larger else min(known)
    return tuple(
        Cell(f"✓ {c.text}", c.value, c.tip, is_best=True) if c.value == best else c for c in cells
    )


def _row(
    title: str, judged: Iterable[Judged], cell: Callable[[PlannedBuild], Cell], larger: bool | None
) -> Row:
    """Make a row; ``larger``: whether a larger value is the better one, None = neither is."""
    cells = [cell(one.planned) for one in judged]
    return Row(title, tuple(cells) if larger is None else _marked(cells, larger=larger))


def _built(judged: Sequence[Judged]) -> Iterable[Row]:
    unit = judged[0].planned.prediction.unit
    yield _row("Price", judged, _price, larger=False)
    yield _row(unit.capitalize(), judged, _speed, larger=True)
    yield _row("GPU memory", judged, _memory, larger=None)
    yield _row("Wall power", judged, _power, larger=False)
    yield _row("Checks", judged, _checks, larger=None)


def _price(planned: PlannedBuild) -> Cell:
    total = planned.total
    if total.unpriced:
        text = f"{money(total.amount, total.currency)} and {len(total.unpriced)} unpriced"
        return Cell(text, None, rows_tip([("No price known", ", ".join(total.unpriced))]))
    text = money(total.amount, total.currency, decimals=0)
    if total.low != total.high:
        text += f" ({_plain_range(total.low, total.high)})"
    likely = f"{money(total.low, total.currency)} to {money(total.high, total.currency)}"
    tip = rows_tip([("Likely", likely), ("Prices", words.as_of_note(total))])
    return Cell(text, float(total.amount), tip)


def _plain_range(low: Decimal, high: Decimal) -> str:
    """Return a range in few letters: ``840–1.4k``, ``1.1–3.1k``."""
    return f"{_plain(low).removesuffix('k')}–{_plain(high)}"


def _plain(amount: Decimal) -> str:
    """Return an end of a range in few letters: ``840``, ``1.4k``, ``23k``."""
    thousands = float(amount) / 1000
    if thousands < 1:
        return f"{amount:,.0f}"
    return f"{thousands:.1f}".removesuffix(".0") + "k" if thousands < 10 else f"{thousands:,.0f}k"


def _speed(planned: PlannedBuild) -> Cell:
    speed = planned.prediction
    if speed.median is None or speed.low is None or speed.high is None:
        return Cell("not known", None, prediction_tip(speed))
    low, high = rough(speed.low), rough(speed.high)
    between = f"{low}–{high}"
    if speed.low >= 1 and speed.high >= 1000:
        between = _plain_range(*(Decimal(end.replace(",", "")) for end in (low, high)))
    text = f"{rough(speed.median)} ({between})"
    return Cell(text, speed.median, prediction_tip(speed))


def _memory(planned: PlannedBuild) -> Cell:
    memory = planned.memory
    if memory.need_bytes is None or not memory.vram_bytes:
        return Cell("no graphics card" if not memory.refused else "not known", None, memory.refused)
    need = significant(memory.need_bytes / 2**30, 2)
    text = f"{need} of {words.gib_plain(memory.vram_bytes)}, {_FIT[memory.verdict.value]}"
    return Cell(text, memory.need_bytes / memory.vram_bytes, "On each card, estimated")


def _power(planned: PlannedBuild) -> Cell:
    power = planned.power
    tip = rows_tip(
        [
            ("Power supply", f"{watts(power.recommended_psu_w)} or more recommended"),
            ("Wall socket", power.mains),
        ],
        "Under full load; the costs reckon with the average while it works.",
    )
    return Cell(watts(power.wall_w), float(round(power.wall_w)), tip)


def _checks(planned: PlannedBuild) -> Cell:
    kind, text = words.findings_words(planned.findings)
    lines = [(found.rule, found.text) for found in planned.findings]
    return Cell(text, kind, rows_tip(lines))


def _figures(weighing: Weighing | None) -> Iterable[Row]:
    if weighing is None:
        return
    terms = weighing.terms
    for name in _FIGURES:
        if name == "carbon_kg_per_year" and terms.grid_g_per_kwh is None:
            continue
        cells = []
        for number, found in enumerate(weighing.typical):
            value = float(getattr(found, name))
            band = band_words(name, weighing.chances.band(number, name), terms)
            text = outcome_value(name, value, terms)
            if not keeps_up(found) and not math.isnan(value):
                text = f"{text}, too slow"
            cells.append(Cell(text, None if math.isnan(value) else value, _tip(band, weighing)))
        marked = _marked(cells, larger=name in LARGER_IS_BETTER)
        whole = outcome_words(name, terms)
        yield Row(_SHORT.get(name, whole), marked, whole)


def _tip(band: str, weighing: Weighing) -> str:
    rent = weighing.terms.rent
    return rows_tip(
        [
            ("9 times out of 10", band),
            ("Same work for all", "as much as the first build does in its hours a week"),
            ("Power draw", LOAD_WORDS),
            ("Renting", f"{rent.name}, {rent.source}" if rent is not None else "no offer known"),
        ]
    )


def _parts(judged: Sequence[Judged]) -> Iterable[Row]:
    for kind in PartKind:
        if kind not in words.KIND_TITLE:
            continue
        cells = tuple(_part(one.planned, kind) for one in judged)
        if any(cell.value is not None for cell in cells):
            yield Row(words.KIND_TITLE[kind], cells)


def _part(planned: PlannedBuild, kind: PartKind) -> Cell:
    lines = [line for line in planned.build.lines() if line.part.kind is kind]
    if not lines:
        return Cell("none", None)
    counted: dict[str, tuple[Part, int]] = {}
    for line in lines:
        before = counted.get(line.part.id, (line.part, 0))[1]
        counted[line.part.id] = (line.part, before + line.quantity)
    text = ", ".join(
        f"{count}x {words.short_name(part)}" if count > 1 else words.short_name(part)
        for part, count in counted.values()
    )
    return Cell(text, text, text)
