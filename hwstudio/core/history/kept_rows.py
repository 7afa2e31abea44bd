"""A few hundred rows in one small JSON file, whole at every moment; others give them meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.log import logger

SCHEMA = 1
MOST_ROWS = 500


def load_rows(file: Path, what: str) -> tuple[dict[str, Any], ...]:
    """Return the rows kept; a damaged file is set aside, never overwritten.

    Args:
        what: the sentence of a failure, without its full stop.

    Raises:
        HostError: it is there and cannot be read.
    """
    try:
        raw = json.loads(file.read_text("utf-8"))
        rows = raw["rows"] if raw["schema"] == SCHEMA else None
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise HostError(what, error.strerror or str(error), f"Check {file}") from error
    except (ValueError, KeyError, TypeError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        aside = file.with_suffix(".damaged.json")
        logger("history").warning("%s is damaged; kept as %s", file, aside)
        file.replace(aside)
        return ()
    return tuple(row for row in rows if isinstance(row, dict))


def save_rows(file: Path, rows: Sequence[Mapping[str, Any]], what: str) -> None:
    """Keep rows, the newest if there are very many; the file is whole at every moment.

    Args:
        what: the sentence of a failure, without its full stop.

    Raises:
        HostError: it cannot be written.
    """
    document = {"schema": SCHEMA, "rows": [dict(row) for row in rows[-MOST_ROWS:]]}
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(document, indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(what, error.strerror or str(error), f"Check {file}") from error
