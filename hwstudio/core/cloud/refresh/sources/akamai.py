"""Akamai (Linode) machine types: one list; a type may cost another price in some regions."""

from __future__ import annotations

import re
from typing import Any

from hwstudio.core.cloud.refresh.content import entries, json_of
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.row import Haul, RawOffer, Rejected

# The type's id names the card; its memory is that of the card's data sheet, GB.
_CARDS = (
    (re.compile(r"rtx4000a\d|RTX ?4000 Ada", re.IGNORECASE), "RTX 4000 Ada", "20"),
    (re.compile(r"rtxpro6000|RTX ?PRO ?6000", re.IGNORECASE), "RTX PRO 6000", "96"),
    (re.compile(r"rtx6000|RTX ?6000", re.IGNORECASE), "Quadro RTX 6000", "24"),
)


def read(line: Line, address: str, haul: Haul) -> None:
    """Read all types with GPUs; the list comes on one page of at most 500."""
    url = f"{address}{'&' if '?' in address else '?'}page_size=500"
    document = json_of(line.get(url, "Akamai machine types"), "Akamai's answer")
    for item in entries(document, "data", "Akamai's answer"):
        if isinstance(item, dict) and _int(item.get("gpus")) > 0:
            _take(item, haul)
    if haul.offers and _int(document.get("pages", 1)) <= 1:
        haul.whole.add("akamai")


def _int(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _take(item: dict[str, Any], haul: Haul) -> None:
    name = str(item.get("id", ""))
    label = f"{name} {item.get('label', '')}"
    card = next(((model, gb) for pattern, model, gb in _CARDS if pattern.search(label)), None)
    if card is None:
        haul.rejected.append(Rejected(name, "its accelerator is not known"))
        return
    _add(item, card, "unspecified", item.get("price"), haul)
    for place in item.get("region_prices") or ():
        if isinstance(place, dict):
            _add(item, card, str(place.get("id", "")), place, haul)


def _add(item: dict[str, Any], card: tuple[str, str], region: str, price: Any, haul: Haul) -> None:
    name = str(item.get("id", ""))
    megabytes = _int(item.get("memory"))
    haul.offers.append(
        RawOffer(
            row=f"{name} {region}",
            provider="akamai",
            instance=name,
            region=region,
            accelerator=card[0],
            count=str(item.get("gpus")),
            memory_gb=card[1],
            vcpus=str(item.get("vcpus", "")),
            host_memory_gb=f"{megabytes / 1024:g}" if megabytes else "",
            price=str(price.get("hourly", "")) if isinstance(price, dict) else "",
            note="the price of regions that name no other" if region == "unspecified" else "",
        )
    )
