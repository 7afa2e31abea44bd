"""What stands on the screen of the running window, as plain data: looked at, never touched.

A walk must press the real keys and the real mouse buttons. So the window answers only one
question, "what can be seen, and where", and has no means to click anything.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QTabBar,
    QTableView,
    QWidget,
)

_MOST_ROWS = 60
Item = dict[str, Any]


def seen() -> Item:
    """Return every visible thing of every visible window, and what has the focus."""
    focus = QApplication.focusWidget()
    active = QApplication.activePopupWidget() or QApplication.activeWindow()
    items: list[Item] = []
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            items += _in_window(window)
    return {
        "window": active.windowTitle() if active is not None else "",
        "focus": _item(focus) if focus is not None else None,
        "items": items,
        "clipboard": QApplication.clipboard().text(),
    }


def _in_window(window: QWidget) -> list[Item]:
    found: list[Item] = []
    for widget in (window, *window.findChildren(QWidget)):
        if widget.window() is not window or isinstance(widget, QHeaderView):
            continue  # a dialog is a window of its own
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            found.append(_item(widget))
            found += _inside(widget)
    return found


def _item(widget: QWidget) -> Item:
    visible = widget.visibleRegion().boundingRect()
    return {
        "kind": type(widget).__name__,
        "is": _role(widget),
        "name": name_of(widget),
        "text": text_of(widget),
        "rect": _on_screen(widget, visible),
        "whole": visible == widget.rect(),
        "enabled": widget.isEnabled(),
        "focus": widget.hasFocus(),
        "checked": widget.isChecked() if isinstance(widget, QAbstractButton) else None,
        "window": widget.window().windowTitle(),
    }


def _role(widget: QWidget) -> str:
    roles = (
        (QAbstractButton, "button"),
        (QComboBox, "choice"),
        (QLineEdit, "entry"),
        (QLabel, "label"),
        (QAbstractItemView, "list"),
        (QTabBar, "tabs"),
        (QMenu, "menu"),
        (QProgressBar, "progress"),
    )
    return next((word for kind, word in roles if isinstance(widget, kind)), "other")


def name_of(widget: QWidget) -> str:
    """Return what a screen reader would call it."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return plain(widget.text())
    return widget.objectName() if isinstance(widget.window(), QFileDialog) else ""


def text_of(widget: QWidget) -> str:
    """Return the words or the value it shows."""
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
        return plain(widget.text())
    return ""


def plain(text: str) -> str:
    """Return text without markup and shortcut marks."""
    if "<" in text and ">" in text:
        text = unescape(re.sub(r"<[^>]+>", " ", text))
    return " ".join(text.replace("&&", "\0").replace("&", "").replace("\0", "&").split())


def _on_screen(widget: QWidget, rect: QRect) -> list[int]:
    corner = widget.mapToGlobal(QPoint(rect.x(), rect.y()))
    return [corner.x(), corner.y(), rect.width(), rect.height()]


def _inside(widget: QWidget) -> list[Item]:
    """Return what a list, a menu or a row of tabs holds: they have no widgets of their own."""
    if isinstance(widget, QTabBar):
        return [
            _part(widget, "tab", widget.tabText(n), widget.tabRect(n), n == widget.currentIndex())
            for n in range(widget.count())
            if widget.isTabVisible(n)
        ]
    if isinstance(widget, QMenu):
        return [_entry(widget, action) for action in widget.actions() if action.text()]
    if isinstance(widget, QAbstractItemView):
        return _rows(widget)
    return []


def _part(owner: QWidget, kind: str, text: str, rect: QRect, is_now: bool) -> Item:
    return {
        "kind": kind,
        "is": kind,
        "name": plain(text),
        "text": plain(text),
        "rect": _on_screen(owner, rect),
        "enabled": owner.isEnabled(),
        "focus": is_now and owner.hasFocus(),
        "checked": is_now,
        "window": owner.window().windowTitle(),
        "owner": name_of(owner),
    }


def _entry(menu: QMenu, action: QAction) -> Item:
    is_now = menu.activeAction() is action
    made = _part(menu, "entry", action.text(), menu.actionGeometry(action), is_now)
    return {**made, "enabled": action.isEnabled()}


def _rows(view: QAbstractItemView) -> list[Item]:
    model = view.model()
    if model is None:
        return []
    made: list[Item] = []
    for row in range(min(model.rowCount(), _MOST_ROWS)):
        cells = _cells(view, model, row)
        rect = QRect()
        for index in cells.values():
            rect = rect.united(view.visualRect(index))
        shown = rect.intersected(view.viewport().rect())
        is_now = view.currentIndex().row() == row
        item = _part(view, "row", "", shown.translated(_offset(view)), is_now)
        words = {title: str(index.data() or "") for title, index in cells.items()}
        item["name"] = item["text"] = " | ".join(text for text in words.values() if text)
        item["cells"] = words
        item["selected"] = view.selectionModel().isRowSelected(row, view.rootIndex())
        item["out_of_sight"] = shown.height() < rect.height() // 2 or shown.isEmpty()
        made.append(item)
    return made


def _offset(view: QAbstractItemView) -> QPoint:
    return view.viewport().mapTo(view, QPoint(0, 0))


def _cells(view: QAbstractItemView, model: QAbstractItemModel, row: int) -> dict[str, QModelIndex]:
    found = {}
    for column in range(model.columnCount()):
        if isinstance(view, QTableView) and view.isColumnHidden(column):
            continue
        title = model.headerData(column, Qt.Orientation.Horizontal) or ""
        found[str(title) or str(column)] = model.index(row, column)
    return found
