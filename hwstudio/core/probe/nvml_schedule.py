"""Asks one GPU its calls when they are due and affordable, each guarded and timed by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.nvml_budget import BUDGET, TRIALS, CallCost, Purse, Usual, spread
from hwstudio.core.probe.nvml_calls import CALLS, ONCE_S, Call
from hwstudio.core.probe.nvml_refusal import HOW, Refusal, refusal

_SLACK_S = 0.1  # ticks are never exact: a call due within this is due now
_UNWILLING_S = 60.0  # a call that is not offered or denied is tried again after this
_LAY_OUT_EVERY = 10  # ticks
_EACH_SECOND_S = 1.0
_NONE: Reading[Any] = absent(Status.UNSUPPORTED, HOW, "this GPU has none")
_NOT_YET: Reading[Any] = absent(Status.STALE, HOW, "no answer yet")


class _Asked:
    """What is known of one call."""

    __slots__ = ("asked_s", "call", "cost", "count", "due_s", "every_s", "way")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.cost = Usual()
        self.every_s = call.every_s
        self.due_s = float("-inf")
        self.asked_s = 0.0
        self.count = 0
        self.way = 0  # which of the call's ways this driver answers

    @property
    def is_on_trial(self) -> bool:
        """Say whether it is wanted each second and was made too seldom to know its cost."""
        return self.count < TRIALS and self.call.every_s <= _EACH_SECOND_S


class GpuSchedule:
    """The readings of one GPU by field, kept fresh within the budget."""

    def __init__(
        self,
        api: Any,
        clock: Callable[[], float],
        budget: float = BUDGET,
        calls: tuple[Call, ...] = CALLS,
    ) -> None:
        self._api = api
        self._clock = clock
        self._purse = Purse(budget)
        self._asked = [_Asked(call) for call in calls]
        self._ticks = 0
        self.readings: dict[str, Reading[Any]] = {}
        self.fresh: set[str] = set()  # fields answered in the last tick
        self._reset()

    def _reset(self) -> None:
        for asked in self._asked:
            for field, _ in asked.call.fields:
                self.readings[field] = _NOT_YET

    def restart(self) -> None:
        """Ask everything anew: the driver was started again and may offer other things."""
        for asked in self._asked:
            asked.due_s, asked.way = float("-inf"), 0

    def tick(self, now_s: float, handle: Any) -> Refusal | None:
        """Make the calls that are due; return the refusal when the whole GPU is gone."""
        self._purse.earn(now_s)
        self.fresh.clear()
        due = [asked for asked in self._asked if asked.due_s <= now_s + _SLACK_S]
        for asked in sorted(due, key=lambda each: each.due_s):
            if not (asked.is_on_trial or self._purse.can_pay(asked.cost.value)):
                continue
            if not self._is_wanted(asked):
                continue
            if (gone := self._ask(asked, now_s, handle)) is not None:
                return gone
        if self._ticks % _LAY_OUT_EVERY == 0 or self._ticks < 3:
            self._lay_out()
        self._ticks += 1
        return None

    def pay(self, cost_s: float) -> None:
        """Count driver time spent on this GPU outside of the calls."""
        self._purse.pay(cost_s)

    def lose(self, why: Refusal) -> None:
        """Turn every reading to the refusal and ask all again as soon as the GPU answers."""
        self.readings = dict.fromkeys(self.readings, why.reading)
        self.fresh.clear()
        for asked in self._asked:
            asked.due_s = float("-inf")

    def _is_wanted(self, asked: _Asked) -> bool:
        if not asked.call.needs:
            return True
        needed = self.readings[asked.call.needs]
        if not needed.is_ok and needed.status is not Status.STALE:
            self._fill(asked, absent(needed.status, HOW, needed.why))
        return needed.is_ok

    def _ask(self, asked: _Asked, now_s: float, handle: Any) -> Refusal | None:
        """Make one call, the first of its ways that this driver offers."""
        ways = asked.call.ways
        first: Refusal | None = None
        for number in range(asked.way, len(ways)):
            began_s = self._clock()
            try:
                raw = ways[number].ask(self._api, handle)
                answers = [(field, convert(raw)) for field, convert in asked.call.fields]
            except Exception as error:  # noqa: BLE001 - a vendor library's border
                self._spend(asked, began_s)
                refused = refusal(error)
                if refused.is_gone:
                    return refused
                first = first or refused
                if refused.status is not Status.UNSUPPORTED:
                    break
                continue
            self._spend(asked, began_s)
            asked.way, asked.due_s = number, now_s + asked.every_s
            self._answer(answers)
            return None
        if first is not None:
            self._refused(asked, first, now_s)
        return None

    def _spend(self, asked: _Asked, began_s: float) -> None:
        took_s = self._clock() - began_s
        asked.cost.add(took_s)
        asked.count += 1
        self._purse.pay(took_s)

    def _answer(self, answers: list[tuple[str, Any]]) -> None:
        for field, value in answers:
            self.fresh.add(field)
            if value is None:
                self.readings[field] = _NONE
            elif value != self.readings[field].value:  # most readings stay what they are
                self.readings[field] = ok(value, HOW)

    def _refused(self, asked: _Asked, why: Refusal, now_s: float) -> None:
        self._fill(asked, why.reading)
        retry_s = asked.every_s if asked.every_s < ONCE_S else _UNWILLING_S
        if why.status in (Status.UNSUPPORTED, Status.DENIED):
            retry_s = max(retry_s, _UNWILLING_S)
        asked.due_s = now_s + retry_s

    def _fill(self, asked: _Asked, reading: Reading[Any]) -> None:
        for field, _ in asked.call.fields:
            self.readings[field] = reading

    def _lay_out(self) -> None:
        """Give every call the cadence at which all of them together stay within the budget."""
        regular = [each for each in self._asked if each.call.every_s < ONCE_S]
        costs = [
            (0.0 if each.is_on_trial else each.cost.value, self._effective_s(each))
            for each in regular
        ]
        for asked, every_s in zip(regular, spread(costs, self._purse.aim), strict=True):
            if asked.due_s > float("-inf"):
                asked.due_s += min(every_s - asked.every_s, 0.0)  # never wait for an old cadence
            asked.every_s = every_s

    def _effective_s(self, asked: _Asked) -> float:
        """Return how often a call would be made if money were no object."""
        field = asked.call.fields[0][0]
        if self.readings[field].status in (Status.UNSUPPORTED, Status.DENIED):
            return max(asked.call.every_s, _UNWILLING_S)
        return asked.call.every_s

    def costs(self, gpu_index: int) -> tuple[CallCost, ...]:
        """Return what each call costs and how often it is made."""
        return tuple(
            CallCost(
                gpu_index,
                each.call.ways[each.way].function,
                tuple(field for field, _ in each.call.fields),
                each.cost.value,
                self._effective_s(each),
                each.every_s,
                each.count,
            )
            for each in self._asked
        )
