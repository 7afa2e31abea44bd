"""The electricity price each finished run was reckoned with, kept: a past cost never changes.

A run that goes on costs what electricity costs now. When it has ended, the price of its first
reckoning is written down, and later prices and settings do not touch it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import logger
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.money import Tariff

_WAIT_S = 2.0


class PaidPrices:
    """Prices by run, in one small file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, run: Run, now: Tariff | None) -> Tariff | None:
        """Return the price that counts for a run; ``now`` is today's, noted for one that ended.

        A file that cannot be written costs the note, never the answer.
        """
        if run.is_open or now is None:
            return now
        known = _tariff(self._read().get(run.id))
        if known is not None:
            return known
        try:
            return self._noted(run.id, now)
        except (OSError, HwstudioError) as error:
            logger("runs").warning("the price paid could not be kept in %s: %s", self._file, error)
            return now

    def _noted(self, run_id: str, now: Tariff) -> Tariff:
        with file_lock(self._file.with_suffix(".lock"), wait_s=_WAIT_S):
            every = self._read()
            known = _tariff(every.get(run_id))  # another process may have been faster
            if known is not None:
                return known
            every[run_id] = {
                "per_kwh": str(now.per_kwh),
                "currency": now.currency,
                "as_of": now.as_of,
                "overhead": str(now.overhead),
            }
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps(every, indent=1, sort_keys=True), "utf-8")
            part.replace(self._file)
        return now

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found = json.loads(self._file.read_text("utf-8"))
            if isinstance(found, dict):
                return found
        return {}


def _tariff(raw: Any) -> Tariff | None:
    try:
        return Tariff(
            Decimal(raw["per_kwh"]), str(raw["currency"]), str(raw["as_of"]),
            Decimal(raw["overhead"]),
        )  # fmt: skip
    except (TypeError, KeyError, InvalidOperation, HwstudioError):
        return None
