"""What costs nothing: the free services with a GPU, in a line that leads to all of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from hwstudio.core.catalog.cloud_tables import CloudRow, FreeTier
from hwstudio.gui.kit.tip import rows_tip

TABLE = "free_tier"


def with_gpu(rows: Iterable[CloudRow]) -> tuple[FreeTier, ...]:
    """Return the free services that lend a GPU."""
    free = (row for row in rows if isinstance(row, FreeTier))
    return tuple(row for row in free if row.accelerator and "none" not in row.accelerator)


class FreeLink(QPushButton):
    """Says how many free services have a GPU; the tip names each with limits and date."""

    def __init__(self, rows: Iterable[CloudRow]) -> None:
        found = with_gpu(rows)
        count = len(found)
        super().__init__(f"Free: {count} {'service' if count == 1 else 'services'} with a GPU")
        self.setProperty("link", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setVisible(bool(found))
        lines = [(row.service, _limits(row)) for row in found]
        self.setToolTip(rows_tip(lines, "Free of charge, within these limits"))
        said = "; ".join(f"{name}: {limits}" for name, limits in lines)
        self.setAccessibleDescription(said)


def _limits(row: FreeTier) -> str:
    said = [row.accelerator, row.quota, row.session_limit and f"session {row.session_limit}"]
    return f"{', '.join(part for part in said if part)}; as of {row.as_of}"
