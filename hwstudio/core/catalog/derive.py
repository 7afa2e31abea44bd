"""Rows worked out from the text: makers' own cards, offers' GPUs, list prices and estimates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hwstudio.core.catalog.match import GpuNames
from hwstudio.core.catalog.text import CellSource, Row

# Fields a maker's own board has from its GPU row.
SHARED = (
    "vram_bytes",
    "tdp_w",
    "length_mm",
    "slots",
    "cooling",
    "conn_16pin",
    "conn_12pin",
    "conn_8pin",
    "conn_6pin",
    "conn_eps8",
    "pcie_gen",
    "pcie_lanes",
)
# What a shop asked is a quote, as what a seller tells the user is.
PRICE_KIND = {"list": "list", "street": "quote", "used": "used"}
SAID = {"list": "US list price", "street": "US shop price", "used": "US price, used"}
OWN_BOARDS = {"workstation", "datacenter"}


def reference_cards(gpus: list[Row], cards: list[Row]) -> list[Row]:
    """Return the maker's own board of each workstation and data-centre GPU without a shop card."""
    sold = {card["gpu_id"] for card in cards}
    empty = dict.fromkeys(cards[0]) if cards else {}
    return [
        empty
        | {field: gpu[field] for field in SHARED}
        | {
            "id": f"ref-{gpu['id']}",
            "name": f"{gpu['maker']} {gpu['name']} (maker's own board)",
            "maker": gpu["maker"],
            "gpu_id": gpu["id"],
            "is_reference": 1,
            "release_year": int(gpu["release_date"][:4]),
        }
        | {name: gpu[name] for name in ("source", "source_ref", "as_of", "confidence", "note")}
        for gpu in gpus
        if gpu["id"] not in sold and _is_own_board(gpu)
    ]


def _is_own_board(gpu: Row) -> bool:
    """Say whether the maker's own board is a card whose power sockets are known."""
    is_card = gpu["form_factor"] == "PCIe" and gpu["segment"] in OWN_BOARDS
    return is_card and gpu["conn_8pin"] is not None


def offer_gpus(offers: list[Row], gpus: list[Row]) -> None:
    """Give each offer the catalogue's GPU, where its name can only mean one."""
    names = GpuNames(
        (gpu["id"], gpu["name"], gpu["vram_bytes"], gpu["form_factor"]) for gpu in gpus
    )
    for offer in offers:
        name = f"{offer['accelerator']} {offer['variant'] or ''}"
        offer["gpu_id"] = names.find(name, offer["accelerator_memory_bytes"])


def list_prices(rows: dict[str, list[Row]], cells: list[CellSource]) -> Iterator[Row]:
    """Yield list prices: GPUs' launch prices, dated at their release, and those collected."""
    cited = {cell.row_id: cell.source_ref for cell in cells if cell.column == "msrp_usd"}
    for gpu in rows["gpu"]:
        if gpu["msrp_usd"] is not None:
            said = f"US launch or list price, {cited.get(gpu['id']) or 'recalled'}"
            yield price_row(gpu["id"], "list", (gpu["msrp_usd"],) * 3, gpu["release_date"], said)
    for row in rows["price_observation"]:
        sure = "" if row["confidence"] == "seen" else f" ({row['confidence']})"
        said = f"{SAID[row['kind']]}, {row['source_ref']}{sure}"
        yield price_row(
            row["part_id"], PRICE_KIND[row["kind"]], (row["amount_usd"],) * 3, row["as_of"], said
        )


def price_row(part_id: str, kind: str, band: tuple[str, str, str], as_of: str, source: str) -> Row:
    """Return one price observation; ``band`` is amount, low, high in USD."""
    amount, low, high = band
    return {
        "part_id": part_id,
        "kind": kind,
        "amount": amount,
        "low": low,
        "high": high,
        "currency": "USD",
        "as_of": as_of,
        "source": source,
    }


def estimates(rows: dict[str, list[Row]], folder: Path) -> Iterator[Row]:
    """Yield the price model's estimates of every part it covers: as fitted, and of today's market.

    Where no dated price moved a part's class since the fit, both are one row.
    """
    if not (folder / "price_model" / "model.toml").is_file():
        return
    from hwstudio.core.catalog.price_model import load_model

    model = load_model(folder / "price_model" / "model.toml")
    for _, part_id, found in model.estimate_all(rows):
        band = (str(found.amount), str(found.low), str(found.high))
        yield price_row(part_id, "estimate", band, found.as_of, found.source)
