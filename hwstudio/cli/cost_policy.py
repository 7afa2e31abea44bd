"""`hwstudio cost policy`: replays a scaling policy and writes its settings; it controls nothing."""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import number, rounded, whole
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money

if TYPE_CHECKING:
    from hwstudio.core.cost.budget.demand import Demand
    from hwstudio.core.cost.budget.policy import Policy
    from hwstudio.core.cost.budget.simulate import Comparison, Replay

_OPTIONS = (
    ("--price", number, "price_per_hour", "price of one machine per hour"),
    ("--min", whole, "min_instances", "fewest machines"),
    ("--max", whole, "max_instances", "most machines"),
    ("--target", number, "target_share", "how busy each should be, 0.7 = 70 %"),
    ("--up-cooldown-s", whole, "up_cooldown_s", "pause after starting machines, s"),
    ("--down-cooldown-s", whole, "down_cooldown_s", "pause before stopping some, s"),
)


def add_policy(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and its acts."""
    made = verbs.add_parser(
        "policy",
        help="a scaling policy: replay a demand, write the settings",
        description="Simulates a scaling policy. It starts and stops no machines.",
        epilog="Example: hwstudio cost policy run --price 2 --max 8 --demand office --monthly 2000",
    )
    acts = made.add_subparsers(title="acts", metavar="ACT", dest="act", required=True)
    act = acts.add_parser(
        "run",
        help="replay a demand; 1 = the settings contradict or work is left over",
        description="Replay a demand, minute by minute.",
        epilog="Example: hwstudio cost policy run policy.toml --demand demand.csv --json",
    )
    _policy_options(act)
    words = "office, bursty, nightly, recorded, or a file: time,demand by the hour"
    act.add_argument("--demand", default="office", metavar="NAME|FILE", help=words)
    act.set_defaults(run=_run)
    act = acts.add_parser(
        "export",
        help="write the settings as TOML or JSON",
        description="Write the settings for you to apply.",
        epilog="Example: hwstudio cost policy export --price 2 --max 8 --out policy.toml",
    )
    _policy_options(act)
    act.add_argument("--out", type=Path, metavar="FILE", help=".toml or .json (default: print it)")
    act.set_defaults(run=_export)


def _policy_options(act: argparse.ArgumentParser) -> None:
    act.add_argument("file", nargs="?", type=Path, metavar="FILE", help="settings, TOML or JSON")
    for name, kind, goal, words in _OPTIONS:
        act.add_argument(name, type=kind, dest=goal, metavar="N", help=words)
    for name in ("daily", "weekly", "monthly"):
        act.add_argument(f"--{name}", type=number, metavar="N", help=f"{name} limit")
    common(act)


def _policy(args: argparse.Namespace, out: Output) -> Policy:
    from hwstudio.cli.cost_budget import read_book
    from hwstudio.core.cost.budget.limits import limits
    from hwstudio.core.cost.budget.policy_file import policy_from_text
    from hwstudio.core.project.budget_file import read_text

    if args.file is not None:
        policy = policy_from_text(read_text(args.file))
    else:
        policy = read_book(out).policy
    typed = {
        goal: getattr(args, goal) for _, _, goal, _ in _OPTIONS if getattr(args, goal) is not None
    }
    caps = policy.caps
    day, week, month = args.daily, args.weekly, args.monthly
    if (day, week, month) != (None, None, None):
        caps = limits(
            caps.day if day is None else day,
            caps.week if week is None else week,
            caps.month if month is None else month,
        )
    return replace(policy, caps=caps, **typed)


def _demand(name: str, out: Output) -> Demand:
    from hwstudio.core.cost.budget.demand import PRESETS, from_text, preset
    from hwstudio.core.project.budget_file import read_text

    if name in dict(PRESETS):
        return preset(name)
    if name == "recorded":
        from hwstudio.core.report.budget_facts import recorded_demand
        from hwstudio.core.report.budget_past import recorded_past

        with recorded_past(out.studio.home, out.studio.settings) as past:
            return recorded_demand(past)
    file = Path(name)
    if not file.is_file():
        raise UserError(
            f"There is no demand '{name}'",
            "",
            f"Name a file, 'recorded', or {', '.join(dict(PRESETS))}",
        )
    return from_text(read_text(file), file.name)


def _run(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.cost.budget.policy import policy_conflicts
    from hwstudio.core.cost.budget.simulate import compare

    policy, demand = _policy(args, out), _demand(args.demand, out)
    seen = compare(policy, demand)
    found = policy_conflicts(policy)
    is_bad = bool(found) or seen.policy.unfinished_hours > 0
    if out.is_json:
        out.document(
            {
                "demand": {
                    "title": demand.title,
                    "hours": len(demand.hours),
                    "machine_hours": rounded(demand.total),
                    "missing_hours": demand.missing_hours,
                },
                "conflicts": found,
                "policy": _replay_json(seen.policy),
                "always_max": _replay_json(seen.always_max),
                "always_min": _replay_json(seen.always_min),
                "saved_against_always_max": rounded(seen.saved),
            }
        )
    else:
        _say(policy, demand, seen, found, out)
    return 1 if is_bad else 0


def _replay_json(one: Replay) -> dict[str, Any]:
    return {
        "spend": rounded(one.spend),
        "instance_hours": rounded(one.instance_hours),
        "work_hours": rounded(one.work_hours),
        "idle_hours": rounded(one.idle_hours),
        "idle_cost": rounded(one.idle_cost),
        "mean_wait_s": one.mean_wait_s,
        "longest_wait_s": one.longest_wait_s,
        "unfinished_hours": rounded(one.unfinished_hours),
        "most_instances": one.most_instances,
        "cap_hits": {str(span): count for span, count in one.cap_hits.items()},
        "cap_hours": {str(span): rounded(hours) for span, hours in one.cap_hours.items()},
    }


def _say(
    policy: Policy, demand: Demand, seen: Comparison, found: tuple[str, ...], out: Output
) -> None:
    out.line(f"{demand.title}: {demand.total:,.0f} machine-hours in {len(demand.hours):,} h.")
    if demand.missing_hours:
        out.line(f"{demand.missing_hours:,} of the hours are missing and count as no work.")
    named = (("This policy", seen.policy), (f"Always {policy.max_instances}", seen.always_max),
             (f"Always {policy.min_instances}", seen.always_min))  # fmt: skip
    rows = [
        (
            name,
            money(one.spend, policy.currency, decimals=2),
            money(one.idle_cost, policy.currency, decimals=2),
            _wait(one.mean_wait_s),
            _wait(one.longest_wait_s),
            f"{one.unfinished_hours:,.1f}",
            str(sum(one.cap_hits.values())),
        )
        for name, one in named
    ]
    head = ("", "Spend", "Of it idle", "Mean wait", "Longest wait", "Left over, h", "Cap hits")
    out.table(head, rows, right=range(1, 7))
    for words in found:
        out.line(f"Conflict: {words}")


def _wait(seconds: float | Decimal) -> str:
    minutes = float(seconds) / 60
    return f"{minutes:,.0f} min" if minutes < 120 else f"{minutes / 60:,.1f} h"


def _export(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.cost.budget.policy_file import as_json, as_toml, policy_document
    from hwstudio.core.project.budget_file import write_bytes

    policy = _policy(args, out)
    if args.out is not None:
        ending = args.out.suffix.lower()
        if ending not in (".toml", ".json"):
            raise UserError(f"{args.out} has an unknown ending", ending, "End it in .toml or .json")
        text = as_json(policy) if ending == ".json" else as_toml(policy)
        write_bytes(args.out, text.encode())
        out.line(f"Written to {args.out}. Apply it yourself: hwstudio changes no machines.")
    else:
        out.line(as_toml(policy).rstrip("\n"))
    if out.is_json:
        out.document({"policy": policy_document(policy), "path": args.out})
    return 0
