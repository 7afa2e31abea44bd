"""Small things a user keeps: one JSON file in the home, written whole; a damaged one is set aside.

Numbers with a point are read as ``Decimal``, because some of them are money.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger

T = TypeVar("T")


def load_kept(file: Path, what: str, read: Callable[[Any], T], empty: T) -> T:
    """Return what is kept, ``empty`` where there is nothing or it is damaged.

    Args:
        what: how the user knows it: "Your budgets".
        read: makes it from the document; raises ValueError, TypeError or UserError where it cannot.

    Raises:
        HostError: the file is there and cannot be opened.
    """
    try:
        return read(json.loads(file.read_text("utf-8"), parse_float=Decimal))
    except FileNotFoundError:
        return empty
    except OSError as error:
        raise HostError(
            f"{what} cannot be read", error.strerror or str(error), f"Check {file}"
        ) from error
    except (ValueError, TypeError, RecursionError, UserError) as error:
        logger("kept").warning("%s could not be read: %s", file, error)
        _set_aside(file, what)
        return empty


def _set_aside(file: Path, what: str) -> None:
    number = 1
    while (place := file.with_suffix(f".damaged-{number}.json")).exists():
        number += 1
    try:
        file.replace(place)
    except OSError as error:
        raise HostError(
            f"{what} cannot be read, and the damaged file cannot be set aside",
            str(error),
            f"Check {file}",
        ) from error


def save_kept(file: Path, what: str, document: Any) -> None:
    """Write it whole or not at all.

    Raises:
        HostError: it cannot be written.
    """
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps(document, indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(
            f"{what} could not be kept", error.strerror or str(error), f"Check {file.parent}"
        ) from error
