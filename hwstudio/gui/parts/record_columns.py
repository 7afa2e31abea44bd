"""The columns of the tables that hold no PC parts: few, the ones people choose by."""

from __future__ import annotations

from hwstudio.core.base.units import GIB
from hwstudio.core.model.record import Record
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import provenance_tip
from hwstudio.gui.parts.column_makers import (
    dated,
    month_column,
    name_column,
    number,
    number_text,
    price_column,
    rate,
    record_tip,
    width_of,
    word,
)
from hwstudio.gui.parts.terms import choice_words


def _for_models(record: Record) -> float | None:
    """Return the memory a model can lie in: that of the GPUs, or all of it where it is shared."""
    is_shared = record.values.get("memory_kind") == "unified"
    raw = record.values.get("memory_bytes" if is_shared else "vram_bytes")
    return None if raw is None else float(raw) / GIB


def _for_models_text(record: Record) -> str:
    return number_text(_for_models(record))


def _for_models_tip(record: Record) -> str:
    is_shared = record.values.get("memory_kind") == "unified"
    words = "one memory for processor and GPU" if is_shared else "memory of all GPUs together, each"
    more = "" if is_shared else " GPU holds its own part"
    return provenance_tip(f"{words}{more}", source=record.source, as_of=record.source_date)


def _for_models_column() -> Column:
    title = "For models, GiB"
    return Column(
        title, _for_models, _for_models_text, right=True, tip=_for_models_tip, width=width_of(title)
    )


def _accelerator_tip(record: Record) -> str:
    kind = choice_words("kind", str(record.values.get("kind") or ""))
    lead = f"{record.name}: {kind}" if kind else record.name
    return provenance_tip(lead, source=record.source, as_of=record.source_date)


def _advertised_tip(record: Record) -> str:
    """Say which precision the maker advertises: a sparse INT4 figure is no FP16 one."""
    if record.values.get("advertised_op_per_s") is None:
        return provenance_tip("No speed is known", source=record.source, as_of=record.source_date)
    precision = record.values.get("advertised_precision") or "precision not said"
    lead = f"As the maker advertises it: {precision}"
    return provenance_tip(lead, source=record.source, as_of=record.source_date)


def _interrupted_tip(record: Record) -> str:
    lead = "Share of such machines taken back within a month"
    return provenance_tip(lead, source=record.source, as_of=record.source_date)


def _macs_tip(record: Record) -> str:
    lead = "Billions of multiply-adds for one sample"
    return provenance_tip(lead, source=record.source, as_of=record.source_date)


def _device(record: Record) -> str:
    return str(record.values["device"])


def _value(record: Record) -> float | None:
    raw = record.values.get("value")
    return None if raw is None else float(raw)


def _value_text(record: Record) -> str:
    """Return the value with its unit: the rows of this table have different ones."""
    return f"{number_text(_value(record))} {record.values.get('unit') or ''}".rstrip()


def _when(record: Record) -> str | None:
    """Return the day it came out, or when it is expected."""
    released, expected = record.values.get("released_date"), record.values.get("expected")
    return str(released) if released else f"expected {expected}" if expected else None


ACCELERATOR = "RTX PRO 6000"
RECORD_COLUMNS: dict[str, tuple[Column, ...]] = {
    "system": (name_column(), _for_models_column(), price_column()),
    # What kind of chip it is stands in the name's tooltip and the filter: the names need the room.
    "accelerator": (
        name_column(tip=_accelerator_tip),
        number("Memory, GiB", "memory_bytes", GIB),
        number("TOP/s", "advertised_op_per_s", 1e12, longest="125,000", tip=_advertised_tip),
        number("Power, W", "power_w", longest="45,000"),
        price_column(),
    ),
    "model": (
        name_column(),
        number("Parameters, M", "params_total", 1e6, longest="1,000,000"),
        number("GMAC", "macs_per_sample", 1e9, longest="1,000,000", tip=_macs_tip),
        word("Weights", "weights_public", "no: cannot run locally"),
    ),
    "workload": (
        name_column("Job"),
        word("Mode", "mode", "train from scratch"),
        word("Precision", "precision", "FP16 mixed"),
    ),
    "reference_result": (
        Column("Device", _device, tip=record_tip, stretch=True),
        word("Test", "test", "train ResNet-50"),
        word("Precision", "dtype", "FP8 (E4M3)"),
        Column(
            "Value",
            _value,
            _value_text,
            right=True,
            tip=record_tip,
            width=width_of("", "1,200 sequences/s"),
        ),
    ),
    "offer": (
        name_column("Offer"),
        word("Accelerator", "accelerator", ACCELERATOR),
        number("Count", "accelerator_count"),
        rate("USD/h", "price_per_hour"),
        dated(),
    ),
    "dedicated": (
        name_column(),
        word("GPU", "gpu", ACCELERATOR),
        month_column(),
        dated(),
    ),
    "committed": (
        name_column(),
        rate("1 year, USD/h", "price_1y_per_gpu_hour"),
        rate("3 years, USD/h", "price_3y_per_gpu_hour"),
        dated(),
    ),
    # All of these are old by design, so none says "stale".
    "cloud_price_history": (
        name_column(),
        word("Accelerator", "accelerator", ACCELERATOR),
        number("USD/h", "price_per_hour"),
        dated(),
    ),
    "spot_interruption": (
        name_column(),
        word("Accelerator", "accelerator"),
        word("Interrupted", "interruption_band", "10-15%", tip=_interrupted_tip),
        number("Saving, %", "saving_over_on_demand_pct"),
    ),
    "storage_price": (
        name_column("Product"),
        rate("USD per GB and month", "price_per_gb_month"),
        dated(),
    ),
    "egress": (
        name_column("From"),
        number("From GB", "tier_from_gb", longest="153,600"),
        number("To GB", "tier_to_gb", longest="153,600"),
        rate("Per GB", "price_per_gb"),
        dated(),
    ),
    "free_tier": (
        name_column("Service"),
        word("Accelerator", "accelerator", "no accelerator"),
        word("Quota", "quota", "4 h GPU per day"),
        dated("Last checked"),
    ),
    "electricity": (
        name_column("Area"),
        rate("Per kWh", "price_per_kwh"),
        word("Currency", "currency"),
        dated(),
    ),
    "carbon": (
        name_column("Grid"),
        number("g/kWh", "carbon_g_per_kwh"),
        word("Year", "year", "2026"),
    ),
    "support_date": (
        name_column("What"),
        word("Products", "products", "RTX 40, L40S."),
        word("State", "state", "in development"),
        word("Last version", "last_version", "2.14.1 (cu126)"),
    ),
    "roadmap": (
        name_column(),
        word("Kind", "category", "system on a chip"),
        word("State", "state", "announced"),
        Column("When", _when, tip=record_tip, width=width_of("", "expected 2026-H2")),
    ),
}


def record_columns(kind_id: str) -> tuple[Column, ...]:
    """Return the columns of a table; one this version does not know shows name and date."""
    return RECORD_COLUMNS.get(kind_id) or (name_column(), dated())
