"""What the time of a job goes to, in shares that add up to the whole."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.job import saving_share

ARITHMETIC, TRAFFIC = "arithmetic", "memory traffic"
COMMUNICATION, INPUT = "communication", "waiting for data"
SAVING, PREPARING, REST = "saving", "preparing", "everything else"


SHORT = "short of the data sheet's speed"
LOST = "{:.0%} of the time goes to running below the data sheet's speed"


@dataclass(frozen=True, slots=True)
class TimePart:
    """One share of the time, 0 to 1."""

    name: str
    share: float


def time_parts(
    workload: Workload,
    speed: Prediction,
    one: Prediction,
    count: int,
    ideal_s: tuple[float, float],
) -> tuple[TimePart, ...]:
    """Return the parts, the largest first; empty when the speed is refused.

    Arithmetic and memory traffic are what an ideal device would need by its data sheet; they
    overlap, so the smaller one only takes what the larger leaves. Communication is what several
    devices lose against as many times one.

    Args:
        speed: of all devices together, units per second.
        one: of one device.
        ideal_s: seconds of one unit on one ideal device: its arithmetic, its memory traffic.
    """
    if not speed.median:
        return ()
    around = workload.around
    step_s = workload.job_units * around.runs / speed.median
    fed_s = max(step_s, workload.job_units * around.runs / (around.feed_per_s or speed.median))
    saving_s = fed_s * saving_share(workload)
    whole_s = fed_s + saving_s + around.setup_s * around.runs
    lost = max(0.0, 1.0 - speed.median / (count * one.median)) if one.median and count > 1 else 0.0
    working_s = step_s * (1.0 - lost)
    per_device = workload.job_units * around.runs / count
    compute_s, traffic_s = (per_device * each for each in ideal_s)
    larger = min(working_s, max(compute_s, traffic_s))
    smaller = min(working_s - larger, compute_s, traffic_s)
    is_compute = compute_s >= traffic_s
    parts = {
        ARITHMETIC: larger if is_compute else smaller,
        TRAFFIC: smaller if is_compute else larger,
        REST: working_s - larger - smaller,
        COMMUNICATION: step_s * lost,
        INPUT: fed_s - step_s,
        SAVING: saving_s,
        PREPARING: around.setup_s * around.runs,
    }
    found = [TimePart(name, seconds / whole_s) for name, seconds in parts.items()]
    return tuple(sorted(found, key=lambda part: -part.share))


def parts_words(parts: tuple[TimePart, ...], least: float = 0.005) -> str:
    """Return the parts in one sentence without its full stop; empty for none.

    What the data sheet does not explain is no cause: where it is the most, it is said first.
    """
    told = [part for part in parts if part.share >= least]
    if not told:
        return ""
    causes = [part for part in told if part.name != REST]
    lost = next((part for part in told if part.name == REST), None)
    if not causes:
        return LOST.format(1)
    others = [f"{part.name} {part.share:.0%}" for part in causes[1:]]
    named = [*causes[1:], *([lost] if lost is not None else [])]
    if lost is not None and lost.share > causes[0].share:
        rest = ", ".join([f"{causes[0].name}, {causes[0].share:.0%}", *others])
        return f"{LOST.format(lost.share)}; of the rest most is {rest}"
    named.sort(key=lambda part: -part.share)
    others = [f"{SHORT if part is lost else part.name} {part.share:.0%}" for part in named]
    words = f"Limited most by {causes[0].name}: {causes[0].share:.0%} of the time"
    return f"{words} ({', '.join(others)})" if others else words
