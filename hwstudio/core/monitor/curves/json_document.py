"""Reads logs that are one JSON document, written anew each time: the state of HF's Trainer."""

from __future__ import annotations

import json
from typing import Any

from hwstudio.core.monitor.curves.columns import total_of
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.json_lines import RowTaker, numbers_in
from hwstudio.core.monitor.curves.reader import Piece, Taken

DOCUMENT_BYTES = 64 * 2**20  # a larger one would have to be held in memory whole
_HISTORY = "log_history"


class DocumentReader:
    """Reads an array of objects, or an object with a "log_history", into ``curves``."""

    def __init__(self, curves: Curves, title: str) -> None:
        self._curves = curves
        self._title = title
        self._rows = RowTaker(curves)

    def restart(self) -> None:
        """Forget where it is."""
        self._rows.restart()

    def take(self, piece: Piece) -> Taken:
        """Read the document once all of it is there."""
        if piece.size > DOCUMENT_BYTES:
            self._curves.notes[self._title] = (
                f"{self._title} is over {DOCUMENT_BYTES // 2**20} MiB and not read; "
                "let the training write JSON lines or CSV instead"
            )
            return Taken(piece.size - piece.at)
        if piece.at or not piece.is_end:
            return Taken(0, wants=piece.size + 1)
        try:
            document = json.loads(piece.data)
        except (ValueError, RecursionError):
            self._curves.notes[self._title] = f"{self._title} is not whole JSON (yet)"
            return Taken(0)
        self._curves.notes.pop(self._title, None)
        self._fill(document)
        return Taken(len(piece.data))

    def _fill(self, document: Any) -> None:
        history = document.get(_HISTORY) if isinstance(document, dict) else document
        listed = history if isinstance(history, list) else []
        rows = [row for row in listed if isinstance(row, dict)]
        wanted: str | None = None
        while True:
            self._curves.clear()
            self._rows.restart(wanted)
            wanted = next(filter(None, (self._rows.add(row, None) for row in rows)), None)
            if wanted is None:
                break
        if isinstance(document, dict):
            self._totals({k: v for k, v in document.items() if not isinstance(v, dict)})

    def _totals(self, flat: dict[str, Any]) -> None:
        for name, value in numbers_in(flat):
            kind = total_of(name)
            if kind and value > 0:
                self._curves.totals[kind] = value
