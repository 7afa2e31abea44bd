"""Reads the listed computers and turns what they say into rows and one computer's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.network import Network
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source
from hwstudio.core.monitor.hosts.host import Host
from hwstudio.gui.kit.task import Task
from hwstudio.gui.monitor.hosts.keeper import Keeper, is_same
from hwstudio.gui.monitor.hosts.past_lookup import older_of
from hwstudio.gui.monitor.hosts.roster import Entries, Roster
from hwstudio.gui.monitor.hosts.shown import asked_of, picture_of, ring_note, state_of
from hwstudio.gui.monitor.hosts.standing import HostRow, Standing, is_near, row_of
from hwstudio.gui.monitor.hosts.watched import Watched
from hwstudio.gui.monitor.judging import READING
from hwstudio.gui.monitor.state import MonitorState, Picture, TimeRange
from hwstudio.gui.monitor.viewmodel import POINTS, Older

PAINT_S = 1.0  # at most one repaint in this time, however many computers there are
_FIRST_S = 0.2  # while the chosen computer shows nothing yet
_SETTLE_MS = 60  # computers are read at the same moments: wait for all of a burst
_BEAT_MS = 1250  # without a sample: ages grow


@dataclass(frozen=True, slots=True)
class HostsState:
    """What the page shows but the lines of the charts."""

    entries: Entries = ()
    rows: tuple[HostRow, ...] = ()
    selected: str = ""
    host: MonitorState = field(default_factory=lambda: MonitorState(READING))
    is_shut: bool = False  # the network is off, and some computer needs it


class HostsViewModel(QObject):
    """``changed``: the state is new. ``picture_changed``: draw every line anew.

    Nothing is read before the page is first shown, and nothing is made while it is hidden.
    """

    changed = Signal()
    picture_changed = Signal()
    failed = Signal(str)
    _sampled = Signal()

    def __init__(
        self,
        file: Path,
        network: Network,
        is_allowed: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._roster, self._network, self._is_allowed = Roster(file), network, is_allowed
        self._keeper = Keeper(network, self._take)
        self._watched: dict[str, Watched] = {}
        self.state = HostsState()
        self.picture = Picture(0.0, 0.0)
        self.wants_sensors = False
        self.is_shown = self._is_open = self._is_pending = False
        self._was_allowed = is_allowed()
        self._painted_s = 0.0
        self._drawn: tuple[object, int] = (None, 0)  # ring, and its end when last drawn
        self._older, self._asked = Older(), ()
        self._tasks = (Task(self), Task(self))
        self._reading, self._asking = self._tasks
        self._reading.done.connect(self._on_applied)
        self._reading.failed.connect(self.failed)
        self._asking.done.connect(self._on_older)
        self._asking.failed.connect(self._on_no_older)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_beat)
        self._sampled.connect(self._on_sampled)

    _asked: tuple[object, ...]

    # --- life --------------------------------------------------------------------------------

    def show(self) -> None:
        """Read every computer at its own pace, and work for the screen from now on."""
        if self.is_shown:
            return
        self.is_shown = self._is_open = True
        self._load()
        self._pace()
        self._keeper.hurry()
        self.repaint()

    def hide(self) -> None:
        """Stop working for the screen; the computers are read on, but seldom."""
        if not self.is_shown:
            return
        self.is_shown = False
        self._timer.stop()
        self._pace()

    def leave(self) -> None:
        """Stop everything, for good."""
        self.is_shown = False
        self._timer.stop()
        self._keeper.close()
        self._reading.start(self._keeper.end)

    def _take(self, host: Host, sample: Sample) -> None:
        """Take a sample in; runs in that computer's thread."""
        watched = self._watched.get(host.name)
        if watched is None or not is_same(watched.entry, host.entry):
            return
        watched.take(host, sample)
        if self.is_shown and not self._is_pending:
            self._is_pending = True
            self._sampled.emit()

    def _load(self) -> None:
        try:
            self._accept(self._roster.read())
        except HwstudioError as error:
            self.failed.emit(error.sentence)

    def _accept(self, entries: Entries) -> None:
        """Take a list over; what is kept of computers that did not change stays."""
        old = self._watched
        self._watched = {
            entry.name: old[entry.name]
            if entry.name in old and is_same(old[entry.name].entry, entry)
            else Watched(entry, len(entries))
            for entry in entries
        }
        names = [entry.name for entry in entries]
        chosen = self.state.selected
        if chosen not in names:
            chosen = names[0] if names else ""
            self._forget()
        self.state = replace(self.state, entries=entries, selected=chosen)
        self._pace()

    def _pace(self) -> None:
        if self._is_open:
            self._keeper.want(self.state.entries, is_seen=self.is_shown)
            self._reading.start(self._keeper.apply)

    @Slot()
    def _on_applied(self) -> None:
        self.repaint()

    # --- what a person does ------------------------------------------------------------------

    def put(self, entry: HostEntry, instead_of: str = "", at: int | None = None) -> None:
        """Add a computer, or change one, and show it.

        Raises:
            UserError, HostError: it cannot be used, or the list cannot be written.
        """
        self._accept(self._roster.put(entry, instead_of, at))
        self.select(entry.name.strip())

    def remove(self, name: str) -> tuple[HostEntry | None, int]:
        """Take a computer out; return it and its place, to put it back.

        Raises:
            UserError, HostError: the list cannot be read or written.
        """
        entries, gone, place = self._roster.remove(name)
        self._accept(entries)
        self.repaint()
        return gone, place

    def merge(self, file: Path) -> tuple[int, int]:
        """Add the computers of a file; return how many came and how many were there already.

        Raises:
            UserError, HostError: it is no list, or a list cannot be read or written.
        """
        entries, came, known = self._roster.merge(file)
        self._accept(entries)
        self.repaint()
        return came, known

    def write_to(self, file: Path) -> int:
        """Write the list to a file; return how many computers it has.

        Raises:
            UserError, HostError: a list cannot be read or written.
        """
        return self._roster.write_to(file)

    def entry(self, name: str) -> HostEntry | None:
        """Return a computer of the list."""
        return next((each for each in self.state.entries if each.name == name), None)

    def hurry(self) -> None:
        """Read all computers now."""
        self._keeper.hurry()

    def select(self, name: str) -> None:
        """Show another computer, on the same device's page."""
        if name != self.state.selected and name in self._watched:
            self.state = replace(self.state, selected=name)
            self._forget()
        self.repaint()

    def select_page(self, page_id: str) -> None:
        """Show another device of the computer."""
        self._change_host(selected=page_id)

    def set_range(self, wanted: TimeRange) -> None:
        """Show another stretch of time."""
        self._change_host(range=wanted)

    def _change_host(self, **changes: object) -> None:
        host = replace(self.state.host, **changes)  # type: ignore[arg-type]
        self.state = replace(self.state, host=host)
        self._drawn = (None, 0)
        self.repaint()

    def set_wants_sensors(self, is_wanted: bool) -> None:
        """Say whether the table of every sensor is on the screen."""
        self.wants_sensors = is_wanted
        self.repaint()

    def start_extremes_again(self) -> None:
        """Forget the lowest, mean and highest values of the shown computer."""
        if (watched := self._watched.get(self.state.selected)) is not None:
            watched.extremes.clear()
        self.repaint()

    def _forget(self) -> None:
        self._older, self._asked, self._drawn = Older(), (), (None, 0)

    # --- the state ---------------------------------------------------------------------------

    @Slot()
    def _on_sampled(self) -> None:
        """Repaint once a burst of samples is over, and not before the last one is a second old."""
        passed_s = monotonic() - self._painted_s
        chosen = self.state.selected
        is_first = any(
            row.name == chosen and row.standing is Standing.WAITING for row in self.state.rows
        )
        gap_s = _FIRST_S if is_first else PAINT_S
        left_ms = max(_SETTLE_MS, round((gap_s - passed_s) * 1000))
        if self.is_shown and not 0 <= self._timer.remainingTime() <= left_ms:
            self._timer.start(left_ms)

    @Slot()
    def _on_beat(self) -> None:
        if self.is_shown:
            self.repaint()

    def repaint(self) -> None:
        """Make the state anew for the screen."""
        if not self.is_shown:
            return
        self._is_pending = False
        self._painted_s = monotonic()
        self._timer.start(_BEAT_MS)
        if self._roster.is_changed:  # by the command line, beside the window
            self._load()
        now_s, is_allowed = time(), self._is_allowed()
        if is_allowed and not self._was_allowed:
            self._keeper.hurry()
        self._was_allowed = is_allowed
        entries, refused = self.state.entries, self._keeper.refused
        rows = tuple(
            row_of(
                entry,
                self._watched.get(entry.name),
                refused.get(entry.name, ""),
                now_s,
                is_allowed=is_allowed,
            )
            for entry in entries
        )
        is_shut = not is_allowed and any(not is_near(entry) for entry in entries)
        self.state = replace(self.state, rows=rows, is_shut=is_shut)
        self._renew_host(now_s)
        self.changed.emit()

    def _renew_host(self, now_s: float) -> None:
        """Make the shown computer's page anew; its lines only where more than a point is new."""
        watched = self._watched.get(self.state.selected)
        row = next((row for row in self.state.rows if row.name == self.state.selected), None)
        if watched is None or row is None:
            return
        old = self.state.host
        host = state_of(row, watched, old, now_s, wants_sensors=self.wants_sensors)
        self.state = replace(self.state, host=host)
        ring, end = self._drawn
        if host.page is not old.page or ring is not watched.ring or watched.ring.end > end + 1:
            self._redraw(watched)
        else:
            self._drawn = (watched.ring, watched.ring.end)

    def _redraw(self, watched: Watched) -> None:
        """Make the lines from the ring, and ask a server for what is older than the ring."""
        host = self.state.host
        if host.sample is None:
            return
        ring = watched.ring.last(watched.ring.end, ())
        names, from_s, to_s = asked_of(host.page, host.range, host.sample.taken_s)
        first_s = ring.times_s[0] if len(ring.times_s) else to_s
        asked = (watched.entry, names, from_s, to_s)
        if from_s < first_s - 1.5 * watched.entry.every_s and names:
            if asked != self._asked:
                self._asked = asked
                self._ask(watched.entry, names, (from_s, min(to_s, first_s)))
        else:
            self._older, self._asked = Older(), ()
        self._drawn = (watched.ring, watched.ring.end)
        self.picture = picture_of(watched, host, self._older)
        self.picture_changed.emit()

    def _ask(self, entry: HostEntry, names: tuple[str, ...], span: tuple[float, float]) -> None:
        if entry.source is Source.SERVER:
            network = self._network
            self._asking.start(lambda: older_of(entry, network, names, span, POINTS))
        else:
            self._older = Older(note=ring_note(entry))

    @Slot(object)
    def _on_older(self, older: object) -> None:
        if isinstance(older, Older):
            self._older = older
            self._draw_again()

    @Slot(str)
    def _on_no_older(self, sentence: str) -> None:
        self._older = Older(note=sentence)
        self._draw_again()

    def _draw_again(self) -> None:
        watched = self._watched.get(self.state.selected)
        if self.is_shown and watched is not None and self.state.host.sample is not None:
            self.picture = picture_of(watched, self.state.host, self._older)
            self.picture_changed.emit()
