"""Formulas of renting, by name: F3 useful hour, F5 transfer, F6 spot, F7 to F10, F14."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_MONTH, HOURS_PER_YEAR
from hwstudio.core.cost.commitment import UsageLine, commitment, plan_hour
from hwstudio.core.cost.egress import Tier, egress
from hwstudio.core.cost.energy import electricity_per_hour
from hwstudio.core.cost.examples.given import GB, SECONDS, WATTS, YEARS, Given, missing, number
from hwstudio.core.cost.examples.own import CLOUD, TARIFF, Answers, f1, pue
from hwstudio.core.cost.hourly import OwnedUse, owned_per_useful_hour, rented_per_useful_hour
from hwstudio.core.cost.spot import (
    Interruptions,
    checkpoint_plan,
    expected_time_s,
    expected_time_without_checkpoint_s,
    mean_time_from_band_s,
)
from hwstudio.core.cost.storage import Disk, disk_bill
from hwstudio.core.cost.sustained import sustained_use
from hwstudio.core.cost.trained_model import Training, training_cost

ON_DEMAND = ("on_demand_usd_per_hour", "on_demand", "od_usd_per_hour", "list_usd_per_hour",
             "on_demand_per_hour")  # fmt: skip


def f3(given: Given) -> Answers:
    """The price of a useful hour: rented, or owned where a yearly cost or a purchase is given."""
    used = given.share("utilisation", "utilization", "use", "busy_share", "u")
    if used is None:
        raise missing(("utilisation",))
    rented = given.may("gpu_usd_per_hour", "gpu_per_hour", "gpu_price_usd_per_hour", *CLOUD)
    if rented is not None:
        cost = rented_per_useful_hour(
            rented,
            used,
            storage_per_hour=given.or_(0, "storage_usd_per_hour", "storage_per_hour"),
            cold_start_per_hour=given.or_(
                0, "cold_start_usd_per_hour", "cold_start_per_hour", "startup_usd_per_hour"
            ),
        )
    else:
        cost = _owned(given, used)
    names = ("usd_per_useful_hour", "per_useful_hour", "effective_usd_per_hour",
             "usd_per_useful_gpu_hour", "cost_per_useful_hour_usd")  # fmt: skip
    return dict.fromkeys(names, cost)


def _owned(given: Given, used: Decimal) -> Decimal | None:
    year = given.may("eac_usd_per_year", "eac_usd", "annual_cost_usd")
    tariff, factor = given.may(*TARIFF), pue(given)
    busy = given.may("busy_usd_per_hour", "electricity_usd_per_hour")
    idle = given.may("idle_usd_per_hour")
    watts, idle_w = given.sized(WATTS, "load", "busy", "power", ""), given.sized(WATTS, "idle")
    if busy is None and watts is not None and tariff is not None:
        busy = electricity_per_hour(watts, tariff, factor)
    if idle is None and idle_w is not None and tariff is not None:
        idle = electricity_per_hour(idle_w, tariff, factor)
    return owned_per_useful_hour(
        OwnedUse(
            annual_cost=f1(given)["eac"] if year is None else year,
            busy_per_hour=busy or 0,
            utilisation=used,
            idle_per_hour=idle or 0,
            idle_on_share=given.share("idle_on_share", "powered_on_share", "a") or 0,
            gpu_count=given.or_(1, "gpu_count", "gpus", "n"),
        )
    )


def f5(given: Given) -> Answers:
    """How long data take over a line, at the share of it that is really reached."""
    size = given.need_sized(GB, "", "data", "size", "transfer")
    line = given.may("mbit_s", "line_mbit_s", "bandwidth_mbit_s", "mbps")
    if line is None:
        line = given.need("gbit_s", "line_gbit_s", "bandwidth_gbit_s", "gbps") * 1000
    reached = given.share("efficiency", "reached_share") or Decimal(1)
    if line * reached <= 0:
        raise UserError("The line must carry something", f"got {line} Mbit/s")
    seconds = size * 8000 / (line * reached)
    return {"seconds": seconds, "transfer_s": seconds, "transfer_hours": seconds / 3600,
            "hours": seconds / 3600}  # fmt: skip


def f6(given: Given) -> Answers:
    """Checkpoint interval, expected time, and what spot then costs."""
    between = given.sized(SECONDS, "mtbi", "mtbf", "mean_time_between_interruptions", "m")
    if between is None:
        band = given.share("monthly_interruption", "interruption", "band", "f")
        seconds = None if band is None else mean_time_from_band_s(band)
        if seconds is None:
            raise missing(("mtbi_s", "mtbi_hours", "monthly_interruption_pct"))
        between = Decimal(str(seconds))
    case = Interruptions(
        mtbi_s=between,
        checkpoint_s=given.sized(SECONDS, "checkpoint", "checkpoint_time", "d") or 0,
        recover_s=given.sized(SECONDS, "recover", "recovery", "restart", "r") or 0,
        machines=int(given.or_(1, "machines", "nodes", "gpus")),
    )
    found: Answers = {"mtbi_hours": between / 3600}
    interval: float | None = None
    if case.checkpoint_s:
        plan = checkpoint_plan(case, given.sized(SECONDS, "step", "step_time"))
        typed = given.sized(SECONDS, "interval", "checkpoint_interval")
        interval = plan.interval_s if typed is None else float(typed)
        found |= {
            "interval_s": plan.interval_s, "checkpoint_interval_s": plan.interval_s,
            "interval_min": plan.interval_s / 60, "interval_hours": plan.interval_s / 3600,
            "steps": plan.steps, "interval_steps": plan.steps,
            "cluster_mtbf_s": plan.cluster_mtbf_s, "cluster_mtbf_hours": plan.cluster_mtbf_s / 3600,
        }  # fmt: skip
    work = given.sized(SECONDS, "work", "job", "compute")
    return found | (_spot_time(given, case, work, interval) if work else {})


def _spot_time(given: Given, case: Interruptions, work: Decimal, interval: float | None) -> Answers:
    bare = expected_time_without_checkpoint_s(work, case)
    wall = bare if interval is None else expected_time_s(work, Decimal(str(interval)), case)
    found: Answers = {
        "expected_s": wall, "expected_hours": wall / 3600, "expected_wall_hours": wall / 3600,
        "overhead": wall / float(work), "overhead_pct": (wall / float(work) - 1) * 100,
        "expected_hours_without_checkpoint": bare / 3600,
    }  # fmt: skip
    spot, usual = given.may("spot_usd_per_hour", "spot_per_hour"), given.may(*ON_DEMAND)
    if spot is not None:
        bill = spot * Decimal(str(wall)) / 3600
        found |= {"spot_cost_usd": bill, "spot_usd": bill}
        if usual is not None:
            whole = usual * work / 3600
            found |= {"on_demand_cost_usd": whole, "saving_usd": whole - bill,
                      "spot_wins": bill < whole}  # fmt: skip
    return found


def f7(given: Given) -> Answers:
    """A commitment: over several usage lines in one hour, or of one machine in a month."""
    lines = given.raw("lines", "usage", "usage_lines")
    if lines is not None:
        return _plan(given, lines)
    usual = given.need(*ON_DEMAND)
    rate = given.may("committed_usd_per_hour", "committed", "commitment_usd_per_hour",
                     "reserved_usd_per_hour", "reserved", "plan_usd_per_hour",
                     "rate_usd_per_hour")  # fmt: skip
    if rate is None:
        off = given.share("saving", "discount")
        if off is None:
            raise missing(("committed_usd_per_hour", "reserved_usd_per_hour", "saving_pct"))
        rate = usual * (1 - off)
    hours = given.may("hours_per_month", "hours", "used_hours")
    if hours is None:
        part = given.share("utilisation", "utilization", "use")
        hours = HOURS_PER_MONTH if part is None else part * HOURS_PER_MONTH
    answer = commitment(usual, rate, hours)
    years = given.sized(YEARS, "term", "")
    term_hours = HOURS_PER_YEAR * (years or 1)
    even = answer.break_even_utilisation
    return {
        "bill_usd": answer.bill, "bill": answer.bill, "committed_cost_usd": answer.bill,
        "on_demand_cost_usd": answer.on_demand_cost, "on_demand_usd": answer.on_demand_cost,
        "saving_usd": answer.saving, "saving": answer.saving, "saving_pct": answer.saving_pct,
        "break_even_utilisation": even, "break_even_use": even,
        "break_even_utilisation_pct": even * 100, "break_even_use_pct": even * 100,
        "break_even_hours": answer.break_even_hours,
        "break_even_hours_per_month": answer.break_even_hours,
        "effective_usd_per_hour": answer.effective_per_used_hour,
        "break_even_hours_of_term": even * term_hours,
        "break_even_months": even * term_hours / HOURS_PER_MONTH,
    }  # fmt: skip


def _plan(given: Given, lines: Any) -> Answers:
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise UserError("The usage lines cannot be read", "a list of objects is wanted")
    usage = []
    for count, line in enumerate(lines, start=1):
        one = Given(line)
        usage.append(
            UsageLine(
                str(one.raw("name") or f"line {count}"),
                one.or_(1, "qty", "quantity", "count"),
                one.need(*ON_DEMAND),
                one.need("plan", "plan_usd_per_hour", "savings_plan", "committed"),
            )
        )
    hour = plan_hour(
        usage, given.need("commitment_usd_per_hour", "commitment", "commitment_per_hour")
    )
    return {
        "plan_cost_of_usage_usd": hour.plan_cost_of_usage,
        "on_demand_cost_usd": hour.on_demand_cost,
        "hourly_bill_usd": hour.hourly_bill, "bill_usd": hour.hourly_bill,
        "saving_usd": hour.on_demand_cost - hour.hourly_bill,
        "saving_pct": hour.saving_pct,
    }  # fmt: skip


def f8(given: Given) -> Answers:
    """Sustained use discount of one month."""
    month = given.or_(HOURS_PER_MONTH, "month_hours", "hours_in_month")
    hours = given.may("hours", "hours_per_month", "used_hours")
    if hours is None:
        part = given.share("utilisation", "utilization", "use", "month_share")
        hours = month if part is None else part * month
    answer = sustained_use(given.need(*ON_DEMAND, *CLOUD, "usd_per_hour"), hours, month)
    off = answer.discount
    return {
        "bill_usd": answer.bill, "total_usd": answer.bill, "cost_usd": answer.bill,
        "list_cost_usd": answer.list_cost, "on_demand_cost_usd": answer.list_cost,
        "discount": off, "discount_pct": None if off is None else off * 100,
        "saving_usd": answer.list_cost - answer.bill,
        "effective_usd_per_hour": answer.effective_per_hour,
    }  # fmt: skip


def f9(given: Given) -> Answers:
    """Egress of one calendar month over its tiers."""
    volume = given.need_sized(GB, "", "egress", "month", "monthly", "out", "volume", "transfer")
    flat = given.may("usd_per_gb", "price_usd_per_gb")
    rows = given.raw("tiers", "egress_tiers")
    tiers = [Tier(0, None, flat)] if rows is None and flat is not None else _tiers(rows)
    free = given.or_(0, "free_gb", "free_gb_per_month")
    bill = egress(volume, tiers, free)
    average = bill.average_per_gb
    return {
        "total_usd": bill.total, "egress_usd": bill.total, "cost_usd": bill.total,
        "total": bill.total, "average_usd_per_gb": average, "average_per_gb": average,
        "billed_gb": max(Decimal(0), volume - free),
        "tier_costs_usd": [tier.cost for tier in bill.tiers],
        "tiers_usd": [tier.cost for tier in bill.tiers],
    }  # fmt: skip


def _tiers(rows: Any) -> list[Tier]:
    """Read tiers as [from, to, price], as [to, price], or as objects; a start may be left out."""
    if not isinstance(rows, list) or not rows:
        raise missing(("tiers",))
    found: list[Tier] = []
    for row in rows:
        start, end, cost = _tier(row)
        if start is None:
            start = found[-1].to_gb if found else 0
        found.append(
            Tier(
                number(start, "the start of a tier"),
                None if end is None else number(end, "the end of a tier"),
                number(cost, "the price of a tier"),
            )
        )
    return found


def _tier(row: Any) -> tuple[Any, Any, Any]:
    if isinstance(row, Mapping):
        one = Given(row)
        if one.has(("gb", "size_gb")):
            raise UserError("A tier by its size alone cannot be placed", "", "Give from_gb, to_gb")
        return (
            one.raw("from_gb", "tier_from_gb", "start_gb", "from"),
            one.raw("to_gb", "tier_to_gb", "up_to_gb", "end_gb", "to"),
            one.raw("usd_per_gb", "price_usd_per_gb", "price_per_gb", "price"),
        )
    if isinstance(row, list) and len(row) in (2, 3):
        return (None, *row) if len(row) == 2 else (row[0], row[1], row[2])
    raise UserError("An egress tier cannot be read", str(row)[:60], "Write [from, to, price]")


def f10(given: Given) -> Answers:
    """A month of one disk."""
    bill = disk_bill(
        Disk(
            size_gb=given.need_sized(GB, "size", "", "storage", "volume"),
            per_gb_month=given.need("usd_per_gb_month", "price_usd_per_gb_month", "per_gb_month"),
            iops=given.or_(0, "iops"),
            included_iops=given.or_(0, "included_iops", "free_iops", "baseline_iops"),
            per_iops=given.may("usd_per_extra_iops_month", "usd_per_iops_month", "per_iops"),
            throughput_mb_s=given.or_(0, "throughput_mb_s", "mb_s"),
            included_mb_s=given.or_(0, "included_mb_s", "free_mb_s", "baseline_mb_s"),
            per_mb_s=given.may("usd_per_extra_mb_s_month", "usd_per_mb_s_month", "per_mb_s"),
            hours=given.or_(HOURS_PER_MONTH, "hours", "hours_per_month"),
        )
    )
    return {
        "storage_usd": bill.storage, "iops_usd": bill.iops, "throughput_usd": bill.throughput,
        "total_usd": bill.total, "total_usd_per_year": bill.total * 12,
    }  # fmt: skip


def f14(given: Given) -> Answers:
    """What one trained model costs."""
    samples = given.need("samples", "samples_per_epoch", "tokens", "images", "dataset_samples")
    answer = training_cost(
        Training(
            per_hour=given.need("usd_per_hour", "cost_usd_per_hour", "gpu_usd_per_hour", *CLOUD),
            samples=samples,
            epochs=given.or_(1, "epochs"),
            samples_per_s=given.need(
                "samples_per_s", "tokens_per_s", "images_per_s", "samples_per_second",
                "throughput_samples_per_s", "measured_samples_per_s", "throughput",
            ),
            extra_share=given.share("extra_share", "retry_share", "eval_share", "overhead") or 0,
            storage=given.or_(0, "storage_usd"),
            egress=given.or_(0, "egress_usd"),
        )
    )  # fmt: skip
    return {
        "hours": answer.hours, "training_hours": answer.hours, "gpu_hours": answer.hours,
        "compute_usd": answer.compute, "total_usd": answer.total, "cost_usd": answer.total,
        "usd_per_model": answer.total, "cost_per_model_usd": answer.total,
    }  # fmt: skip
