"""`hwstudio cost egress`: tiers from the catalogue or typed as JSON, and the month's bill."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from hwstudio.cli.number import need, number, rounded
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cost.egress import Egress, Tier, egress

if TYPE_CHECKING:
    from hwstudio.core.catalog.cloud_tables import EgressTier


def egress_options(verb: argparse.ArgumentParser) -> None:
    """Add what ``cost egress`` reads."""
    need(verb, "--gb", "GB leaving the cloud in one calendar month")
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("--provider", help="a provider in the catalogue, e.g. aws")
    which.add_argument("--tiers", metavar="JSON", help="[[from_gb, to_gb or null, price], …]")
    verb.add_argument(
        "--region", default="", help="a region of the provider (default: its cheapest)"
    )
    words = "free GB a month (default: the provider's; with --tiers 0)"
    verb.add_argument("--free-gb", type=number, metavar="N", help=words)


def run_egress(args: argparse.Namespace, out: Output) -> int:
    """Print the month's bill by tier."""
    if args.tiers is not None:
        tiers, free, about = _json_tiers(args.tiers), Decimal(0), dict[str, str]()
    else:
        tiers, free, about = _provider_tiers(args.provider, args.region, out)
    bill = egress(args.gb, tiers, free if args.free_gb is None else args.free_gb)
    if out.is_json:
        out.document({**_egress_json(bill), **about})
        return 0
    rows = [
        (
            _gb(tier.from_gb),
            "no end" if tier.to_gb is None else _gb(tier.to_gb),
            _gb(tier.gb),
            f"{tier.price_per_gb}",
            money(tier.cost, decimals=2),
        )
        for tier in bill.tiers
    ]
    out.table(("From GB", "To GB", "Billed GB", "$/GB", "Cost"), rows, right=(0, 1, 2, 3, 4))
    average = f", {bill.average_per_gb:.4f} $/GB on average" if bill.average_per_gb else ""
    out.line(f"Total {money(bill.total, decimals=2)} a month{average}.")
    if about:
        out.line(f"{about['provider']} {about['region']}, {about['source']}, {about['as_of']}.")
    return 0


def _gb(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def _egress_json(bill: Egress) -> dict[str, Any]:
    return {
        "total": rounded(bill.total),
        "free_gb": bill.free_gb,
        "tiers": [
            {
                "from_gb": tier.from_gb,
                "to_gb": tier.to_gb,
                "gb": tier.gb,
                "price_per_gb": tier.price_per_gb,
                "cost": rounded(tier.cost),
            }
            for tier in bill.tiers
        ],
        "average_per_gb": rounded(bill.average_per_gb),
    }


_TIER_NAMES = (
    ("from_gb", "tier_from_gb", "from", "start_gb"),
    ("to_gb", "tier_to_gb", "to", "up_to_gb", "end_gb"),
    ("price_per_gb", "price_usd_per_gb", "price", "usd_per_gb"),
)


def _json_tiers(text: str) -> list[Tier]:
    """Read tiers as lists or objects; a tier without a start begins where the last one ends."""
    try:
        rows = json.loads(text, parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise _unreadable("the text is not JSON") from error
    return _tiers_of(rows)


def _unreadable(why: str) -> UserError:
    return UserError(
        "The egress tiers cannot be read",
        why,
        "Write them as [[0, 10240, 0.09], [10240, null, 0.085]]",
    )


def _tiers_of(rows: Any) -> list[Tier]:
    if not isinstance(rows, list):
        raise _unreadable("they are not a list")
    tiers: list[Tier] = []
    for row in rows:
        start, end, price = _tier_cells(row)
        if start is None:
            start = tiers[-1].to_gb if tiers else 0
        tiers.append(Tier(_cell(start), None if end is None else _cell(end), _cell(price)))
    return tiers


def _tier_cells(row: Any) -> tuple[Any, Any, Any]:
    if isinstance(row, dict):
        start, end, price = (
            next((row[name] for name in names if name in row), None) for names in _TIER_NAMES
        )
        return start, end, price
    if isinstance(row, list) and len(row) == 2:
        return None, row[0], row[1]
    if isinstance(row, list) and len(row) == 3:
        return row[0], row[1], row[2]
    raise _unreadable("a tier is neither two or three numbers nor an object")


def _cell(value: Any) -> Decimal:
    if value is None or isinstance(value, bool):
        raise _unreadable("a number is missing in a tier")
    if isinstance(value, (list, dict)):
        raise _unreadable("a tier holds something else than numbers")
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise _unreadable(f"'{value}' is not a number") from None


def _provider_tiers(
    provider: str, region: str, out: Output
) -> tuple[list[Tier], Decimal, dict[str, str]]:
    known = cast("tuple[EgressTier, ...]", out.studio.catalog.table("egress"))
    mine = [row for row in known if row.provider.casefold() == provider.casefold()]
    if not mine:
        names = ", ".join(sorted({row.provider for row in known}))
        raise UserError(
            f"No egress prices of '{provider}' in the catalogue", "", f"Choose from {names}"
        )
    places = [row.region for row in sorted(mine, key=_first_price)]
    place = next((name for name in places if region.casefold() in name.casefold()), None)
    if place is None:
        raise UserError(
            f"No egress prices of {provider} in '{region}'",
            "",
            f"Choose from {', '.join(sorted(set(places)))}",
        )
    rows = [row for row in mine if row.region == place]
    tiers = [
        Tier(Decimal(str(row.tier_from_gb)), _end(row.tier_to_gb), row.price_per_gb) for row in rows
    ]
    free = max((row.free_gb_per_month or 0.0 for row in rows), default=0.0)
    about = {
        "provider": mine[0].provider,
        "region": place,
        "source": rows[0].source,
        "as_of": rows[0].as_of,
    }
    return tiers, Decimal(str(free)), about


def _first_price(row: EgressTier) -> tuple[bool, Decimal]:
    """Order regions by the price of their first billed tier: without a wish the cheapest."""
    return row.price_per_gb == 0, row.price_per_gb


def _end(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
