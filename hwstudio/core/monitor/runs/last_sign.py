"""When a run whose process is gone gave its last sign of life: its log, its GPUs, the recorder."""

from __future__ import annotations

import math
from pathlib import Path

from hwstudio.core.model.run import Run
from hwstudio.core.monitor.curves.find import Reach, find
from hwstudio.core.monitor.runs.tracks import Reader
from hwstudio.core.monitor.runs.watch import Sign

_IN_USE = 0.05  # of a GPU's time
_POINTS = 2000
_NEAR = Reach(entries=2000, depth=4, files=200)
_FRESH_S = 120.0  # readings this new say nothing about when a process ended


def last_sign(run: Run, reader: Reader, seen_s: float | None, now_s: float) -> Sign:
    """Return the last sign of life, the surest first.

    Its own training log, then when its GPUs were last in use, then when hwstudio saw its process
    last, then the last recorded reading. Without any of them it is now.
    """
    written_s = log_written_s(run.log_path)
    if written_s is not None and run.started_s <= written_s <= now_s:
        return Sign(written_s, "its training log was last written to then")
    used_s = _last_use_s(run, reader, now_s)
    if used_s is not None:
        return Sign(used_s, "its GPUs were last in use then")
    if seen_s is not None:
        return Sign(seen_s, "hwstudio saw it last then")
    read_s = _last_reading_s(run, reader, now_s)
    if read_s is not None and now_s - read_s > _FRESH_S:
        return Sign(read_s, "the recorder wrote its last reading then")
    return Sign(now_s, "hwstudio noticed it then")


def log_written_s(log_path: str) -> float | None:
    """Return when a training log was last written to; None where there is none."""
    if not log_path:
        return None
    root = Path(log_path)
    files = [each.path for each in find(root, _NEAR).candidates] if root.is_dir() else [root]
    found = []
    for file in files:
        try:
            found.append(file.stat().st_mtime)
        except OSError:
            continue
    return max(found, default=None)


def _last_use_s(run: Run, reader: Reader, now_s: float) -> float | None:
    names = [
        name
        for name in reader.series()
        if name.startswith("gpu.")
        and name.endswith(".busy_share")
        and (not run.devices or name.removesuffix(".busy_share") in run.devices)
    ]
    found = reader.trace(names, run.started_s, now_s, _POINTS) if names else {}
    moments = [
        at
        for buckets in found.values()
        for at, high in zip(buckets.times_s, buckets.high, strict=True)
        if math.isfinite(high) and high >= _IN_USE
    ]
    return min(max(moments), now_s) if moments else None


def _last_reading_s(run: Run, reader: Reader, now_s: float) -> float | None:
    found = reader.trace(reader.series()[:8], run.started_s, now_s, _POINTS)
    ends = [buckets.times_s[-1] for buckets in found.values() if buckets.times_s]
    return min(max(ends), now_s) if ends else None
