"""The inventory and upgrade plan in the user's home: one small file, written whole."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.assess.upgrade.book import UpgradeBook, book_document, book_from
from hwstudio.core.base.kept_json import load_kept, save_kept

_WHAT = "Your inventory"


def load_upgrades(file: Path) -> UpgradeBook:
    """Return what is kept; an empty book where there is none. A damaged one is set aside.

    Raises:
        HostError: the file is there and cannot be opened.
    """
    return load_kept(file, _WHAT, book_from, UpgradeBook())


def save_upgrades(file: Path, book: UpgradeBook) -> None:
    """Write the book whole or not at all.

    Raises:
        HostError: it cannot be written.
    """
    save_kept(file, _WHAT, book_document(book))
