"""The inventory and upgrade plan in the user's home: one small file, written whole."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from hwstudio.core.assess.upgrade.book import UpgradeBook, book_document, book_from
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger


def load_upgrades(file: Path) -> UpgradeBook:
    """Return what is kept; an empty book where there is none. A damaged one is set aside.

    Raises:
        HostError: the file is there and cannot be opened.
    """
    try:
        return book_from(json.loads(file.read_text("utf-8"), parse_float=Decimal))
    except FileNotFoundError:
        return UpgradeBook()
    except OSError as error:
        raise HostError(
            "Your inventory cannot be read", error.strerror or str(error), f"Check {file}"
        ) from error
    except (ValueError, TypeError, RecursionError, UserError) as error:
        logger("upgrades").warning("the inventory in %s could not be read: %s", file, error)
        _set_aside(file)
        return UpgradeBook()


def _set_aside(file: Path) -> None:
    number = 1
    while (place := file.with_suffix(f".damaged-{number}.json")).exists():
        number += 1
    try:
        file.replace(place)
    except OSError as error:
        raise HostError(
            "Your inventory is damaged and cannot be set aside", str(error), f"Check {file}"
        ) from error


def save_upgrades(file: Path, book: UpgradeBook) -> None:
    """Write the book whole or not at all.

    Raises:
        HostError: it cannot be written.
    """
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps(book_document(book), indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(
            "Your inventory could not be kept",
            error.strerror or str(error),
            f"Check {file.parent}",
        ) from error
