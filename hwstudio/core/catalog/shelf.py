"""The tables of the catalogue that hold no PC parts, and how a row of each is named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shelf:
    """One table to browse: which columns name a row, who makes or sells it, what it costs."""

    id: str
    label: tuple[str, ...]
    maker: str = ""
    price: str = ""  # column with the price of one piece
    price_date: str = ""  # column with that price's date
    currency: str = ""  # column with its currency; none = USD


SHELVES: dict[str, Shelf] = {
    shelf.id: shelf
    for shelf in (
        Shelf("system", ("name",), "maker", "list_price", "price_date", "currency"),
        Shelf("accelerator", ("name",), "maker", "price_usd", "price_date"),
        Shelf("model", ("name",), "family"),
        Shelf("workload", ("title",), "work_group"),
        Shelf("reference_result", ("device", "test", "dtype", "size_or_batch"), "gpu_model"),
        Shelf("offer", ("provider", "instance", "region"), "provider"),
        Shelf("dedicated", ("provider", "server"), "provider"),
        Shelf("committed", ("provider", "accelerator", "region"), "provider"),
        Shelf("cloud_price_history", ("provider", "instance", "region"), "provider"),
        Shelf("spot_interruption", ("instance", "region"), "accelerator"),
        Shelf("storage_price", ("provider", "product", "region"), "provider"),
        Shelf("egress", ("provider", "region", "tier_from_gb"), "provider"),
        Shelf("free_tier", ("service",), "service"),
        Shelf("electricity", ("area", "sector", "period"), "area"),
        Shelf("carbon", ("name", "scope"), "name"),
        Shelf("support_date", ("subject", "stack"), "vendor"),
        Shelf("roadmap", ("name",), "vendor"),
    )
}
