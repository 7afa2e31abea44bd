"""The budgets in the user's home: one small file, written whole; a damaged one is set aside."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.cost.budget.book import Book, book_document, book_from

_MOST_BYTES = 5_000_000


def load_book(file: Path) -> Book:
    """Return what is kept; an empty book where there is none or it cannot be read.

    Raises:
        HostError: the file is there and cannot be opened.
    """
    try:
        return book_from(json.loads(file.read_text("utf-8"), parse_float=Decimal))
    except FileNotFoundError:
        return Book()
    except OSError as error:
        raise HostError(
            "Your budgets cannot be read", error.strerror or str(error), f"Check {file}"
        ) from error
    except (ValueError, TypeError, RecursionError, UserError) as error:
        logger("budgets").warning("budgets in %s could not be read: %s", file, error)
        _set_aside(file)
        return Book()


def _set_aside(file: Path) -> None:
    number = 1
    while (place := file.with_suffix(f".damaged-{number}.json")).exists():
        number += 1
    try:
        file.replace(place)
    except OSError as error:
        raise HostError(
            "Your budgets are damaged and cannot be set aside", str(error), f"Check {file}"
        ) from error


def save_book(file: Path, book: Book) -> None:
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
            "Your budgets could not be kept", error.strerror or str(error), f"Check {file.parent}"
        ) from error


def read_text(file: Path) -> str:
    """Return the text of a file the user names.

    Raises:
        UserError: it is not there, too large or no text.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UserError(f"{file} is too large", "more than 5 MB", "A year has 8,784 hours")
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UserError(f"{file} cannot be read", why or str(error)) from error


def write_bytes(file: Path, data: bytes) -> None:
    """Write a file the user names.

    Raises:
        HostError: it cannot be written.
    """
    try:
        file.write_bytes(data)
    except OSError as error:
        raise HostError(f"{file} cannot be written", error.strerror or str(error)) from error
