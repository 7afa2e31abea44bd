"""Azure Retail Prices: pages of meters, joined to one row for each machine and region.

A reservation's price is that of its whole term; a savings plan's is per hour. Both bill every hour.
The machine's accelerator is not among the meters: it comes from the name of the size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, urlsplit

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.content import entries, json_of
from hwstudio.core.cloud.refresh.limits import MOST_PAGES
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.row import Haul, RawOffer

_FILTER = (
    "serviceName eq 'Virtual Machines' and contains(armSkuName, 'Standard_N') "
    "and priceType ne 'DevTestConsumption'"
)
_TERM_HOURS = {"1 Year": 8760, "3 Years": 3 * 8760}  # Azure counts 365 days
# Size family to accelerator, variant and accelerators by vCPUs (Azure's size pages).
_Sizes = Mapping[int, float]
_FAMILIES: tuple[tuple[re.Pattern[str], str, str, _Sizes], ...] = (
    (re.compile(r"NC(\d+)r?s_v3$"), "V100", "PCIe", {6: 1, 12: 2, 24: 4}),
    (re.compile(r"NC(\d+)as_T4_v3$"), "T4", "", {4: 1, 8: 1, 16: 1, 64: 4}),
    (re.compile(r"NC(\d+)ads_A100_v4$"), "A100", "PCIe", {24: 1, 48: 2, 96: 4}),
    (re.compile(r"NCC?(\d+)adi?s_H100_v5$"), "H100", "NVL", {40: 1, 80: 2}),
    (re.compile(r"ND(96)asr_v4$"), "A100", "SXM", {96: 8}),
    (re.compile(r"ND(96)amsr?_A100_v4$"), "A100", "SXM", {96: 8}),
    (re.compile(r"ND(96)isr?f?_H100_v5$"), "H100", "SXM", {96: 8}),
    (re.compile(r"ND(96)isr?f?_H200_v5$"), "H200", "SXM", {96: 8}),
    (re.compile(r"ND(96)isr?f?_MI300X_v5$"), "MI300X", "", {96: 8}),
    (re.compile(r"ND(40)rs_v2$"), "V100", "SXM", {40: 8}),
    (re.compile(r"ND(128)isr_NDR_GB200_v6$"), "GB200", "", {128: 4}),
    (
        re.compile(r"NV(\d+)adm?s_A10_v5$"),
        "A10",
        "",
        {6: 0.167, 12: 0.333, 18: 0.5, 36: 1, 72: 2},
    ),
    (re.compile(r"NV(\d+)s_v3$"), "M60", "", {12: 1, 24: 2, 48: 4}),
)
_MEMORY_GB = {"Standard_ND96asr_v4": "40"}
_CARD_GB = {
    "V100": "16",
    "T4": "16",
    "A100": "80",
    "H100": "94",
    "H200": "141",
    "MI300X": "192",
    "GB200": "186",
    "A10": "24",
    "M60": "8",
}


@dataclass(slots=True)
class _Machine:
    """The prices of one size in one region, as they are read."""

    size: str
    region: str
    price: str = ""
    spot: str = ""
    reserved: dict[str, str] = field(default_factory=dict)
    plan: dict[str, str] = field(default_factory=dict)
    valid_from: str = ""
    row: str = ""


def read(line: Line, address: str, haul: Haul) -> None:
    """Read page after page; the pages read before a failure are kept."""
    found: dict[tuple[str, str], _Machine] = {}
    query = f"api-version=2023-01-01-preview&$filter={quote(_FILTER)}"
    url, seen = f"{address}?{query}", set[str]()
    is_whole = False
    try:
        while url:
            if url in seen or len(seen) >= MOST_PAGES:
                raise UserError("The pages of Azure's prices have no end", "it sent one twice")
            seen.add(url)
            page = json_of(line.get(url, "Azure retail prices"), "Azure's answer")
            for item in entries(page, "Items", "Azure's answer"):
                _take(item, found)
            url = _next(page, address)
        is_whole = True
    finally:
        offers = [offer for machine in found.values() if (offer := _offer(machine)) is not None]
        haul.offers += offers
        if is_whole and offers:
            haul.whole.add("azure")


def _next(page: Any, address: str) -> str:
    """Return the next page; it must be where the first one was."""
    link = page.get("NextPageLink")
    if not link:
        return ""
    if not isinstance(link, str) or _place(link) != _place(address):
        raise UserError("Azure's answer names a next page elsewhere", "it was not followed")
    return link.replace(" ", "%20")


def _place(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port; the interface writes its own port out."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", "", None
    return parts.scheme, parts.hostname or "", port


def _take(item: Any, found: dict[tuple[str, str], _Machine]) -> None:
    if not isinstance(item, dict) or item.get("currencyCode", "USD") != "USD":
        return
    size, region = str(item.get("armSkuName") or ""), str(item.get("armRegionName") or "")
    meter = f"{item.get('skuName', '')} {item.get('meterName', '')}"
    is_other = "Windows" in str(item.get("productName")) or "Low Priority" in meter
    if not size.startswith("Standard_N") or not region or is_other:
        return
    machine = found.setdefault((size, region), _Machine(size, region, row=f"{size} {region}"))
    price, kind = str(item.get("retailPrice", "")), item.get("type")
    if kind == "Reservation":
        _reserve(machine, str(item.get("reservationTerm")), price)
    elif kind == "Consumption" and "Spot" in meter:
        machine.spot = price
    elif kind == "Consumption":
        machine.price = price
        machine.valid_from = str(item.get("effectiveStartDate", ""))[:10]
        for plan in item.get("savingsPlan") or ():
            if isinstance(plan, dict):
                machine.plan[str(plan.get("term"))] = str(plan.get("retailPrice", ""))


def _reserve(machine: _Machine, term: str, price: str) -> None:
    hours = _TERM_HOURS.get(term)
    try:
        if hours:
            machine.reserved[term] = f"{Decimal(price) / hours:.6f}"
    except InvalidOperation:
        machine.reserved[term] = price  # judged, and named, later


def _offer(machine: _Machine) -> RawOffer | None:
    card = _card(machine.size)
    if card is None or not (machine.price or machine.spot):
        return None
    accelerator, variant, count = card
    terms = {**machine.plan, **machine.reserved}  # a reservation is the firmer of the two
    memory = _MEMORY_GB.get(machine.size, _CARD_GB[accelerator])
    is_eight = accelerator == "H100" and variant == "SXM"
    is_large_v100 = machine.size == "Standard_ND40rs_v2"
    return RawOffer(
        row=machine.row,
        provider="azure",
        instance=machine.size,
        region=machine.region,
        accelerator=accelerator,
        variant=variant,
        count=f"{count:g}",
        memory_gb="80" if is_eight else "32" if is_large_v100 else memory,
        price=machine.price,
        spot=machine.spot,
        price_1y=terms.get("1 Year", ""),
        price_3y=terms.get("3 Years", ""),
        valid_from=machine.valid_from,
    )


def _card(size: str) -> tuple[str, str, float] | None:
    """Return accelerator, variant and number of a size; None for one not known for sure."""
    for pattern, accelerator, variant, counts in _FAMILIES:
        found = pattern.search(size)
        if found and (count := counts.get(int(found[1]))):
            return accelerator, variant, count
    return None
