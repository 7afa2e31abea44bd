"""The words every face says of an answer: tax, parts at hand, further jobs, limit, owning."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import rough, watts
from hwstudio.core.model.build import Build, Total, pieces_at_hand
from hwstudio.core.model.part import Part
from hwstudio.core.model.prediction import Evidence
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.ownership import OwnershipCost
from hwstudio.core.optimize.solve import FurtherJob, PlannedBuild
from hwstudio.core.predict.speed import is_backed_by_measurements

AT_HAND = "you have it"
_FIT = {"fits": "fits", "tight": "is tight", "no": "does not fit", "unknown": "memory not known"}


def tax_words(total: Total, tax_pct: Decimal) -> str:
    """Return ``with 8 % tax ($147)``; where none was asked for, that the prices are before tax."""
    if not tax_pct:
        return "before tax"
    return f"with {tax_pct.normalize():f} % tax ({money(total.tax, total.currency)})"


def owned_pieces(part: Part, quantity: int, owned: tuple[str, ...]) -> int:
    """Return how many pieces of a row are at hand and cost nothing."""
    return min(quantity, pieces_at_hand(part, owned))


def at_hand_words(at_hand: int, quantity: int) -> str:
    """Return ``you have it``, or ``you have 1 of 2``; "" for a row to be bought whole."""
    if not at_hand:
        return ""
    return AT_HAND if at_hand == quantity else f"you have {at_hand} of {quantity}"


def owned_names(chosen: PlannedBuild) -> tuple[str, ...]:
    """Return the names of the parts of a build that are at hand."""
    used = chosen.total.owned
    return tuple(line.part.name for line in chosen.build.lines() if line.part.id in used)


def further_words(job: FurtherJob) -> str:
    """Return ``ResNet-50 training: about 1,200 images/s, fits`` of a job held besides the main."""
    speed = job.prediction
    says = "speed not known"
    if speed.median is not None:
        says = f"about {rough(speed.median)} {speed.unit}"
    return f"{job.workload.title}: {says}, {_FIT[job.memory.verdict.value]}"


def also_words(chosen: PlannedBuild) -> str:
    """Return what a build does with its further jobs, in one line; "" when there are none."""
    said = "; ".join(further_words(job) for job in chosen.also)
    return f"Also: {said} (estimated)." if said else ""


def guess_words(chosen: PlannedBuild, workload: Workload) -> str:
    """Return that no card of this kind was measured at the job; "" where some was.

    Such cards are left out of a search unless their maker was asked for.
    """
    card, speed = chosen.build.card, chosen.prediction
    is_known = card is None or speed.median is None or speed.evidence is not Evidence.ESTIMATED
    if is_known or card is None or is_backed_by_measurements(workload, card.gpu):
        return ""
    return (
        f"Nobody measured {card.gpu.maker} cards of this kind at this work: the speed is worked "
        "out from the data sheet and may be far off."
    )


def held_words(build: Build) -> str:
    """Return ``each held to 250 W``; "" where no limit is set or the cards draw less anyway."""
    card, limit_w = build.card, build.power_limit_w
    if card is None or limit_w is None or not build.card_count:
        return ""
    if card.tdp_w and limit_w >= card.tdp_w:
        return ""
    return f"{'each ' if build.card_count > 1 else ''}held to {watts(limit_w)}"


def owning_words(cost: OwnershipCost | None) -> str:
    """Return ``$2,430 over 3 years: ...`` with the sums it is made of; "" = not asked for."""
    if cost is None:
        return ""

    def said(amount: Decimal) -> str:
        return money(amount, cost.currency, decimals=0)

    years = f"{cost.years:g} year{'' if cost.years == 1 else 's'}"
    return (
        f"Owning it costs {said(cost.total)} over {years}: {said(cost.purchase)} to buy, "
        f"{said(cost.electricity)} of electricity, {said(cost.resale)} got back when it is sold."
    )


def owning_basis(cost: OwnershipCost) -> str:
    """Return for which work, at which price of electricity and by whose resale it is reckoned."""
    work = (
        f"{cost.busy_hours:,.0f} h of work in all, as much as {cost.yardstick}, the cheapest "
        "build that will do, does in its hours"
    )
    per_kwh = f"{cost.tariff_per_kwh:g} {cost.currency} a kWh"
    return f"{work}; {cost.kwh:,.0f} kWh at {per_kwh}; resale: {cost.resale_source}"
