"""Holds the sampler and turns its ring into what the Monitor tab shows, once a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.monitor.verdict import Verdict, verdict
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.monitor.charts import detail_of
from hwstudio.gui.monitor.state import MonitorState
from hwstudio.gui.monitor.tiles import tiles_of

LOOK_MS = 500  # how often to look whether there is a new sample; drawing happens only then
SPANS = (60, 300, 900, 3600)


class MonitorViewModel(QObject):
    """``changed`` is sent when ``state`` is new. Nothing is drawn while hidden or paused."""

    changed = Signal()

    def __init__(self, sampler: Sampler, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sampler = sampler
        self._drawn = -1
        self.state = MonitorState(Verdict("info", "Reading the first values."))
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._on_look)

    @property
    def is_drawing(self) -> bool:
        """Say whether the timer runs (it does not while the tab is hidden)."""
        return self._timer.isActive()

    @property
    def sampler(self) -> Sampler:
        return self._sampler

    def show(self) -> None:
        """Begin sampling on first use, and draw from now on."""
        self._sampler.start()
        self._timer.start()
        self._on_look()

    def hide(self) -> None:
        """Stop drawing; sampling goes on, so that the history has no hole."""
        self._timer.stop()

    def leave(self) -> None:
        """Stop everything, for good."""
        self._timer.stop()
        self._sampler.stop()

    def toggle_pause(self) -> None:
        """Pause or resume sampling."""
        if self._sampler.is_paused:
            self._sampler.resume()
        else:
            self._sampler.pause()
        self._renew()

    def select(self, device: str) -> None:
        """Show another device below the tiles."""
        self._renew(device)

    def set_span(self, span_s: int) -> None:
        """Show another stretch of time."""
        self._renew(span_s=span_s)

    @Slot()
    def _on_look(self) -> None:
        if self._sampler.ring.end != self._drawn:
            self._renew()

    def _renew(self, device: str = "", span_s: int = 0) -> None:
        sampler, old = self._sampler, self.state
        snapshot = sampler.latest
        span = span_s or old.span_s
        if snapshot is None:
            return
        self._drawn = sampler.ring.end
        tiles = tiles_of(sampler.ring, snapshot)
        chosen = _chosen(device or old.selected, tuple(tile.id for tile in tiles))
        table = snapshot.processes
        rows: tuple[ProcessUse, ...] = table.value.processes if table.value else ()
        self.state = MonitorState(
            verdict=verdict(sampler.ring, snapshot),
            tiles=tiles,
            selected=chosen,
            detail=detail_of(chosen, sampler.ring, snapshot, span, sampler.interval_s),
            processes=rows,
            process_note=_note(table.value.count, len(rows)) if table.value else table.why,
            span_s=span,
            is_paused=sampler.is_paused,
        )
        self.changed.emit()


def _chosen(wanted: str, known: tuple[str, ...]) -> str:
    """Return the wanted device, or what took its place when GPUs came or went."""
    if wanted in known:
        return wanted
    if wanted.startswith("gpu"):
        return next(name for name in known if name.startswith("gpu"))
    return known[0]


def _note(count: int, shown: int) -> str:
    if count <= shown:
        return "1 process" if count == 1 else f"{count} processes"
    return f"{count} processes; the {shown} busiest and largest are listed"
