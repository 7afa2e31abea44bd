"""Plan templates and shares that add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.budget.shares import apportion, percents
from hwstudio.core.cost.budget.templates import TEMPLATES, portions, template


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("development", [[60, 40], [30, 60, 10]]),
        ("production", [[70, 30], [20, 50, 20, 10]]),
        ("year1", [[17, 20, 5, 7, 10, 13, 17, 11]]),
    ],
)
def test_the_templates_have_their_shares_and_each_split_is_100_percent(name, shares):
    rows = portions(template(name), 3000)
    for split, wanted in zip(template(name).splits, shares, strict=True):
        mine = [row for row in rows if row.split == split.title]
        assert [row.percent for row in mine] == wanted
        assert sum(row.percent for row in mine) == 100
        assert sum(row.amount for row in mine) == 3000


def test_the_first_year_has_its_eight_amounts():
    rows = portions(template("year1"))
    assert [row.amount for row in rows] == [500, 600, 150, 200, 300, 400, 500, 350]


@given(
    total=st.decimals(0, 10**7, places=2),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
)
def test_shares_add_up_and_none_is_a_step_off(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert sum(percents(weights)) == 100
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < Decimal("0.01000001")


@given(total=st.decimals(1, 10**6, places=2))
def test_every_template_spends_the_whole_budget(total):
    for each in TEMPLATES:
        rows = portions(each, total)
        assert sum(row.amount for row in rows) == total * len(each.splits)


def test_a_missing_budget_and_an_unknown_template_are_refused():
    with pytest.raises(UserError, match="missing"):
        portions(template("development"))
    with pytest.raises(UserError, match="no plan template"):
        template("x")
