"""The published values that lie where the fitted model's supports lie, as far as they may be shown.

The model itself holds none (``model.py``). Theirs is a file of its own, written by
``benchmarks/predict/nearest.py``: one value a support, none of a source without a licence.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import significant
from hwstudio.core.predict.fitted.software_words import (
    UNLICENSED,
    framework_words,
    publisher_words,
)

if TYPE_CHECKING:
    import numpy as np

SCHEMA = 1
NO_LICENCE = "value not shown, its publisher states no licence"
NOT_KEPT = "value not kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """A published value in the unit of its measurement, for all devices together."""

    value: float
    year: int | None
    batch: float | None  # per device
    count: int


@dataclass(frozen=True, slots=True)
class Near:
    """A measurement an answer leans on. ``kept`` None: its value may not be shown, or is not kept.

    ``unit``: tokens/s, images/s ...; ``precision`` as its publisher writes it.
    """

    model: str
    device: str
    framework: str
    source: str
    unit: str
    precision: str
    kept: Kept | None = None

    def words(self) -> str:
        """Return it in one line: what ran on what, the value with unit, conditions, source."""
        return f"{self.model} on {self.device}: {self.value_words()} ({self.about_words()})"

    def value_words(self) -> str:
        """Return the value with its unit, or why it is not shown."""
        if self.kept is None:
            return NO_LICENCE if self.source in UNLICENSED else NOT_KEPT
        return f"{significant(self.kept.value, 3)} {self.unit}"

    def about_words(self) -> str:
        """Return the conditions, the software and who published it when."""
        parts = [self.precision] if self.precision else []
        kept = self.kept
        if kept is not None:
            if kept.count > 1:
                parts.insert(0, f"{kept.count:,} devices")
            if kept.batch:
                parts.append(f"{kept.batch:,.0f} at once")
        year = f", {kept.year}" if kept is not None and kept.year else ""
        software = framework_words(self.framework)
        return ", ".join([*parts, software, f"{publisher_words(self.source)}{year}"])


def mark_of(weights: np.ndarray[Any, Any]) -> int:
    """Return a number that other supports would hardly share."""
    return zlib.crc32(weights.astype("float32").tobytes())


class KeptValues:
    """The values of every group's supports, by their place."""

    def __init__(self, arrays: Mapping[str, Any], marks: Mapping[str, int]) -> None:
        self._arrays, self._marks = arrays, marks
        self._fits: dict[str, tuple[np.ndarray[Any, Any], bool]] = {}

    @classmethod
    def from_bytes(cls, raw: bytes) -> KeptValues:
        """Read the shipped file.

        Raises:
            UserError: it is damaged or of another version.
        """
        import numpy as np

        what, remedy = "The published values cannot be read", "Install hwstudio again"
        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as found:
                arrays = {name: found[name] for name in found.files}
            about = json.loads(arrays.pop("about").tobytes())
            schema, marks = about["schema"], about["marks"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise UserError(what, str(error), remedy) from error
        if schema != SCHEMA:
            raise UserError(what, "they are of another version", remedy)
        return cls(arrays, marks)

    def at(self, group: str, weights: np.ndarray[Any, Any], place: int) -> Kept | None:
        """Return the value of a support; None where none is kept.

        Args:
            weights: of the group's supports: values of other supports are not told.
        """
        if not self._belong_to(group, weights):
            return None
        told = {k: float(self._arrays[f"{group}/{k}"][place]) for k in COLUMNS}
        if not told["value"] > 0:
            return None
        return Kept(
            value=told["value"],
            year=round(told["year"]) if told["year"] > 0 else None,
            batch=told["batch"] if told["batch"] > 0 else None,
            count=round(told["count"]),
        )

    def _belong_to(self, group: str, weights: np.ndarray[Any, Any]) -> bool:
        known = self._fits.get(group)
        if known is None or known[0] is not weights:  # their mark takes long against an answer
            known = self._fits[group] = (weights, self._marks.get(group) == mark_of(weights))
        return known[1]


COLUMNS = ("value", "year", "batch", "count")  # 0 = not told
