"""The scaling-policy simulator: sums by hand, and laws for every demand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.budget.demand import Demand, from_buckets, from_text, preset
from hwstudio.core.cost.budget.limits import Limits, Span
from hwstudio.core.cost.budget.policy import Policy, Schedule, policy_conflicts
from hwstudio.core.cost.budget.simulate import compare, replay

MONDAY = datetime.fromisoformat("2024-01-01")
PLAIN = Policy(price_per_hour=Decimal(3), min_instances=1, max_instances=4)
hours = st.lists(st.decimals(0, 9, places=2), min_size=1, max_size=14)
starts = st.integers(0, 900).map(lambda h: MONDAY + timedelta(hours=h))


def demand(*values, start=MONDAY):
    return Demand(title="", start=start, hours=tuple(Decimal(str(value)) for value in values))


def test_two_machines_of_work_at_70_percent_run_on_three():
    done = replay(PLAIN, demand(2))
    assert done.instance_hours == 3
    assert done.spend == 9
    assert done.idle_hours == 1
    assert done.mean_wait_s == 0


def test_work_beyond_the_maximum_waits_and_is_done_later():
    done = replay(replace(PLAIN, max_instances=2, target_share=Decimal(1)), demand(3, 0))
    assert done.unfinished_hours == 0
    assert done.work_hours == 3
    # One machine-hour is left over when the first hour ends; the last of it is done 30 min later.
    assert done.waiting_by_hour == (1, 0)
    assert done.longest_wait_s == 30 * 60


def test_a_schedule_keeps_machines_ready_and_one_over_midnight_belongs_to_its_first_day():
    night = Schedule(name="n", days=(4,), start_hour=22, end_hour=6, min_instances=3)
    done = replay(replace(PLAIN, schedules=(night,)), demand(*[0] * 168))
    busy = [hour for hour, paid in enumerate(done.seconds_by_hour) if paid >= 3 * 3600]
    assert busy == [4 * 24 + 22 + n for n in range(8)]


def test_fewer_machines_go_only_after_the_cool_down():
    slow = replace(PLAIN, down_cooldown_s=1800)
    fast = replace(PLAIN, down_cooldown_s=0)
    # The change before was an hour ago, so the pause has passed when the demand falls.
    assert replay(slow, demand(2, 0)).spend == replay(fast, demand(2, 0)).spend
    flip = demand(*[2, 0] * 6)
    assert replay(replace(PLAIN, down_cooldown_s=7200), flip).spend > replay(fast, flip).spend


def test_a_cap_stops_even_the_fewest_machines_and_is_counted():
    capped = replace(PLAIN, caps=Limits(day=Decimal(30)))
    done = replay(capped, demand(*[1] * 24))
    assert done.spend == 30
    assert done.cap_hits == {Span.DAY: 1}
    assert done.unfinished_hours > 0
    assert "stopped" in policy_conflicts(capped)[0]


def test_the_policy_costs_less_than_always_all_and_waits_less_than_always_fewest():
    seen = compare(replace(PLAIN, max_instances=8), preset("office"))
    assert seen.always_max.spend == 8 * 672 * 3
    assert seen.always_min.spend == 672 * 3
    assert seen.always_min.spend < seen.policy.spend < seen.always_max.spend
    assert seen.policy.mean_wait_s < seen.always_min.mean_wait_s
    assert seen.saved == seen.always_max.spend - seen.policy.spend


def test_with_no_machine_ever_everything_waits():
    seen = compare(replace(PLAIN, min_instances=0), demand(1, 1)).always_min
    assert (seen.spend, seen.unfinished_hours) == (0, 2)
    assert seen.mean_wait_s == 3600


@given(values=hours, low=st.integers(0, 3), more=st.integers(1, 6), down=st.integers(0, 7200))
@settings(max_examples=40, deadline=None)
def test_a_higher_maximum_never_makes_work_wait_longer(values, low, more, down):
    small = Policy(
        price_per_hour=Decimal(1), min_instances=low, max_instances=max(low, 1),
        down_cooldown_s=down,
    )  # fmt: skip
    large = replace(small, max_instances=small.max_instances + more)
    few, many = replay(small, demand(*values)), replay(large, demand(*values))
    assert many.mean_wait_s <= few.mean_wait_s
    assert many.unfinished_hours <= few.unfinished_hours


@given(
    values=hours, start=starts, price=st.decimals("0.01", 20, places=2),
    day=st.decimals(1, 200, places=2), week=st.decimals(1, 900, places=2),
    month=st.decimals(1, 900, places=2),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_no_cap_is_ever_exceeded_and_the_spend_is_hours_times_price(
    values, start, price, day, week, month
):
    caps = Limits(day=day, week=week, month=month)
    done = replay(replace(PLAIN, price_per_hour=price, caps=caps), demand(*values, start=start))
    paid = defaultdict(int)
    for number, seconds in enumerate(done.seconds_by_hour):
        at = start + timedelta(hours=number)
        for key in (at.date(), ("w", *at.isocalendar()[:2]), ("m", at.year, at.month)):
            paid[key] += seconds
    for key, seconds in paid.items():
        cap = day if not isinstance(key, tuple) else week if key[0] == "w" else month
        assert seconds * price <= cap * 3600
    assert done.spend == done.instance_hours * price
    assert done.instance_hours * 3600 == pytest.approx(
        sum(done.seconds_by_hour), abs=Decimal("0.001")
    )
    assert done.work_hours + done.unfinished_hours == pytest.approx(
        sum(values), abs=Decimal("0.001")
    )


@given(values=hours)
@settings(max_examples=30, deadline=None)
def test_the_same_input_gives_the_same_answer(values):
    assert compare(PLAIN, demand(*values)) == compare(PLAIN, demand(*values))


def test_typed_and_table_demand_are_read_alike():
    assert from_text("1\n2\n0.5").hours == from_text("1 2 0.5").hours == from_text("1,2,0.5").hours
    table = from_text("time,demand\n2026-11-20 08:00,1\n2026-11-20 10:00,3\n")
    assert table.start == datetime.fromisoformat("2026-11-20T08:00")
    assert table.hours == (1, 0, 3)
    assert table.missing_hours == 1


@pytest.mark.parametrize("text", ["", "1\nx", "nan", "-1", "time,demand\n2026,1\nyesterday,1"])
def test_a_demand_that_cannot_be_read_is_refused_in_words(text):
    with pytest.raises(UserError):
        from_text(text)


def test_recorded_load_of_two_gpus_adds_up_and_gaps_are_counted():
    seen = from_buckets(
        [(0, 1800, 1.0), (7200, 3600, 0.25), (0, 3600, 0.5)], MONDAY, "recorded"
    )  # fmt: skip
    assert seen.hours == (1, 0, Decimal("0.25"))
    assert seen.missing_hours == 1
