"""What the time of making pictures goes to: their work is counted, not learned (``speed``)."""

from __future__ import annotations

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.demand import demand_of
from hwstudio.core.predict.peak import peak_of
from hwstudio.core.predict.speed import predict_speed
from hwstudio.core.predict.time_parts import TimePart, time_parts


def picture_parts(
    workload: Workload, gpu: Gpu, count: int, speed: Prediction
) -> tuple[TimePart, ...]:
    """Return the parts, the largest first; empty for other work and where there is no estimate.

    Args:
        speed: of all ``count`` cards together, in pictures a second.
    """
    if workload.mode is not Mode.GENERATE or not speed.median:
        return ()
    one, seen = chips(gpu, count)
    demand = demand_of(workload)
    rate, bandwidth = peak_of(one, demand.precision).flop_per_s, one.bandwidth_bytes_per_s
    if not rate or not bandwidth:
        return ()
    ideal_s = demand.flop / rate, demand.traffic_bytes / bandwidth
    return time_parts(workload, speed, predict_speed(workload, one), seen, ideal_s)
