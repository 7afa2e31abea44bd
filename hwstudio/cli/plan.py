"""`hwstudio plan`: saved builds side by side for one job, and what if an input were another."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled, number
from hwstudio.cli.output import Output, common
from hwstudio.cli.plan_upgrade import add_upgrade
from hwstudio.core.base.errors import UserError
from hwstudio.core.project.jobs import find_job

if TYPE_CHECKING:
    from decimal import Decimal

    from hwstudio.core.model.workload import Workload
    from hwstudio.core.plan.terms import Candidate, Rent, Terms
    from hwstudio.core.project.state import ProjectState

# What --set takes, and what the value means.
SETTINGS = {
    "tariff": "electricity per kWh",
    "hours": "hours a week",
    "years": "years kept",
    "resale": "per cent of the price got back",
    "memory": "per cent more (or less) for memory kits",
    "rent": "price of a rented hour",
    "speed": "units of the job a second",
}
MOST_BUILDS = 5


def add(nouns: Any) -> None:
    """Add the noun and its verbs."""
    noun = nouns.add_parser("plan", help="weigh builds: side by side, what if; plan upgrades")
    verbs = noun.add_subparsers(title="commands", metavar="VERB", dest="verb", required=True)
    compare = verbs.add_parser(
        "compare",
        help="2 to 5 saved builds for one job",
        epilog="Example: hwstudio plan compare a.hws b.hws --workload llm_qlora_8b --json",
    )
    compare.add_argument("files", nargs="+", type=_file, metavar="FILE.hws")
    compare.set_defaults(run=run_compare)
    whatif = verbs.add_parser(
        "whatif",
        help="one saved build with other inputs, and which input decides",
        epilog="Example: hwstudio plan whatif a.hws --set tariff=0.4 --set hours=60 --json",
    )
    whatif.add_argument("file", type=_file, metavar="FILE.hws")
    for verb in (compare, whatif):
        weighing_options(verb)
        verb.add_argument(
            "--outcome", default="cost", choices=_OUTCOMES, help="the figure asked about"
        )
        common(verb)
    whatif.set_defaults(run=run_whatif)
    add_upgrade(verbs)


def weighing_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that say for which job and use builds are weighed."""
    verb.add_argument("--workload", type=filled, metavar="ID", help="default: the project's")
    listed = "; ".join(f"{name}: {words}" for name, words in SETTINGS.items())
    verb.add_argument(
        "--set", action="append", default=[], type=_setting, metavar="NAME=VALUE", help=listed
    )
    verb.add_argument("--grid-g-per-kwh", type=number, metavar="N", help="CO2e of a kWh")


_OUTCOMES = ("cost", "cost_per_job", "roi", "payback_months", "hours_per_job", "work_per_kwh")


def _file(text: str) -> Path:
    return Path(filled(text))


def _setting(text: str) -> tuple[str, Decimal]:
    name, sign, value = text.partition("=")
    if not sign or name not in SETTINGS:
        known = ", ".join(SETTINGS)
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE with NAME one of {known}")
    return name, number(value)


def run_compare(args: argparse.Namespace, out: Output) -> int:
    """Print the builds side by side."""
    if not 2 <= len(args.files) <= MOST_BUILDS:
        raise UserError(
            f"{len(args.files)} builds cannot be compared",
            f"it takes 2 to {MOST_BUILDS}",
            "Name 2 to 5 files",
        )
    from hwstudio.cli.plan_words import say_comparison, weighed_document
    from hwstudio.core.project.file import load_project

    projects = [load_project(path) for path in args.files]
    names = names_of(args.files)
    builds = [
        candidate
        for name, project in zip(names, projects, strict=True)
        for candidate in _candidates(out, project, name, args.workload)[:1]
    ]
    terms = terms_for(args, out, projects[0], builds)
    if out.is_json:
        out.document(weighed_document(builds, terms, args.outcome))
    else:
        say_comparison(builds, terms, args.outcome, out)
    return 0


def run_whatif(args: argparse.Namespace, out: Output) -> int:
    """Print the build's figures as they are and with the other inputs, and what decides."""
    from hwstudio.cli.plan_words import say_whatif, whatif_document
    from hwstudio.core.plan.terms import with_speed
    from hwstudio.core.project.file import load_project

    project = load_project(args.file)
    before = _candidates(out, project, args.file.stem, args.workload)
    usual = terms_for(argparse.Namespace(**{**vars(args), "set": []}), out, project, before)
    terms = terms_for(args, out, project, before)
    after = list(before)
    speed = dict(args.set).get("speed")
    if speed is not None:
        after[0] = with_speed(after[0], float(speed))
    if out.is_json:
        out.document(whatif_document((before[0], usual), (after, terms), args.outcome))
    else:
        say_whatif((before[0], usual), (after, terms), args.outcome, out)
    return 0


def names_of(files: list[Path]) -> list[str]:
    """Return a name for each project file: its stem, or its path where stems are equal."""
    stems = [path.stem for path in files]
    return stems if len(set(stems)) == len(stems) else [str(path) for path in files]


def _candidates(
    out: Output, project: ProjectState, name: str, workload_id: str | None
) -> list[Candidate]:
    """Return the present build and those put aside in a project, judged for one job."""
    from hwstudio.core.plan.terms import candidate_of
    from hwstudio.core.project.variants import Comparer

    studio = out.studio
    comparer = Comparer(studio.catalog, studio.predictors.now)
    judged = comparer.compared(project, (), workload_id or "")
    if not project.parts or not judged:
        raise UserError(f"{name} holds no build", "no part is chosen in it", "Find a build first")
    for one in judged:
        if one.missing:
            out.note(f"{one.name}: no longer in the catalogue: {', '.join(one.missing)}")
    first = candidate_of(name, judged[0].planned)
    return [first, *(candidate_of(one.name, one.planned) for one in judged[1:])]


def terms_for(
    args: argparse.Namespace, out: Output, project: ProjectState, builds: list[Candidate]
) -> Terms:
    """Return the terms of the first project's use, with what was set.

    Raises:
        UserError: no build has a speed, or a value nobody can mean.
    """
    from hwstudio.core.plan.terms import terms_of, with_rent

    studio, wanted = out.studio, dict(args.set)
    workload = find_job(studio.catalog, args.workload or project.workload_id)
    pace = next((one.speed.typical for one in builds if one.speed is not None), None)
    if pace is None:
        raise UserError("There is no speed to reckon with", f"for {workload.title}", "")
    usage = project.usage
    usage = replace(
        usage,
        tariff_per_kwh=wanted.get("tariff", usage.tariff_per_kwh),
        hours_per_week=float(wanted.get("hours", usage.hours_per_week)),
        years=float(wanted.get("years", usage.years)),
        resale_pct=float(wanted["resale"]) if "resale" in wanted else usage.resale_pct,
    )
    if project.currency != "USD" and usage.tariff_per_kwh is None:
        raise UserError(
            f"No electricity price in {project.currency} is known", "", "Give --set tariff=N"
        )
    terms = terms_of(workload, usage, pace, studio.settings.electricity_per_kwh)
    grid = args.grid_g_per_kwh
    terms = replace(
        terms,
        grid_g_per_kwh=None if grid is None else float(grid),
        memory_factor=_memory(float(wanted.get("memory", 0))),
        currency=project.currency,
    )
    typed = float(wanted["rent"]) if "rent" in wanted else None
    can_rent = project.currency == "USD" or typed is not None
    return with_rent(terms, _rent(out, workload) if can_rent else None, typed)


def _memory(per_cent: float) -> float:
    if per_cent < -100:
        raise UserError("Memory cannot cost less than nothing", f"got {per_cent:g} per cent", "")
    return 1 + per_cent / 100


def _rent(out: Output, workload: Workload) -> Rent | None:
    from hwstudio.core.base.clock import today
    from hwstudio.core.cloud.filter import OfferFilter, filter_offers
    from hwstudio.core.plan.rental import usual_rent

    catalog = out.studio.catalog
    offers = filter_offers(catalog.offers(), OfferFilter(), today())
    return usual_rent(workload, offers, catalog.gpus(), out.studio.predictors.now())
