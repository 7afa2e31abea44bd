"""Vast.ai: live offers of third-party hosts.

A host's offer has a number of its own and is gone tomorrow. So the offers of one card, number of
cards and country are put together: the median of the reliable hosts is the price, because the
cheapest single host is seldom to be had.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Any
from urllib.parse import quote

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.market import MIN_RELIABILITY
from hwstudio.core.cloud.refresh.content import entries, json_of
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.row import Haul, RawOffer, Rejected

_QUERY = {
    "rentable": {"eq": True},
    "rented": {"eq": False},
    "reliability2": {"gte": MIN_RELIABILITY},
    "order": [["score", "desc"]],
    "limit": 3000,
    "type": "on-demand",
}
_Group = tuple[str, int, str]


def read(line: Line, address: str, haul: Haul) -> None:
    """Read the live offers and put those of one kind together."""
    what = "Vast.ai's answer"
    asked = quote(json.dumps(_QUERY, separators=(",", ":")))
    document = json_of(line.get(f"{address}?q={asked}", "Vast.ai offers"), what)
    groups: defaultdict[_Group, list[dict[str, Any]]] = defaultdict(list)
    for item in entries(document, "offers", what):
        if isinstance(item, dict) and (group := _group(item, haul)) is not None:
            groups[group].append(item)
    haul.offers += [_offer(group, found) for group, found in groups.items()]
    if not haul.offers:
        raise UserError(f"{what} holds no offer", "", "Try again later")
    haul.whole.add("vast")


def _group(item: dict[str, Any], haul: Haul) -> _Group | None:
    """Return card, number and country of an offer; None for one that cannot be taken."""
    name, count = str(item.get("gpu_name") or ""), item.get("num_gpus")
    reliable = _decimal(item.get("reliability2"))
    if not name or not isinstance(count, int) or count < 1:
        haul.rejected.append(Rejected(f"offer {item.get('id')}", "it names no accelerator"))
        return None
    if reliable is None or reliable < Decimal(str(MIN_RELIABILITY)):
        return None
    price = _decimal(item.get("dph_total"))
    if price is None or price <= 0:
        why = f"its price is {str(item.get('dph_total'))[:20]}"
        haul.rejected.append(Rejected(f"offer {item.get('id')}", why))
        return None
    place = str(item.get("geolocation") or "").rpartition(",")[2].strip()
    return name, count, place or "unspecified"


def _decimal(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _offer(group: _Group, found: list[dict[str, Any]]) -> RawOffer:
    name, count, region = group
    prices = [price for item in found if (price := _decimal(item["dph_total"])) is not None]
    bids = [bid for item in found if (bid := _decimal(item.get("min_bid"))) is not None and bid > 0]
    megabytes = [size for item in found if (size := _decimal(item.get("gpu_ram"))) is not None]
    worst = min(value for item in found if (value := _decimal(item["reliability2"])) is not None)
    price = median(prices)
    bid = median(bids) if bids else None
    many = f"median of {len(found)} hosts" if len(found) > 1 else "one host"
    return RawOffer(
        row=f"{count} x {name}, {region}",
        provider="vast",
        instance=f"vast-{count}x-{name.casefold().replace(' ', '-')}",
        region=region,
        accelerator=name,
        count=str(count),
        memory_gb=f"{median(megabytes) / 1024:.1f}" if megabytes else "",
        price=f"{price:.5f}",
        spot=f"{bid:.5f}" if bid is not None and bid <= price else "",
        offer_type="marketplace",
        note=f"{many}; host reliability {min(worst, Decimal(1)):.3f}",
    )
