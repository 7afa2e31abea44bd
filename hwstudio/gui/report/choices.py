"""The reports each tab offers, made from what it shows. ``make`` runs in a background thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import UserError
from hwstudio.gui.report.dialog import ReportChoice

if TYPE_CHECKING:
    from hwstudio.core.assess.own_or_rent import Question, Shapes
    from hwstudio.core.assess.readiness import Assessment
    from hwstudio.core.bench.compare import Comparison
    from hwstudio.core.model.machine import Machine
    from hwstudio.core.model.offer import Offer
    from hwstudio.core.model.result import Result
    from hwstudio.core.project.answer import Answer
    from hwstudio.core.report.blocks import Document
    from hwstudio.core.studio import Studio
    from hwstudio.gui.cloud.state import Answer as CloudAnswer


def assess_choice(machine: Machine, judged: Assessment) -> ReportChoice:
    """Return the report of This PC."""

    def make() -> Document:
        from hwstudio.core.report.assess_report import Assessed, assess_report

        return assess_report(Assessed(machine, judged, today().isoformat()))

    return ReportChoice("What this PC can do", make)


def build_choices(studio: Studio, answer: Answer, per_kwh: Decimal) -> tuple[ReportChoice, ...]:
    """Return the reports of a project: its build, and its builds side by side."""

    def sheet() -> Document:
        from hwstudio.core.report.build_sheet import Sheet, build_sheet

        if answer.chosen is None:
            raise UserError("There is no build yet", "", "Find a build first")
        date = studio.catalog.as_of
        return build_sheet(Sheet(answer, answer.chosen, today(), per_kwh, date))

    def side_by_side() -> Document:
        return _compared(studio, answer, per_kwh)

    return (
        ReportChoice("This build", sheet),
        ReportChoice("Builds side by side", side_by_side),
    )


def _compared(studio: Studio, answer: Answer, per_kwh: Decimal) -> Document:
    from hwstudio.core.cloud.filter import OfferFilter, filter_offers
    from hwstudio.core.plan.rental import usual_rent
    from hwstudio.core.plan.terms import band_of, terms_of, with_rent
    from hwstudio.core.project.assemble import choices_of
    from hwstudio.core.project.variants import Comparer
    from hwstudio.core.report.compare_report import Compared, compare_report

    asked, catalog = answer.asked, studio.catalog
    if not asked.parts and answer.chosen is not None:
        asked = replace(asked, parts=choices_of(answer.chosen.build))
    comparer = Comparer(catalog, studio.predictors.now)
    judged = comparer.compared(asked, answer.solution.builds)
    builds = tuple((one.name, one.planned) for one in judged)
    pace = next((band for _, p in builds if (band := band_of(p.prediction)) is not None), None)
    if pace is None:
        raise UserError("There is no speed to compare by", f"for {answer.workload.title}", "")
    terms = terms_of(answer.workload, asked.usage, pace.typical, per_kwh)
    terms = replace(terms, currency=asked.currency)
    rent = None
    if asked.currency == "USD":
        offers = filter_offers(catalog.offers(), OfferFilter(), today())
        rent = usual_rent(answer.workload, offers, catalog.gpus(), studio.predictors.now())
    return compare_report(Compared(builds, with_rent(terms, rent), today()))


def bench_choices(
    shown: Result | None,
    results: Sequence[Result],
    beside: Mapping[str, Sequence[Comparison]],
) -> tuple[ReportChoice, ...]:
    """Return the reports of benchmark results: the one shown, and the newest of each."""
    from hwstudio.core.report.bench_report import Measured, bench_report

    def one() -> Document:
        return bench_report(Measured((shown,) if shown else (), today().isoformat(), beside))

    def newest() -> Document:
        return bench_report(Measured(_newest(results), today().isoformat(), beside))

    found = (ReportChoice("Newest of each benchmark", newest),)
    return (ReportChoice("The run that is shown", one), *found) if shown is not None else found


def _newest(results: Sequence[Result]) -> tuple[Result, ...]:
    found: dict[tuple[str, str], Result] = {}
    for result in sorted(results, key=lambda each: each.taken_at, reverse=True):
        found.setdefault((result.machine, result.bench), result)
    return tuple(found.values())


def cost_choice(
    studio: Studio,
    question: Question,
    shapes: Shapes,
    shown: tuple[Sequence[Offer], CloudAnswer],
) -> ReportChoice:
    """Return the report of own or rent; the answer is the one on the screen."""

    def make() -> Document:
        from hwstudio.core.assess.own_or_rent import compare
        from hwstudio.core.catalog.cloud_tables import grids_of
        from hwstudio.core.report.cost_report import OwnOrRent, cost_report

        offers, answer = shown
        found = compare(question, shapes, offers, grids_of(studio.catalog.table("carbon")))
        found = replace(
            found,
            against=answer.reference,
            payback=answer.payback,
            odds=answer.odds,
            why_none="" if answer.odds else answer.sentence.rstrip("."),
        )
        told = answer.ratio.typical if answer.ratio else None
        return cost_report(OwnOrRent(question, found, shapes.workload, today(), told))

    return ReportChoice("Own or rent", make)
