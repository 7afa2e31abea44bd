"""A way's predicted time, split into what holds it back: arithmetic, memory, link, power limit."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.assess.limits import Cause, Limits
from hwstudio.core.assess.steady import SteadySpeeds
from hwstudio.core.assess.way import Way
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.scaling import splits_work
from hwstudio.core.predict.speed import time_shares


def split_limits(way: Way, workload: Workload, speeds: SteadySpeeds) -> Limits:
    """Return the counted limits with the GPU's seconds split; the sum stays the same."""
    counted = way.limits[1]
    total_s = counted.parts_s.get(Cause.COMPUTE)
    group = way.group
    if group is None or group.gpu is None or way.parts is None or not total_s:
        return counted
    free_s = min(total_s, 1 / (way.parts.median or 1 / total_s))
    one = speeds.counted(workload, group.gpu, 1, group.lanes).median
    link = 0.0
    if way.count > 1 and one and splits_work(workload):
        link = max(0.0, 1.0 - 1 / (one * way.count * free_s))
    useful_s = free_s * (1 - link)
    share = _arithmetic_share(workload, way)
    parts = {
        Cause.COMPUTE: useful_s * share,
        Cause.BANDWIDTH: useful_s * (1 - share),
        Cause.LINK: free_s * link,
        Cause.POWER: total_s - free_s,
    }
    return replace(counted, parts_s={cause: s for cause, s in parts.items() if s > 0})


def _arithmetic_share(workload: Workload, way: Way) -> float:
    """Return how much of the GPU's own time is arithmetic; the rest is memory traffic."""
    group = way.group
    if group is None or group.gpu is None:
        return 1.0
    shares = time_shares(workload, chips(group.gpu)[0])
    both = shares.get("compute", 0.0) + shares.get("memory_traffic", 0.0)
    if both > 0:
        return shares["compute"] / both
    is_memory = way.parts is not None and way.parts.bottleneck == "memory bandwidth"
    return 0.0 if is_memory else 1.0
