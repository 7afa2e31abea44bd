"""Estimates say how wrong they may be, and keep quiet where nothing is known."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.paths import resource_dir
from hwstudio.core.catalog.compile import complete
from hwstudio.core.catalog.price_estimate import months, rounded
from hwstudio.core.catalog.price_features import RISING
from hwstudio.core.catalog.price_model import load_model
from hwstudio.core.catalog.price_words import marks, product
from hwstudio.core.catalog.text import read_text
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind

FOLDER = resource_dir() / "catalog"
FILE = FOLDER / "price_model" / "model.toml"
BAR = 0.15
# Kinds whose shops ask prices no feature explains: left-over stock at fantasy prices beside goods
# on sale. (b) products held back whole, (a) rows held back at random: no worse than this.
SHORT_OF_THE_BAR = {
    "cpu": (0.17, 0.16),
    "psu": (0.23, 0.20),
    "case": (0.20, 0.15),
    "cooler": (0.25, 0.20),
}


@pytest.fixture(scope="module")
def raw():
    """The shipped model as text says it."""
    return tomllib.loads(FILE.read_text("utf-8"))


@pytest.fixture(scope="module")
def model():
    """The shipped model."""
    return load_model(FILE)


@pytest.fixture(scope="module")
def text_rows():
    """The reviewed text's rows and those worked out of them."""
    return complete(read_text(FOLDER))


@pytest.fixture(scope="module")
def all_estimates(model, text_rows):
    """Every estimate of every part, by part."""
    found = defaultdict(list)
    for _, part_id, estimate in model.estimate_all(text_rows):
        found[part_id].append(estimate)
    return dict(found)


def is_at_shop_prices(found):
    """Say whether a published shop price of the part or its chip moved the estimate."""
    return "published shop price" in found.source


def test_every_estimate_has_a_band_a_date_and_says_what_it_stands_on(all_estimates):
    assert len(all_estimates) > 4000
    for dated in all_estimates.values():
        for found in dated:
            assert 0 < found.low < found.amount < found.high
            assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", found.as_of)
            assert re.match(
                r"hwstudio price model: fitted on \d+ list prices of 2025-07, "
                r"typically off by \d+ % on parts it had not seen; ",
                found.source,
            )


def test_a_part_has_the_fitted_level_and_todays_level_or_one_where_they_are_the_same(
    all_estimates,
):
    for dated in all_estimates.values():
        days = [found.as_of for found in dated]
        assert days == sorted(set(days))
        assert len(days) in {1, 2}
        if len(days) == 2:
            assert days[0] == "2025-07"
            assert "market level of 2025-07" in dated[0].source
            moved = is_at_shop_prices(dated[1])
            assert f"market level of {days[1]} from" in dated[1].source or moved


def test_todays_band_is_wider_than_the_fitted_one(all_estimates):
    wider = 0
    for dated in all_estimates.values():
        then, now = dated[0], dated[-1]
        if then is not now and then.amount > 100 and not is_at_shop_prices(now):
            assert now.high / now.low >= then.high / then.low * type(now.high)("0.97")
            wider += now.high / now.low > then.high / then.low
    assert wider > 2000


def test_the_catalogue_speaks_of_the_newest_estimate(catalog, all_estimates):
    parts = [part for kind in PartKind for part in catalog.parts(kind)]
    in_use = [part for part in parts if part.price and part.price.kind is PriceKind.ESTIMATE]
    assert len(in_use) > 4000
    for part in in_use[::50]:
        assert part.price.as_of == all_estimates[part.id][-1].as_of


def test_the_model_publishes_its_error_on_products_held_back(raw):
    assert set(raw["kind"]) == {kind.value for kind in PartKind} - {"gpu"}
    for kind, body in raw["kind"].items():
        assert body["products"] > 50, kind
        limits = SHORT_OF_THE_BAR.get(kind, (BAR, BAR))
        assert 0 < body["median_error"] <= limits[0], kind
        assert 0 < body["median_error_rows"] <= limits[1], kind


def test_no_kind_is_excused_that_meets_the_bar(raw):
    for kind in SHORT_OF_THE_BAR:
        assert raw["kind"][kind]["median_error"] > BAR


def test_nine_of_ten_prices_held_back_lie_inside_the_band(raw):
    for kind, body in raw["kind"].items():
        assert 0.87 <= body["inside_band"] <= 0.94, kind
        assert 0.87 <= body["inside_band_rows"] <= 0.94, kind


def test_the_model_beats_the_rule_of_thumb_on_the_same_rows(raw):
    for kind, body in raw["kind"].items():
        assert body["median_error"] < body["peer_error"], kind
        assert body["median_error_rows"] < body["peer_error_rows"], kind


def test_every_drift_has_a_date_and_names_its_dated_evidence(raw):
    for name, drift in raw["drift"].items():
        assert drift["evidence"], name
        assert drift["low"] <= drift["factor"] <= drift["high"], name
        ends = [re.search(r" to (20\d\d-\d\d)", text).group(1) for text in drift["evidence"]]
        assert drift["as_of"] == max(ends), name
        assert drift["blind_months"] >= months(drift["as_of"], raw["as_of"]), name
    assert raw["as_of"] == max(drift["as_of"] for drift in raw["drift"].values())
    assert all(0 < wander < 1 for wander in raw["monthly_volatility"].values())


def test_every_part_estimated_is_of_a_class_with_a_date(model, all_estimates):
    known = {drift["as_of"] for drift in model.drift.values()} | {model.fitted_on}
    every = [found for dated in all_estimates.values() for found in dated]
    assert {found.as_of for found in every if not is_at_shop_prices(found)} <= known
    assert sum(is_at_shop_prices(found) for found in every) > 50


def test_no_weight_stands_for_a_single_part(raw, text_rows):
    ids = {row["id"] for kind in raw["kind"] for row in text_rows[kind]}
    for kind, body in raw["kind"].items():
        assert len(body["marks"]) == len(body["products_per_mark"]), kind
        assert min(body["products_per_mark"]) >= 4, kind
        assert not ids & {*body["marks"], *body["measures"]}, kind


def test_a_class_without_a_dated_price_stays_at_the_fitted_level_and_says_so(model):
    level = model.level("a class nobody quoted")
    assert (level.as_of, level.factor) == ("2025-07", 1.0)
    assert "still that of 2025-07" in model.source("cpu", level)
    assert model.deviation("a class nobody quoted") > 0


def test_memory_costs_what_it_costs_in_2026(catalog):
    kits = [k for k in catalog.rams() if (k.mem_type, k.dimm_type) == ("DDR5", "UDIMM")]
    pairs = [k.price.amount for k in kits if k.modules == 2 and k.capacity_bytes == 64 * 2**30]
    middle = sorted(pairs)[len(pairs) // 2]
    # Seen in 2026: lowest 680, typical 850.
    assert 550 <= middle <= 1000


def test_what_the_fit_never_saw_has_no_estimate(text_rows, all_estimates):
    unseen = [gpu for gpu in text_rows["gpu"] if gpu["segment"] == "datacenter"]
    sockets = {"SP5", "sTR5", "LGA4677", "sWRX8"}
    unseen += [board for board in text_rows["motherboard"] if board["socket"] in sockets]
    assert len(unseen) > 20
    assert not [part["id"] for part in unseen if part["id"] in all_estimates]


GROWN = {
    "ram": ("capacity_bytes", "module_bytes"),
    "storage": ("capacity_bytes",),
    "psu": ("rated_w",),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(GROWN)), st.integers(0), st.floats(1.0, 16.0))
def test_more_capacity_or_watts_and_all_else_equal_never_cost_less(kind, index, factor):
    model, rows = cached()
    row = rows[kind][index % len(rows[kind])]
    more = row | {column: row[column] * factor for column in GROWN[kind]}
    small, large = model.estimate(kind, row, {}), model.estimate(kind, more, {})
    if small is not None:
        assert large.amount >= small.amount


def cached(found=[]):  # noqa: B006 - hypothesis cannot take a module's fixture
    """The shipped model and the text's rows, read once."""
    if not found:
        found.append((load_model(FILE), read_text(FOLDER).rows))
    return found[0]


def test_what_the_law_of_more_rests_on_is_in_the_model(raw):
    assert set(RISING) == set(GROWN)
    for kind, names in RISING.items():
        assert set(names) <= set(raw["kind"][kind]["measures"])


def test_more_memory_of_the_same_kind_costs_more(catalog):
    kits = {}
    for kit in catalog.rams():
        key = (kit.maker, kit.mem_type, kit.dimm_type, kit.modules, kit.speed_mts, kit.cas)
        if kit.price is not None:
            kits.setdefault(key, {}).setdefault(kit.capacity_bytes, kit.price.amount)
    pairs = [sorted(by_size.items()) for by_size in kits.values() if len(by_size) > 1]
    assert pairs
    assert all(sizes[0][1] < sizes[-1][1] for sizes in pairs)


def test_an_unseen_socket_is_not_guessed(model, text_rows):
    row = next(row for row in text_rows["cpu"] if row["socket"] == "AM5")
    assert model.estimate("cpu", row | {"socket": "AM99"}, {}) is None
    assert model.estimate("cpu", row, {}) is not None


def test_colours_and_sizes_of_one_product_are_held_back_together():
    maker = "Corsair"
    names = ("Corsair RM750e (2025) Black 750W", "Corsair RM1000e (2025) White ATX 1000W")
    black, white = ({"maker": maker, "name": name} for name in names)
    assert product("psu", black) == product("psu", white)
    other = {"maker": maker, "name": "Corsair HX1000i Black 1000W"}
    assert product("psu", other) != product("psu", black)


@pytest.mark.parametrize("word", ["2TB", "64GB", "(2x32GB)", "850W", "360mm"])
def test_a_size_never_becomes_a_mark(word):
    assert marks("Maker", f"Maker Series {word}") == marks("Maker", "Maker Series")


@given(st.floats(0.5, 1e6))
def test_rounding_keeps_three_digits(amount):
    value = float(rounded(amount))
    assert value >= 1
    assert abs(value - amount) <= max(0.5, amount * 0.005) + 1e-9
