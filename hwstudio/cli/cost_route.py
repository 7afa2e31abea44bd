"""`hwstudio cost route`: where one job should run, and why each other way lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled, rounded
from hwstudio.cli.output import Output, common
from hwstudio.core.base import clock
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cloud.routing.job_file import EXAMPLE, job_of_toml

if TYPE_CHECKING:
    from hwstudio.core.assess.own_machine import OwnMachine
    from hwstudio.core.cloud.routing.job import Job
    from hwstudio.core.cloud.routing.option import Money, Route, RouteOption
    from hwstudio.core.project.routing_ground import RoutingFacts

_MOST_BYTES = 1 << 20
_EPILOG = f"""Example: hwstudio cost route --job job.toml --json

A job file has these keys; all but the work may be left out:

{EXAMPLE}"""


def add_route(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``route``."""
    verb = verbs.add_parser(
        "route",
        help="where a job should run: home, paid hours, free, spot, market, on demand",
        description="Say where a job should run: the cheapest way that keeps every wish.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = "the job as TOML (see below); - reads it from the terminal"
    verb.add_argument("--job", required=True, type=filled, metavar="FILE.toml", help=words)
    words = "a saved project to run at home on, instead of [local] device"
    verb.add_argument("--build", type=filled, metavar="FILE.hws", help=words)
    common(verb)
    verb.set_defaults(run=run_route)


def run_route(args: argparse.Namespace, out: Output) -> int:
    """Print the choice and every way; 1 when no way keeps every wish."""
    from hwstudio.core.assess.routing.route import route
    from hwstudio.core.project.routing_ground import RoutingFacts

    job = job_of_toml(_text(args.job))
    facts = RoutingFacts(out.studio.catalog, clock.today())
    own = _own(args, job, facts, out)
    shapes = facts.shapes(job.task.workload_id, out.studio.predictors.now())
    tariff = out.studio.settings.electricity_per_kwh
    answer = route(facts.ground(job, own, shapes, tariff), job)
    if out.is_json:
        out.document(document_of(job, answer))
    else:
        _say(answer, out)
    return 0 if answer.choice is not None else 1


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.read(_MOST_BYTES)
    try:
        raw = Path(name).read_bytes()
    except OSError as error:
        raise UserError(
            f"The job file {name} cannot be read", error.strerror or str(error), "Check its name"
        ) from error
    if len(raw) > _MOST_BYTES:
        raise UserError(f"The job file {name} is too large", "it has over 1 MiB", "Is it a job")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"The job file {name} cannot be read", "it is not UTF-8 text", "Save it as UTF-8"
        ) from error


def _own(args: argparse.Namespace, job: Job, facts: RoutingFacts, out: Output) -> OwnMachine:
    if args.build is not None:
        from hwstudio.core.assess.own_machine import own_build, with_own
        from hwstudio.core.optimize.slots import lanes_of
        from hwstudio.core.project.assemble import build_of
        from hwstudio.core.project.file import load_project

        project = load_project(Path(args.build))
        build = build_of(project, out.studio.catalog.part).build
        return with_own(own_build(build, project.name, lanes_of(build)), None, job.local.power_w)
    if job.local.device:
        return facts.own(job, None)
    from hwstudio.core.probe.machine import detect_machine

    return facts.own(job, detect_machine(out.studio.catalog.match_gpu))


# --- out ----------------------------------------------------------------------------------------


def document_of(job: Job, answer: Route) -> dict[str, Any]:
    """Return the answer as the JSON contract has it."""
    chosen = answer.choice
    return {
        "job": job.name,
        "choice": chosen.kind if chosen else None,
        "choice_name": chosen.name if chosen else None,
        "reason": answer.reason,
        "deadline_hours": job.rules.deadline_hours,
        "confidence": job.rules.confidence,
        "options": [_option_json(one, answer) for one in answer.options],
        "currency": "USD",
    }


def _option_json(option: RouteOption, answer: Route) -> dict[str, Any]:
    finish = option.finish
    return {
        "kind": option.kind,
        "name": option.name,
        "feasible": option.is_feasible,
        "why_not": option.why_not or None,
        "why_lost": answer.lost.get(option.kind),
        "finish_hours": None
        if finish is None
        else {
            "low": round(finish.low, 4),
            "median": round(finish.median, 4),
            "high": round(finish.high, 4),
            "sure": None if option.sure_hours is None else round(option.sure_hours, 4),
        },
        "chance_in_time": None if option.chance is None else round(option.chance, 4),
        "cost": None
        if option.cost is None
        else {**_money_json(option.cost), "sure": rounded(option.sure_cost), "currency": "USD"},
        "carbon_kg": None if option.carbon_kg is None else round(option.carbon_kg, 4),
        "waits": [{"name": name, "hours": round(hours, 4)} for name, hours in option.waits],
        "parts": [
            {"name": part.name, **_money_json(part.cost), "note": part.note or None}
            for part in option.parts
        ],
        "evidence": option.evidence or None,
        "note": option.note or None,
        "source": option.source or None,
        "as_of": option.price_as_of or None,
    }


def _money_json(cost: Money) -> dict[str, Any]:
    return {
        "low": rounded(cost.low),
        "median": rounded(cost.median),
        "high": rounded(cost.high),
    }


def _say(answer: Route, out: Output) -> None:
    from hwstudio.core.cloud.routing.choose import spell
    from hwstudio.core.cloud.routing.option import KIND_NAMES

    out.line(answer.reason)
    out.line()
    rows = []
    for option in answer.options:
        cost, finish = option.cost, option.finish
        verdict = "chosen" if option is answer.choice else answer.lost.get(option.kind, "")
        rows.append(
            (
                KIND_NAMES[option.kind],
                option.name,
                "–" if cost is None else money(cost.median),
                "–" if finish is None else spell(finish.median),
                "–" if option.sure_hours is None else spell(option.sure_hours),
                verdict,
            )
        )
    heads = ("Way", "Machine", "Cost", "Done in", "Surely in", "Verdict")
    out.table(heads, rows, right=(2, 3, 4))
    out.line("Times and speeds are estimated; ranges, causes and sources are in --json.")
