"""Energy counters of a period that cannot be taken as they are, held against the power."""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.monitor.export.history_rows import TraceLike
from hwstudio.core.monitor.runs.energy import Energy, Span, energy_of
from hwstudio.core.monitor.runs.track import Track

_ENDING = ".energy_j"


def doubted(traces: Mapping[str, TraceLike], span: tuple[float, float]) -> dict[str, Energy]:
    """Return the energy of each GPU whose counter leapt or is far from its power; Unix seconds."""
    found: dict[str, Energy] = {}
    for name in traces:
        gpu = name.removesuffix(_ENDING)
        if gpu == name:
            continue
        counter, power, limit = (
            _track(traces.get(f"{gpu}.{quantity}"))
            for quantity in ("energy_j", "power_w", "power_limit_w")
        )
        energy = energy_of(counter, power, Span(*span), limit=limit)
        if energy is not None and (energy.leaps or energy.doubt is not None):
            found[gpu] = energy
    return found


def _track(trace: TraceLike | None) -> Track | None:
    """Return a trace's means, of a counter its last values, at the middles of the buckets."""
    return None if trace is None else Track(trace.times_s, trace.mean)
