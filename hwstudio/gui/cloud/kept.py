"""What was typed on the first page, kept in one small file of the home from one day to the next.

Offers are not kept: their numbers change with the catalogue. Hardware is where it was chosen from
the catalogue: the build of another tab and this PC are looked at anew. What stands as it came
(hours from Configure, the tariff of the settings) follows where it came from.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from hwstudio.core.assess.when import TICKED
from hwstudio.core.cost.cloud_data import CloudData
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.history.kept_rows import load_rows, save_rows
from hwstudio.gui.cloud.state import Wish

_READ = "What you entered in Cloud cannot be read"
_KEEP = "What you entered in Cloud could not be kept"

# Name, lowest and highest value that makes sense.
_NUMBERS = {
    "hours_per_month": (0.0, 730.0),
    "price_per_kwh": (0.0, 5.0),
    "life_years": (0.5, 30.0),
    "price": (0.0, 1e7),
    "load_w": (0.0, 1e6),
    "resale_share": (0.0, 1.0),
    "speed_ratio": (0.001, 10_000.0),
    "rent_discount": (0.0, 0.95),
    "rented_share": (0.0, 1.0),
}
_TERMS = {
    "mtbi_hours": (0.01, 1e6),
    "checkpoint_s": (1.0, 86_400.0),
    "recover_s": (0.0, 86_400.0),
    "interval_s": (1.0, 6e5),
}
_DATA = {
    "stored_gb": (0.0, 1e7),
    "months_a_year": (0.0, 12.0),
    "out_gb_per_month": (0.0, 1e7),
    "storage_per_gb_month": (0.0, 1000.0),
    "egress_per_gb": (0.0, 1000.0),
}
_WORDS = ("own_key", "workload_id", "country")


def load_wish(file: Path, usual: Wish) -> Wish:
    """Return the wish kept, field by field where it makes sense, else the usual one.

    Raises:
        HostError: the file is there and cannot be read.
    """
    rows = load_rows(file, _READ)
    kept = rows[-1] if rows else {}
    found: dict[str, Any] = {name: kept[name] for name in _WORDS if isinstance(kept.get(name), str)}
    found |= _numbers(kept, _NUMBERS, usual)
    terms = kept.get("terms")
    if isinstance(terms, dict):
        found["terms"] = replace(usual.terms, **_numbers(terms, _TERMS, SpotTerms()))
    data = kept.get("data")
    if isinstance(data, dict):
        found["data"] = replace(usual.data, **_numbers(data, _DATA, CloudData()))
    known = {reason.key for reason in TICKED}
    reasons = kept.get("reasons")
    if isinstance(reasons, list):
        found["reasons"] = frozenset(key for key in reasons if key in known)
    return replace(usual, **found)


def _numbers(kept: dict[str, Any], limits: Any, usual: object) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (low, high) in limits.items():
        value = kept.get(name, getattr(usual, name))
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is None or (is_number and math.isfinite(value) and low <= value <= high):
            found[name] = value
    needed = {name for name in limits if getattr(usual, name) is not None} - {"mtbi_hours"}
    return {name: value for name, value in found.items() if value is not None or name not in needed}


def save_wish(file: Path, wish: Wish, not_typed: frozenset[str]) -> None:
    """Keep a wish but for the fields that nobody typed.

    Raises:
        HostError: it cannot be written.
    """
    names = (name for name in (*_WORDS, *_NUMBERS) if name not in not_typed)
    row: dict[str, Any] = {name: getattr(wish, name) for name in names}
    row["terms"] = {field.name: getattr(wish.terms, field.name) for field in fields(wish.terms)}
    row["data"] = {field.name: getattr(wish.data, field.name) for field in fields(wish.data)}
    row["reasons"] = sorted(wish.reasons)
    save_rows(file, [row], _KEEP)
