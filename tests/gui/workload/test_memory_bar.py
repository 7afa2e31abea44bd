"""The memory bar: every item looks different, on the bar and in its legend."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from hwstudio.core.predict.memory import Fit, MemoryItem, MemoryPrediction
from hwstudio.core.predict.split import Layout
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.workload.memory_bar import OTHER, MemoryBar, look_of, shown_items

GIB = 2**30


def need(count: int) -> MemoryPrediction:
    items = tuple(MemoryItem(f"part {n}", GIB) for n in range(count))
    return MemoryPrediction(
        need_bytes=count * GIB,
        low=count * GIB,
        high=count * GIB,
        vram_bytes=24 * GIB,
        verdict=Fit.FITS,
        layout=Layout.SINGLE,
        items=items,
        live_bytes=count * GIB,
    )


@pytest.fixture
def bar(qtbot):
    made = MemoryBar()
    qtbot.addWidget(made)
    made.resize(1200, 200)
    return made


def test_no_two_items_look_the_same():
    colours = len(tokens().series)
    looks = [look_of(place, colours) for place in range(14)]
    assert len(set(looks)) == 14
    assert not any(look.is_hatched for look in looks[:colours])


def test_a_colour_that_is_used_again_is_hatched_where_it_is_drawn(bar):
    bar.show_need(need(9))
    image = bar.grab().toImage()
    width = 1198 / (24 * 1.02)
    row = [QColor(image.pixel(round(7.5 * width) + x, 8)).name() for x in range(-12, 12)]
    plain = [QColor(image.pixel(round(0.5 * width) + x, 8)).name() for x in range(-12, 12)]
    assert len(set(plain)) == 1
    assert len(set(row)) > 1
    assert tokens().series[0].lower() in row


def test_more_items_than_looks_end_in_one_that_says_it_is_the_rest():
    items = tuple(MemoryItem(f"part {n}", (n + 1) * GIB) for n in range(20))
    shown = shown_items(items)
    assert len(shown) == 14
    assert shown[-1].label == OTHER
    assert sum(item.bytes for item in shown) == sum(item.bytes for item in items)
    assert [item.label for item in shown[:-1]] == [f"part {n}" for n in range(7, 20)]


def test_who_cannot_see_the_bar_is_told_every_item(bar):
    bar.show_need(need(20))
    assert bar.accessibleDescription().count("part ") == 20


def test_the_item_under_the_mouse_is_named(bar):
    bar.show_need(need(3))
    width = 1198 / (24 * 1.02)
    assert bar.item_at(1.5 * width).label == "part 1"
    assert bar.item_at(5 * width) is None
    bar.show_need(None)
    assert bar.item_at(1.0) is None
