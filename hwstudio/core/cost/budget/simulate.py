"""Replays a demand through a scaling policy, minute by minute: what it costs and who waits.

Whole numbers throughout (thousandths of a machine-second), so that the same input gives the same
answer to the last digit. What the model says:

* work that arrives in an hour arrives evenly, and is done in order of arrival;
* machines wanted = enough for what arrives now at the wanted use, and for what waits;
* more machines come at once unless the last increase is within its cool-down; fewer go when the
  last change is longer ago than its cool-down; the hours of a schedule change at once;
* a machine works from the minute it is started (its own start time is not in the model);
* money caps come last and beat even the fewest machines: what no longer fits does not run.

A larger maximum never makes anybody wait longer while no cap holds and the cool-down for more
machines is at most a minute. Otherwise it can: it may have spent its money, or be in a cool-down,
when the next work comes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hwstudio.core.cost.amount import ZERO
from hwstudio.core.cost.budget.demand import Demand
from hwstudio.core.cost.budget.limits import Limits, Span
from hwstudio.core.cost.budget.policy import Policy

STEP_S = 60
_HOUR_S = 3600
_STEPS = _HOUR_S // STEP_S
_MILLI = 1000
_ONE = STEP_S * _MILLI  # what one machine does in a step, thousandths of a machine-second


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a policy did with a demand. Money unrounded; hours are machine-hours."""

    spend: Decimal
    instance_hours: Decimal
    work_hours: Decimal  # done
    idle_hours: Decimal  # paid and not worked
    idle_cost: Decimal
    mean_wait_s: float  # over all work that arrived
    longest_wait_s: int  # of any piece of work, to the minute
    unfinished_hours: Decimal  # still waiting at the end
    most_instances: int
    cap_hours: dict[Span, Decimal]  # hours in which a cap held machines back
    cap_hits: dict[Span, int]  # how often it began to
    seconds_by_hour: tuple[int, ...]  # paid machine-seconds of each hour
    waiting_by_hour: tuple[Decimal, ...]  # machine-hours waiting at each hour's end

    @property
    def use_share(self) -> float | None:
        """Return worked by paid time; None when nothing ran."""
        return float(self.work_hours / self.instance_hours) if self.instance_hours else None


class _Caps:
    """What is left of each money cap, in whole machine-seconds of the running period."""

    def __init__(self, caps: Limits, price_per_hour: Decimal) -> None:
        self.full: dict[Span, int] = {}
        if price_per_hour > 0:
            for span, amount in caps.each():
                self.full[span] = int(amount * _HOUR_S / price_per_hour)
        self.left = dict(self.full)
        self._at: tuple[object, ...] = ()
        self.steps = dict.fromkeys(self.full, 0)
        self.hits = dict.fromkeys(self.full, 0)
        self._holding = dict.fromkeys(self.full, False)

    def begin(self, moment: datetime) -> None:
        """Fill up the caps whose day, week or month begins."""
        day = moment.date()
        now = (day, day - timedelta(days=day.weekday()), (day.year, day.month))
        for number, span in enumerate(Span):
            if span in self.full and (not self._at or self._at[number] != now[number]):
                self.left[span] = self.full[span]
        self._at = now

    def allow(self, wanted: int) -> int:
        """Return how many machines may run this step, and take their time off."""
        run = wanted
        for left in self.left.values():
            run = min(run, left // STEP_S)
        for span, left in self.left.items():
            holds = left // STEP_S < wanted
            self.steps[span] += holds
            self.hits[span] += holds and not self._holding[span]
            self._holding[span] = holds
            self.left[span] = left - run * STEP_S
        return run

    def pass_over(self, run: int, steps: int) -> bool:
        """Take off ``steps`` steps at once; False, and nothing taken, if a cap would end them."""
        needed_s = run * STEP_S * steps
        if any(left < needed_s for left in self.left.values()):
            return False
        for span in self.left:
            self.left[span] -= needed_s
        return True


class _Fleet:
    """How many machines the policy wants from one step to the next."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._target = int(policy.target_share * _MILLI) or 1
        self.count = self.goal = 0
        self._up_s = self._change_s = 10**9  # since the last increase, and the last change

    def step(self, arriving: int, waiting: int, low: int, high: int) -> int:
        """Return the machines wanted for this step."""
        need = max(-(-arriving * _MILLI // (_ONE * self._target)), -(-(arriving + waiting) // _ONE))
        self.goal = want = min(max(need, low), high)
        self._up_s += STEP_S
        self._change_s += STEP_S
        before = self.count
        self.count = min(max(self.count, low), high)
        if want > self.count and self._up_s >= self._policy.up_cooldown_s:
            self.count, self._up_s = want, 0
        elif want < self.count and self._change_s >= self._policy.down_cooldown_s:
            self.count = want
        if self.count != before:
            self._change_s = 0
        return self.count

    def pass_over(self, steps: int) -> None:
        """Let ``steps`` steps without a change go by."""
        self._up_s += steps * STEP_S
        self._change_s += steps * STEP_S


class _Queue:
    """Work in order of arrival."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: deque[list[int]] = deque()
        self.longest_steps = 0

    def step(self, now: int, arriving: int, capacity: int) -> int:
        """Take in a step's work, do what fits, and return how much was done."""
        if not self.size and arriving <= capacity:
            return arriving
        if arriving:
            self._parts.append([now, arriving])
            self.size += arriving
        done = left = min(self.size, capacity)
        while left:
            part = self._parts[0]
            taken = min(left, part[1])
            part[1] -= taken
            left -= taken
            self.longest_steps = max(self.longest_steps, now - part[0])
            if not part[1]:
                self._parts.popleft()
        self.size -= done
        return done

    def end(self, now: int) -> None:
        """Count what still waits."""
        if self._parts:
            self.longest_steps = max(self.longest_steps, now - self._parts[0][0])


@dataclass(slots=True)
class _Sums:
    """What is added up over the steps."""

    paid_s: int = 0
    done: int = 0
    arrived: int = 0
    waited: int = 0  # waiting work times seconds
    most: int = 0

    def add(self, arrived: int, done: int, run: int, waiting: int, steps: int = 1) -> None:
        """Count ``steps`` equal steps."""
        self.arrived += arrived * steps
        self.done += done * steps
        self.paid_s += run * STEP_S * steps
        self.waited += waiting * STEP_S * steps
        self.most = max(self.most, run)


def replay(policy: Policy, demand: Demand) -> Replay:
    """Return what the policy does with the demand. The same input gives the same answer."""
    fleet, queue = _Fleet(policy), _Queue()
    caps = _Caps(policy.caps, policy.price_per_hour)
    sums = _Sums()
    seconds: list[int] = []
    waiting: list[Decimal] = []
    for hour, amount in enumerate(demand.hours):
        moment = demand.start + timedelta(hours=hour)
        caps.begin(moment)
        low, high = policy.bounds(moment.weekday(), moment.hour)
        arriving = int((amount * _HOUR_S * _MILLI / _STEPS).to_integral_value())
        before_s = sums.paid_s
        number = 0
        while number < _STEPS:
            wanted = fleet.step(arriving, queue.size, low, high)
            run = caps.allow(wanted)
            fleet.count = run
            done = queue.step(hour * _STEPS + number, arriving, run * _ONE)
            number += 1
            sums.add(arriving, done, run, queue.size)
            rest = _STEPS - number
            is_steady = run == wanted == fleet.goal and not queue.size and done == arriving
            if rest and is_steady and caps.pass_over(run, rest):
                # Nothing changes until the hour ends: the other minutes are like this one.
                fleet.pass_over(rest)
                sums.add(arriving, done, run, 0, rest)
                number = _STEPS
        seconds.append(sums.paid_s - before_s)
        waiting.append(_hours(queue.size))
    queue.end(len(demand.hours) * _STEPS)
    return _result(policy, sums, caps, queue, seconds, waiting)


def _hours(work: int) -> Decimal:
    return Decimal(work) / _MILLI / _HOUR_S


def _result(
    policy: Policy,
    sums: _Sums,
    caps: _Caps,
    queue: _Queue,
    seconds: list[int],
    waiting: list[Decimal],
) -> Replay:
    hours = Decimal(sums.paid_s) / _HOUR_S
    worked = _hours(sums.done)
    return Replay(
        spend=hours * policy.price_per_hour,
        instance_hours=hours,
        work_hours=worked,
        idle_hours=hours - worked,
        idle_cost=(hours - worked) * policy.price_per_hour,
        mean_wait_s=sums.waited / sums.arrived if sums.arrived else 0.0,
        longest_wait_s=queue.longest_steps * STEP_S,
        unfinished_hours=_hours(queue.size),
        most_instances=sums.most,
        cap_hours={span: Decimal(count * STEP_S) / _HOUR_S for span, count in caps.steps.items()},
        cap_hits=dict(caps.hits),
        seconds_by_hour=tuple(seconds),
        waiting_by_hour=tuple(waiting),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A policy beside the two that never change: all its machines always, and its fewest always."""

    policy: Replay
    always_max: Replay
    always_min: Replay

    @property
    def saved(self) -> Decimal:
        """Return what the policy costs less than running all machines always."""
        return self.always_max.spend - self.policy.spend


def compare(policy: Policy, demand: Demand) -> Comparison:
    """Replay the policy and the two fixed ones (these without schedules and caps)."""
    none = Limits()

    def fixed(count: int) -> Replay:
        same = replace(policy, min_instances=count, max_instances=count, schedules=(), caps=none)
        return replay(same, demand)

    return Comparison(
        policy=replay(policy, demand),
        always_max=fixed(policy.max_instances),
        always_min=fixed(policy.min_instances) if policy.min_instances else _nothing(demand),
    )


def _nothing(demand: Demand) -> Replay:
    """Return what happens without any machine: all work waits to the end."""
    waiting: list[Decimal] = []
    total = waited = ZERO
    for hour, amount in enumerate(demand.hours):
        total += amount
        waiting.append(total)
        # Work of an hour arrives evenly: on average it has waited half an hour at its end.
        waited += amount * (len(demand.hours) - hour - Decimal("0.5")) * _HOUR_S
    first = next((hour for hour, amount in enumerate(demand.hours) if amount), None)
    return Replay(
        spend=ZERO,
        instance_hours=ZERO,
        work_hours=ZERO,
        idle_hours=ZERO,
        idle_cost=ZERO,
        mean_wait_s=float(waited / total) if total else 0.0,
        longest_wait_s=0 if first is None else (len(demand.hours) - first) * _HOUR_S,
        unfinished_hours=total,
        most_instances=0,
        cap_hours={},
        cap_hits={},
        seconds_by_hour=(0,) * len(demand.hours),
        waiting_by_hour=tuple(waiting),
    )
