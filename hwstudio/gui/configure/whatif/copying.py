"""A chart's menu: copy it as a picture, or its data as CSV."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget


class CopiedChart(QWidget):
    """A widget that can be copied; ``copied_rows`` are its data."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for words, slot in (
            ("Copy chart as picture", self.copy_png),
            ("Copy chart data as CSV", self.copy_csv),
        ):
            action = QAction(words, self)
            action.triggered.connect(slot)
            self.addAction(action)

    def copied_rows(self) -> list[list[object]]:
        """Return the data drawn, the titles first."""
        return []

    def as_csv(self) -> str:
        """Return the data drawn as CSV."""
        out = io.StringIO()
        csv.writer(out).writerows(self.copied_rows())
        return out.getvalue()

    @Slot()
    def copy_png(self) -> None:
        """Copy the chart as a picture."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    @Slot()
    def copy_csv(self) -> None:
        """Copy the data."""
        QGuiApplication.clipboard().setText(self.as_csv())
