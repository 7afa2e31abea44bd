"""What a part costs where nobody lists a price: a fitted model with a 90 % band and a birthday.

``benchmarks/fit_price_model.py`` fits it; only its coefficients and errors are shipped. A part of
a class the fit has not seen gets no price rather than a guess.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.catalog.text import Row

GIB, GB = 2**30, 10**9
Features = dict[str, float]
# The date of the list prices the model is fitted on.
FITTED_YEAR = 2025.55
LEAST_ROWS = 5
FLAGSHIP_FLOP_PER_S = 80e12


def _log(value: float) -> float:
    return math.log(max(value, 1e-9))


def _year(row: Row) -> float | None:
    date = row.get("release_date")
    if not date:
        return None
    pieces = [int(piece) for piece in str(date).split("-")]
    return pieces[0] + (pieces[1] - 1) / 12 if len(pieces) > 1 else pieces[0] + 0.5


def is_flagship(gpu: Row) -> bool:
    """Say whether the AI market bids for this consumer chip too (RTX 4090 and up)."""
    return gpu["segment"] == "consumer" and (gpu["fp32_flop_per_s"] or 0) >= FLAGSHIP_FLOP_PER_S


def gpu_features(card: Row, gpu: Row) -> Features | None:
    """A card: its chip's launch price, age, memory and how it is cooled."""
    if gpu["msrp_usd"] is None or gpu["segment"] == "datacenter":
        return None
    age = FITTED_YEAR - (_year(gpu) or FITTED_YEAR)
    return {
        "one": 1.0,
        "log launch price": _log(float(gpu["msrp_usd"])),
        "log vram": _log(gpu["vram_bytes"] / GIB),
        "log fp32": _log((gpu["fp32_flop_per_s"] or 1e13) / 1e12),
        "age over 1 year": min(max(age - 1, 0), 3),
        "age over 4 years": max(age - 4, 0),
        f"maker {gpu['maker']}": 1.0,
        "workstation": float(gpu["segment"] == "workstation"),
        "old workstation": max(age - 4, 0) * float(gpu["segment"] == "workstation"),
        "24 GB or more": float(gpu["vram_bytes"] >= 24 * GIB),
        "flagship": float(is_flagship(gpu)),
        "ada": float(gpu["architecture"] == "Ada Lovelace"),
        "thickness": (card["slots"] or 2.0) - 2.0,
        "liquid": float(card["cooling"] == "liquid"),
        "white or oc": float(
            bool(re.search(r"white|\boc\b|master|strix|suprim", card["name"], re.I))
        ),
    }


def plain_card(gpu: Row) -> Row:
    """Return the plainest card of a chip: the maker's own board, or 2.5 slots of air."""
    is_own = gpu["segment"] == "workstation"
    slots = gpu["slots"] if is_own else 2.5
    return {"id": gpu["id"], "gpu_id": gpu["id"], "slots": slots, "cooling": "air", "name": ""}


UNLOCKED = re.compile(r"\d(k|kf|ks|x|xt|x3d|x3d2|xe|k plus)\b|\dk plus", re.I)


def cpu_features(row: Row) -> Features | None:
    """A processor: cores, clock, age, platform and what its suffix promises."""
    year = row["release_year"] or 2021
    return {
        "one": 1.0,
        f"socket {row['socket']}": 1.0,
        "log cores": _log(row["cores"]),
        "log threads per core": _log(row["threads"] / row["cores"]),
        "log boost": _log(row["boost_ghz"]),
        "log tdp": _log(row["tdp_w"]),
        "year": year - 2021,
        "unlocked": float(bool(UNLOCKED.search(row["name"]))),
        "3d cache": float("x3d" in row["name"].lower()),
        "graphics": float(row["igpu"] is not None),
        "cooler": float(row["includes_cooler"]),
        f"maker {row['maker']}": 1.0,
    }


def board_features(row: Row) -> Features | None:
    """A board: chipset, size, slots, network and the ranges makers sell as best."""
    name = row["name"].lower()
    best = re.search(
        r"godlike|extreme|xtreme|taichi|hero|apex|ace|aqua|master|creator|proart|sage", name
    )
    middle = re.search(r"carbon|strix|aero|tomahawk|elite|pro rs|steel legend|edge|tuf|unify", name)
    return {
        "one": 1.0,
        f"socket {row['socket']}": 1.0,
        f"chipset {row['chipset']}": 1.0,
        f"size {row['form_factor']}": 1.0,
        f"memory {row['mem_type']}": 1.0,
        f"maker {row['maker']}": 1.0,
        "m2 slots": float(row["m2_slots"] or 2),
        "m2 gen5": float(row["m2_gen5"] or 0),
        "lan 5": float(row["lan"] in {"5 Gb/s", "10 Gb/s"}),
        "lan 10": float(row["lan"] == "10 Gb/s"),
        "best range": float(bool(best)),
        "middle range": float(bool(middle)),
        "wifi": float("wifi" in name or "wi-fi" in name),
        "long slots": float(row["x16_slots_physical"]),
    }


def ram_features(row: Row) -> Features | None:
    """A kit: capacity, generation, speed, sticks, error correction."""
    name = row["name"].lower()
    kind = f"{row['mem_type']} {row['dimm_type']}"
    return {
        "one": 1.0,
        f"kind {kind}": 1.0,
        f"{kind} log capacity": _log(row["capacity_bytes"] / GIB / 32),
        f"{row['mem_type']} speed": row["speed_mts"] / 1000,
        "log sticks": _log(row["modules"]),
        "latency": (row["cas"] or 36) * 2000 / row["speed_mts"],
        "light": float("rgb" in name or "argb" in name),
        f"maker {row['maker']}": 1.0,
    }


SERVER_DRIVE = re.compile(
    r"enterprise|exos|gold|ultrastar|pro |red|ironwolf|purple|u\.2", re.IGNORECASE
)


def storage_features(row: Row) -> Features | None:
    """A drive: capacity by kind, link generation, form."""
    kind = row["drive_kind"] if row["drive_kind"] == "HDD" else f"{row['bus']} SSD"
    return {
        "one": 1.0,
        f"kind {kind}": 1.0,
        f"{kind} log capacity": _log(row["capacity_bytes"] / GB / 1000),
        f"{kind} log capacity squared": _log(row["capacity_bytes"] / GB / 1000) ** 2,
        f"link {row['pcie_gen'] or 'sata'}": 1.0,
        f"form {row['form_factor']}": 1.0,
        "for servers": float(bool(SERVER_DRIVE.search(row["name"]))),
        f"maker {row['maker']}": 1.0,
    }


def psu_features(row: Row) -> Features | None:
    """A power supply: watts, efficiency, cables, connectors."""
    return {
        "one": 1.0,
        "log watts": _log(row["rated_w"] / 850),
        "watts over 1200": max(0.0, row["rated_w"] - 1200) / 1000,
        f"efficiency {row['efficiency']}": 1.0,
        f"cables {row['modular']}": 1.0,
        f"size {row['form_factor']}": 1.0,
        "16-pin": float((row["conn_16pin"] or 0) > 0),
        "length": ((row["length_mm"] or 150) - 150) / 100,
        f"maker {row['maker']}": 1.0,
    }


def case_features(row: Row) -> Features | None:
    """A case: size, room, slots."""
    return {
        "one": 1.0,
        f"size {row['form_factor']}": 1.0,
        "log volume": _log(row["volume_l"] or 50) - _log(50),
        "volume unknown": float(row["volume_l"] is None),
        "gpu length": (row["max_gpu_length_mm"] or 380) / 100,
        "slots": float(row["expansion_slots"] or 7),
        "drive bays": float(row["bays_35"] or 0),
        "eatx": float("EATX" in row["mb_form_factors"]),
        f"maker {row['maker']}": 1.0,
    }


def cooler_features(row: Row) -> Features | None:
    """A cooler: air by height, liquid by radiator, light, sockets for workstations."""
    name = row["name"].lower()
    is_liquid = row["cooler_type"] == "AIO"
    return {
        "one": 1.0,
        f"type {row['cooler_type']}": 1.0,
        "air height": 0.0 if is_liquid else ((row["height_mm"] or 150) - 150) / 50,
        "radiator": ((row["radiator_mm"] or 240) - 240) / 120 if is_liquid else 0.0,
        "light": float("rgb" in name),
        "screen": float(bool(re.search(r"lcd|display|vision|screen|digital", name))),
        "workstation": float(bool(re.search(r"SP3|SP5|sTR5|LGA4677|sWRX8", row["sockets"]))),
        "dual tower": float(bool(re.search(r"dual|d15|peerless|phantom|dark rock|assassin", name))),
        f"maker {row['maker']}": 1.0,
    }


FEATURES = {
    "cpu": cpu_features,
    "motherboard": board_features,
    "ram": ram_features,
    "storage": storage_features,
    "psu": psu_features,
    "case": case_features,
    "cooler": cooler_features,
}
# Words of a feature that say which class a part is of: an unseen one means no price.
GATES = {
    "cpu": ("socket ",),
    "motherboard": ("socket ",),
    "ram": ("kind ",),
    "storage": ("kind ",),
    "psu": ("size ",),
    "case": (),
    "cooler": ("type ",),
    "gpu_card": ("maker ",),
}


def features_of(kind: str, row: Row, gpus: Mapping[str, Row]) -> Features | None:
    """Return a part's features, None where the model has nothing to say."""
    if kind == "gpu_card":
        return gpu_features(row, gpus[row["gpu_id"]])
    return FEATURES[kind](row)


def drift_class(kind: str, row: Row, gpus: Mapping[str, Row]) -> str:
    """Return the group of parts whose prices moved together since the fit."""
    if kind == "ram":
        return f"ram {row['mem_type']} {row['dimm_type']}"
    if kind == "storage":
        return f"storage {row['drive_kind']}"
    if kind == "gpu_card":
        gpu = gpus[row["gpu_id"]]
        if gpu["segment"] == "workstation":
            return "gpu_card workstation"
        return "gpu_card flagship" if is_flagship(gpu) else "gpu_card"
    return kind


@dataclass(frozen=True, slots=True)
class Estimate:
    """A price in USD with its 90 % band."""

    amount: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients per kind, how wrong they were on rows held back, and the drift since."""

    as_of: str
    fitted_on: str
    kinds: dict[str, dict[str, Any]]
    drift: dict[str, dict[str, Any]]

    def source(self, kind: str) -> str:
        """Return the sentence shown beside an estimate."""
        error = self.kinds[kind]["median_error"]
        return (
            f"hwstudio price model: fitted on {self.fitted_on} list prices (median error "
            f"{error:.0%} on held-back rows), market drift to {self.as_of}"
        )

    def estimate(self, kind: str, row: Row, gpus: Mapping[str, Row]) -> Estimate | None:
        """Return the price of one part today, None where its class was not in the fit."""
        found = features_of(kind, row, gpus)
        drift = self.drift.get(drift_class(kind, row, gpus))
        if found is None or drift is None or not self._is_covered(kind, found):
            return None
        part = self.kinds[kind]
        weights = part["weights"]
        middle = sum(weights.get(name, 0.0) * value for name, value in found.items())
        middle += math.log(drift["factor"])
        down = math.hypot(part["log_low"], math.log(drift["factor"] / drift["low"]))
        up = math.hypot(part["log_high"], math.log(drift["high"] / drift["factor"]))
        return Estimate(*(rounded(math.exp(x)) for x in (middle, middle - down, middle + up)))

    def _is_covered(self, kind: str, found: Features) -> bool:
        seen = self.kinds[kind]["rows_per_class"]
        gated = [name for name in found if name.startswith(GATES[kind])] if GATES[kind] else []
        return all(seen.get(name, 0) >= LEAST_ROWS for name in gated)

    def estimate_all(self, rows: Mapping[str, list[Row]]) -> Iterator[tuple[str, str, Estimate]]:
        """Yield kind, part id and estimate of every part the model covers."""
        gpus = {gpu["id"]: gpu for gpu in rows["gpu"]}
        for kind in GATES:
            for row in rows[kind]:
                found = self.estimate(kind, row, gpus)
                if found is not None:
                    gpu = gpus[row["gpu_id"]] if kind == "gpu_card" else None
                    yield kind, row["id"], self._above_list(found, gpu)
        yield from self._chips(gpus)

    def _chips(self, gpus: Mapping[str, Row]) -> Iterator[tuple[str, str, Estimate]]:
        """Yield the price of each chip as its plainest card would cost."""
        for gpu in gpus.values():
            if gpu["form_factor"] == "PCIe":
                found = self.estimate("gpu_card", plain_card(gpu), gpus)
                if found is not None:
                    yield "gpu_card", gpu["id"], self._above_list(found, gpu)

    def _above_list(self, found: Estimate, gpu: Row | None) -> Estimate:
        """Lift the estimate of a GPU of the current generation to its list price.

        The fit knows few workstation cards and comes out under their list price; a planner
        that buys the cheapest would then choose exactly the cards that are priced wrongly.
        """
        if gpu is None or gpu["msrp_usd"] is None or gpu["release_date"] < self._current_since():
            return found
        floor = Decimal(str(gpu["msrp_usd"]))
        if found.amount >= floor:
            return found
        return Estimate(floor, min(floor, found.low), max(found.high, floor))

    def _current_since(self) -> str:
        """Return the date two years before the estimates', the usual life of a generation."""
        year, _, month = self.as_of.partition("-")
        return f"{int(year) - 2}-{month or '01'}"


def rounded(amount: float) -> Decimal:
    """Round to what an estimate can claim: three digits, at most a dollar fine."""
    step = 10 ** max(0, math.floor(math.log10(max(amount, 1))) - 2)
    return Decimal(max(1, round(amount / step) * step))


def load_model(file: Path) -> Model:
    """Read the fitted model."""
    raw = tomllib.loads(file.read_text("utf-8"))
    return Model(raw["as_of"], raw["fitted_on"], raw["kind"], raw["drift"])
