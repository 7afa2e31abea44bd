"""Database rows into the typed parts every room works with; nothing here knows SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, Protocol, TypeVar

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Part
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.model.result import ReferenceResult
from hwstudio.core.model.workload import Mode, Workload

T = TypeVar("T")


class Raw(Protocol):
    """A row of any query: values by column name."""

    def __getitem__(self, key: str, /) -> Any:
        """Return one column's value."""

    def keys(self) -> Iterable[str]:
        """Return the column names."""


TUPLE, FLAG, MAYBE_FLAG = "tuple[str, ...]", "bool", "bool | None"
# Fields that are not columns of their own.
WORKED_OUT = {"price", "source", "source_date", "gpu", "release_year"}
# Text that is required by the type but may be unknown in the source.
TEXT = "str"

# What the database may hold for a field; numbers of a data sheet may be written whole.
_HOLDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "Decimal": (Decimal,),
}


@cache
def _expected(cls: type) -> tuple[tuple[str, tuple[type, ...]], ...]:
    found = []
    for field in fields(cls):
        base, _, maybe = str(field.type).partition(" | ")
        if base in _HOLDS:
            found.append((field.name, _HOLDS[base] + ((NoneType,) if maybe == "None" else ())))
    return tuple(found)


def sound(made: T) -> T:
    """Return what was made of a row.

    Raises:
        TypeError: a field holds what its type never does, such as text for a number.
    """
    cls: type = type(made)
    for name, types in _expected(cls):
        value = getattr(made, name)
        if not isinstance(value, types):
            raise TypeError(f"{name} holds {value!r}")
    return made


def _converter(annotation: str) -> Callable[[Any], Any] | None:
    if annotation == TUPLE:
        return lambda text: tuple(text.split("|")) if text else ()
    if annotation == FLAG:
        return bool
    if annotation == MAYBE_FLAG:
        return lambda value: None if value is None else bool(value)
    if annotation == TEXT:
        return lambda text: text or ""
    return None


def named(row: Any) -> dict[str, Any]:
    """Return a row of sqlite3 as a dict; reading a sqlite3.Row by name searches its columns."""
    return dict(zip(row.keys(), tuple(row), strict=True))


class PartBuilder:
    """Builds one class of part from rows; made once per kind so that reading stays fast."""

    def __init__(self, cls: type[Part]) -> None:
        self._cls = cls
        self._fields = [
            (field.name, _converter(str(field.type)))
            for field in fields(cls)
            if field.name not in WORKED_OUT
        ]
        # A column that came later: a catalogue made before it does not have it.
        self._later = [field.name for field in fields(cls) if field.default is not MISSING]

    def build(self, row: Raw, titles: Mapping[str, str], **more: Any) -> Part:
        """Return the part in ``row``."""
        absent = {name for name in self._later if name not in row.keys()}  # noqa: SIM118
        values = {
            name: convert(row[name]) if convert else row[name]
            for name, convert in self._fields
            if name not in absent
        }
        made = self._cls(
            **values,
            source=titles[row["source"]],
            source_date=row["as_of"],
            release_year=_year(row),
            **more,
        )
        return sound(made)


def _year(row: Raw) -> int | None:
    columns = row.keys()
    if "release_year" in columns:
        year: int | None = row["release_year"]
        return year
    date = row["release_date"] if "release_date" in columns else None
    return int(date[:4]) if date else None


def price(row: Raw) -> Price:
    """Return one price observation."""
    return Price(
        Decimal(row["amount"]),
        Decimal(row["low"]),
        Decimal(row["high"]),
        row["currency"],
        PriceKind(row["kind"]),
        row["as_of"],
        row["source"],
    )


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def offer(number: int, row: Raw, titles: Mapping[str, str]) -> Offer:
    """Return one cloud offer."""
    memory, card = row["memory_bytes"], row["accelerator_memory_bytes"]
    made = Offer(
        id=number,
        provider=row["provider"],
        instance=row["instance"],
        region=row["region"],
        accelerator=row["accelerator"],
        variant=row["variant"] or "",
        accelerator_count=row["accelerator_count"],
        accelerator_memory_bytes=None if card is None else int(card),
        vcpus=row["vcpus"],
        memory_bytes=None if memory is None else int(memory),
        price_per_hour=_money(row["price_per_hour"]),
        spot_per_hour=_money(row["spot_per_hour"]),
        spot_kind=row["spot_kind"] or "",
        price_1y_per_hour=_money(row["price_1y_per_hour"]),
        price_3y_per_hour=_money(row["price_3y_per_hour"]),
        interruption_band=row["interruption_band"] or "",
        offer_type=row["offer_type"],
        gpu_id=row["gpu_id"],
        currency="USD",
        source=titles[row["source"]],
        as_of=row["as_of"],
        notes=row["note"] or "",
    )
    return sound(made)


def workload(row: Raw, titles: Mapping[str, str]) -> Workload:
    """Return one workload; ``row`` is workload joined with its model."""
    made = Workload(
        id=row["id"],
        title=row["title"],
        group=row["work_group"],
        mode=Mode(row["mode"]),
        model_id=row["model_id"],
        model_name=row["model_name"],
        unit=row["unit"],
        precision=row["precision"],
        batch=row["batch"],
        sequence_tokens=row["sequence_tokens"],
        steps=row["steps"],
        params_total=row["params_total"],
        params_active=row["params_active"] or row["params_total"],
        layers=row["layers"],
        hidden=row["hidden"],
        heads=row["heads"],
        kv_heads=row["kv_heads"],
        head_dim=row["head_dim"],
        intermediate=row["intermediate"],
        vocab=row["vocab"],
        macs_per_sample=row["macs_per_sample"],
        activations_per_sample=row["activations_per_sample"],
        weight_bytes=row["weight_bytes"],
        job_units=row["job_units"],
        job_title=row["job_title"],
        source=f"{titles[row['source']]}: {row['source_ref']}",
        source_date=row["as_of"],
    )
    return sound(made)


def ai_model(row: Raw, titles: Mapping[str, str]) -> AiModel:
    """Return one AI model; a closed one without a known size has 0 parameters."""
    made = AiModel(
        id=row["id"],
        name=row["name"],
        family=row["family"],
        task=row["task"] or "",
        params_total=row["params_total"] or 0,
        params_active=row["params_active"],
        layers=row["layers"],
        hidden=row["hidden"],
        intermediate=row["intermediate"],
        heads=row["heads"],
        kv_heads=row["kv_heads"],
        head_dim=row["head_dim"],
        vocab=row["vocab"],
        max_context=row["max_context"],
        macs_per_sample=row["macs_per_sample"],
        activations_per_sample=row["activations_per_sample"],
        weight_bytes=row["weight_bytes"],
        precision=row["native_dtype"] or "",
        # Behind a licence click ("gated") they are published all the same.
        is_public=None if row["weights_public"] is None else row["weights_public"] != "no",
        is_cpu_enough=bool(row["cpu_is_enough"]),
        sample=row["default_input"] or "",
        source=f"{titles[row['source']]}: {row['source_ref']}",
        source_date=row["as_of"],
    )
    return sound(made)


def reference_result(row: Raw, titles: Mapping[str, str], gpu_id: str | None) -> ReferenceResult:
    """Return one published measurement."""
    made = ReferenceResult(
        row_id=row["row_id"],
        device=row["device"],
        gpu_id=gpu_id,
        device_count=row["device_count"],
        test=row["test"],
        framework=row["framework"] or "",
        dtype=row["dtype"] or "",
        size_or_batch=row["size_or_batch"] or "",
        metric=row["metric"] or "",
        value=row["value"],
        unit=row["unit"],
        measured=row["measured"] or "",
        verdict=row["verdict"],
        note=row["note"] or "",
        source=titles[row["source"]],
    )
    return sound(made)
