"""Draws: known quantiles come out, the same seed says the same, shares add up."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from statistics import NormalDist

import numpy as np
import pytest

from hwstudio.core.cost.draw import Band
from hwstudio.core.model.wishes import Usage
from hwstudio.core.plan.monte_carlo import DRAWS, chances
from hwstudio.core.plan.terms import Candidate, terms_of
from hwstudio.core.plan.words import robust_words

Z95 = NormalDist().inv_cdf(0.95)


def _spread(middle, factor):
    return Band(middle / factor, middle, middle * factor)


def _build(name, **changes):
    facts = {
        "price": _spread(2000, 1.3), "speed": _spread(1000, 1.2), "load_w": Band.certain(400),
    }  # fmt: skip
    return Candidate(name=name, alike=name, **(facts | changes))


@pytest.fixture
def terms(catalog):
    use = Usage(years=4, hours_per_week=30, tariff_per_kwh=Decimal(0), resale_pct=0)
    made = terms_of(catalog.workload("resnet50_train"), use, 1000, 0)
    return replace(
        made, resale_share=Band.certain(0), years=Band.certain(4), hours_per_week=Band.certain(30)
    )


def test_a_log_normal_price_alone_gives_its_own_quantiles_back(terms):
    band = chances((_build("a"),), terms, draws=40_000).band(0, "cost")
    assert band.low == pytest.approx(2000 / 1.3, rel=0.01)
    assert band.typical == pytest.approx(2000, rel=0.01)
    assert band.high == pytest.approx(2000 * 1.3, rel=0.01)


def test_a_product_of_log_normals_has_the_width_that_their_logs_add_up_to(terms):
    """Work for money = work / price, times speed through the pace: widths add as squares."""
    found = chances((_build("a", load_w=Band.certain(400)),), terms, draws=40_000)
    ratio = np.asarray(found.samples[0].per_second) / np.asarray(found.samples[0].cost)
    width = math.hypot(math.log(1.3), math.log(1.2)) / Z95
    for share in (0.1, 0.25, 0.75, 0.9):
        expected = 0.5 * math.exp(NormalDist(0, width).inv_cdf(share))
        assert np.quantile(ratio, share) == pytest.approx(expected, rel=0.015)


def test_the_share_of_wins_is_the_probability_that_one_normal_lies_below_another(terms):
    cheap, dear = _build("a"), _build("b", price=_spread(2300, 1.3))
    shares = chances((cheap, dear), terms, draws=40_000).wins("cost")
    sigma = math.log(1.3) / Z95 * math.sqrt(2)
    assert shares[0] == pytest.approx(NormalDist().cdf(math.log(2300 / 2000) / sigma), abs=0.01)
    assert sum(shares) == pytest.approx(1)


def test_builds_with_the_same_chip_err_together(terms):
    cheap = _build("a")
    twin = replace(cheap, name="b", price=_spread(2010, 1.3))
    assert chances((cheap, twin), terms).wins("cost") == (1.0, 0.0)


def test_equal_builds_share_their_draws(terms):
    one = _build("a")
    assert chances((one, one), terms).wins("cost") == (0.5, 0.5)


def test_the_same_question_has_the_same_answer_and_neighbours_change_nothing(terms):
    one, other = _build("a"), _build("b", price=_spread(3000, 1.2))
    alone, beside = chances((one,), terms), chances((other, one), terms)
    assert alone.draws == DRAWS
    assert alone.band(0, "cost") == chances((one,), terms).band(0, "cost")
    assert alone.band(0, "cost") == beside.band(1, "cost")


def test_a_build_that_cannot_keep_up_or_has_no_price_never_wins(terms):
    slow = _build("slow", speed=_spread(100, 1.01), price=Band.certain(1))
    unknown = _build("unknown", price=None)
    found = chances((_build("a"), slow, unknown), terms)
    assert found.wins("cost") == (1.0, 0.0, 0.0)
    assert found.band(2, "cost") is None
    assert found.band(0, "roi") is None


def test_the_fastest_is_told_by_speed_and_the_sentence_says_both(terms):
    fast = _build("fast", speed=_spread(2000, 1.05), price=_spread(9000, 1.05))
    pair = (_build("a"), fast)
    found = chances(pair, terms)
    assert found.wins("per_second") == (0.0, 1.0)
    words = robust_words(pair, found, "per_second")
    assert words == "a is the fastest in 0 % of 2,000 draws; fast in 100 %."
