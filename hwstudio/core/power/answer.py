"""One answer with four numbers: sustained, excursion, vendor minimum, wall."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Finding
from hwstudio.core.power import draw, supply
from hwstudio.core.power.draw import PowerItem
from hwstudio.core.power.judge import Load, judge
from hwstudio.core.power.mains import Mains, read_mains
from hwstudio.core.power.peaks import Peak, peaks
from hwstudio.core.power.ups import UpsSize, ups_size

BTU_PER_H_PER_W = 3.412
_MOST_LIMIT_W = 3000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerAnswer:
    """The power of a build; watts DC unless ``wall_``. None = cannot be known.

    ``vendor_minimum_w`` is what the card's maker says, for one card and a usual processor;
    ``adjusted_minimum_w`` counts all cards and this processor, as ``minimum_words`` explains.
    """

    sustained_w: float
    excursion_w: float
    vendor_minimum_w: float | None
    recommended_psu_w: float
    recommended_psu_count: int
    wall_w: float
    wall_a: float
    wall_limit_w: float | None
    btu_per_h: float
    efficiency: float
    efficiency_class: str
    mains: str
    items: tuple[PowerItem, ...]
    findings: tuple[Finding, ...]
    adjusted_minimum_w: float | None = None
    minimum_words: str = ""
    peaks: tuple[Peak, ...] = ()

    @property
    def ups(self) -> UpsSize:
        """Return the smallest UPS that carries the build with some reserve."""
        return ups_size(self.wall_w)


def power_answer(
    build: Build,
    *,
    power_limit_w: float | None = None,
    mains: str = "120V15A",
    around: Circumstances | None = None,
) -> PowerAnswer:
    """Work out the power of a build; parts not chosen are estimated and say so.

    ``power_limit_w`` None: the build's own limit, if it has one.

    Raises:
        UserError: the mains or the power limit makes no sense.
    """
    power_limit_w = build.power_limit_w if power_limit_w is None else power_limit_w
    _check_limit(power_limit_w)
    around = around or Circumstances()
    load, items, units = _load(build, around, read_mains(mains), power_limit_w)
    share = _efficiency(load, at_least_load=0.0)
    wall = load.sustained_w / share
    return PowerAnswer(
        sustained_w=load.sustained_w,
        excursion_w=load.excursion_w,
        vendor_minimum_w=load.minimum.stated_w if load.minimum else None,
        recommended_psu_w=load.recommended_w,
        recommended_psu_count=units,
        wall_w=wall,
        wall_a=wall / load.mains.volts,
        wall_limit_w=load.mains.continuous_w,
        btu_per_h=wall * BTU_PER_H_PER_W,
        efficiency=share,
        efficiency_class=_class(build) or f"{supply.ASSUMED_CLASS} (assumed)",
        mains=load.mains.words,
        items=items,
        findings=judge(load),
        adjusted_minimum_w=load.adjusted_minimum_w,
        minimum_words=load.minimum.words if load.minimum else "",
        peaks=peaks(build, around, power_limit_w),
    )


def _load(
    build: Build, around: Circumstances, circuit: Mains, limit_w: float | None
) -> tuple[Load, tuple[PowerItem, ...], int]:
    """Return the numbers, the items they are made of, and how many units to buy."""
    items = draw.power_items(build, around, limit_w)
    sustained = draw.sustained_w(items)
    excursion = draw.excursion_w(build, around, limit_w)
    minimum = draw.minimum(build, around, limit_w)
    least = minimum.adjusted_w if minimum else None
    recommended, units = recommended_psu(build, sustained, excursion, least)
    load = Load(
        build=build,
        around=around,
        mains=circuit,
        sustained_w=sustained,
        least_w=draw.least_w(items),
        excursion_w=excursion,
        minimum=minimum,
        power_limit_w=limit_w,
        wall_w=sustained,
        recommended_w=recommended,
        recommended_count=units,
    )
    # Findings take a hardly loaded unit as half loaded, so that a bigger one never looks worse.
    wall = sustained / _efficiency(load, at_least_load=0.5)
    return replace(load, wall_w=wall), items, units


def _efficiency(load: Load, *, at_least_load: float) -> float:
    """Return the power supply's efficiency; measured if known, else by class at this load."""
    if load.around.psu_efficiency:
        return load.around.psu_efficiency
    share = load.sustained_w / (load.rated_w or load.recommended_w)
    label = _class(load.build)
    return supply.efficiency(label, max(share, at_least_load), load.mains.volts)


def recommended_psu(
    build: Build, sustained: float, excursion: float, minimum: float | None
) -> tuple[float, int]:
    """Return total watts and units: the largest of the three needs, rounded up to the market.

    A sustained load at most 80 % of the rating, the makers' minimum, and excursions within what
    ATX 3 units stand (units known to be ATX 2: within the rating).
    """
    is_old = build.psu is not None and supply.is_atx3(build.psu.atx_spec) is False
    spike = supply.SPIKE_SHARE_ATX2 if is_old else supply.SPIKE_SHARE_ATX3
    return supply.market_size(max(sustained / 0.80, minimum or 0.0, excursion / spike))


def _check_limit(watts: float | None) -> None:
    if watts is not None and not (math.isfinite(watts) and 1 <= watts <= _MOST_LIMIT_W):
        raise UserError(
            f"A power limit of {watts:g} W cannot be set",
            f"a card's limit lies between 1 and {_MOST_LIMIT_W:,.0f} W",
            "Give the watts of one card, like 300",
        )


def _class(build: Build) -> str | None:
    return build.psu.efficiency if build.psu is not None else None
