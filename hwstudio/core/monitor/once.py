"""A single snapshot for scripts: two reads a short while apart, so that rates are real."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hwstudio.core.base.clock import iso_now
from hwstudio.core.monitor.snapshot import Snapshot, snapshot_of
from hwstudio.core.probe.feed import Feed, feeds_of
from hwstudio.core.probe.probe import all_probes

INTERVAL_S = 0.5
_PATIENCE_S = 3.0


def take_snapshot(
    feeds: Sequence[Feed] | None = None,
    interval_s: float = INTERVAL_S,
    patience_s: float = _PATIENCE_S,
) -> Snapshot:
    """Return one snapshot. Slow sensors get ``patience_s`` to answer, then are said to be lost."""
    chosen = tuple(feeds) if feeds is not None else feeds_of(all_probes(), patience_s)
    for feed in chosen:
        feed.start()
    try:
        began_s = time.monotonic()
        for feed in chosen:
            feed.poll(began_s)
            feed.make_due()
        time.sleep(interval_s)
        _await(chosen, began_s + patience_s)
        now_s = time.monotonic()
        _name_holders(chosen, now_s)
        return snapshot_of(iso_now(), now_s, {feed.name: feed.poll(now_s) for feed in chosen})
    finally:
        for feed in chosen:
            feed.stop()


def _name_holders(chosen: Sequence[Feed], now_s: float) -> None:
    """Have the processes on GPUs in the table, idle and small as they may be."""
    gpus = next((feed.poll(now_s).value for feed in chosen if feed.name == "gpus"), None)
    for feed in chosen:
        if gpus is not None and hasattr(feed.probe, "wanted"):
            feed.probe.wanted = frozenset(one.pid for one in gpus.processes)


def _await(feeds: Sequence[Feed], until_s: float) -> None:
    """Wait until every sensor has answered, or time is up."""
    while time.monotonic() < until_s and any(feed.is_waiting for feed in feeds):
        time.sleep(0.02)
