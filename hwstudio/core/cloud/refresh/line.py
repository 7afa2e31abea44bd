"""What sources fetch through: one deadline for all, bounds on every answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HostError
from hwstudio.core.cloud.refresh.limits import CALL_S, PAGE_BYTES


class Fetcher(Protocol):
    """The one door to the network (``core.base.network.Network``)."""

    def fetch(self, url: str, *, purpose: str, max_bytes: int, deadline_s: float) -> bytes: ...


@dataclass(slots=True)
class Line:
    """Fetches for one refresh until its time is up or it is stopped."""

    network: Fetcher
    until_s: float  # by the clock that never runs backwards
    say: Callable[[str], None] = lambda _: None
    call_s: float = CALL_S
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def left_s(self) -> float:
        """Return the seconds left."""
        return self.until_s - monotonic_s()

    def check(self) -> None:
        """Raise HostError once the time is up: asked between rows and between pages."""
        if self.stopped.is_set() or self.left_s <= 0:
            raise HostError("It took too long", "the time for the refresh is up", "Try again later")

    def get(self, url: str, purpose: str, max_bytes: int = PAGE_BYTES) -> bytes:
        """Return what stands at an address.

        Raises:
            UserError: the network is not allowed.
            HostError: no whole answer came in time.
        """
        self.check()
        self.say(purpose)
        deadline_s = max(0.05, min(self.call_s, self.left_s))
        return self.network.fetch(url, purpose=purpose, max_bytes=max_bytes, deadline_s=deadline_s)
