"""One published number: which device is said to have reached what, in which test."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError

# Everything into SI: FLOP/s, bytes/s; other throughputs keep their own unit.
_FACTOR = {
    "TFLOP/S": 1e12, "TFLOPS": 1e12, "GFLOP/S": 1e9, "GFLOPS": 1e9, "PFLOP/S": 1e15,
    "TOP/S": 1e12, "TOPS": 1e12,
    "TB/S": 1e12, "GB/S": 1e9, "MB/S": 1e6, "GIB/S": 2**30, "MIB/S": 2**20,
}  # fmt: skip
_NUMBER = re.compile(r"\d+")
MOST_DEVICES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A number somebody published. Its ``value`` is in FLOP/s, bytes/s or the unit it states."""

    device: str
    model: str  # the device's usual name, "" where nobody gives one
    count: int
    test: str
    framework: str
    dtype: str
    size: str
    metric: str
    value: float
    unit: str
    software: str

    @property
    def is_arithmetic(self) -> bool:
        """Say whether it is a rate of calculating."""
        return self.test == "matmul"

    @property
    def is_at_full_size(self) -> bool:
        """Say whether the product was large enough to keep a device busy."""
        if "best" in self.size.casefold() or "best" in self.metric.casefold():
            return True
        edges = [int(each) for each in _NUMBER.findall(self.size)]
        return bool(edges) and min(edges) >= 4096  # smaller ones do not fill the largest GPUs

    @property
    def is_split_evenly(self) -> bool:
        """Say whether every device works on its own share, so that N should do N times one."""
        return self.test.startswith(("train", "pretrain", "infer"))


def claim_of(row: Mapping[str, str]) -> Claim:
    """Read one row of a table of published results; answers in it are not looked at.

    Raises:
        UserError: the device, the test or a positive value is missing.
    """
    text = {name: (value or "").strip() for name, value in row.items()}
    if not text.get("device"):
        raise UserError("The row names no device", "the column device is empty", "Fill it in")
    if not text.get("test"):
        raise UserError("The row names no test", "the column test is empty", "Fill it in")
    unit = text.get("unit", "")
    return Claim(
        device=text["device"],
        model=text.get("gpu_model", ""),
        count=_count(text.get("n_devices", "")),
        test=text["test"].casefold(),
        framework=text.get("framework", ""),
        dtype=text.get("dtype", "").casefold(),
        size=text.get("size_or_batch", ""),
        metric=text.get("metric", ""),
        value=_value(text.get("value", "")) * _FACTOR.get(unit.upper(), 1.0),
        unit=unit,
        software=text.get("software", ""),
    )


def _value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value <= 0:
        raise UserError(
            f"The value {text[:40]!r} is no result", "a positive number is wanted", "Check the row"
        )
    return value


def _count(text: str) -> int:
    if not text:
        return 1
    try:
        count = float(text)
    except ValueError:
        count = math.nan
    if not (1 <= count <= MOST_DEVICES) or count != int(count):
        raise UserError(
            f"The number of devices {text[:40]!r} cannot be read", "", "Give a whole number"
        )
    return int(count)
