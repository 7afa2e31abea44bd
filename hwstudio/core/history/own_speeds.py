"""The speeds the user measured, kept in one small file; whoever predicts gives the rows meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hwstudio.core.history.kept_rows import MOST_ROWS, SCHEMA, load_rows, save_rows

__all__ = ["MOST_ROWS", "SCHEMA", "load_speeds", "save_speeds"]


def load_speeds(file: Path) -> tuple[dict[str, Any], ...]:
    """Return the rows kept; a damaged file is set aside, never overwritten.

    Raises:
        HostError: it is there and cannot be read.
    """
    return load_rows(file, "Your measured speeds cannot be read")


def save_speeds(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows, the newest if there are very many.

    Raises:
        HostError: it cannot be written.
    """
    save_rows(file, rows, "Your measured speed could not be kept")
