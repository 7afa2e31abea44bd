"""What the four numbers mean for the power supply, the wall socket, the UPS and the room."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hwstudio.core.base.units import watts
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Psu
from hwstudio.core.power import supply
from hwstudio.core.power.draw import Minimum, card_w
from hwstudio.core.power.mains import Mains
from hwstudio.core.power.share_out import can_share_out
from hwstudio.core.power.ups import POWER_FACTOR, ups_size

_GOOD_SHARE = 0.80
_NEARLY_FULL = 0.85
_ROOM_W = 1500.0
# Units above this rating give less below 200 V (1,600-1,650 W is what a 15 A inlet allows).
_LOW_LINE_MOST_W = 1650.0
_LOW_LINE_W = 1600.0
_HIGH_LINE_V = 200.0
_PSU = ("psu", "gpu_card", "cpu")
_ORDER = tuple(Severity)


def rating_w(psus: tuple[Psu, ...]) -> float | None:
    """Return the sum of the units' ratings in W; None for no unit or an unknown one."""
    rated: list[float | None] = [psu.rated_w for psu in psus]
    known = [value for value in rated if value]
    return sum(known) if known and len(known) == len(rated) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The numbers the findings are made of."""

    build: Build
    around: Circumstances
    mains: Mains
    sustained_w: float
    least_w: float  # every estimate taken low
    excursion_w: float
    minimum: Minimum | None
    power_limit_w: float | None
    wall_w: float
    recommended_w: float
    recommended_count: int

    @property
    def rated_w(self) -> float | None:
        """Return the rating of all power supplies together; None when one is not known."""
        return rating_w(self.around.psus(self.build))

    @property
    def adjusted_minimum_w(self) -> float | None:
        """Return the makers' minimum with all cards and this processor; None when not known."""
        return self.minimum.adjusted_w if self.minimum else None

    @property
    def psu_count(self) -> int:
        return len(self.around.psus(self.build))

    @property
    def is_chosen(self) -> bool:
        """Return whether there is anything to feed yet."""
        return bool(self.around.cards(self.build)) or self.build.cpu is not None


def judge(load: Load) -> tuple[Finding, ...]:
    """Return every power finding, worst first."""
    found = [
        *_sustained(load),
        *_minimum(load),
        *_excursion(load),
        *_wall(load),
        *_high_line(load),
        *_several_psus(load),
        *_ups(load),
        *_heat(load),
        *_power_limit(load),
    ]
    return tuple(sorted(found, key=lambda f: (_ORDER.index(f.severity), f.rule, f.text)))


def _bigger(load: Load) -> str:
    return (
        f"Choose {watts(load.recommended_w)} or more, or lower the cards' power limit "
        "(nvidia-smi -pl)."
    )


def _sustained(load: Load) -> Iterator[Finding]:
    if load.psu_count == 0 or not load.is_chosen:
        return
    source = "Sum of the makers' limits; 80 % for day-long load (Lambda, Puget Systems)"
    if load.rated_w is None:
        text = "Not checked: whether the power supply is strong enough. Not known: its watts."
        yield Finding("R25", Severity.UNKNOWN, _PSU, text, "Read its label.", source)
        return
    share = load.sustained_w / load.rated_w
    text = (
        f"The build draws about {watts(load.sustained_w)} for hours, "
        f"{share:.0%} of the power supply's {watts(load.rated_w)}"
    )
    if load.least_w > load.rated_w:
        yield Finding("R25", Severity.ERROR, _PSU, f"{text}: too much.", _bigger(load), source)
    elif load.least_w > load.rated_w * _GOOD_SHARE:
        advice = f"Up to 80 % runs cool and quiet for years. {_bigger(load)}"
        yield Finding("R25", Severity.WARNING, _PSU, f"{text}.", advice, source)
    elif share > _GOOD_SHARE:
        yield Finding("R25", Severity.INFO, _PSU, f"{text}: right at the 80 % line.", "", source)


def _minimum(load: Load) -> Iterator[Finding]:
    source = "NVIDIA, AMD and Intel product pages (required or minimum system power)"
    cards = load.around.cards(load.build)
    if load.psu_count == 0 or not cards or load.rated_w is None:
        return
    minimum = load.minimum
    if minimum is None:
        text = "Not checked: the card maker's minimum for the power supply is not known."
        advice = "Look for the required system power on the card maker's page."
        yield Finding("R26", Severity.UNKNOWN, ("psu", "gpu_card"), text, advice, source)
    elif load.rated_w < minimum.adjusted_w:
        has = f"The power supply has {watts(load.rated_w)}; the card's maker asks for at least"
        text = f"{has} {watts(minimum.stated_w)}."
        advice = _bigger(load)
        if minimum.adjusted_w > minimum.stated_w:
            text = f"{text[:-1]}, with all of this build {watts(minimum.adjusted_w)}"
            text += f" ({minimum.words})."
        if load.rated_w < minimum.stated_w:
            advice += " The maker may refuse support below its minimum."
        yield Finding("R26", Severity.WARNING, ("psu", "gpu_card"), text, advice, source)


def _excursion(load: Load) -> Iterator[Finding]:
    rated = load.rated_w
    if rated is None or not load.around.cards(load.build):
        return
    source = "ATX 3.x design guide (180 % for 1 ms); RTX 5090 measured at 1.57 times its power"
    versions = {supply.is_atx3(psu.atx_spec) for psu in load.around.psus(load.build)}
    text = f"For a millisecond the build may draw {watts(load.excursion_w)}"
    if load.excursion_w <= rated:
        return
    if load.excursion_w > rated * supply.SPIKE_SHARE_ATX3:
        text += f", more than even an ATX 3 unit of {watts(rated)} stands."
        yield Finding("R27", Severity.WARNING, _PSU, text, _bigger(load), source)
    elif False in versions:
        text += f" and this ATX 2 unit promises nothing above its {watts(rated)}."
        advice = "Prefer an ATX 3 unit: it is built for such spikes."
        yield Finding("R27", Severity.WARNING, _PSU, text, advice, source)
    elif None in versions:
        text += f"; whether the {watts(rated)} unit stands that is not known (ATX 3 units do)."
        advice = "Look for ATX 3.0 or 3.1 on its page."
        yield Finding("R27", Severity.UNKNOWN, _PSU, text, advice, source)


def _wall(load: Load) -> Iterator[Finding]:
    """Each power supply may stand on a circuit of its own; one alone cannot be split."""
    if not load.is_chosen or (load.psu_count == 0 and load.around.is_mains_assumed):
        return
    source = "80 % of a breaker's rating for loads of hours (US NEC); Lambda"
    circuits = max(1, load.psu_count)
    each, limit, rated = load.wall_w / circuits, load.mains.continuous_w, load.mains.rated_w
    if limit is None or rated is None:
        text = f"Not checked: how many amperes the {load.mains.words} circuit carries."
        yield Finding("R32", Severity.UNKNOWN, ("psu",), text, "Read the breaker.", source)
        return
    spread = f" on each of {circuits} circuits" if circuits > 1 else ""
    text = (
        f"About {watts(each)} from the wall{spread}; a {load.mains.words} circuit carries "
        f"{watts(limit)} for hours"
    )
    advice = "Lower the cards' power limit, or use a 20 A or 230 V circuit."
    low = load.least_w / load.sustained_w * each
    if low > limit and not load.around.is_mains_assumed:
        trips = f" and trips at {watts(rated)}" if low > rated else ""
        text += f"{trips}: it takes {math.ceil(load.wall_w / limit)} such circuits."
        yield Finding("R32", Severity.ERROR, ("psu",), text, _split(advice), source)
    elif each > limit:
        is_mild = load.around.is_mains_assumed and low <= limit
        severity = Severity.INFO if is_mild else Severity.WARNING
        text += f": {watts(each - limit)} too much."
        yield Finding("R32", severity, ("psu",), text, advice, source)
    elif each > limit * _NEARLY_FULL:
        severity = Severity.INFO if load.around.is_mains_assumed else Severity.WARNING
        text += f": only {watts(limit - each)} left for everything else on it."
        yield Finding("R32", severity, ("psu",), text, "Keep this circuit to itself.", source)


def _split(advice: str) -> str:
    return f"{advice} Several circuits need a power supply on each."


def _power_limit(load: Load) -> Iterator[Finding]:
    """A limit the card would not take is not counted with; say what is."""
    limit = load.power_limit_w
    for group in load.around.cards(load.build) if limit is not None else ():
        stated: float | None = group.card.tdp_w
        used = card_w(group, limit)
        if limit is None or stated is None or used is None or used == limit:
            continue
        name = group.card.name or "the card"
        if limit > stated:
            text = (
                f"A power limit of {watts(limit)} is above the {watts(stated)} of {name}: "
                f"{watts(used)} was used."
            )
            yield Finding("R51", Severity.INFO, ("gpu_card",), text, "", "Board power stated")
        else:
            text = (
                f"A power limit of {watts(limit)} is lower than a {watts(stated)} card usually "
                f"lets itself be set to: {watts(used)}, a third of it, was used."
            )
            advice = "`nvidia-smi -q -d POWER` shows the lowest limit of a card."
            source = "Lowest limits drivers report, about a third of the board power"
            yield Finding("R51", Severity.WARNING, ("gpu_card",), text, advice, source)


def _high_line(load: Load) -> Iterator[Finding]:
    large = [
        psu.rated_w
        for psu in load.around.psus(load.build)
        if (psu.rated_w or 0.0) > _LOW_LINE_MOST_W
    ]
    if large and load.mains.volts < _HIGH_LINE_V and load.sustained_w > _LOW_LINE_W:
        severity = Severity.INFO if load.around.is_mains_assumed else Severity.WARNING
        text = (
            f"A power supply of {watts(max(large))} gives that only at 200-240 V; at "
            f"{load.mains.volts:g} V about {watts(_LOW_LINE_W)}, and this build needs more."
        )
        advice = "Use a 230 V circuit, or two smaller units."
        yield Finding("R32", severity, ("psu",), text, advice, "Power supply makers' data sheets")


def _several_psus(load: Load) -> Iterator[Finding]:
    if load.psu_count < 2:
        return
    source = "Reports of builds with several power supplies"
    text = (
        f"{load.psu_count} power supplies must start together, share a ground, and each card "
        "must be fed by one of them alone, its riser included."
    )
    advice = "Use a sync adapter; put the units on separate circuits."
    is_loose = load.around.has_psu_sync is False
    severity = Severity.WARNING if is_loose else Severity.INFO
    text += " Nothing here starts them together." if is_loose else ""
    yield Finding("R33", severity, ("psu",), text, advice, source)
    if can_share_out(load.build, load.around, load.power_limit_w, load.least_w) is False:
        units = " + ".join(watts(psu.rated_w) for psu in load.around.psus(load.build))
        text = (
            f"{units}: the cards cannot be shared out so that each unit feeds whole cards within "
            "its own watts, the processor and the board on one of them."
        )
        yield Finding("R33", Severity.WARNING, ("psu", "gpu_card"), text, _bigger(load), source)


def _ups(load: Load) -> Iterator[Finding]:
    source = "UPS data sheets give W and VA; 80 PLUS asks for a power factor of 0.9 or more"
    rated_w, rated_va = load.around.ups_w, load.around.ups_va
    need = ups_size(load.wall_w)
    advice = f"Choose a UPS of at least {watts(need.power_w)} and {need.apparent_va:,.0f} VA."
    wall_va = load.wall_w / POWER_FACTOR
    if rated_w is not None and load.wall_w > rated_w:
        text = f"The build takes {watts(load.wall_w)} from the wall, the UPS gives {watts(rated_w)}"
        text += f": {watts(load.wall_w - rated_w)} short."
        yield Finding("R48", Severity.WARNING, ("psu",), text, advice, source)
    if rated_va is not None and wall_va > rated_va:
        text = f"The build takes up to {wall_va:,.0f} VA from the wall, the UPS gives "
        text += f"{rated_va:,.0f} VA: {wall_va - rated_va:,.0f} VA short."
        yield Finding("R48", Severity.WARNING, ("psu",), text, advice, source)
    elif rated_va is not None and rated_w is None:
        text = "Not checked: whether the UPS gives enough watts. Not known: its watts, which are "
        text += "fewer than its VA."
        yield Finding("R48", Severity.UNKNOWN, ("psu",), text, advice, source)


def _heat(load: Load) -> Iterator[Finding]:
    if load.wall_w > _ROOM_W:
        text = (
            f"All of it becomes heat: {watts(load.wall_w)} is {load.wall_w * 3.412:,.0f} BTU/h, "
            "as much as a large electric heater."
        )
        advice = "Plan for ventilation or air conditioning."
        source = "1 W = 3.412 BTU/h"
        is_closed = load.around.is_ventilated is False
        severity = Severity.WARNING if is_closed else Severity.INFO
        yield Finding("R49", severity, ("psu",), text, advice, source)
