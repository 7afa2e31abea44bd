"""What else could stand in one row of the parts list, with what it would change."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hwstudio.core.model.build import Build, total_of
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Part
from hwstudio.core.model.wishes import DataDrives
from hwstudio.core.power.answer import power_answer
from hwstudio.core.predict.memory import Fit
from hwstudio.core.project.answer import Alternative, Alternatives
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.judging import Job, fit_of, judged, speed_of, worst_of
from hwstudio.core.project.places import Place, pieces_in, pieces_needed, put
from hwstudio.core.rules.again import Again


def alternatives_in(
    build: Build, place: Place, parts: Iterable[Part], job: Job, wish: DataDrives | None
) -> Alternatives:
    """Return which of ``parts`` could stand in a row of a build, cheapest first."""
    row, pieces = _Row(build, place, job), pieces_in(build, place)
    asked = [(part, pieces_needed(place, part, pieces, wish)) for part in parts]
    able = [(part, quantity) for part, quantity in asked if quantity]
    found = [row.alternative(part, quantity) for part, quantity in able]
    rows = sorted((one for one in found if one is not None), key=_by_price)
    return Alternatives(place.kind, tuple(rows), len(able), len(able) - len(rows))


class _Row:
    """One row of a build, and all about the build that another part in it leaves as it is."""

    def __init__(self, build: Build, place: Place, job: Job) -> None:
        self._place, self._job = place, job
        self._now = judged(build, job)
        self._choices = choices_of(build)
        self._errors = {f.rule for f in self._now.findings if f.severity is Severity.ERROR}
        self._rules = Again(build, job.around, place.kind)
        self._fits: dict[object, Fit] = {}

    def alternative(self, part: Part, quantity: int) -> Alternative | None:
        """Return a part's effect on the build, or None when a rule or the job forbids it."""
        build, now, job = put(self._now.build, self._place, part, quantity), self._now, self._job
        if self._is_now(build, part):
            return self._told(part, quantity, now.findings, now.power.sustained_w, is_current=True)
        if self._fit(build) is Fit.NO:
            return None
        findings = list(self._rules.about(build))
        if self._has_new_errors(findings):
            return None
        power = power_answer(build, mains=job.mains, around=job.around)
        if self._has_new_errors(power.findings):
            return None
        return self._told(part, quantity, (*findings, *power.findings), power.sustained_w, build)

    def _told(
        self,
        part: Part,
        quantity: int,
        findings: Iterable[Finding],
        sustained_w: float,
        build: Build | None = None,
        *,
        is_current: bool = False,
    ) -> Alternative:
        now, job = self._now, self._job
        total = now.total
        if build is not None:
            total = total_of(build, tax_pct=job.tax_pct, owned=job.owned)
        old = now.prediction.median
        new = old if build is None else speed_of(job, job.workload, build).median
        is_priced = not total.unpriced and not now.total.unpriced
        return Alternative(
            part=part,
            quantity=quantity,
            price_change=total.amount - now.total.amount if is_priced else None,
            speed_change=new / old - 1 if old and new else None,
            power_change_w=sustained_w - now.power.sustained_w,
            verdict=worst_of(findings),
            is_current=is_current,
        )

    def _is_now(self, build: Build, part: Part) -> bool:
        is_in = any(choice.part_id == part.id for choice in self._choices)
        return is_in and choices_of(build) == self._choices

    def _has_new_errors(self, findings: Iterable[Finding]) -> bool:
        """Errors the build had before do not speak against a part."""
        return any(f.severity is Severity.ERROR and f.rule not in self._errors for f in findings)

    def _fit(self, build: Build) -> Fit:
        """Return whether the job fits the cards, worked out once for all alike."""
        card = build.card
        key = (card and (card.gpu.id, card.vram_bytes), build.card_count)
        if key not in self._fits:
            self._fits[key] = fit_of(self._job.workload, card, build.card_count)
        return self._fits[key]


def _by_price(row: Alternative) -> tuple[bool, Decimal, str]:
    price = row.part.price
    return price is None, price.amount * row.quantity if price else Decimal(0), row.part.name
