"""`hwstudio cost`: the cost formulas one by one, for scripts and for checking the window."""

from __future__ import annotations

import argparse
from decimal import Decimal
from typing import Any

from hwstudio.cli.cost_budget import add_budget_and_policy
from hwstudio.cli.cost_egress import egress_options, run_egress
from hwstudio.cli.cost_examples import examples_options, run_examples
from hwstudio.cli.cost_route import add_route
from hwstudio.cli.cost_sheets import sheet_verbs
from hwstudio.cli.number import MOST, may, need, rounded, whole
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cost.breakeven import break_even
from hwstudio.core.cost.commitment import commitment
from hwstudio.core.cost.hourly import rented_per_useful_hour
from hwstudio.core.cost.spot import Interruptions, checkpoint_plan
from hwstudio.core.cost.storage import Disk, disk_bill


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun ``cost``."""
    noun = commands.add_parser("cost", help="cost formulas: break-even, egress, commitments …")
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    for name, words, example, options, run in (*_VERBS, *sheet_verbs()):
        verb = verbs.add_parser(
            name,
            help=words,
            description=words[:1].upper() + words[1:] + ".",
            epilog=f"Example: hwstudio cost {name} {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        options(verb)
        common(verb)
        verb.set_defaults(run=run)
    add_route(verbs)
    add_budget_and_policy(verbs)


# --- break-even ------------------------------------------------------------------------------


def _break_even_options(verb: argparse.ArgumentParser) -> None:
    need(verb, "--hardware", "price of the hardware, less what it will sell for")
    need(verb, "--cloud-per-hour", "rent per hour")
    need(verb, "--local-per-hour", "running cost of one busy local hour (electricity)")
    may(verb, "--speed-ratio", "local hours needed per rented hour (default 1)", Decimal(1))


def _break_even(args: argparse.Namespace, out: Output) -> int:
    answer = break_even(args.hardware, args.cloud_per_hour, args.local_per_hour, args.speed_ratio)
    if answer.hours is not None and answer.hours > MOST:
        raise UserError(
            "These prices give no sensible break-even",
            f"owning would pay back only after more than {MOST:,} busy hours",
            "Check the prices and the speed ratio",
        )
    if out.is_json:
        out.document(
            {
                "hours": rounded(answer.hours),
                "months_730h": rounded(answer.months_730h),
                "months_720h": rounded(answer.months_720h),
                "never": answer.is_never,
                "words": answer.words,
            }
        )
        return 0
    out.line(answer.words)
    if answer.months_730h is not None and answer.months_720h is not None:
        out.line(
            f"That is {answer.months_730h:,.1f} months of 730 h "
            f"({answer.months_720h:,.1f} months of 720 h) running day and night."
        )
    return 0


# --- checkpoint ------------------------------------------------------------------------------


def _checkpoint_options(verb: argparse.ArgumentParser) -> None:
    need(verb, "--mtbi-s", "mean time between interruptions of one machine, s")
    need(verb, "--checkpoint-s", "time to write one checkpoint, s")
    may(verb, "--recover-s", "time to restart and load after an interruption, s")
    verb.add_argument("--machines", type=whole, default=1, metavar="N", help="machines in the job")
    may(verb, "--step-s", "time of one training step, s", None)


def _checkpoint(args: argparse.Namespace, out: Output) -> int:
    case = Interruptions(
        mtbi_s=args.mtbi_s,
        checkpoint_s=args.checkpoint_s,
        recover_s=args.recover_s,
        machines=args.machines,
    )
    plan = checkpoint_plan(case, args.step_s)
    if out.is_json:
        out.document(
            {
                "interval_s": plan.interval_s,
                "steps": plan.steps,
                "cluster_mtbf_s": plan.cluster_mtbf_s,
                "worth_it": plan.is_worth_it,
                "words": plan.words,
            }
        )
        if not plan.is_worth_it:
            out.note(f"Note: {plan.words}")
        return 0
    out.line(plan.words)
    out.line(f"The group is interrupted about every {plan.cluster_mtbf_s:,.0f} s.")
    return 0


# --- effective -------------------------------------------------------------------------------


def _effective_options(verb: argparse.ArgumentParser) -> None:
    need(verb, "--gpu-per-hour", "price of the GPU machine per hour")
    may(verb, "--storage-per-hour", "storage that is billed beside it, per hour")
    may(verb, "--cold-start-per-hour", "loading and starting, spread over the hours")
    need(verb, "--utilisation", "working share of the billed time, 0 to 1")


def _effective(args: argparse.Namespace, out: Output) -> int:
    cost = rented_per_useful_hour(
        args.gpu_per_hour,
        args.utilisation,
        storage_per_hour=args.storage_per_hour,
        cold_start_per_hour=args.cold_start_per_hour,
    )
    if out.is_json:
        out.document({"per_useful_hour": rounded(cost)})
    elif cost is None:
        out.line("No billed hour does any work, so there is no price of a useful hour.")
    else:
        out.line(f"{money(cost, decimals=4)} per useful hour.")
    return 0


# --- commitment ------------------------------------------------------------------------------


def _commitment_options(verb: argparse.ArgumentParser) -> None:
    need(verb, "--on-demand", "on-demand price per hour")
    need(verb, "--committed", "committed price per hour, billed for all 730 h of a month")
    need(verb, "--hours", "hours really used a month")


def _commitment(args: argparse.Namespace, out: Output) -> int:
    answer = commitment(args.on_demand, args.committed, args.hours)
    if out.is_json:
        out.document(
            {
                "bill": rounded(answer.bill),
                "on_demand_cost": rounded(answer.on_demand_cost),
                "saving": rounded(answer.saving),
                "saving_pct": rounded(answer.saving_pct),
                "break_even_utilisation": rounded(answer.break_even_utilisation),
                "break_even_hours": rounded(answer.break_even_hours),
                "effective_per_used_hour": rounded(answer.effective_per_used_hour),
            }
        )
        return 0
    verdict = "saves" if answer.saving > 0 else "No saving: it costs"
    tail = "" if answer.saving > 0 else " more"
    out.line(
        f"The commitment bills {money(answer.bill, decimals=2)} a month, on demand "
        f"{money(answer.on_demand_cost, decimals=2)}."
    )
    out.line(f"{verdict[:1].upper()}{verdict[1:]} {money(abs(answer.saving), decimals=2)}{tail}.")
    out.line(
        f"It pays above {answer.break_even_hours:,.0f} of 730 h "
        f"({answer.break_even_utilisation * 100:.0f} % use)."
    )
    return 0


# --- storage ---------------------------------------------------------------------------------


def _storage_options(verb: argparse.ArgumentParser) -> None:
    need(verb, "--gb", "size in GB")
    need(verb, "--per-gb-month", "price per GB and month")
    may(verb, "--iops", "IOPS wanted")
    may(verb, "--included-iops", "IOPS in the price")
    may(verb, "--per-iops", "price per extra IOPS and month", None)
    may(verb, "--mb-s", "throughput wanted, MB/s")
    may(verb, "--included-mb-s", "throughput in the price, MB/s")
    may(verb, "--per-mb-s", "price per extra MB/s and month", None)


def _storage(args: argparse.Namespace, out: Output) -> int:
    bill = disk_bill(
        Disk(
            size_gb=args.gb,
            per_gb_month=args.per_gb_month,
            iops=args.iops,
            included_iops=args.included_iops,
            per_iops=args.per_iops,
            throughput_mb_s=args.mb_s,
            included_mb_s=args.included_mb_s,
            per_mb_s=args.per_mb_s,
        )
    )
    parts = {
        "storage": rounded(bill.storage),
        "iops": rounded(bill.iops),
        "throughput": rounded(bill.throughput),
        "total": rounded(bill.total),
    }
    if out.is_json:
        out.document(parts)
        return 0
    rows = [(name, money(value, decimals=2)) for name, value in parts.items()]
    out.table(("Part", "$ a month"), rows, right=(1,))
    return 0


_VERBS = (
    (
        "break-even",
        "when owning has paid for itself",
        "--hardware 833806 --cloud-per-hour 98.32 --local-per-hour 0.87 --json",
        _break_even_options,
        _break_even,
    ),
    (
        "egress",
        "what data leaving a cloud costs",
        "--gb 500 --provider aws",
        egress_options,
        run_egress,
    ),
    (
        "checkpoint",
        "how often to save interrupted work",
        "--mtbi-s 21600 --checkpoint-s 60 --machines 4",
        _checkpoint_options,
        _checkpoint,
    ),
    (
        "effective",
        "what one useful rented hour costs",
        "--gpu-per-hour 2 --utilisation 0.65",
        _effective_options,
        _effective,
    ),
    (
        "commitment",
        "whether a 1-year or 3-year price saves money",
        "--on-demand 3.06 --committed 2.45 --hours 500",
        _commitment_options,
        _commitment,
    ),
    (
        "storage",
        "what a cloud disk costs a month",
        "--gb 1000 --per-gb-month 0.08",
        _storage_options,
        _storage,
    ),
    (
        "examples",
        "published calculations by formula, F1 to F14",
        "--cases worked_examples.csv --json",
        examples_options,
        run_examples,
    ),
)
