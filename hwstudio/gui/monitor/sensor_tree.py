"""A tree of sensors under their devices: walking it, and hiding what a search does not mean."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

ID = Qt.ItemDataRole.UserRole  # where a row keeps its sensor's id


def tops_of(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    """Return the devices."""
    found = (tree.topLevelItem(number) for number in range(tree.topLevelItemCount()))
    return [top for top in found if top is not None]


def rows_below(top: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """Return a device's sensors."""
    found = (top.child(number) for number in range(top.childCount()))
    return [row for row in found if row is not None]


def show_hits(tree: QTreeWidget, text: str) -> None:
    """Hide every sensor that lacks a word of ``text``; devices with hits are opened."""
    words = text.casefold().split()
    for top in tops_of(tree):
        hits = 0
        for row in rows_below(top):
            whole = f"{top.text(0)} {row.text(0)} {row.data(0, ID)}".casefold()
            is_hit = all(word in whole for word in words)
            row.setHidden(not is_hit)
            hits += is_hit
        top.setHidden(not hits)
        if words and hits:
            top.setExpanded(True)
