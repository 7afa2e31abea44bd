"""Garbage is collected in the window's thread only.

Python sweeps in whichever thread happens to allocate. A widget swept by a background job dies
outside Qt's thread: Qt is told too late, keeps its address, and crashes at the next change of the
style sheet.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 1000
_CALM_MS = 4000  # after a look that found nothing to do: each wakes the whole program


class Sweeper(QObject):
    """Takes over from the automatic sweep from ``start`` to ``stop``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.sweep)

    def start(self) -> None:
        """Sweep by timer; no other thread does any more."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give back to Python what ``start`` took; no other thread may own widgets by then."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def sweep(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [number for number, (count, limit) in enumerate(counts) if count > limit > 0]
        if due:
            gc.collect(due[-1])
        wanted = _EVERY_MS if due else _CALM_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)
