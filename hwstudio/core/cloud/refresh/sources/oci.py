"""Oracle's price list: one price for a GPU hour by product, the same in every commercial region.

A product's name tells the GPU, not the shape; a shape costs its GPUs times that price. Only names
that spell one GPU out are read: the list also holds software licences by GPU and cloud-at-customer.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.content import entries, json_of
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.row import Haul, RawOffer

_NAME = re.compile(r"(?:OCI - )?Compute - GPU - (\S+(?: - v2)?)", re.IGNORECASE)
# Product to its shapes: name and GPUs; then accelerator, variant and memory of one, GB.
_SHAPES: dict[str, tuple[tuple[tuple[str, int], ...], str, str, str]] = {
    "a10": ((("VM.GPU.A10.1", 1), ("VM.GPU.A10.2", 2), ("BM.GPU.A10.4", 4)), "A10", "", "24"),
    "a100 - v2": ((("BM.GPU.A100-v2.8", 8),), "A100", "SXM", "80"),
    "l40s": ((("BM.GPU.L40S.4", 4),), "L40S", "", "48"),
    "h100": ((("BM.GPU.H100.8", 8),), "H100", "SXM", "80"),
    "h200": ((("BM.GPU.H200.8", 8),), "H200", "SXM", "141"),
    "b200": ((("BM.GPU.B200.8", 8),), "B200", "SXM", "180"),
    "gb200": ((("BM.GPU.GB200.4", 4),), "GB200", "", "192"),
    "mi300x": ((("BM.GPU.MI300X.8", 8),), "MI300X", "", "192"),
}


def read(line: Line, address: str, haul: Haul) -> None:
    """Read the price list and price the shapes that are sure."""
    what = "Oracle's answer"
    url = f"{address}{'&' if '?' in address else '?'}currencyCode=USD"
    document = json_of(line.get(url, "Oracle price list"), what)
    for item in entries(document, "items", what):
        if isinstance(item, dict) and "GPU PER HOUR" in str(item.get("metricName", "")).upper():
            haul.offers += _offers(item)
    if not haul.offers:
        raise UserError(f"{what} has another form", "no GPU that is known is priced in it")


def _offers(item: dict[str, Any]) -> list[RawOffer]:
    found = _NAME.fullmatch(str(item.get("displayName", "")).strip())
    known = _SHAPES.get(found[1].casefold()) if found else None
    if known is None:
        return []
    shapes, accelerator, variant, memory_gb = known
    each, part = _hourly(item), str(item.get("partNumber", ""))
    return [
        RawOffer(
            row=f"{part} {name}",
            provider="oci",
            instance=name,
            region="global-list",
            accelerator=accelerator,
            variant=variant,
            count=str(count),
            memory_gb=memory_gb,
            price=_times(each, count),
            note="the same in every commercial region; not every shape exists in every region",
        )
        for name, count in shapes
    ]


def _hourly(item: dict[str, Any]) -> str:
    """Return the pay-as-you-go price of one GPU hour in USD, as the list writes it."""
    for place in item.get("currencyCodeLocalizations") or ():
        if isinstance(place, dict) and place.get("currencyCode") == "USD":
            for price in place.get("prices") or ():
                if isinstance(price, dict) and price.get("model") == "PAY_AS_YOU_GO":
                    return str(price.get("value", ""))
    return ""


def _times(each: str, count: int) -> str:
    try:
        return str(Decimal(each) * count)
    except InvalidOperation:
        return each  # judged, and named, later
