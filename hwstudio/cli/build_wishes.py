"""The wishes of `build plan` beyond budget and job: options, the request's fields, and answers."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from hwstudio.cli.number import number
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import GB, GIB, significant
from hwstudio.core.catalog.cloud_tables import Carbon
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.wishes import DRIVE_KINDS, RAID_LEVELS, DataDrives, Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.limits import KINDS_BOUGHT, WIDE
from hwstudio.core.optimize.next_steps import next_steps
from hwstudio.core.optimize.ownership import WEEKS_PER_YEAR, YearlyUse, yearly_use
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES, Request
from hwstudio.core.optimize.solve import PlannedBuild, Solution
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.optimize.why_part import why_not_part
from hwstudio.core.predict.job import speed_for
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.tariff import KnownTariff, known_tariff

BRAND_KINDS = tuple(kind.value for kind in KINDS_BOUGHT)
TYPED = "typed"


def add_wishes(plan: argparse.ArgumentParser) -> None:
    """Add the options."""
    jobs = plan.add_argument_group("the jobs")
    jobs.add_argument("--max-hours", type=number, metavar="H", help="the job must be done in H h")
    jobs.add_argument(
        "--also", action="append", default=[], metavar="ID", help="a further job it must hold"
    )
    parts = plan.add_argument_group("the parts")
    parts.add_argument(
        "--own", action="append", default=[], metavar="ID",
        help="a part at hand: used and not paid for; repeat for a second piece",
    )  # fmt: skip
    parts.add_argument(
        "--brand", action="append", default=[], metavar="KIND=MAKER",
        help="of this kind only this maker, e.g. psu=Corsair; may be repeated",
    )  # fmt: skip
    parts.add_argument("--max-noise-dba", type=number, metavar="N", help="of the cooler")
    parts.add_argument("--new-only", action="store_true", help="no second-hand prices")
    parts.add_argument("--min-ram-gb", type=number, metavar="N", help="memory of the PC, GiB")
    parts.add_argument("--min-storage-gb", type=number, metavar="N", help="first drive (1000 GB)")
    parts.add_argument("--data-tb", type=number, metavar="N", help="room beside it, usable TB")
    parts.add_argument("--data-kind", choices=DRIVE_KINDS, default="HDD", help="(HDD)")
    parts.add_argument(
        "--raid", choices=RAID_LEVELS, default="none", help="of the drives for data (none)"
    )
    parts.add_argument(
        "--why-not", action="append", default=[], metavar="ID", dest="why_not_ids",
        help="say why this part is not in the best build",
    )  # fmt: skip
    use = plan.add_argument_group("money and use")
    use.add_argument("--tax", type=number, metavar="PCT", help="added to every price, per cent")
    use.add_argument("--years", type=number, metavar="N", help="of use (3)")
    use.add_argument("--hours-per-week", type=number, metavar="H", help="at work (20)")
    use.add_argument("--tariff", type=number, metavar="N", help="price of a kWh")
    use.add_argument("--resale-pct", type=number, metavar="PCT", help="got back at the end")
    use.add_argument("--grid", metavar="CODE", help="country of the grid, e.g. DEU, for CO2")


def wishes_of(args: argparse.Namespace, out: Output, workload: Workload) -> dict[str, Any]:
    """Return the fields of the request behind the options.

    Raises:
        UserError: an unknown job, part, kind or maker, or a deadline nothing meets.
    """
    catalog = out.studio.catalog
    for part_id in args.own:
        catalog.part(part_id)
    grid_of(args, out)  # a wrong code is told before anything is worked out
    tariff = tariff_of(args, out)
    hours = args.max_hours
    ram, storage = args.min_ram_gb, args.min_storage_gb
    return {
        "also": tuple(find_job(catalog, job) for job in args.also),
        "min_per_second": 0.0 if hours is None else speed_for(workload, float(hours) * 3600),
        "max_noise_dba": None if args.max_noise_dba is None else float(args.max_noise_dba),
        "new_only": args.new_only,
        "brands": tuple(_brand(text, out) for text in args.brand),
        "owned": tuple(args.own),
        "tax_pct": args.tax or Decimal(0),
        "min_ram_bytes": round((ram or 0) * GIB),
        "min_storage_bytes": DEFAULT_STORAGE_BYTES if storage is None else round(storage * GB),
        "data_drives": _data_drives(args),
        "usage": replace(_usage(args), tariff_per_kwh=None if tariff is None else tariff.per_kwh),
    }


def _data_drives(args: argparse.Namespace) -> DataDrives | None:
    if not args.data_tb:
        return None
    return DataDrives(args.data_kind, round(args.data_tb * 1000 * GB), args.raid)


def _usage(args: argparse.Namespace) -> Usage:
    usual = Usage()
    return Usage(
        years=usual.years if args.years is None else float(args.years),
        hours_per_week=(
            usual.hours_per_week if args.hours_per_week is None else float(args.hours_per_week)
        ),
        resale_pct=None if args.resale_pct is None else float(args.resale_pct),
    )


def tariff_of(args: argparse.Namespace, out: Output) -> KnownTariff | None:
    """Return the price of a kWh: as typed, else of the settings or the catalogue."""
    currency, settings = args.currency.upper(), out.studio.settings
    if args.tariff is not None:
        return KnownTariff(args.tariff, currency, TYPED)
    price, source = settings.electricity_per_kwh, settings.electricity_source
    return known_tariff(currency, price, source, lambda: out.studio.catalog.table("electricity"))


def _brand(text: str, out: Output) -> tuple[str, str]:
    kind, _, maker = (piece.strip() for piece in text.partition("="))
    if kind not in BRAND_KINDS or not maker:
        raise UserError(
            f'"{text}" names no kind and maker', "", f"Give KIND=MAKER, KIND one of {BRAND_KINDS}"
        )
    known = {part.maker.casefold(): part.maker for part in out.studio.catalog.parts(PartKind(kind))}
    if maker.casefold() not in known:
        near = [name for name in known.values() if name[:1].casefold() == maker[:1].casefold()]
        listed = ", ".join(sorted(near)[:12]) or ", ".join(sorted(known.values())[:12])
        raise UserError(f"No {kind} in the catalogue is made by {maker}", "", f"Such as {listed}")
    return kind, known[maker.casefold()]


def grid_of(args: argparse.Namespace, out: Output) -> Carbon | None:
    """Return the grid of the country named; None when none is named.

    Raises:
        UserError: no such country.
    """
    if not args.grid:
        return None
    for row in out.studio.catalog.table("carbon"):
        if isinstance(row, Carbon) and row.scope == "country" and row.code == args.grid.upper():
            return row
    raise UserError(f"No grid is known for {args.grid}", "", "Give a country code such as DEU")


def year_of(
    args: argparse.Namespace, out: Output, request: Request, planned: PlannedBuild
) -> YearlyUse | None:
    """Return what a year of use draws and emits; of a build compared at equal work, that work."""
    card = planned.build.card
    if card is None:
        return None
    grid = grid_of(args, out)
    gpu_class = GpuClass(card.gpu, planned.build.card_count, WIDE, planned.prediction)
    hours = None
    if planned.ownership is not None:
        hours = planned.ownership.busy_hours / planned.ownership.years / WEEKS_PER_YEAR
    usage = request.usage if hours is None else replace(request.usage, hours_per_week=hours)
    asked = replace(request, usage=usage)
    return yearly_use(asked, gpu_class, grid.carbon_g_per_kwh if grid else None)


def build_document(
    args: argparse.Namespace, out: Output, request: Request, planned: PlannedBuild
) -> dict[str, Any]:
    """Return what one build's document holds beyond the contract's fields."""
    owned = planned.ownership
    more: dict[str, Any] = {
        "tax": planned.total.tax,
        "owned": planned.total.owned,
        "also": [
            {"workload": job.workload.id, "memory": job.memory, "prediction": job.prediction}
            for job in planned.also
        ],
        "year": year_of(args, out, request, planned),
    }
    if owned is not None:
        tariff = tariff_of(args, out)
        source = "" if tariff is None else tariff.source
        more["ownership"] = {
            name: value for name, value in asdict(owned).items() if name != "bill"
        } | {"tariff_source": source}
    return more


def plan_document(
    args: argparse.Namespace, request: Request, stock: Stock, solution: Solution
) -> dict[str, Any]:
    """Return what the plan's document holds beyond the contract's fields."""
    planner = Planner(request, stock)
    best = next(planner.ranked(), None) if solution.builds else None
    steps = () if best is None else next_steps(planner, best)
    return {
        "next_steps": [
            {
                "more": step.more,
                "words": step.words,
                "title": step.answer.title if step.answer else None,
                "total": step.answer.price if step.answer else None,
                "per_second": step.answer.gpu_class.per_second if step.answer else None,
            }
            for step in steps
        ],
        "why_not_parts": [
            {"id": name, "words": why_not_part(planner, name)} for name in args.why_not_ids
        ],
    }


def print_wishes(
    args: argparse.Namespace, out: Output, request: Request, planned: PlannedBuild
) -> None:
    """Print tax, further jobs, the cost of owning and a year's energy."""
    if planned.total.tax:
        tax = money(planned.total.tax, request.currency)
        out.line(f"of which {tax} is {request.tax_pct.normalize():f} % tax, rounded on each line")
    for job in planned.also:
        speed = job.prediction
        says = (
            f"about {significant(speed.median, 2)} {speed.unit}" if speed.median else "no estimate"
        )
        out.line(f"Also holds {job.workload.title}: {says}")
    year = year_of(args, out, request, planned)
    if year is not None:
        emits = "" if year.kg_co2e is None else f", {significant(year.kg_co2e, 3)} kg CO2e"
        out.line(
            f"A year of {year.hours:,.0f} h at this job draws {significant(year.kwh, 3)} kWh "
            f"at the wall{emits}"
        )
    if planned.ownership is not None:
        tariff = tariff_of(args, out)
        source = "" if tariff is None else f"; {money(tariff.per_kwh, request.currency)} a kWh"
        source += "" if tariff is None else f" ({tariff.source})"
        out.line(f"Resale: {planned.ownership.resale_source}{source}")


def print_plan(out: Output, extra: dict[str, Any]) -> None:
    """Print what more money buys and why wanted parts are not in."""
    for step in extra["next_steps"]:
        out.line(f"{step['words']}.")
    for part in extra["why_not_parts"]:
        out.line(f"{part['words']}.")
