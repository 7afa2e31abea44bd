"""What else could stand in one row of the parts list, with what it would change."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import Part
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.memory import Fit
from hwstudio.core.project.answer import Alternative, Alternatives
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.judging import Job, judged, worst_of
from hwstudio.core.project.places import Place, pieces_in, pieces_needed, put


def alternatives_in(
    build: Build, place: Place, parts: Iterable[Part], job: Job, wish: DataDrives | None
) -> Alternatives:
    """Return which of ``parts`` could stand in a row of a build, cheapest first."""
    now, pieces = judged(build, job), pieces_in(build, place)
    asked = [(part, pieces_needed(place, part, pieces, wish)) for part in parts]
    able = [(part, quantity) for part, quantity in asked if quantity]
    found = [_alternative(now, place, part, quantity, job) for part, quantity in able]
    rows = sorted((row for row in found if row is not None), key=_by_price)
    return Alternatives(place.kind, tuple(rows), len(able), len(able) - len(rows))


def _alternative(
    now: PlannedBuild, place: Place, part: Part, quantity: int, job: Job
) -> Alternative | None:
    """Return one part's effect on the build, or None when a rule forbids it."""
    build = put(now.build, place, part, quantity)
    is_current = choices_of(build) == choices_of(now.build)
    planned = now if is_current else judged(build, job)
    if not is_current and (_new_errors(now, planned) or planned.memory.verdict is Fit.NO):
        return None
    old, new = now.prediction.median, planned.prediction.median
    is_priced = not planned.total.unpriced and not now.total.unpriced
    return Alternative(
        part=part,
        quantity=quantity,
        price_change=planned.total.amount - now.total.amount if is_priced else None,
        speed_change=new / old - 1 if old and new else None,
        power_change_w=planned.power.sustained_w - now.power.sustained_w,
        verdict=worst_of(planned.findings),
        is_current=is_current,
    )


def _new_errors(now: PlannedBuild, then: PlannedBuild) -> bool:
    """Errors the build had before do not speak against a part."""
    old = {f.rule for f in now.findings if f.severity is Severity.ERROR}
    return any(f.severity is Severity.ERROR and f.rule not in old for f in then.findings)


def _by_price(row: Alternative) -> tuple[bool, Decimal, str]:
    price = row.part.price
    return price is None, price.amount * row.quantity if price else Decimal(0), row.part.name
