"""An address that is read again and again: one connection kept open, and a log that stays short.

A page of another computer is looked at every second. So that the network log stays readable, it
gets the first contact, every change (another address, another outcome) and, once an hour and at
the end, how many calls were like the last one. Calls that leave the local network are written
down one by one. The connection itself is opened by ``network.py``, which asks the user's settings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from hwstudio.core.base.clock import iso_now, monotonic_s
from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.base.http_answer import Answer, Place, Reached, Stale, request_of, too_slow
from hwstudio.core.base.network_log import DONE, FAILED, REFUSED, Call, write_call
from hwstudio.core.base.network_reach import Reach

MOST_CHANGES_PER_HOUR = 20  # an address that comes and goes must not fill the log
_HOUR_S = 3600.0
_OK = 200


class Watch:
    """Reads one address as often as it is asked to. One thread reads; any may close."""

    def __init__(
        self,
        place: Place,
        log_file: Path,
        connect: Callable[[Place], Reached],
        still_allowed: Callable[[Reach], None],
    ) -> None:
        self._place = place
        self._connect, self._still_allowed = connect, still_allowed
        self._ledger = _Ledger(log_file, place)
        self._reached: Reached | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    @property
    def reach(self) -> Reach | None:
        """Return how far away it is; None before the first contact."""
        return self._ledger.reach

    def read(self, target: str = "") -> bytes:
        """Return what stands there now, or at another path and query of the same server.

        Raises:
            UserError: the network is not allowed, or a secret would leave the local network in
                the clear.
            HostError: no connection, an error status, too large, too slow, or no log can be kept.
        """
        place = replace(self._place, target=target) if target else self._place
        began_s = monotonic_s()
        self._ledger.begin(place)
        try:
            body = self._exchange(place, began_s + place.bounds.deadline_s)
        except HwstudioError as error:
            self._hang_up()
            self._ledger.end(place, REFUSED if isinstance(error, UserError) else FAILED, error)
            raise
        except OSError as error:
            self._hang_up()
            failure = _failure(place, error)
            self._ledger.end(place, FAILED, failure)
            raise failure from error
        self._ledger.end(place, DONE, None, len(body), monotonic_s() - began_s)
        return body

    def close(self) -> None:
        """Hang up, and write down how many calls there were. Safe to call twice."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self._hang_up()
        with suppress(HostError):  # a full disk must not keep the program from ending
            self._ledger.close()

    def _exchange(self, place: Place, until_s: float) -> bytes:
        """Ask and return the answer; a connection that went stale in between is opened anew."""
        kept = self._reached
        if kept is not None:
            self._still_allowed(kept.reach)
            try:
                return self._ask(kept, place, until_s)
            except Stale:
                self._hang_up()
        fresh = self._connect(place)
        with self._lock:
            if self._is_closed:
                fresh.connection.close()
                raise HostError(f"{place.where} is no longer read")
            self._reached = fresh
        self._ledger.reached(fresh)
        try:
            return self._ask(fresh, place, until_s)
        except Stale:
            raise HostError(f"{place.where} ended the connection without an answer") from None

    def _ask(self, reached: Reached, place: Place, until_s: float) -> bytes:
        answer = Answer(reached.connection, place, until_s)
        body = answer.take(request_of(place))
        if answer.is_last:
            self._hang_up()
        return body

    def _hang_up(self) -> None:
        with self._lock:
            reached, self._reached = self._reached, None
        if reached is not None:
            with suppress(OSError):  # the other side was faster
                reached.connection.shutdown(2)
            reached.connection.close()


def _failure(place: Place, error: OSError) -> HostError:
    if isinstance(error, TimeoutError):
        return too_slow(place)
    why = error.strerror or str(error) or type(error).__name__
    return HostError(f"{place.where} cannot be reached", why, "Check that it runs and is on")


class _Ledger:
    """Decides which calls get a line in the log, and counts the others."""

    def __init__(self, log_file: Path, place: Place) -> None:
        self._file = log_file
        self._first: Call | None = self._call(place, place.purpose)
        self._place = place
        self._last: tuple[str, str, str] | None = None  # outcome, address, why
        self._address = ""
        self._count = self._changes = 0
        self._line_s = self._hour_s = monotonic_s()
        self.reach: Reach | None = None

    def begin(self, place: Place) -> None:
        """Write down the first call, and every call that leaves the local network."""
        if self._last is None or self.reach is Reach.PUBLIC:
            self._first = self._call(place, place.purpose)
            write_call(self._file, self._first)

    def reached(self, reached: Reached) -> None:
        """Take note of where the connection ends."""
        self.reach, self._address = reached.reach, reached.address

    def end(
        self,
        place: Place,
        state: str,
        error: HwstudioError | None,
        size: int = 0,
        took_s: float = 0.0,
    ) -> None:
        """Write down how a call ended if it was the first, or ended otherwise than the last."""
        said = error.sentence if error is not None else ""
        outcome = (state, self._address, said)
        ended: dict[str, Any] = {
            "state": state,
            "bytes": size,
            "duration_s": round(took_s, 3),
            "error": said,
        }
        if state == DONE:
            ended["status"] = _OK
        now_s = monotonic_s()
        if self._first is not None:
            first, self._first = self._first, None
            purpose = f"{first.purpose}; at {self._address}" if self._address else first.purpose
            write_call(self._file, replace(first, purpose=purpose, **ended))
        elif outcome == self._last or not self._may_change(now_s):
            self._count += 1
            if now_s - self._line_s < _HOUR_S:
                return
            self._write(place, ended)
        else:
            self._write(place, ended)
        self._last, self._line_s = outcome, now_s

    def close(self) -> None:
        """Write down how many calls were like the last one."""
        if self._count and self._last is not None:
            self._write(self._place, {"state": self._last[0], "error": self._last[2]})

    def _may_change(self, now_s: float) -> bool:
        if now_s - self._hour_s >= _HOUR_S:
            self._hour_s, self._changes = now_s, 0
        self._changes += 1
        return self._changes <= MOST_CHANGES_PER_HOUR

    def _write(self, place: Place, ended: dict[str, Any]) -> None:
        count, self._count = self._count, 0
        more = f"; {count:,} more calls since the last line" if count else ""
        where = f"; at {self._address}" if self._address else ""
        call = self._call(place, f"{place.purpose}{where}{more}")
        write_call(self._file, replace(call, **ended))

    def _call(self, place: Place, purpose: str) -> Call:
        path = place.target.partition("?")[0]
        return Call(uuid4().hex[:12], iso_now(), purpose, "GET", place.where, path)
