"""The naive rule the price model must beat: USD per GB or W, else the middle price of the class."""

from __future__ import annotations

import numpy as np
from price_data import FOLDS, Data, folds

from hwstudio.core.catalog.price_features import GB, GIB
from hwstudio.core.catalog.text import Row


def peer_class(kind: str, row: Row) -> str:
    """Return the class a buyer would look up."""
    columns = {
        "cpu": ("socket", "cores"),
        "motherboard": ("chipset",),
        "ram": ("mem_type", "dimm_type"),
        "storage": ("drive_kind", "bus"),
        "psu": ("efficiency",),
        "case": ("form_factor",),
        "cooler": ("cooler_type", "radiator_mm"),
        "gpu_card": ("gpu_id",),
    }
    return " ".join(str(row.get(column)) for column in columns[kind])


def peer_size(kind: str, row: Row) -> float:
    """Return what the naive price is a multiple of: GB, W, or 1 per piece."""
    if kind == "ram":
        return float(row["capacity_bytes"]) / GIB
    if kind == "storage":
        return float(row["capacity_bytes"]) / GB
    return float(row["rated_w"]) if kind == "psu" else 1.0


def peer_held_back(data: Data, groups: np.ndarray, seed: int) -> np.ndarray:
    """Return the naive rule's log error of each row, its fold held back."""
    fold = folds(groups, seed)
    size = np.log([peer_size(data.kind, row) for row in data.rows])
    classes = np.array([peer_class(data.kind, row) for row in data.rows])
    unit = data.y - size
    rest = np.zeros(len(unit))
    for index in range(FOLDS):
        out = fold == index
        for name in np.unique(classes[out]):
            seen = ~out & (classes == name)
            middle = np.median(unit[seen] if seen.any() else unit[~out])
            rest[out & (classes == name)] = unit[out & (classes == name)] - middle
    return rest
