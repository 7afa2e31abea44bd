"""What was typed in Cloud is there again the next day, and only what makes sense."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.gui.cloud.kept import load_wish, save_wish
from hwstudio.gui.cloud.state import Wish
from hwstudio.gui.cloud.viewmodel import CloudViewModel
from tests.gui.cloud.test_viewmodel import stock  # noqa: F401

USUAL = Wish(own_key="gpu-a", workload_id="job")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "wish.json"


def test_what_is_kept_comes_back_whole(file):
    wish = replace(
        USUAL,
        hours_per_month=333.0,
        price=1234.0,
        rent_discount=0.3,
        country="FRA",
        reasons=frozenset({"private", "trying"}),
        terms=SpotTerms(mtbi_hours=None, interval_s=900.0),
    )
    save_wish(file, wish, frozenset())
    assert load_wish(file, USUAL) == wish


def test_fields_nobody_typed_follow_where_they_come_from(file):
    save_wish(file, replace(USUAL, price_per_kwh=0.2), frozenset({"price_per_kwh"}))
    assert load_wish(file, replace(USUAL, price_per_kwh=0.4)).price_per_kwh == 0.4


@pytest.mark.parametrize("bad", [-1, 1e99, "many", True, [], float("nan")])
def test_a_value_that_makes_no_sense_is_left_out_alone(file, bad):
    save_wish(file, replace(USUAL, price=900.0), frozenset())
    document = json.loads(file.read_text("utf-8"))
    document["rows"][0] |= {"hours_per_month": bad, "terms": {"checkpoint_s": bad}}
    file.write_text(json.dumps(document), "utf-8")
    assert load_wish(file, USUAL) == replace(USUAL, price=900.0)


def test_no_file_and_a_damaged_one_give_the_usual_wish(file):
    assert load_wish(file, USUAL) == USUAL
    file.write_text("{", "utf-8")
    assert load_wish(file, USUAL) == USUAL


def test_the_tab_opens_with_what_was_typed_and_untouched_hours_follow_the_build(qapp, stock, file):  # noqa: F811
    known = replace(stock, kept=file)
    first = CloudViewModel(known)
    first.choose_own("gpu-geforce-rtx-5090")
    first.set_price(2100.0)
    first.set_discount_percent(20.0)
    first.keep()
    again = CloudViewModel(known)
    assert again.state.wish == first.state.wish
    again.set_machine(None)
    assert again.state.own.price.typical == 2100
    again.set_use(10.0)
    assert again.state.wish.hours_per_month == 43.0
    first.deleteLater()
    again.deleteLater()
