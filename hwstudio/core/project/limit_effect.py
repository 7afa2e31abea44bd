"""What a power limit on the graphics cards changes in a build: watts, circuit, speed, energy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hwstudio.core.model.card_limit import LEAST_LIMIT_SHARE
from hwstudio.core.model.finding import Severity
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.project.judging import Job, judged

_ROUND_W = 5
_SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
_S_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitEffect:
    """A build with its cards held to ``limit_w`` each; None = as delivered."""

    limit_w: float | None
    planned: PlannedBuild
    errors: tuple[str, ...]  # of the power rules and all others, in words

    @property
    def units_per_kwh(self) -> float | None:
        """Return units of the job for a kWh at the wall, every part at its sustained load."""
        speed, wall_w = self.planned.prediction.median, self.planned.power.wall_w
        return speed * _S_PER_HOUR / (wall_w / 1000.0) if speed and wall_w > 0 else None


def limit_range_w(now: PlannedBuild) -> tuple[float, float] | None:
    """Return the lowest and the highest limit of the build's card; None without a card."""
    card = now.build.card
    if card is None or not now.build.card_count or not card.tdp_w:
        return None
    lowest = -(-card.tdp_w * LEAST_LIMIT_SHARE // _ROUND_W) * _ROUND_W
    return lowest, card.tdp_w


def limit_effect(now: PlannedBuild, job: Job, limit_w: float | None) -> LimitEffect:
    """Return the build under another limit; a limit at or above the card's own is none."""
    found = limit_range_w(now)
    if found is None or limit_w is None or limit_w >= found[1]:
        limit_w = None
    is_same = limit_w == now.build.power_limit_w
    planned = now if is_same else judged(replace(now.build, power_limit_w=limit_w), job)
    errors = tuple(f.text for f in planned.findings if f.severity is Severity.ERROR)
    return LimitEffect(limit_w=limit_w, planned=planned, errors=errors)


def usual_effects(now: PlannedBuild, job: Job) -> tuple[LimitEffect, ...]:
    """Return the effects of some limits from the card's own down to half of it, and the present."""
    found = limit_range_w(now)
    if found is None:
        return ()
    present = now.build.power_limit_w
    asked = {_round_w(share * found[1]) if share < 1 else found[1] for share in _SHARES}
    if present is not None and present < found[1]:
        asked.add(present)
    return tuple(limit_effect(now, job, limit) for limit in _descending(asked))


def _descending(limits: Iterable[float]) -> list[float]:
    return sorted(limits, reverse=True)


def _round_w(limit_w: float) -> float:
    return float(round(limit_w / _ROUND_W) * _ROUND_W)
