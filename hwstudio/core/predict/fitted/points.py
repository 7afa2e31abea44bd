"""Predicted-against-measured points: what estimates said of measurements they had never seen."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from hwstudio.core.base.errors import UserError

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One measurement that was left out of the fit. Both values are in ``unit``."""

    model: str
    device: str
    source: str  # who published it
    unit: str
    measured: float
    predicted: float
    is_inside: bool  # the 90 % interval


class CheckPoints:
    """All of them, by kind of work, what was left out, and one or several devices."""

    def __init__(self, arrays: Mapping[str, Any], words: Mapping[str, list[str]]) -> None:
        self._arrays, self._words = arrays, words

    @classmethod
    def from_bytes(cls, raw: bytes) -> CheckPoints:
        """Read the shipped file.

        Raises:
            UserError: it is damaged or of another version.
        """
        import numpy as np

        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as found:
                arrays = {name: found[name] for name in found.files}
            about = json.loads(arrays.pop("about").tobytes())
            is_known = about["schema"] == SCHEMA
            words = about["words"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise UserError(
                "The checked estimates cannot be read", str(error), "Install hwstudio again"
            ) from error
        if not is_known:
            raise UserError(
                "The checked estimates are of another version", "", "Install hwstudio again"
            )
        return cls(arrays, words)

    def of(self, kind: str, case: str, *, is_many: bool) -> tuple[CheckPoint, ...]:
        """Return the points of a kind of work; empty where none may be shown.

        Args:
            kind: as in the errors of the speed model.
            case: what was left out: seen (the pair), model, device, both, software.
        """
        kinds, cases = self._words["kind"], self._words["case"]
        if kind not in kinds or case not in cases:
            return ()
        columns = self._arrays
        rows = (
            (columns["kind"] == kinds.index(kind))
            & (columns["case"] == cases.index(case))
            & (columns["many"] == is_many)
        ).nonzero()[0]
        return tuple(self._point(int(row)) for row in rows)

    def _point(self, row: int) -> CheckPoint:
        def word(name: str) -> str:
            return self._words[name][int(self._arrays[name][row])]

        measured = float(self._arrays["measured"][row])
        return CheckPoint(
            model=word("model"),
            device=word("device"),
            source=word("source"),
            unit=word("metric"),
            measured=measured,
            predicted=measured * math.exp(float(self._arrays["off"][row])),
            is_inside=bool(self._arrays["inside"][row]),
        )
