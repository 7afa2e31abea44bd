"""What each kind of report takes on the command line, and how its document is made."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled, number
from hwstudio.cli.output import Output
from hwstudio.core.base import clock
from hwstudio.core.base.errors import UserError

if TYPE_CHECKING:
    from hwstudio.core.model.result import Result
    from hwstudio.core.project.state import ProjectState
    from hwstudio.core.report.blocks import Document


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report."""

    id: str
    title: str
    description: str
    example: str
    options: Callable[[argparse.ArgumentParser], None]
    make: Callable[[argparse.Namespace, Output], Document]


def _file(text: str) -> Path:
    return Path(filled(text))


# --- assess ----------------------------------------------------------------------------------


def _assess_options(verb: argparse.ArgumentParser) -> None:
    words = "a workload id (default: from the settings)"
    verb.add_argument("--goal", type=filled, metavar="ID", help=words)


def _assess(args: argparse.Namespace, out: Output) -> Document:
    from hwstudio.cli.assess import answer
    from hwstudio.core.report.assess_report import Assessed, assess_report

    found = answer(out, args.goal)
    return assess_report(Assessed(found.machine, found.assessment, clock.today().isoformat()))


# --- build and compare -----------------------------------------------------------------------


def _build_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--build", type=_file, required=True, metavar="FILE.hws", help="a project")
    words = "electricity price (default: the project's, or the settings)"
    verb.add_argument("--per-kwh", type=number, metavar="N", help=words)


def _build(args: argparse.Namespace, out: Output) -> Document:
    from hwstudio.core.project.file import load_project
    from hwstudio.core.project.planner import ProjectPlanner
    from hwstudio.core.report.build_sheet import Sheet, build_sheet

    studio = out.studio
    project = load_project(args.build)
    planner = ProjectPlanner(studio.catalog, predictor=studio.predictors.now)
    answer = planner.answer(project, keeps_parts=bool(project.parts))
    if answer.chosen is None:
        raise UserError(
            f"{args.build.name} holds no build",
            "no part is chosen in it, and no build meets its wishes",
            "Open it in Configure and loosen a wish",
        )
    if answer.missing:
        out.note(f"No longer in the catalogue: {', '.join(answer.missing)}")
    usual = Decimal(str(studio.settings.electricity_per_kwh))
    own = args.per_kwh if args.per_kwh is not None else project.usage.tariff_per_kwh
    tariff = usual if own is None else own
    sheet = Sheet(answer, answer.chosen, clock.today(), tariff, studio.catalog.as_of)
    return build_sheet(sheet)


def _compare_options(verb: argparse.ArgumentParser) -> None:
    from hwstudio.cli.plan import weighing_options

    words = "a project; one with builds put aside, or 2 to 5 projects"
    verb.add_argument(
        "--build", type=_file, required=True, action="extend", nargs="+", metavar="FILE.hws",
        help=words,
    )  # fmt: skip
    weighing_options(verb)


def _compare(args: argparse.Namespace, out: Output) -> Document:
    from hwstudio.cli.plan import names_of, terms_for
    from hwstudio.core.plan.terms import candidate_of
    from hwstudio.core.project.file import load_project
    from hwstudio.core.report.compare_report import Compared, compare_report

    projects = [load_project(path) for path in args.build]
    builds: list[tuple[str, Any]] = []
    for name, project in zip(names_of(args.build), projects, strict=True):
        judged = _judged(project, name, args.workload, out)
        chosen = judged if len(projects) == 1 else judged[:1]
        builds += [(name if len(projects) > 1 else one.name, one.planned) for one in chosen]
    candidates = [candidate_of(name, planned) for name, planned in builds]
    terms = terms_for(args, out, projects[0], candidates)
    return compare_report(Compared(tuple(builds), terms, clock.today()))


def _judged(project: ProjectState, name: str, workload_id: str | None, out: Output) -> list[Any]:
    from hwstudio.core.project.variants import Comparer

    studio = out.studio
    comparer = Comparer(studio.catalog, studio.predictors.now)
    judged = comparer.compared(project, (), workload_id or "")
    if not judged:
        raise UserError(f"{name} holds no build", "no part is chosen in it", "Find a build first")
    for one in judged:
        if one.missing:
            out.note(f"{one.name}: no longer in the catalogue: {', '.join(one.missing)}")
    return list(judged)


# --- bench -----------------------------------------------------------------------------------


def _bench_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "runs", nargs="*", metavar="RUN",
        help="ids of results, or result files (default: the newest result of each benchmark)",
    )  # fmt: skip


def _bench(args: argparse.Namespace, out: Output) -> Document:
    from hwstudio.cli.bench_files import chosen_runs, published_of
    from hwstudio.core.bench.compare import against_earlier
    from hwstudio.core.report.bench_report import Measured, bench_report

    stored = out.studio.history.results(with_samples=False)
    named = (each.values() for each in chosen_runs(args.runs, out)) if args.runs else ()
    results = [one for each in named for one in each] or _newest(stored)
    published = published_of(results, out)
    beside = {
        result.id: (*against_earlier(result, stored), *found)
        for result, found in zip(results, published, strict=True)
    }
    return bench_report(Measured(tuple(results), clock.today().isoformat(), beside))


def _newest(stored: Any) -> list[Result]:
    """Return the newest result of each benchmark on each machine, newest first."""
    found: dict[tuple[str, str], Result] = {}
    for result in sorted(stored, key=lambda each: each.taken_at, reverse=True):
        found.setdefault((result.machine, result.bench), result)
    return list(found.values())


# --- cost and period -------------------------------------------------------------------------


def _cost_options(verb: argparse.ArgumentParser) -> None:
    from hwstudio.cli.cloud_compare import compare_options

    compare_options(verb)


def _cost(args: argparse.Namespace, out: Output) -> Document:
    from hwstudio.cli.cloud_compare import answered
    from hwstudio.core.report.cost_report import OwnOrRent, cost_report

    question, answer, workload = answered(args, out)
    return cost_report(OwnOrRent(question, answer, workload, clock.today()))


def _period_options(verb: argparse.ArgumentParser) -> None:
    from hwstudio.cli.monitor_report import period_options

    period_options(verb)


def _period(args: argparse.Namespace, out: Output) -> Document:
    from hwstudio.cli.monitor_report import period_document

    return period_document(args, out)


KINDS = (
    Kind("assess", "what this PC can do", "What this PC can do, what stops it and what would help.",
         "assess --out my-pc.pdf", _assess_options, _assess),
    Kind("build", "a planned computer", "A saved build: parts, prices, power, checks, what to do.",
         "build --build lab.hws --out lab.pdf", _build_options, _build),
    Kind("compare", "builds side by side", "Builds for one job: cost, speed, what decides.",
         "compare --build a.hws b.hws --out choice.pdf", _compare_options, _compare),
    Kind("bench", "measured results", "Stored benchmark results with their verdicts.",
         "bench --out measured.pdf", _bench_options, _bench),
    Kind("cost", "own or rent", "Own hardware against rent for one kind of work.",
         "cost --workload llm_qlora_8b --hours-per-month 100 --out cost.pdf", _cost_options, _cost),
    Kind("period", "a period of recorded readings", "Use, energy, cost and advice for a period.",
         "period --from 7d --out week.pdf", _period_options, _period),
)  # fmt: skip
