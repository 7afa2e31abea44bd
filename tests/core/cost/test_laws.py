"""Laws of own and rent that hold whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.assess.own_or_rent import enough_hours
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.lines import cost_line
from hwstudio.core.cost.odds import odds
from hwstudio.core.cost.odds_case import OddsCase
from hwstudio.core.cost.options import ON_DEMAND, SPOT, Rental, Work, job_cost, month_cost
from hwstudio.core.cost.spot_terms import SpotTerms
from tests.core.cost.test_odds import CASE
from tests.core.cost.test_options import OFFER, speed

some = st.floats(0.01, 100)
hours = st.floats(0, 730)
part = st.floats(0, 1)


@st.composite
def cases(draw):
    """Any sound question with a spread on every input."""

    def band(low, high, top=None):
        middle = draw(st.floats(low, high))
        return Band(middle * 0.8, middle, min(middle * 1.3, top or middle * 1.3))

    return OddsCase(
        purchase=band(0, 50_000),
        resale_share=band(0, 0.95, 1.0),
        rent_per_hour=band(0.01, 100),
        speed_ratio=band(0.05, 50),
        hours_per_month=band(0, 600),
        price_per_kwh=band(0, 1),
        load_kw=draw(st.floats(0, 10)),
        life_months=draw(st.floats(1, 120)),
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_months_are_in_order_or_never_and_never_negative(case):
    answer = odds(case, draws=400)
    found = (answer.p10_months, answer.p50_months, answer.p90_months)
    known = [months for months in found if months is not None]
    assert known == sorted(known)
    assert all(months >= 0 for months in known)
    assert found[len(known) :] == (None,) * (3 - len(known)), "never comes after any number"
    assert 0 <= answer.owning_wins_share <= 1


@settings(max_examples=40, deadline=None)
@given(cases())
def test_rent_below_the_electricity_has_no_break_even(case):
    cheap = replace(
        case,
        load_kw=1.0,
        price_per_kwh=Band(0.1, 0.2, 0.3),
        speed_ratio=Band(1, 1, 1),
        rent_per_hour=Band(0.01, 0.02, 0.03),
    )
    answer = odds(cheap, draws=200)
    assert (answer.p10_months, answer.p50_months, answer.p90_months) == (None, None, None)
    assert answer.owning_wins_share == 0
    assert enough_hours(cheap) is None


@settings(max_examples=40, deadline=None)
@given(cases(), part)
def test_a_band_holds_its_line_in_order_and_never_falls(case, owned):
    line = cost_line(case, (0, 6, 12, 48), owned, draws=200)
    assert list(line.typical) == sorted(line.typical)
    for low, high in zip(line.low, line.high, strict=True):
        assert low <= high + 1e-9 * abs(high)


@given(hours, hours, some, some)
def test_more_use_never_makes_renting_on_demand_cheaper(first, second, price, fast):
    less, more = sorted((first, second))
    rental = Rental(ON_DEMAND, OFFER, Decimal(str(price)), speed(fast))
    bills = [month_cost(rental, Work(use, 3.6e6, speed(10))) for use in (less, more)]
    assert bills[0] <= bills[1]


@given(
    some,
    st.floats(0.5, 2000),
    st.floats(1, 600),
    st.floats(0, 600),
    st.floats(60, 7200) | st.none(),
)
def test_spot_never_costs_less_than_its_price_times_the_work(price, between, save, again, interval):
    terms = SpotTerms(mtbi_hours=between, checkpoint_s=save, recover_s=again, interval_s=interval)
    work = Work(100, 3.6e6, speed(10))
    spot = Rental(SPOT, OFFER, Decimal(str(price)), speed(20), terms=terms)
    plain = Rental(ON_DEMAND, OFFER, Decimal(str(price)), speed(20))
    assert job_cost(spot, work) >= job_cost(plain, work)
    assert month_cost(spot, work) >= month_cost(plain, work)


@given(st.floats(0.5, 500), st.floats(1.0, 10))
def test_fewer_interruptions_never_cost_more(between, factor):
    assert (
        SpotTerms(mtbi_hours=between * factor).overhead()
        <= SpotTerms(mtbi_hours=between).overhead() + 1e-12
    )


def test_the_best_interval_beats_others():
    best = SpotTerms().overhead()
    for minutes in (2, 5, 15, 60, 180):
        assert SpotTerms(interval_s=minutes * 60).overhead() >= best - 1e-3


def test_a_published_band_is_read_at_its_worse_end_and_an_unknown_one_is_assumed():
    published = SpotTerms(mtbi_hours=None)
    assert published.hours_between(">20%") == published.hours_between("15-20%")
    assert round(published.hours_between("15-20%")) == 3271
    assert published.hours_between("<5%") > published.hours_between("5-10%")
    assert published.hours_between("") == 6


def test_owning_needs_the_hours_at_which_it_pays_exactly_at_the_end_of_its_life():
    enough = enough_hours(CASE)
    at = replace(CASE, hours_per_month=Band.certain(enough))
    own = cost_line(at, (CASE.life_months,), 1.0, draws=2).typical[0]
    rent = cost_line(at, (CASE.life_months,), 0.0, draws=2).typical[0]
    assert abs(own - rent) < 1e-6 * own
