"""The settings of a scaling policy, checked: machines, target, cool-downs, hours, money caps."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import above_zero, exact
from hwstudio.core.cost.budget.limits import LIMIT_NAMES, Limits, Span, conflicts

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
MOST_INSTANCES = 10_000
MOST_COOLDOWN_S = 86_400
_HOURS = {Span.DAY: Decimal(24), Span.WEEK: Decimal(168), Span.MONTH: Decimal(730)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Hours of the week with their own fewest and, if wished, most machines.

    From ``start_hour`` to before ``end_hour`` (0..24); an end at or before the start lies on the
    next day. ``days``: 0 = Monday; a window over midnight belongs to the day it begins on.
    """

    name: str
    days: tuple[int, ...]
    start_hour: int
    end_hour: int
    min_instances: int
    max_instances: int | None = None

    def covers(self, weekday: int, hour: int) -> bool:
        """Say whether the window is open in this hour of this weekday."""
        if self.start_hour < self.end_hour:
            return weekday in self.days and self.start_hour <= hour < self.end_hour
        if hour >= self.start_hour:
            return weekday in self.days
        return hour < self.end_hour and (weekday - 1) % 7 in self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How many machines run. ``target_share``: how busy each should be, 0 to 1.

    Raises:
        UserError: a figure is out of range, or two contradict each other.
    """

    price_per_hour: Decimal
    min_instances: int = 1
    max_instances: int = 10
    target_share: Decimal = Decimal("0.70")
    up_cooldown_s: int = 60
    down_cooldown_s: int = 300
    schedules: tuple[Schedule, ...] = ()
    caps: Limits = field(default_factory=Limits)
    currency: str = "USD"

    def __post_init__(self) -> None:
        exact(self.price_per_hour, "The price of a machine")
        if above_zero(self.target_share, "The wanted use") > 1:
            raise UserError("The wanted use is above 100 %", "", "Write 0.7 for 70 per cent")
        _check_range(self.min_instances, self.max_instances, "")
        for value in (self.up_cooldown_s, self.down_cooldown_s):
            if not 0 <= value <= MOST_COOLDOWN_S:
                raise UserError(
                    f"A cool-down of {value} s cannot be used", "", "Give 0 to 86,400 s"
                )
        for each in self.schedules:
            _check_schedule(each, self.max_instances)

    def bounds(self, weekday: int, hour: int) -> tuple[int, int]:
        """Return the fewest and the most machines of an hour; open windows go by their largest."""
        low, high = self.min_instances, self.max_instances
        open_now = [each for each in self.schedules if each.covers(weekday, hour)]
        tops = [each.max_instances for each in open_now if each.max_instances is not None]
        if tops:
            high = max(tops)
        return min(max([low, *(each.min_instances for each in open_now)]), high), high


def _check_range(low: int, high: int, where: str) -> None:
    if low < 0 or high < 1 or high > MOST_INSTANCES:
        raise UserError(
            f"The number of machines{where} cannot be used",
            f"got {low} to {high}",
            f"The fewest may be 0 or more, the most 1 to {MOST_INSTANCES:,}",
        )
    if low > high:
        raise UserError(
            f"The fewest machines{where} are more than the most", f"{low} is above {high}"
        )


def _check_schedule(each: Schedule, most: int) -> None:
    where = f" in the hours '{each.name}'"
    high = most if each.max_instances is None else each.max_instances
    _check_range(each.min_instances, high, where)
    good = 0 <= each.start_hour <= 23 and 0 <= each.end_hour <= 24
    if not good or each.start_hour == each.end_hour:
        raise UserError(
            f"The hours '{each.name}' cannot be used",
            f"from {each.start_hour} to {each.end_hour}",
            "Give a start from 0 to 23 and another end from 0 to 24",
        )
    if not each.days or any(day not in EVERY_DAY for day in each.days):
        raise UserError(f"The hours '{each.name}' name no weekday", "", "Name at least one day")


def policy_conflicts(policy: Policy) -> tuple[str, ...]:
    """Return in words where the caps contradict each other or the fewest machines."""
    found = [each.words for each in conflicts(policy.caps, policy.currency)]
    return (*found, *least_conflicts(policy))


def least_conflicts(policy: Policy) -> tuple[str, ...]:
    """Return in words which caps the fewest machines alone would break."""
    found: list[str] = []
    for span, cap in policy.caps.each():
        least = policy.price_per_hour * policy.min_instances * _HOURS[span]
        if least > cap:
            count = policy.min_instances
            found.append(
                f"{count} machine{'s' if count > 1 else ''} round the clock cost "
                f"{money(least, policy.currency, decimals=2)} a {span}, more than the "
                f"{LIMIT_NAMES[span]} limit of {money(cap, policy.currency, decimals=2)}: "
                "they would be stopped before its end."
            )
    return tuple(found)
