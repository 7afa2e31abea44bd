"""Facts about a build that no catalogue has: cables, risers, the UPS, the room inside the case.

They are kept among a project's answers, so that they are saved, undone and shared with it. They
judge the build that is shown; which build is best is looked for without them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import watts
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.power.ups import POWER_FACTOR
from hwstudio.core.project.state import ProjectState

PREFIX = "seen."
YES, NO = "yes", "no"
POWER, RISERS, INSIDE, ROOM = "Power", "Riser cables", "Inside the case", "Cards and room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to look up at the computer. ``unit`` "" and ``high`` 0: yes or no.

    ``field`` names it among the circumstances, where a number is ``factor`` times as large.
    """

    field: str
    group: str
    title: str
    hint: str
    rule: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    factor: float = 1.0
    is_whole: bool = False

    @property
    def is_yes_or_no(self) -> bool:
        """Say whether the answer is yes or no."""
        return self.high == 0

    @property
    def question(self) -> str:
        """The name of its answer in a project."""
        return PREFIX + self.field


def _number(field: str, group: str, title: str, rule: str, **more: Any) -> Fact:
    return Fact(field=field, group=group, title=title, rule=rule, **more)


FACTS: tuple[Fact, ...] = (
    _number("ups_w", POWER, "UPS, watts", "R48", hint="printed on it or in its data sheet",
            unit="W", low=1, high=100_000),
    _number("ups_va", POWER, "UPS, volt-amperes", "R48", hint="the larger of its two figures",
            unit="VA", low=1, high=100_000),
    _number("pcie_cable_count", POWER, "Separate PCIe cables", "R29",
            hint="from the supply to the cards; one with two plugs counts once",
            unit="cables", high=64, is_whole=True),
    _number("has_psu_sync", POWER, "Supplies start together", "R33",
            hint="an adapter switches several power supplies on at once"),
    _number("riser_count", RISERS, "Cards on riser cables", "R47", hint="none is 0",
            unit="cards", high=16, is_whole=True),
    _number("riser_length_mm", RISERS, "Length of the longest", "R47",
            hint="up to 40 cm for PCIe 4", unit="cm", low=1, high=300, factor=10),
    _number("riser_gen", RISERS, "Their PCIe generation", "R47", hint="3, 4 or 5, as sold",
            unit="generation", low=1, high=7, is_whole=True),
    _number("is_riser_certified", RISERS, "Tested for PCIe 5", "R47",
            hint="certified, or with a retimer"),
    _number("max_radiator_mm", INSIDE, "Longest radiator the case takes", "R13",
            hint="on the case maker's page", unit="mm", low=80, high=600),
    _number("radiator_thickness_mm", INSIDE, "Thickness of the radiator", "R13",
            hint="without its fans", unit="mm", low=10, high=120),
    _number("max_radiator_thickness_mm", INSIDE, "Thickest radiator the case takes", "R13",
            hint="without the fans", unit="mm", low=10, high=150),
    _number("ram_clearance_mm", INSIDE, "Room for memory under the cooler", "R15",
            hint="on the cooler maker's page", unit="mm", low=10, high=100),
    _number("card_height_mm", ROOM, "Height of the tallest card", "R20",
            hint="from the slot to its upper edge", unit="mm", low=50, high=300),
    _number("side_clearance_mm", ROOM, "From the slot to the side panel", "R20",
            hint="the cable's bend needs 35 mm more", unit="mm", low=50, high=400),
    _number("has_nvlink_bridge", ROOM, "An NVLink bridge is there", "R39",
            hint="between two cards that have the connector"),
    _number("is_ventilated", ROOM, "The room is ventilated", "R49",
            hint="or cooled: all of the power becomes heat"),
)  # fmt: skip
_BY_QUESTION: Mapping[str, Fact] = {fact.question: fact for fact in FACTS}
RULES = tuple(sorted({fact.rule for fact in FACTS}))


def value_of(state: ProjectState, fact: Fact) -> str:
    """Return what was said of a fact as it was typed; "" = nothing."""
    return state.answer_to(fact.question)


def with_value(state: ProjectState, fact: Fact, typed: str) -> ProjectState:
    """Return the project with a fact; "" takes it back.

    Raises:
        UserError: it is no such number.
    """
    text = typed.strip()
    if text:
        _read(fact, text)
    noted = state.with_answer(fact.question, text)
    return replace(noted, said=tuple(sorted(noted.said, key=lambda s: s.question)))


def _read(fact: Fact, text: str) -> float | bool:
    """Return the value in the unit of the circumstances."""
    if fact.is_yes_or_no:
        if text not in (YES, NO):
            raise UserError(f"{fact.title} must be yes or no", f'it is "{text}"')
        return text == YES
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    is_fit = fact.low <= value <= fact.high and (not fact.is_whole or value == int(value))
    if not is_fit:
        what = "a whole number" if fact.is_whole else "a number"
        raise UserError(
            f"{fact.title} cannot be {text}",
            f"it is {what} between {fact.low:,.0f} and {fact.high:,.0f} {fact.unit}",
            "Leave it empty if you do not know",
        )
    return value * fact.factor


def circumstances(state: ProjectState) -> Circumstances | None:
    """Return what was said as the rules take it; None when nothing was. Bad ones are left out."""
    known: dict[str, Any] = {}
    for said in state.said:
        fact = _BY_QUESTION.get(said.question)
        if fact is None or not said.answer:
            continue
        try:
            value = _read(fact, said.answer)
        except UserError:
            continue  # of a file somebody edited by hand
        known[fact.field] = int(value) if fact.is_whole else value
    return Circumstances(**known) if known else None


def with_seen(planned: PlannedBuild | None, state: ProjectState) -> PlannedBuild | None:
    """Return a judged build, judged again with what was said of it."""
    around = circumstances(state)
    if planned is None or around is None:
        return planned
    build = planned.build
    return replace(
        planned,
        power=power_answer(build, mains=state.mains, around=around),
        findings=check_all(build, state.mains, around),
    )


def ups_words(around: Circumstances | None, power: PowerAnswer) -> str:
    """Return whether the UPS carries the build, in a sentence; "" when none was named."""
    if around is None or (around.ups_w is None and around.ups_va is None):
        return ""
    need_va = power.wall_w / POWER_FACTOR
    is_short = (around.ups_w is not None and around.ups_w < power.wall_w) or (
        around.ups_va is not None and around.ups_va < need_va
    )
    if is_short:
        return f"Your UPS does not carry {watts(power.wall_w)} and up to {need_va:,.0f} VA."
    if around.ups_w is None:
        return "Whether your UPS carries it is not known: its watts are missing."
    left = around.ups_w - power.wall_w
    return f"Your UPS carries it with {watts(left)} to spare."
