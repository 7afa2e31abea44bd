"""The choice, against a search by hand, and the laws it must keep."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.cloud.routing.choose import choose, spell
from hwstudio.core.cloud.routing.free_limits import Quota, cards_of, keeps_gb, quota_of
from hwstudio.core.cloud.routing.option import KINDS, Hours, Money, RouteOption

costs = st.decimals(0, 1000, places=2)


@st.composite
def ways(draw):
    found = []
    for kind in KINDS:
        cost, hours = draw(costs), draw(st.floats(0.1, 1000))
        why = draw(st.sampled_from(("", "", "too late: practically never in time")))
        found.append(
            RouteOption(
                kind=kind,
                name=kind,
                why_not=why,
                finish=Hours(hours / 2, hours, hours * 2),
                sure_hours=hours * 1.5,
                cost=Money(cost, cost, cost),
                sure_cost=cost,
            )
        )
    return tuple(found)


@given(ways())
def test_the_choice_is_what_trying_every_way_by_hand_finds(options):
    answer = choose(options, 0.9)
    able = [one for one in options if not one.why_not]
    if not able:
        assert answer.choice is None
        assert answer.reason.startswith("No way keeps every wish. The soonest is")
        return
    least = min(one.cost.median for one in able)
    assert answer.choice in able
    assert answer.choice.cost.median == least
    assert set(answer.lost) == {one.kind for one in options} - {answer.choice.kind}
    assert all(answer.lost.values()), "each other way has its reason"


@given(ways(), st.floats(0, 100))
def test_home_is_preferred_up_to_the_share_and_never_beyond(options, percent):
    best = choose(options, 0.9).choice
    preferred = choose(options, 0.9, percent).choice
    if best is None:
        assert preferred is None
    elif preferred is not best:
        assert preferred.kind == "local"
        assert preferred.cost.median <= best.cost.median * (1 + Decimal(str(percent)) / 100)


def test_of_ways_that_cost_nothing_the_hours_already_paid_go_first():
    nothing = Money(*(Decimal(0),) * 3)
    one = RouteOption(kind="free_tier", name="a", cost=nothing, sure_hours=1, sure_cost=Decimal(0))
    assert (
        choose((one, replace(one, kind="reserved", sure_hours=9.0)), 0.9).choice.kind == "reserved"
    )


def test_limits_are_read_out_of_words_or_not_known():
    kaggle = quota_of("about 30 GPU h/week (floating), TPU quota separate", "9-12 h per session")
    assert kaggle == Quota(168.0, (30.0, 30.0), (9.0, 12.0))
    assert quota_of("4 h GPU per day", "4 h") == Quota(24.0, (4.0, 4.0), (4.0, 4.0))
    assert quota_of("credit only", "") is None
    cards = cards_of("P100 16 GB or 2x T4 16 GB; TPU")
    assert [(card.count, card.name) for card in cards] == [(1, "P100"), (2, "T4")]
    assert [card.name for card in cards_of("T4 (not guaranteed; K80 gone)")] == ["T4"]
    assert keeps_gb("20 GB output") == 20


def test_a_quota_makes_work_wait_for_the_next_week():
    week = Quota(168.0, (30.0, 30.0), (9.0, 9.0))
    assert week.wall_hours(9, 0.1, is_careful=True) == 9
    assert week.wall_hours(30, 0.0, is_careful=True) == 30
    assert week.wall_hours(31, 0.0, is_careful=True) == 169
    assert week.wall_hours(20, 0.5, is_careful=True) == 21  # three sessions, two restarts


@given(st.floats(0.1, 1000), st.floats(0, 100))
def test_more_work_is_never_done_sooner_under_a_quota(hours, more):
    week = Quota(168.0, (30.0, 30.0), (9.0, 12.0))
    for careful in (True, False):
        first = week.wall_hours(hours, 0.1, is_careful=careful)
        assert first <= week.wall_hours(hours + more, 0.1, is_careful=careful) + 1e-9
        assert first >= hours


def test_spans_are_said_as_people_say_them():
    said = [spell(hours) for hours in (0.5, 5.36, 14.3, 61, 120, 33 * 24)]
    assert said == ["30 min", "5 h 20 min", "14 h", "2.5 days", "5 days", "33 days"]
