"""What a part costs where nobody lists a price: a fitted model with a 90 % band and a birthday.

``benchmarks/fit_price_model.py`` fits it; only weights over features that at least four products
share, trees over them, and the errors are shipped. A part of a class the fit has not seen gets no
price rather than a guess.
"""

from __future__ import annotations

import math
import statistics
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.catalog.price_anchor import anchor, quotes
from hwstudio.core.catalog.price_estimate import Estimate, estimate_of, months, rounded
from hwstudio.core.catalog.price_features import (
    GATES,
    Features,
    drift_class,
    features_of,
    plain_card,
)
from hwstudio.core.catalog.price_shape import Shape
from hwstudio.core.catalog.text import Row

LEAST_ROWS = 5
# Months a generation of GPUs usually counts as current: it is not sold under its list price.
CURRENT_MONTHS = 30
# A normal error is within this many standard deviations nine times of ten.
BAND_DEVIATIONS = 1.645


@dataclass(frozen=True, slots=True)
class Level:
    """How the prices of one class moved since the fit, and how sure that is."""

    as_of: str
    factor: float
    low: float
    high: float
    dated_prices: int

    def widened(self, deviation: float) -> tuple[float, float]:
        """Return what the band gains below and above, ``deviation`` unseen; log scale."""
        unseen = BAND_DEVIATIONS * deviation
        down, up = math.log(self.factor / self.low), math.log(self.high / self.factor)
        return math.hypot(down, unseen), math.hypot(up, unseen)


@dataclass(frozen=True, slots=True)
class Model:
    """Shapes per kind, how wrong they were on products held back, and the drift since."""

    as_of: str
    fitted_on: str
    kinds: dict[str, dict[str, Any]]
    shapes: dict[str, Shape]
    drift: dict[str, dict[str, Any]]
    volatility: dict[str, float]

    def level(self, name: str) -> Level:
        """Return a class's market level; without a dated price it stays where the fit was."""
        said = self.drift.get(name)
        if said is None:
            return Level(self.fitted_on, 1.0, 1.0, 1.0, 0)
        size = len(said["evidence"])
        return Level(said["as_of"], said["factor"], said["low"], said["high"], size)

    def deviation(self, name: str) -> float:
        """Return how far a class's prices may have moved in months no dated price covers."""
        said = self.drift.get(name)
        blind = months(self.fitted_on, self.as_of) if said is None else said["blind_months"]
        return self.volatility[group_of(name)] * math.sqrt(blind)

    def source(self, kind: str, level: Level | None = None) -> str:
        """Return the sentence shown beside an estimate, at the fitted level without ``level``."""
        said = self.kinds[kind]
        text = (
            f"hwstudio price model: fitted on {said['rows']} list prices of {self.fitted_on}, "
            f"typically off by {said['median_error'] * 100:.0f} % on parts it had not seen"
        )
        if level is None:
            return f"{text}; market level of {self.fitted_on}"
        if not level.dated_prices:
            return f"{text}; no dated price since, so the level is still that of {self.fitted_on}"
        count = level.dated_prices
        dated = f"{count} dated prices" if count > 1 else "1 dated price"
        return f"{text}; market level of {level.as_of} from {dated}"

    def estimate(self, kind: str, row: Row, gpus: Mapping[str, Row]) -> Estimate | None:
        """Return the price of one part today, None where its class was not in the fit."""
        found = self.estimates(kind, [row], gpus)[0]
        return found[-1] if found else None

    def estimates(
        self, kind: str, rows: list[Row], gpus: Mapping[str, Row]
    ) -> list[tuple[Estimate, ...]]:
        """Return each row's estimates, oldest first: at the fitted level and at today's.

        Where both have one date only today's; where the class was not in the fit, none.
        """
        features = [features_of(kind, row, gpus) for row in rows]
        covered = [f if f is not None and self._is_covered(kind, f) else None for f in features]
        known = [found for found in covered if found is not None]
        bands = iter(self.shapes[kind].bands(known) if known else [])
        return [
            () if found is None else self._dated(kind, drift_class(kind, row, gpus), *next(bands))
            for row, found in zip(rows, covered, strict=True)
        ]

    def _dated(
        self, kind: str, name: str, middle: float, down: float, up: float
    ) -> tuple[Estimate, ...]:
        level = self.level(name)
        more_down, more_up = level.widened(self.deviation(name))
        today = estimate_of(
            middle + math.log(level.factor),
            math.hypot(down, more_down),
            math.hypot(up, more_up),
            level.as_of,
            self.source(kind, level),
        )
        if level.as_of <= self.fitted_on:
            return (today,)
        return estimate_of(middle, down, up, self.fitted_on, self.source(kind)), today

    def _is_covered(self, kind: str, found: Features) -> bool:
        seen = self.kinds[kind]["rows_per_class"]
        gated = [mark for mark in found.marks if GATES[kind] and mark.startswith(GATES[kind])]
        return all(seen.get(mark, 0) >= LEAST_ROWS for mark in gated)

    def estimate_all(self, rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, str, Estimate]]:
        """Yield kind, part id and estimate, every level, of every part the model covers."""
        gpus = {gpu["id"]: gpu for gpu in rows["gpu"]}
        listed = newest_lists(rows)
        for kind in GATES:
            named = [(row["id"], row) for row in rows[kind]]
            if kind == "gpu_card":
                # A chip costs what its plainest card would cost.
                chips = [gpu for gpu in rows["gpu"] if gpu["form_factor"] == "PCIe"]
                named += [(gpu["id"], plain_card(gpu)) for gpu in chips]
            found = self._at_shop_prices(
                named, self.estimates(kind, [r for _, r in named], gpus), rows
            )
            for (part_id, row), dated in zip(named, found, strict=True):
                for estimate in dated:
                    if kind == "gpu_card":
                        gpu = gpus[row["gpu_id"]]
                        estimate = self._above_list(estimate, gpu, listed.get(gpu["id"], []))
                    yield kind, part_id, estimate

    def _at_shop_prices(
        self,
        named: list[tuple[str, Row]],
        found: list[tuple[Estimate, ...]],
        rows: Mapping[str, list[Row]],
    ) -> list[tuple[Estimate, ...]]:
        """Move today's estimate of parts, and of cards of chips, that shops sold lately."""
        quoted = quotes(rows, self.as_of)
        pairs = zip(named, found, strict=True)
        now = [(part_id, row, dated[-1]) for (part_id, row), dated in pairs if dated]
        own = {i: anchor(today.amount, quoted[i]) for i, _, today in now if i in quoted}
        cards: dict[str, list[Decimal]] = {}
        for part_id, row, today in now:
            if row.get("gpu_id") in quoted and part_id != row["gpu_id"]:
                cards.setdefault(row["gpu_id"], []).append(today.amount)
        # A shop price of a chip is that of its usual card, not of the plainest there could be.
        usual = {i: Decimal(statistics.median(amounts)) for i, amounts in cards.items()}
        chip = {i: anchor(usual[i], quoted[i], is_chip_of=True) for i in usual}
        moved = []
        for (part_id, row), dated in zip(named, found, strict=True):
            held = own.get(part_id) or chip.get(row.get("gpu_id") or "")
            moved.append((*dated[:-1], held.moved(dated[-1])) if held and dated else dated)
        return moved

    def _above_list(self, found: Estimate, gpu: Row, listed: list[tuple[str, Decimal]]) -> Estimate:
        """Lift the estimate of a GPU of the current generation to its list price of that date.

        The fit knows few workstation cards and comes out under their list price; a planner
        that buys the cheapest would then choose exactly the cards that are priced wrongly.
        """
        if months(gpu["release_date"], self.as_of) > CURRENT_MONTHS:
            return found
        # Today's level heeds the newest list price, even one later than its dated prices.
        is_today = found.as_of > self.fitted_on
        heeded = [usd for as_of, usd in listed if is_today or as_of[:7] <= found.as_of]
        if not heeded or found.amount >= heeded[-1]:
            return found
        floor = heeded[-1]
        high = rounded(float(found.high * floor / found.amount))
        return Estimate(floor, min(floor, found.low), max(floor, high), found.as_of, found.source)


def newest_lists(rows: Mapping[str, list[Row]]) -> dict[str, list[tuple[str, Decimal]]]:
    """Return date and USD of every list price of each GPU, oldest first."""
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for gpu in rows["gpu"]:
        if gpu["msrp_usd"] is not None:
            entry = (str(gpu["release_date"]), Decimal(str(gpu["msrp_usd"])))
            found.setdefault(gpu["id"], []).append(entry)
    for row in rows.get("price_observation", []):
        if row["kind"] == "list":
            entry = (str(row["as_of"]), Decimal(str(row["amount_usd"])))
            found.setdefault(row["part_id"], []).append(entry)
    return {part_id: sorted(entries) for part_id, entries in found.items()}


def group_of(name: str) -> str:
    """Return which volatility a drift class has: memory chips are a market of their own."""
    return "memory" if name.startswith(("ram", "storage SSD")) else "other"


def load_model(file: Path) -> Model:
    """Read the fitted model."""
    raw = tomllib.loads(file.read_text("utf-8"))
    shapes = {kind: Shape.from_text(body) for kind, body in raw["kind"].items()}
    return Model(
        as_of=raw["as_of"],
        fitted_on=raw["fitted_on"],
        kinds=raw["kind"],
        shapes=shapes,
        drift=raw["drift"],
        volatility=raw["monthly_volatility"],
    )
