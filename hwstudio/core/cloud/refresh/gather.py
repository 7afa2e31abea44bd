"""Asks all chosen sources at once, until all have answered or the time is up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.refresh.limits import TOTAL_S
from hwstudio.core.cloud.refresh.line import Fetcher, Line
from hwstudio.core.cloud.refresh.registry import PriceSource
from hwstudio.core.cloud.refresh.row import Failure, Haul

_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """A source and where it is asked."""

    source: PriceSource
    address: str


def gather(
    asked: Sequence[Asked],
    network: Fetcher,
    *,
    total_s: float = TOTAL_S,
    say: Callable[[str], None] = lambda _: None,
    stopped: threading.Event | None = None,
) -> dict[str, Haul]:
    """Return what each source brought; one that fails, hangs or lies never costs the others.

    Args:
        asked: the sources.
        network: the one door.
        total_s: for all of them together.
        say: is told what is being read.
        stopped: set to give up; what is complete by then is still returned.
    """
    line = Line(network, monotonic_s() + total_s, say)
    if stopped is not None:
        line.stopped = stopped
    hauls: dict[str, Haul] = {}
    workers = []
    for one in asked:
        haul = hauls[one.source.id] = Haul()
        worker = threading.Thread(
            target=_read, args=(one, line, haul), name=f"prices-{one.source.id}", daemon=True
        )
        worker.start()
        workers.append((one, worker))
    return {one.source.id: _ended(one, worker, line, hauls) for one, worker in workers}


def _read(one: Asked, line: Line, haul: Haul) -> None:
    try:
        one.source.read(line, one.address, haul)
    except HwstudioError as error:
        haul.failures.append(Failure(one.source.id, "", error.sentence))
    except Exception as error:  # noqa: BLE001 - the border of a thread: what strangers send
        logger("cloud").error("the source %s was not understood: %r", one.source.id, error)
        why = "its answer was not understood. Nothing of it was taken"
        haul.offers.clear()
        haul.whole.clear()
        haul.failures.append(Failure(one.source.id, "", why))


def _ended(one: Asked, worker: threading.Thread, line: Line, hauls: dict[str, Haul]) -> Haul:
    """Wait for a source; of one that is not ready a copy is returned, for it may still grow."""
    while worker.is_alive() and line.left_s > 0 and not line.stopped.is_set():
        worker.join(min(_POLL_S, max(0.0, line.left_s)))
    haul = hauls[one.source.id]
    if not worker.is_alive():
        return haul
    why = "it was stopped" if line.stopped.is_set() else "it had not answered in full in time"
    failures = [*haul.failures, Failure(one.source.id, "", why)]
    return Haul(list(haul.offers), list(haul.bands), failures, list(haul.rejected), set(haul.whole))
