"""Estimates say how wrong they may be, and keep quiet where nothing is known."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.paths import resource_dir
from hwstudio.core.catalog.price_model import load_model, rounded
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind

FILE = resource_dir() / "catalog" / "price_model" / "model.toml"


@pytest.fixture(scope="module")
def raw():
    """The shipped model as text says it."""
    return tomllib.loads(FILE.read_text("utf-8"))


def estimates(catalog):
    """Every estimate in use."""
    parts = [part for kind in PartKind for part in catalog.parts(kind)]
    return [part for part in parts if part.price and part.price.kind is PriceKind.ESTIMATE]


def test_every_estimate_has_a_band_a_date_and_says_what_it_stands_on(catalog):
    found = estimates(catalog)
    assert len(found) > 4000
    for part in found:
        assert 0 < part.price.low < part.price.amount < part.price.high
        assert part.price.as_of == "2026-06"
        assert "price model" in part.price.source
        assert "held-back rows" in part.price.source


def test_the_model_publishes_its_error_on_held_back_rows(raw):
    assert set(raw["kind"]) == {kind.value for kind in PartKind} - {"gpu"}
    for kind, body in raw["kind"].items():
        assert body["groups_held_back"] > 50, kind
        assert 0 < body["median_error"] < 0.35, kind
        assert 0.87 <= body["inside_band"] <= 0.94, kind


def test_every_drift_names_its_dated_evidence(raw):
    for name, drift in raw["drift"].items():
        assert drift["evidence"], name
        assert drift["low"] <= drift["factor"] <= drift["high"], name


def test_no_price_of_a_single_part_is_shipped_in_the_model(raw):
    for body in raw["kind"].values():
        assert not any(
            name.startswith(("gpu-", "cpu-", "card-", "mb-")) for name in body["weights"]
        )


def test_memory_costs_what_it_costs_in_2026(catalog):
    kits = [k for k in catalog.rams() if (k.mem_type, k.dimm_type) == ("DDR5", "UDIMM")]
    pairs = [k.price.amount for k in kits if k.modules == 2 and k.capacity_bytes == 64 * 2**30]
    middle = sorted(pairs)[len(pairs) // 2]
    # Seen in 2026: lowest 680, typical 850.
    assert 550 <= middle <= 1000


def test_what_the_fit_never_saw_has_no_estimate(catalog):
    datacenter = [gpu for gpu in catalog.gpus() if gpu.segment == "datacenter"]
    assert datacenter
    assert all(gpu.price is None or gpu.price.kind is PriceKind.LIST for gpu in datacenter)
    for board in catalog.motherboards():
        if board.socket in {"SP5", "sTR5", "LGA4677", "sWRX8"}:
            assert board.price is None or board.price.kind is PriceKind.LIST


def test_more_memory_of_the_same_kind_costs_more(catalog):
    kits = {}
    for kit in catalog.rams():
        key = (kit.maker, kit.mem_type, kit.dimm_type, kit.modules, kit.speed_mts, kit.cas)
        kits.setdefault(key, {}).setdefault(kit.capacity_bytes, kit.price.amount)
    pairs = [sorted(by_size.items()) for by_size in kits.values() if len(by_size) > 1]
    assert pairs
    assert all(sizes[0][1] < sizes[-1][1] for sizes in pairs)


def test_an_unseen_socket_is_not_guessed():
    model = load_model(FILE)
    row = {
        "socket": "AM99", "cores": 8, "threads": 16, "boost_ghz": 5.0, "tdp_w": 105,
        "release_year": 2027, "name": "AMD Ryzen 99", "igpu": None, "includes_cooler": 0,
        "maker": "AMD",
    }  # fmt: skip
    assert model.estimate("cpu", row, {}) is None
    assert model.estimate("cpu", row | {"socket": "AM5"}, {}) is not None


@given(st.floats(0.5, 1e6))
def test_rounding_keeps_three_digits(amount):
    value = float(rounded(amount))
    assert value >= 1
    assert abs(value - amount) <= max(0.5, amount * 0.005) + 1e-9
