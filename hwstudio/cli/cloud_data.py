"""The options about data in a cloud: how much lies there, how much leaves, at which price."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import number, rounded
from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.cloud_data import MONTHS_PER_YEAR, CloudData, DataBill, DataPlan, data_plan

if TYPE_CHECKING:
    from hwstudio.core.catalog.reader import Catalog


def data_options(verb: argparse.ArgumentParser) -> None:
    """Add what is kept at the provider and what leaves it."""
    kept = "GB of data kept at the provider (default 0)"
    verb.add_argument("--data-gb", type=number, metavar="GB", help=kept)
    months = f"months a year they lie there (default {MONTHS_PER_YEAR})"
    verb.add_argument("--data-months-per-year", type=number, metavar="N", help=months)
    verb.add_argument("--out-gb-per-month", type=number, metavar="GB", help="GB out a month")
    price = "USD per GB-month (default: the provider's, if known)"
    verb.add_argument("--storage-price", type=number, metavar="N", help=price)
    out = "USD per GB out (default: the provider's tiers, if known)"
    verb.add_argument("--egress-price", type=number, metavar="N", help=out)


def data_of(args: argparse.Namespace, catalog: Catalog) -> DataPlan:
    """Return the data asked for and every provider's prices.

    Raises:
        UserError: more than 12 months a year.
    """
    months = args.data_months_per_year
    if months is not None and months > MONTHS_PER_YEAR:
        raise UserError("--data-months-per-year must lie between 0 and 12", f"got {months:g}")
    wanted = CloudData(
        stored_gb=float(args.data_gb or 0),
        months_a_year=MONTHS_PER_YEAR if months is None else float(months),
        out_gb_per_month=float(args.out_gb_per_month or 0),
        storage_per_gb_month=_may(args.storage_price),
        egress_per_gb=_may(args.egress_price),
    )
    return data_plan(catalog.table("storage_price"), catalog.table("egress")).with_wanted(wanted)


def _may(value: Any) -> float | None:
    return None if value is None else float(value)


def wanted_json(plan: DataPlan) -> dict[str, Any] | None:
    """Return what was asked; None = no data."""
    wanted = plan.wanted
    if wanted.is_none:
        return None
    return {
        "stored_gb": wanted.stored_gb,
        "months_per_year": wanted.months_a_year,
        "out_gb_per_month": wanted.out_gb_per_month,
        "storage_price": wanted.storage_per_gb_month,
        "egress_price": wanted.egress_per_gb,
    }


def bill_json(bill: DataBill) -> dict[str, Any]:
    """Return a month's lines; null with words = not counted, null without = not asked."""
    found: dict[str, Any] = {}
    for name, line in (("storage", bill.storage), ("egress", bill.egress)):
        found[f"{name}_per_month"] = None if line is None else rounded(line.cost)
        found[f"{name}_says"] = None if line is None else line.says
    return found


def known_provider(name: str, plan: DataPlan) -> str:
    """Return a provider whose prices of data are known.

    Raises:
        UserError: none is known under that name.
    """
    known = sorted({*plan.disks, *plan.egress})
    if name not in known:
        raise UserError(
            f"No price of storage or of data out is known at '{name}'",
            "",
            f"Known are {', '.join(known)}; or give the prices yourself",
        )
    return name
