"""Project states to JSON and back; the one place that knows the names of the file's fields."""

from __future__ import annotations

from typing import Any

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.fields import FieldError, Fields, without_controls
from hwstudio.core.project.state import (
    BUDGET_HIGH,
    BUDGET_LOW,
    OBJECTIVES,
    PRICE_HIGH,
    Choice,
    Limits,
    OwnPrice,
    ProjectState,
)

KINDS = tuple(kind.value for kind in PartKind if kind is not PartKind.GPU)
_MOST_PARTS, _MOST_PIECES, _MOST_PRICES = 64, 64, 5000
_MOST_VRAM_BYTES = _MOST_BYTES = 2**50
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
        "limits": {
            "min_vram_bytes": state.limits.min_vram_bytes,
            "gpu_maker": state.limits.gpu_maker,
            "case_form_factor": state.limits.case_form_factor,
            "max_power_w": state.limits.max_power_w,
            "min_ram_bytes": state.limits.min_ram_bytes,
            "min_storage_bytes": state.limits.min_storage_bytes,
        },
        "mains": state.mains,
        "parts": [
            {
                "kind": c.kind,
                "id": c.part_id,
                "name": without_controls(c.name),
                "quantity": c.quantity,
            }
            for c in state.parts
        ],
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
        workload_id=fields.text("workload_id"),
        objective=fields.choice("objective", OBJECTIVES),
        gpu_count=fields.whole_or_none("gpu_count", 0, 16),
        limits=_limits(fields.group("limits")),
        mains=fields.text("mains"),
        parts=fields.each("parts", _MOST_PARTS, _choice),
        locked=fields.choices("locked", KINDS),
        own_prices=_own_prices(fields),
        notes=fields.text("notes", longest=100_000, is_multiline=True),
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
        min_ram_bytes=_later(fields, "min_ram_bytes"),
        min_storage_bytes=_later(fields, "min_storage_bytes"),
    )


def _later(fields: Fields, name: str) -> int:
    """Read a size that files of the first release do not have yet."""
    return fields.whole(name, 0, _MOST_BYTES) if name in fields.raw else 0


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
