"""The budgets in the user's home: one small file, written whole; a damaged one is set aside."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.kept_json import load_kept, save_kept
from hwstudio.core.cost.budget.book import Book, book_document, book_from

_WHAT = "Your budgets"
_MOST_BYTES = 5_000_000


def load_book(file: Path) -> Book:
    """Return what is kept; an empty book where there is none or it cannot be read.

    Raises:
        HostError: the file is there and cannot be opened.
    """
    return load_kept(file, _WHAT, book_from, Book())


def save_book(file: Path, book: Book) -> None:
    """Write the book whole or not at all.

    Raises:
        HostError: it cannot be written.
    """
    save_kept(file, _WHAT, book_document(book))


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
