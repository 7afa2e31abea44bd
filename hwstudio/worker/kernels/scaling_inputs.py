"""What a forecast of scaling is made from: single machines at work, and the link by itself."""

from __future__ import annotations

import math
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.ranks import Ranks

SIZES = tuple(4**power * 1024 for power in range(2, 9))  # 16 KiB to 64 MiB
LONGEST_S = 0.35  # a sum this long is the last size; longer ones follow the same line
BUDGET_S = 0.8  # per size; never fewer than LEAST repeats
LEAST, MOST = 3, 9
CALLS = 7  # sums in one repeat of the probe: one, a row of four, one beside work, and meeting
ROUNDS = 3
LEAST_STEPS = 4
PROFILE_S = 0.25  # per turn of one kind of step


def tell(ranks: Ranks, everybody: list[int], channel: Channel, *, has_cores: bool) -> None:
    """Measure and send what the forecast needs; ``has_cores``: each rank has its own."""
    steps = _steps(ranks, everybody)
    found = _profiles(ranks, everybody, steps)
    lone = found["lone"][0]
    gap_s = _gap_s(lone)
    points = probe(ranks, everybody, gap_s)
    about = {"nproc": len(everybody), "has_cores": has_cores, "pause_s": gap_s}
    channel.emit("condition", name="scaling_inputs", value={**about, "link": points, **found})


def _steps(ranks: Ranks, everybody: list[int]) -> int:
    """Return how many steps fill a turn; also the warm-up (DDP sorts its buckets anew once)."""
    for _ in range(2):
        warm = ranks.order(everybody, do="profile", lone=True, steps=2)
    step_s = max(answer["steps"][-1]["step_s"] for answer in warm)
    return max(LEAST_STEPS, math.ceil(PROFILE_S / max(step_s, 1e-6)))


def _profiles(ranks: Ranks, everybody: list[int], steps: int) -> dict[str, Any]:
    """Return the steps of every rank: plain alone, plain all at once, wrapped all at once."""
    found: dict[str, Any] = {kind: [[] for _ in everybody] for kind in ("alone", "crowd", "lone")}

    def take(kind: str, who: list[int]) -> None:
        answers = ranks.order(who, do="profile", lone=kind == "lone", steps=steps)
        for rank, answer in zip(who, answers, strict=True):
            found[kind][rank] += answer["steps"]

    for _ in range(ROUNDS):
        for rank in everybody:
            take("alone", [rank])
        take("crowd", everybody)
        take("lone", everybody)
    return found


def _gap_s(steps: list[dict[str, Any]]) -> float:
    """Return how long the link rests between two steps: links behave differently after a rest."""
    rests = sorted(each["step_s"] - each["ready_s"][-1] + each["ready_s"][0] for each in steps)
    return float(min(1.0, rests[len(rests) // 2]))


def probe(ranks: Ranks, everybody: list[int], pause_s: float) -> list[dict[str, Any]]:
    """Return one point per size, from small to the first that takes long."""
    points: list[dict[str, Any]] = []
    last_s = 0.0
    for size in SIZES:
        if last_s > LONGEST_S:
            break
        each_s = 3 * pause_s + CALLS * max(last_s, 1e-4)
        repeats = max(LEAST, min(MOST, round(BUDGET_S / each_s)))
        answers = ranks.order(
            everybody, do="link", size_bytes=size, repeats=repeats, pause_s=pause_s
        )
        point = {name: answers[0][name] for name in ("bytes", "queue")}
        for name in ("single_s", "row_s", "beside_s", "slowed_share"):
            point[name] = [
                sum(each) / len(each) for each in zip(*(a[name] for a in answers), strict=True)
            ]
        points.append(point)
        last_s = sorted(point["single_s"])[len(point["single_s"]) // 2]
    return points
