"""A probe that answers what it is told: values, errors, or nothing at all."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from hwstudio.core.model.reading import Reading, ok


class FakeProbe:
    """Gives its answers in turn, the last for ever; an exception among them is raised."""

    how = "a fake sensor"
    cost_ms = 0.0

    def __init__(
        self, name: str, answers: Iterable[Any], *, is_slow: bool = False, cadence_s: float = 1.0
    ) -> None:
        self.name = name
        self.is_slow = is_slow
        self.cadence_s = cadence_s
        self.reads = 0
        self.is_closed = False
        self._answers: Iterator[Any] = iter(answers)
        self._last: Any = None

    def read(self, _now_s: float) -> Reading[Any]:
        """Return or raise the next answer."""
        self.reads += 1
        self._last = next(self._answers, self._last)
        if isinstance(self._last, BaseException):
            raise self._last
        return self._last if isinstance(self._last, Reading) else ok(self._last, self.how)

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True


class HangingProbe:
    """Never answers until released, like a driver call that hangs."""

    how = "a fake sensor that hangs"
    cost_ms = 0.0
    cadence_s = 1.0
    is_slow = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.released = threading.Event()

    def read(self, _now_s: float) -> Reading[Any]:
        """Wait for the release."""
        self.released.wait()
        return ok(None, self.how)

    def close(self) -> None:
        """Hold nothing."""
