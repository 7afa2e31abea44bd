"""Project states to JSON and back; the one place that knows the names of the file's fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.codec_more import data_drives, exchange, more_to_json, said, usage
from hwstudio.core.project.fields import FieldError, Fields, without_controls
from hwstudio.core.project.state import (
    BUDGET_HIGH,
    BUDGET_LOW,
    MOST_VARIANTS,
    OBJECTIVES,
    PRICE_HIGH,
    Brand,
    Choice,
    Limits,
    OwnPrice,
    ProjectState,
    Variant,
)

KINDS = tuple(kind.value for kind in PartKind if kind is not PartKind.GPU)
_MOST_PARTS, _MOST_PIECES, _MOST_PRICES = 64, 64, 5000
_MOST_JOBS, _MOST_SAID, _LONGEST_JOB = 20, 500, 1000
_MOST_HOURS = 1_000_000.0
_MOST_VRAM_BYTES = 2**50
_MOST_POWER_W = 1_000_000.0


def to_json(state: ProjectState) -> dict[str, Any]:
    """Return the state as plain JSON values; money as text, so that no cent is lost.

    Control characters pasted into a text become spaces: whatever is saved can be opened.
    """
    return {
        "name": without_controls(state.name),
        "budget": str(state.budget),
        "currency": state.currency,
        "workload_id": state.workload_id,
        "objective": state.objective,
        "gpu_count": state.gpu_count,
        "limits": _limits_json(state.limits),
        "mains": state.mains,
        "parts": [_choice_json(c) for c in state.parts],
        "locked": list(state.locked),
        "own_prices": [
            {
                "id": p.part_id,
                "amount": str(p.amount),
                "currency": p.currency,
                "as_of": p.as_of,
                "note": without_controls(p.note),
            }
            for p in state.own_prices
        ],
        "notes": without_controls(state.notes, is_multiline=True),
        "also": list(state.also),
        "tax_pct": str(state.tax_pct),
        "owned": list(state.owned),
        "power_limit_w": state.power_limit_w,
        "variants": [
            {
                "name": without_controls(v.name),
                "parts": [_choice_json(c) for c in v.parts],
                "power_limit_w": v.power_limit_w,
            }
            for v in state.variants
        ],
        **more_to_json(state),
    }


def _limits_json(limits: Limits) -> dict[str, Any]:
    return {
        "min_vram_bytes": limits.min_vram_bytes,
        "gpu_maker": limits.gpu_maker,
        "case_form_factor": limits.case_form_factor,
        "max_power_w": limits.max_power_w,
        "max_hours": limits.max_hours,
        "max_noise_dba": limits.max_noise_dba,
        "new_only": limits.new_only,
        "min_ram_bytes": limits.min_ram_bytes,
        "min_storage_bytes": limits.min_storage_bytes,
        "brands": [{"kind": b.kind, "maker": b.maker} for b in limits.brands],
        "forbidden": list(limits.forbidden),
    }


def _choice_json(choice: Choice) -> dict[str, Any]:
    return {
        "kind": choice.kind,
        "id": choice.part_id,
        "name": without_controls(choice.name),
        "quantity": choice.quantity,
    }


def from_json(raw: object) -> ProjectState:
    """Read a state.

    Raises:
        FieldError: names the first field that is missing, of a wrong type or out of range.
    """
    fields = Fields.of(raw, "project")
    return ProjectState(
        name=fields.text("name"),
        budget=fields.amount("budget", BUDGET_LOW, BUDGET_HIGH),
        currency=_currency(fields),
        workload_id=fields.text("workload_id", longest=_LONGEST_JOB),
        objective=fields.choice("objective", OBJECTIVES),
        gpu_count=fields.whole_or_none("gpu_count", 0, 16),
        limits=_limits(fields.group("limits")),
        mains=fields.text("mains"),
        parts=fields.each("parts", _MOST_PARTS, _choice),
        locked=fields.choices("locked", KINDS),
        own_prices=_own_prices(fields),
        notes=fields.text("notes", longest=100_000, is_multiline=True),
        also=fields.texts("also", _MOST_JOBS, longest=_LONGEST_JOB),
        tax_pct=fields.amount("tax_pct", Decimal(0), Decimal(100)),
        owned=fields.texts("owned", _MOST_PARTS, has_repeats=True),
        power_limit_w=fields.number_or_none("power_limit_w", 1.0, _MOST_POWER_W),
        usage=usage(fields.group("usage")),
        data_drives=data_drives(fields),
        exchange=exchange(fields),
        said=fields.each("said", _MOST_SAID, said),
        step=fields.text("step"),
        ticked=fields.texts("ticked", _MOST_SAID),
        variants=fields.each("variants", MOST_VARIANTS, _variant),
    )


def _variant(fields: Fields) -> Variant:
    return Variant(
        name=fields.text("name"),
        parts=fields.each("parts", _MOST_PARTS, _choice),
        power_limit_w=fields.number_or_none("power_limit_w", 1.0, _MOST_POWER_W),
    )


def _currency(fields: Fields) -> str:
    value = fields.text("currency")
    if len(value) != 3 or not (value.isascii() and value.isalpha() and value.isupper()):
        raise FieldError(fields.path("currency"), "a currency code such as USD", value)
    return value


def _limits(fields: Fields) -> Limits:
    return Limits(
        min_vram_bytes=fields.whole("min_vram_bytes", 0, _MOST_VRAM_BYTES),
        gpu_maker=fields.text("gpu_maker"),
        case_form_factor=fields.text("case_form_factor"),
        max_power_w=fields.number_or_none("max_power_w", 0.0, _MOST_POWER_W),
        max_hours=fields.number_or_none("max_hours", 0.0, _MOST_HOURS),
        max_noise_dba=fields.number_or_none("max_noise_dba", 0.0, 200.0),
        new_only=fields.yes_or_no("new_only"),
        min_ram_bytes=fields.whole("min_ram_bytes", 0, _MOST_VRAM_BYTES),
        min_storage_bytes=fields.whole("min_storage_bytes", 0, _MOST_VRAM_BYTES),
        brands=fields.each("brands", _MOST_SAID, _brand),
        forbidden=fields.texts("forbidden", _MOST_PRICES),
    )


def _brand(fields: Fields) -> Brand:
    return Brand(fields.choice("kind", KINDS), fields.text("maker"))


def _choice(fields: Fields) -> Choice:
    return Choice(
        kind=fields.choice("kind", KINDS),
        part_id=fields.text("id"),
        name=fields.text("name"),
        quantity=fields.whole("quantity", 1, _MOST_PIECES),
    )


def _own_price(fields: Fields) -> OwnPrice:
    return OwnPrice(
        part_id=fields.text("id"),
        amount=fields.amount("amount", PRICE_HIGH * 0, PRICE_HIGH),
        currency=_currency(fields),
        as_of=fields.text("as_of", longest=40),
        note=fields.text("note", longest=1000),
    )


def _own_prices(fields: Fields) -> tuple[OwnPrice, ...]:
    prices = fields.each("own_prices", _MOST_PRICES, _own_price)
    seen: set[str] = set()
    for price in prices:
        if price.part_id in seen:
            raise FieldError(fields.path("own_prices"), "a list with each part once", price.part_id)
        seen.add(price.part_id)
    return prices
