"""Asks a Prometheus server for the part of a chart that is older than this window."""

from __future__ import annotations

from array import array

from hwstudio.core.base.network import Network
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.core.monitor.hosts.past import Past
from hwstudio.gui.monitor.state import Trace
from hwstudio.gui.monitor.viewmodel import Older

_LEAST_STEP_S = 15.0  # a server reads its pages hardly more often
_HOLE_STEPS = 2.5  # a step longer than this many is a gap


def older_of(
    entry: HostEntry,
    network: Network,
    names: tuple[str, ...],
    span: tuple[float, float],
    points: int,
) -> Older:
    """Return what a server knows of some sensors from one moment to another (Unix seconds).

    Called in a worker thread.

    Raises:
        UserError, HostError: the server cannot be asked, or refuses.
    """
    from_s, to_s = span
    step_s = max(_LEAST_STEP_S, (to_s - from_s) / points)
    past = Past.open(entry, network)
    try:
        found = {name: past.track(name, from_s, to_s, step_s) for name in names}
    finally:
        past.close()
    traces = {name: _trace(track, step_s) for name, track in found.items() if track}
    note = "" if traces else "The server has nothing of this stretch of time."
    return Older(traces, (), note)


def _trace(track: list[tuple[float, float]], step_s: float) -> Trace:
    times, values = array("d"), array("d")
    for at_s, value in track:
        if times and at_s - times[-1] > _HOLE_STEPS * step_s:
            times.append(times[-1] + step_s)
            values.append(float("nan"))
        times.append(at_s)
        values.append(value)
    return Trace(times, values)
