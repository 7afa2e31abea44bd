"""What a forecast of scaling is made from: single machines at work, and the link by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.ranks import Ranks

SIZES = tuple(4**power * 1024 for power in range(2, 9))  # 16 KiB to 64 MiB
APART = 1.5  # times: nearer than this to a size that is asked, another says nothing more
LONGEST_S = 0.35  # a sum this long is the last size; longer ones follow the same line
BUDGET_S = 0.8  # per size; never fewer than LEAST repeats
BUCKET_BUDGET_S = 2.4  # per size of a bucket
LEAST, MOST = 3, 9
CALLS = 7  # sums in one repeat of the probe: one, a row of four, one beside work, and meeting
KINDS = ("alone", "crowd", "lone")
LEAST_STEPS = 4
TURN_S = 0.15  # of one kind of step


class Inputs:
    """Collects turns of single machines at work; the link is probed once, before them.

    The turns stand between the rounds of the run the forecast is held against, so that a change
    of the machine's load hits both; nothing of the rounds themselves is used.
    """

    def __init__(self, ranks: Ranks, *, has_cores: bool) -> None:
        self._ranks, self._has_cores = ranks, has_cores
        self._everybody = list(range(len(ranks.about)))
        self._steps: dict[str, list[list[dict[str, Any]]]] = {
            kind: [[] for _ in self._everybody] for kind in KINDS
        }
        self._count = self._warm_up()
        self.turn()
        self._pause_s = _gap_s(self._steps["lone"][0])
        buckets = self._steps["lone"][0][-1]["bucket_bytes"]
        self._link = probe(ranks, self._everybody, self._pause_s, buckets)

    def _warm_up(self) -> int:
        """Return how many steps fill a turn. DDP sorts its buckets anew after the first step."""
        for _ in range(2):
            warm = self._ranks.order(self._everybody, do="profile", lone=True, steps=2)
        step_s = max(float(answer["steps"][-1]["step_s"]) for answer in warm)
        return max(LEAST_STEPS, math.ceil(TURN_S / max(step_s, 1e-6)))

    def turn(self) -> None:
        """Take some steps: plain and alone, plain and all at once, wrapped and all at once."""
        for rank in self._everybody:
            self._take("alone", [rank])
        self._take("crowd", self._everybody)
        self._take("lone", self._everybody)

    def _take(self, kind: str, who: list[int]) -> None:
        is_lone = kind == "lone"
        answers = self._ranks.order(who, do="profile", lone=is_lone, steps=self._count)
        for rank, answer in zip(who, answers, strict=True):
            self._steps[kind][rank] += answer["steps"]

    def tell(self, channel: Channel) -> None:
        """Send everything."""
        about = {
            "nproc": len(self._everybody),
            "has_cores": self._has_cores,
            "pause_s": self._pause_s,
            "link": self._link,
        }
        channel.emit("condition", name="scaling_inputs", value={**about, **self._steps})


def _gap_s(steps: list[dict[str, Any]]) -> float:
    """Return how long the link rests between two steps: links behave differently after a rest."""
    rests = sorted(each["step_s"] - each["ready_s"][-1] + each["ready_s"][0] for each in steps)
    return float(min(1.0, rests[len(rests) // 2]))


def sizes_for(bucket_bytes: Sequence[int]) -> list[int]:
    """Return what to ask the link: every size of the job's buckets, those below, one above.

    Between two sizes the cost is only guessed, and where a link's credit after a rest ends it
    bends: so the sizes that count are asked themselves.
    """

    def is_near(size: int) -> bool:
        return any(1 / APART < size / each < APART for each in bucket_bytes)

    largest = max(bucket_bytes, default=SIZES[-1])
    around = [each for each in SIZES if not is_near(each)]
    above = [each for each in around if each > largest]
    return sorted({*bucket_bytes, *(each for each in around if each <= largest), *above[:1]})


def probe(
    ranks: Ranks, everybody: list[int], pause_s: float, bucket_bytes: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Return one point per size, from small to the first that takes long."""
    points: list[dict[str, Any]] = []
    last_s = 0.0
    for size in sizes_for(bucket_bytes):
        if last_s > LONGEST_S:
            break
        each_s = 3 * pause_s + CALLS * max(last_s, 1e-4)
        budget_s = BUCKET_BUDGET_S if size in bucket_bytes else BUDGET_S
        repeats = max(LEAST, min(MOST, round(budget_s / each_s)))
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
