"""The priced rows the price model is fitted on: features, log prices, products, folds."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwstudio.core.catalog.price_features import GATES, Features, features_of, plain_card
from hwstudio.core.catalog.price_words import product
from hwstudio.core.catalog.text import Row

FOLDS = 10
LEAST_PRODUCTS = 4
Priced = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Data:
    """One kind's rows; ``x`` holds measures (NaN unknown), then marks (0/1)."""

    kind: str
    rows: list[Row]
    measures: list[str]
    marks: list[str]
    products_per_mark: list[int]
    x: np.ndarray
    y: np.ndarray
    products: np.ndarray
    groups: np.ndarray
    classes: dict[str, int]

    @property
    def per_product(self) -> np.ndarray:
        """One over the rows of each row's product: how much of a product a row is."""
        return per_product(self.products)


def per_product(products: np.ndarray) -> np.ndarray:
    """Return one over the rows of each row's product."""
    _, place, count = np.unique(products, return_inverse=True, return_counts=True)
    share: np.ndarray = 1.0 / count[place]
    return share


def read_prices(folder: Path, kind: str) -> Priced:
    """Return the priced rows of one kind by id."""
    with (folder / "parts" / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines) if row["price_usd"]}


def with_chips(
    rows: list[Row], priced: Priced, folder: Path, gpus: Mapping[str, Row]
) -> tuple[list[Row], Priced]:
    """Add chips only sold as cards the catalogue does not have, at their cards' middle price."""
    with (folder / "parts" / "gpu.csv").open(encoding="utf-8", newline="") as lines:
        found = [row for row in csv.DictReader(lines) if row["price_median_usd"]]
    sold = {row["gpu_id"] for row in rows if row["id"] in priced}
    chips = {row["id"]: {"price_usd": row["price_median_usd"]} for row in found}
    chips = {i: row for i, row in chips.items() if i not in sold and i in gpus}
    return [*rows, *(plain_card(gpus[chip]) for chip in chips)], priced | chips


def load(kind: str, rows: list[Row], gpus: Mapping[str, Row], folder: Path) -> Data:
    """Return the fit's data of one kind."""
    priced = read_prices(folder, kind)
    if kind == "gpu_card":
        rows, priced = with_chips(rows, priced, folder, gpus)
    found: list[tuple[Features, Row]] = []
    for row in rows:
        features = features_of(kind, row, gpus) if row["id"] in priced else None
        if features is not None:
            found.append((features, row))
    names = [product(kind, row) for _, row in found]
    # A chip's cards are held back together: the model must price chips it has not seen.
    grouped = [row["gpu_id"] for _, row in found] if kind == "gpu_card" else names
    measures = sorted({name for features, _ in found for name in features.measures})
    marks, counts = known_marks([features for features, _ in found], names)
    x = np.array([design(features, measures, marks) for features, _ in found])
    y = np.log([float(priced[row["id"]]["price_usd"]) for _, row in found])
    classes: dict[str, int] = defaultdict(int)
    for features, _ in found:
        for mark in features.marks:
            if GATES[kind] and mark.startswith(GATES[kind]):
                classes[mark] += 1
    return Data(
        kind=kind,
        rows=[row for _, row in found],
        measures=measures,
        marks=marks,
        products_per_mark=counts,
        x=x,
        y=y,
        products=numbered(names),
        groups=numbered(grouped),
        classes=dict(classes),
    )


def design(features: Features, measures: list[str], marks: list[str]) -> list[float]:
    """Return one row of the design matrix."""
    numbers = [features.measures.get(name, float("nan")) for name in measures]
    return [*numbers, *(float(mark in features.marks) for mark in marks)]


def known_marks(found: list[Features], products: list[str]) -> tuple[list[str], list[int]]:
    """Return the marks that at least LEAST_PRODUCTS products carry, and how many carry each.

    Of marks that always go together one is kept.
    """
    carried: dict[str, set[int]] = defaultdict(set)
    for index, features in enumerate(found):
        for mark in features.marks:
            carried[mark].add(index)
    kept: dict[frozenset[int], str] = {}
    for mark in sorted(carried, key=lambda mark: (len(mark), mark)):
        products_of = {products[index] for index in carried[mark]}
        if len(products_of) >= LEAST_PRODUCTS and len(carried[mark]) < len(found):
            kept.setdefault(frozenset(carried[mark]), mark)
    marks = sorted(kept.values())
    return marks, [len({products[i] for i in carried[mark]}) for mark in marks]


def numbered(names: list[str]) -> np.ndarray:
    """Return a number for each name, equal names equal numbers."""
    place = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.array([place[name] for name in names])


def folds(groups: np.ndarray, seed: int) -> np.ndarray:
    """Return the fold of each row; rows of one group share it."""
    _, place = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(place.max() + 1) % FOLDS
    return order[place]
