"""An answer is what text, limits and choices leave, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.find.finder import Finder
from hwstudio.core.catalog.find.search import Query, words_of
from hwstudio.core.catalog.find.spelling import Speller
from hwstudio.core.model.part import PartKind

K = PartKind
GIB = 2**30

NUMBERS = ["price", "vram_bytes", "tdp_w", "release_year", "length_mm", "fp8_tensor_flop_per_s"]
CHOICES = ["maker", "segment", "form_factor", "cooling", "compute_capability"]
TEXTS = ["", "rtx", "4090", "radeno", "geforce ti", "a100 80gb", "r", "rtx 4095", "nvidia sxm"]


def value_of(part, name):
    """The number behind a limit, read without the finder."""
    if name == "price":
        return None if part.price is None else float(part.price.amount)
    return getattr(part, name)


@st.composite
def limits(draw):
    """A from-to limit that now and then leaves an end open."""
    name = draw(st.sampled_from(NUMBERS))
    top = {"vram_bytes": 300 * GIB, "release_year": 2030, "fp8_tensor_flop_per_s": 1e16}
    ends = st.none() | st.floats(0, top.get(name, 4000))
    low, high = draw(ends), draw(ends)
    return name, (low, high)


@st.composite
def queries(draw):
    """Any mixture of text, limits and choices for GPUs."""
    chosen = draw(st.dictionaries(st.sampled_from(CHOICES), st.integers(0, 9), max_size=2))
    words = {"maker": ["AMD", "nvidia", "Intel"], "segment": ["consumer", "datacenter"],
             "form_factor": ["PCIe", "SXM"], "cooling": ["blower", "passive"],
             "compute_capability": ["8.9", "12.0"]}  # fmt: skip
    return Query(
        text=draw(st.sampled_from(TEXTS)),
        ranges=dict(draw(st.lists(limits(), max_size=3))),
        choices={n: frozenset({words[n][k % len(words[n])]}) for n, k in chosen.items()},
        has_price=draw(st.booleans()),
    )


@pytest.fixture(scope="module")
def finder(catalog):
    """What finds among the GPUs."""
    return catalog.finder("gpu")


# --- laws --------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(query=queries())
def test_every_result_is_within_every_limit(finder, query):
    for gpu in finder.find(query):
        for name, (low, high) in query.ranges.items():
            value = value_of(gpu, name)
            if (low, high) == (None, None):
                continue
            assert value is not None
            assert low is None or value >= low
            assert high is None or value <= high
        for name, wanted in query.choices.items():
            assert getattr(gpu, name).lower() in {word.lower() for word in wanted}
        assert gpu.price is not None or not query.has_price


@settings(max_examples=100, deadline=None)
@given(query=queries(), limit=limits())
def test_one_more_limit_never_adds_a_result(finder, query, limit):
    name, more = limit
    before = finder.find(replace(query, ranges={**query.ranges, name: (None, None)}))
    after = finder.find(replace(query, ranges={**query.ranges, name: more}))
    kept = {part.id for part in after}
    # What is left stays in its order, too.
    assert [part.id for part in before if part.id in kept] == [part.id for part in after]


@settings(max_examples=100, deadline=None)
@given(query=queries())
def test_the_count_is_the_number_of_results_and_the_order_is_always_the_same(catalog, query):
    finder = catalog.finder("gpu")
    found = finder.find(query)
    assert finder.count(query) == len(found) == len({part.id for part in found})
    assert Finder(catalog.gpus()).find(query) == found
    assert finder.find(replace(query, limit=3)) == found[:3]


@settings(max_examples=60, deadline=None)
@given(query=queries())
def test_without_text_all_that_is_within_the_limits_is_found(finder, query):
    within = finder.find(replace(query, text=""))
    some = finder.find(query)
    assert {part.id for part in some} <= {part.id for part in within}
    if not query.ranges and not query.choices and not query.has_price:
        assert within == finder.items


@settings(max_examples=100, deadline=None)
@given(query=queries(), name=st.sampled_from(CHOICES))
def test_the_counts_beside_the_choices_say_what_choosing_one_gives(finder, query, name):
    open_choice = replace(query, choices={k: v for k, v in query.choices.items() if k != name})
    counts = finder.options(name, query)
    for word, count in counts.items():
        chosen = {**open_choice.choices, name: frozenset({word})}
        assert finder.count(replace(query, choices=chosen)) == count > 0
    known = [part for part in finder.find(open_choice) if getattr(part, name) is not None]
    assert sum(counts.values()) == len(known)


@settings(max_examples=100, deadline=None)
@given(query=queries(), name=st.sampled_from(NUMBERS))
def test_the_ends_of_a_slider_are_the_least_and_the_most_that_is_left(finder, query, name):
    free = replace(query, ranges={k: v for k, v in query.ranges.items() if k != name})
    values = [v for part in finder.find(free) if (v := value_of(part, name)) is not None]
    assert finder.bounds(name, query) == ((min(values), max(values)) if values else None)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=24))
def test_any_text_is_answered(finder, text):
    found = finder.find(Query(text=text, limit=5))
    assert len(found) <= 5
    if not words_of(text):
        assert found == finder.items[:5]


# --- limits ------------------------------------------------------------------------------------


def test_quotes_and_operators_are_only_text(catalog):
    for text in ('"', "rtx OR NOT", "*", "a:b", "NEAR(", "4090'; DROP TABLE part; --", "\x01\x02"):
        catalog.search(K.GPU, Query(text=text))


def test_limits_narrow_and_unknown_values_stay_outside(catalog):
    found = catalog.search(K.GPU, Query(min_vram_bytes=48 * GIB, max_price=Decimal(5000)))
    assert found
    for gpu in found:
        assert gpu.vram_bytes >= 48 * GIB
        assert gpu.price is not None
        assert gpu.price.amount <= 5000


def test_a_limit_no_part_of_the_kind_has_leaves_nothing(catalog):
    assert catalog.search(K.CPU, Query(min_vram_bytes=1)) == ()
    assert catalog.search(K.CPU, Query(ranges={"no such thing": (0, None)})) == ()


def test_a_socket_is_asked_of_cpu_board_and_cooler(catalog):
    for kind in (K.CPU, K.MOTHERBOARD, K.COOLER):
        found = catalog.search(kind, Query(socket="am5"))
        assert 0 < len(found) < len(catalog.parts(kind))
        assert len(catalog.search(kind, Query(choices={"socket": frozenset({"AM5"})}))) == len(
            found
        )


def test_of_several_wanted_words_any_will_do(catalog):
    one = catalog.search(K.COOLER, Query(choices={"sockets": frozenset({"AM5"})}))
    two = catalog.search(K.COOLER, Query(choices={"sockets": frozenset({"AM5", "LGA1851"})}))
    assert set(one) < set(two)
    assert all({"AM5", "LGA1851"} & set(cooler.sockets) for cooler in two)


def test_only_what_is_owned_can_be_asked_for(catalog):
    owned = frozenset({"gpu-geforce-rtx-4090", "gpu-geforce-rtx-3090", "gone"})
    found = catalog.search(K.GPU, Query(ids=owned))
    assert {gpu.id for gpu in found} == owned - {"gone"}
    assert catalog.search(K.GPU, Query(ids=frozenset())) == ()


def test_only_fresh_prices_can_be_asked_for(catalog):
    """A price that names only its month counts from its end, as its age does everywhere."""
    gpus = [gpu for gpu in catalog.gpus() if gpu.price][:3]
    days = ["2026-08-31", "2026-09", "2026-10-01"]
    dated = [
        replace(g, price=replace(g.price, as_of=day)) for g, day in zip(gpus, days, strict=True)
    ]
    finder = Finder([*dated, replace(gpus[0], price=None)])
    assert finder.find(Query(fresh_price_only_since="2026-09-01")) == tuple(dated[1:])
    assert finder.find(Query(fresh_price_only_since="2026-09-28")) == tuple(dated[1:])
    assert finder.find(Query(fresh_price_only_since="2026-09-29")) == tuple(dated[2:])
    assert finder.count(Query(has_price=True)) == 3


# --- other items, other values -----------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """Something that is no part."""

    values: dict


def test_items_of_any_make_are_read_with_the_getter_given():
    rows = [
        Row({"id": "a", "name": "Llama 3 8B", "maker": "Meta", "params": 8e9, "open": True}),
        Row({"id": "b", "name": "Llama 3 70B", "maker": "Meta", "params": 70e9, "open": True}),
        Row({"id": "c", "name": "Unknown 1B", "maker": "", "params": None, "open": None}),
    ]
    finder = Finder(rows, lambda row, name: row.values.get(name))
    assert finder.find(Query(text="lama 70b")) == (rows[1],)
    assert finder.find(Query(ranges={"params": (0, 10e9)})) == (rows[0],)
    assert finder.options("open") == {"yes": 2}
    assert finder.bounds("params") == (8e9, 70e9)


def test_nothing_to_search_in_finds_nothing():
    finder = Finder(())
    assert finder.find(Query(text="rtx")) == ()
    assert finder.count(Query(ranges={"price": (1, 2)})) == 0
    assert finder.bounds("price") is None
    assert finder.options("maker") == {}


def test_a_finder_of_changed_prices_answers_with_the_new_ones(catalog):
    old = Finder(catalog.gpus())
    old.find(Query(text="rtx 4090"))
    free = tuple(
        replace(gpu, price=replace(gpu.price, amount=Decimal(1))) if gpu.price else gpu
        for gpu in catalog.gpus()
    )
    new = old.renewed(free)
    [gpu, *_] = new.find(Query(text="rtx4090", max_price=Decimal(1)))
    assert (gpu.name, gpu.price.amount) == ("GeForce RTX 4090", 1)
    other = old.renewed(catalog.gpus()[:5])
    assert set(other.find(Query(text="g"))) <= set(catalog.gpus()[:5])


def test_the_fewest_mistakes_win_and_short_words_allow_only_a_swap():
    speller = Speller(["noctua", "corsair", "rtx", "rog", "threadripper", "msi", "nsi"])
    assert speller.near("nocua") == ["noctua"]
    assert speller.near("corsiar") == ["corsair"]
    assert speller.near("rxt") == ["rtx"]
    assert speller.near("rtg") == []
    assert speller.near("threadr") == ["threadripper"]
    assert speller.near("tr") == speller.near("wholly") == []


def test_the_full_text_table_of_the_catalogue_can_be_asked():
    with closing(sqlite3.connect(f"file:{catalog_file()}?mode=ro", uri=True)) as connection:
        sql = "SELECT count(*) FROM part_text WHERE part_text MATCH ?"
        assert connection.execute(sql, ('"noctua" "nh"*',)).fetchone()[0] > 0
        listed = connection.execute("SELECT count(*) FROM part").fetchone()
        assert connection.execute("SELECT count(*) FROM part_text").fetchone() == listed
