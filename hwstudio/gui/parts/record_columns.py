"""The columns of the tables that hold no PC parts: few, the ones people choose by."""

from __future__ import annotations

from typing import Any

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, significant
from hwstudio.core.model.record import Record
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import price_tip, provenance_tip


def _tip(record: Record) -> str:
    return provenance_tip(record.name, source=record.source, as_of=record.source_date)


def _width(title: str, least: int) -> int:
    return max(least, 7 * len(title) + 24)


def name_column(title: str = "Name") -> Column:
    """Return the column every table begins with."""
    return Column(title, lambda item: item.name, tip=_tip, stretch=True)


def number(title: str, field: str, scale: float = 1.0) -> Column:
    """Return a right-aligned number; the unit stands in the title."""

    def value(record: Record) -> float | None:
        raw = record.values.get(field)
        return None if raw is None else float(raw) / scale

    def text(record: Record) -> str:
        found = value(record)
        return "–" if found is None else _plain(found)

    return Column(title, value, text, right=True, tip=_tip, width=_width(title, 72))


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else significant(value, 3)


def word(title: str, field: str, least: int = 90) -> Column:
    """Return a column of words; a list reads with commas."""

    def value(record: Record) -> Any:
        raw = record.values.get(field)
        return None if raw in {None, ""} else str(raw).replace("|", ", ")

    return Column(title, value, tip=_tip, width=_width(title, least))


def dated(title: str = "As of") -> Column:
    """Return the date of the row's source."""
    return Column(title, lambda record: record.source_date, tip=_tip, width=104)


def _for_models(record: Record) -> float | None:
    """Return the memory a model can lie in: that of the GPUs, or all of it where it is shared."""
    is_shared = record.values.get("memory_kind") == "unified"
    raw = record.values.get("memory_bytes" if is_shared else "vram_bytes")
    return None if raw is None else float(raw) / GIB


def _for_models_text(record: Record) -> str:
    found = _for_models(record)
    return "–" if found is None else _plain(found)


def _for_models_tip(record: Record) -> str:
    is_shared = record.values.get("memory_kind") == "unified"
    words = "one memory for processor and GPU" if is_shared else "memory of all GPUs together, each"
    more = "" if is_shared else " GPU holds its own part"
    return provenance_tip(f"{words}{more}", source=record.source, as_of=record.source_date)


def _amount(record: Record) -> Any:
    return record.price.amount if record.price else None


def _price_text(record: Record) -> str:
    price = record.price
    return "unknown" if price is None else money(price.amount, price.currency, decimals=0)


def _price_tip(record: Record) -> str:
    return price_tip(record.price)


MEMORY = number("Memory, GiB", "memory_bytes", GIB)
PROVIDER = word("Provider", "provider")

RECORD_COLUMNS: dict[str, tuple[Column, ...]] = {
    "system": (
        name_column(),
        Column(
            "For models, GiB",
            _for_models,
            _for_models_text,
            right=True,
            tip=_for_models_tip,
            width=116,
        ),
        Column("Price", _amount, _price_text, right=True, tip=_price_tip, width=92),
    ),
    "accelerator": (
        name_column(),
        word("Kind", "kind", 60),
        MEMORY,
        number("TOP/s, as advertised", "advertised_op_per_s", 1e12),
        number("Power, W", "power_w"),
    ),
    "model": (
        name_column(),
        number("Parameters, M", "params_total", 1e6),
        number("GMAC per sample", "macs_per_sample", 1e9),
        word("Weights", "weights_public", 64),
    ),
    "workload": (name_column("Job"), word("Mode", "mode"), word("Precision", "precision")),
    "reference_result": (
        Column("Device", lambda record: record.values["device"], tip=_tip, stretch=True),
        word("Test", "test", 110),
        word("Precision", "dtype", 80),
        number("Value", "value"),
        word("Unit", "unit", 76),
    ),
    "offer": (
        name_column("Offer"),
        word("Accelerator", "accelerator", 84),
        number("Count", "accelerator_count"),
        number("USD/h", "price_per_hour"),
        dated(),
    ),
    "dedicated": (
        name_column(),
        word("GPU", "gpu", 80),
        number("Per month", "price_month"),
        word("Currency", "currency", 60),
        dated(),
    ),
    "committed": (
        name_column(),
        number("1 year, USD/h", "price_1y_per_gpu_hour"),
        number("3 years, USD/h", "price_3y_per_gpu_hour"),
        dated(),
    ),
    "cloud_price_history": (
        name_column(),
        word("Accelerator", "accelerator", 100),
        number("USD/h", "price_per_hour"),
        dated(),
    ),
    "spot_interruption": (
        name_column(),
        word("Accelerator", "accelerator", 90),
        word("Interrupted in a month", "interruption_band"),
        number("Saving, %", "saving_over_on_demand_pct"),
    ),
    "storage_price": (
        name_column("Product"),
        number("USD per GB and month", "price_per_gb_month"),
        dated(),
    ),
    "egress": (
        name_column("From"),
        number("From GB", "tier_from_gb"),
        number("To GB", "tier_to_gb"),
        number("USD per GB", "price_per_gb"),
        dated(),
    ),
    "free_tier": (
        name_column("Service"),
        word("Accelerator", "accelerator", 110),
        word("Quota", "quota", 150),
        dated("Last checked"),
    ),
    "electricity": (
        name_column("Area"),
        number("Per kWh", "price_per_kwh"),
        word("Currency", "currency", 60),
        dated(),
    ),
    "carbon": (name_column("Grid"), number("g/kWh", "carbon_g_per_kwh"), word("Year", "year", 56)),
    "support_date": (
        name_column("What"),
        word("Products", "products", 140),
        word("State", "state", 84),
        word("Last version", "last_version", 84),
    ),
    "roadmap": (
        name_column(),
        word("Kind", "category", 70),
        word("State", "state", 84),
        word("Released", "released_date", 90),
        word("Expected", "expected", 100),
    ),
}


def record_columns(kind_id: str) -> tuple[Column, ...]:
    """Return the columns of a table; one this version does not know shows name and date."""
    return RECORD_COLUMNS.get(kind_id) or (name_column(), dated())
