"""Expected times: what each budget tier buys, needs of a room, and how long known jobs take."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, significant
from hwstudio.core.guide.presets import Preset
from hwstudio.core.project.guides.expected import (
    ExpectedTime,
    TierBuild,
    expected_times,
    tier_builds,
)
from hwstudio.core.project.guides.texts import presets
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.working import Working
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip

NOT_YET = "Looking for each tier's best build…"
PICK = "Choose a tier above to see how long known jobs take on it."
HOW = (
    "Times are estimated at the precision and batch of the row, with the range that nine of ten "
    "measurements would fall into; Benchmark > Calibrate moves them to what your computer does. "
    "Rack units: of a chassis in which full-height cards stand upright, if such a computer is "
    "built into a rack instead of the case of the list; cards taller than the standard need more."
)
PRECISION = {"amp_fp16": "16 bit mixed", "bf16": "bfloat16", "fp32": "32 bit", "int4": "4 bit"}


def build_words(row: TierBuild) -> str:
    """Return "2 x GeForce RTX 5090", or why there is no build."""
    if row.planned is None:
        return row.why_not or "nothing fits"
    build = row.planned.build
    if build.card is None or not build.card_count:
        return "no graphics card"
    many = f"{build.card_count} x " if build.card_count > 1 else ""
    return f"{many}{build.card.gpu.name}"


def _price(row: TierBuild) -> str:
    if row.planned is None:
        return "–"
    return money(row.planned.total.amount, row.planned.total.currency, decimals=0)


def _wall(row: TierBuild) -> str:
    return "–" if row.planned is None else f"{row.planned.power.wall_w / 1000:.2f} kW"


def _heat(row: TierBuild) -> str:
    return "–" if row.planned is None else f"{row.planned.power.btu_per_h:,.0f} BTU/h"


def _rack(row: TierBuild) -> str:
    return "–" if row.rack_units is None else f"about {row.rack_units} U"


def about(seconds: float) -> str:
    """Return an estimated span no finer than it is known: "12 h", "1 h 15 min", "4 min"."""
    step_s = 3600 if seconds >= 36_000 else 300 if seconds >= 3600 else 1
    return duration(round(seconds / step_s) * step_s)


def time_words(row: ExpectedTime) -> str:
    """Return the expected time, or why there is none."""
    if row.time.median is None:
        return row.speed.refused or "not known"
    return about(row.time.median)


def range_words(row: ExpectedTime) -> str:
    """Return "31 h to 4.7 days"."""
    if row.time.low is None or row.time.high is None:
        return "–"
    return f"{about(row.time.low)} to {about(row.time.high)}"


def source_tip(row: ExpectedTime) -> str:
    """Return what the time rests on."""
    said = [("Job", f"{row.job.title}: {row.job.words}"), ("Passes", row.job.source)]
    said += list(row.speed.inputs.items())
    return rows_tip([*said, ("Reckoned as", row.speed.formula)])


def _all_of_it(row: ExpectedTime) -> str:
    return f"{row.job.words}. {row.job.source}."


def _speed(row: ExpectedTime) -> str:
    speed = row.speed.median
    return "–" if speed is None else f"{significant(speed)} {row.workload.unit}/s"


TIERS = (
    Column("Tier", lambda row: row.tier.title, width=110),
    Column("Best graphics cards", build_words, tip=build_words, stretch=True),
    Column("Price", lambda row: row.planned and row.planned.total.amount, _price, right=True,
           width=90),
    Column("At the wall", lambda row: row.planned and row.planned.power.wall_w, _wall, right=True,
           width=90),
    Column("Heat to cool away", lambda row: row.planned and row.planned.power.btu_per_h, _heat,
           right=True, width=130),
    Column("In a rack", lambda row: row.rack_units, _rack, right=True, width=90),
)  # fmt: skip
TIMES = (
    Column("Job", lambda row: row.job.title, tip=source_tip, width=190),
    Column("All of it", lambda row: row.job.words, tip=_all_of_it, stretch=True),
    Column("Precision", lambda row: PRECISION.get(row.workload.precision, row.workload.precision),
           width=100),
    Column("Batch", lambda row: row.workload.batch, right=True, width=60),
    Column("Takes about", lambda row: row.time.median, time_words, tip=time_words, right=True,
           width=100),
    Column("Range", lambda row: row.time.low, range_words, right=True, width=184),
    Column("Speed", lambda row: row.speed.median, _speed, right=True, width=136),
    Column("Ground", lambda row: row.speed.evidence.value, tip=source_tip, width=90),
)  # fmt: skip


class ExpectedPage(QWidget):
    """``tiers`` is worked out when somebody first looks; a tier's row shows its jobs."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: tuple[ExpectedTime, ...] = ()
        self.status = label(NOT_YET, "muted", wrap=True)
        self.tiers = DataTable("What each tier buys and needs", TIERS)
        self.times = DataTable("Expected times", TIMES)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.tiers, 5)
        box.addWidget(self.status)
        box.addWidget(self.times, 6)
        box.addWidget(label(HOW, "small", wrap=True))
        self.tiers.set_rows((), NOT_YET)
        self.times.set_rows((), PICK)
        self.tiers.row_selected.connect(self._on_tier)
        self.working = Working(self)
        self.working.done.connect(self._on_done)
        self.working.failed.connect(self.status.setText)
        self.working.told.connect(self.status.setText)
        self._is_asked = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_asked:
            self._is_asked = True
            self.working.start(self._work())

    def _work(self) -> Callable[[Callable[[str], None]], object]:
        context, state = self._context, self._context.state()

        def work(tell: Callable[[str], None]) -> object:
            def told(tier: Preset) -> None:
                tell(f"Looking for the best build: {tier.title.lower()}…")

            builds = tier_builds(context.planner, state, presets().tiers, told)
            tell("Estimating the times…")
            return builds, expected_times(builds, context.shelf, context.predictor())

        return work

    @Slot(object)
    def _on_done(self, found: object) -> None:
        if isinstance(found, tuple):
            builds, self._rows = found
            self.tiers.set_rows(builds, NOT_YET)
            self.times.set_rows((), PICK)
            self.tiers.selectRow(0)

    @Slot(object)
    def _on_tier(self, row: object) -> None:
        if isinstance(row, TierBuild):
            self.status.setText(f"{row.tier.title}: {build_words(row)}.")
            self.times.set_rows(tuple(r for r in self._rows if r.bought is row), PICK)
