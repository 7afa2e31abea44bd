"""Search forgives the way people type and never shows what is outside a limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.catalog.search import Query, words_of
from hwstudio.core.model.part import PartKind

K = PartKind


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        (K.GPU, "rtx4090", "GeForce RTX 4090"),
        (K.GPU, "4070ti super", "GeForce RTX 4070 Ti SUPER"),
        (K.GPU, "rx7900xtx", "Radeon RX 7900 XTX"),
        (K.GPU, "gtx 1080ti", "GeForce GTX 1080 Ti"),
        (K.GPU, "geforc rtx 3090", "GeForce RTX 3090"),
        (K.GPU, "6000 ada", "RTX 6000 Ada Generation"),
        (K.GPU, "RTX a6000", "RTX A6000"),
        (K.GPU, "a100 80", "A100 PCIe 80 GB"),
        (K.GPU_CARD, "4090 fe", "NVIDIA Founders Edition GeForce RTX 4090 24GB GDDR6X"),
        (K.CPU, "14900 k", "Intel Core i9-14900K"),
        (K.CPU, "i9-14900k", "Intel Core i9-14900K"),
        (K.CPU, "ryzen 7950x3d", "AMD Ryzen 9 7950X3D"),
        (K.CPU, "threadriper 9960x", "AMD Ryzen Threadripper 9960X"),
        (K.CPU, "epyc 9354", "AMD EPYC 9354P"),
        (K.COOLER, "noctura d15", "Noctua NH-D15 Air 165mm 82.5 CFM"),
        (K.COOLER, "nhd15", "Noctua NH-D15 Air 165mm 82.5 CFM"),
        (K.CASE, "meshfy 2", "Fractal Design Meshify 2 ATX Mid Tower Case"),
    ],
)
def test_the_right_part_is_among_the_first_three(catalog, kind, typed, meant):
    found = catalog.search(kind, Query(text=typed, limit=3))
    assert meant in [part.name for part in found]


def test_a_number_that_is_not_there_finds_nothing_rather_than_something_else(catalog):
    assert catalog.search(K.CPU, Query(text="rtx 4090")) == ()
    assert catalog.search(K.GPU, Query(text="zzzzqqq")) == ()
    assert catalog.search(K.MOTHERBOARD, Query(text="ASUS K15PG-D24")) == ()
    assert catalog.search(K.GPU, Query(text="geforce 9999")) == ()


def test_quotes_and_operators_are_only_text(catalog):
    for text in ('"', "rtx OR NOT", "*", "a:b", "NEAR(", "4090'; DROP TABLE part; --"):
        catalog.search(K.GPU, Query(text=text))


def test_limits_narrow_and_unknown_values_stay_outside(catalog):
    found = catalog.search(K.GPU, Query(min_vram_bytes=48 * 2**30, max_price=Decimal(5000)))
    assert found
    for gpu in found:
        assert gpu.vram_bytes >= 48 * 2**30
        assert gpu.price is not None
        assert gpu.price.amount <= 5000


def test_a_socket_is_asked_of_cpu_board_and_cooler(catalog):
    for kind in (K.CPU, K.MOTHERBOARD, K.COOLER):
        found = catalog.search(kind, Query(socket="am5"))
        assert 0 < len(found) < len(catalog.parts(kind))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=24))
def test_any_text_is_answered(catalog, text):
    found = catalog.search(K.GPU, Query(text=text, limit=5))
    assert len(found) <= 5
    if not words_of(text):
        assert len(found) == 5


@settings(max_examples=40, deadline=None)
@given(low=st.integers(0, 3000), high=st.integers(0, 3000))
def test_a_higher_limit_never_loses_a_part(catalog, low, high):
    less, more = sorted((low, high))
    few = {p.id for p in catalog.search(K.GPU, Query(max_price=Decimal(less)))}
    many = {p.id for p in catalog.search(K.GPU, Query(max_price=Decimal(more)))}
    assert few <= many
