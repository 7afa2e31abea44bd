"""The small instruments say in words what they draw, and draw nothing without data."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt

from hwstudio.core.project.answer import Frontier, FrontierPoint
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure.curve import BudgetCurve
from hwstudio.gui.configure.plots import MemoryBar, MemoryFill, PowerGauge, PowerMarks
from hwstudio.gui.kit.fields import SliderField, Span

GIB = 2**30


def _pixels(widget):
    widget.resize(300, widget.sizeHint().height())
    return widget.grab().toImage()


def test_the_gauge_names_its_four_marks_with_watts(qtbot, theme):
    gauge = PowerGauge()
    qtbot.addWidget(gauge)
    empty = _pixels(gauge)
    gauge.show_marks(PowerMarks(629, 880, 892, 1050))
    assert gauge.accessibleDescription() == (
        "Sustained 629 W; Short peaks 880 W; Vendor min. 892 W; Power supply 1,050 W"
    )
    assert _pixels(gauge) != empty
    gauge.show_marks(None)
    assert _pixels(gauge) == empty


def test_the_sustained_bar_is_as_long_as_its_share_of_the_scale(qtbot, theme):
    gauge = PowerGauge()
    qtbot.addWidget(gauge)
    gauge.show_marks(PowerMarks(500, 500, None, 1000))
    image = _pixels(gauge)
    row = [image.pixelColor(x, 10).name().upper() for x in range(300)]
    filled = row.count(theme.tokens.series[0])
    assert abs(filled - 300 * 500 / 1060) < 6


def test_the_memory_bar_names_what_fills_it(qtbot, theme):
    bar = MemoryBar()
    qtbot.addWidget(bar)
    items = (("weights", 2 * GIB), ("activations", 4 * GIB))
    bar.show_fill(MemoryFill(8 * GIB, 6 * GIB, 5 * GIB, 9 * GIB, items))
    assert bar.accessibleDescription() == "weights 2.00 GiB; activations 4.00 GiB"
    assert not _pixels(bar).isNull()


def _step(budget, speed, title):
    return FrontierPoint(Decimal(budget), speed, "images/s", title, speed)


STEPS = (_step("1499.20", 520.4, "1x RTX 4070 SUPER"), _step(6000, 1500.0, "2x RTX 4090"))


@pytest.fixture
def curve(qtbot, theme):
    made = BudgetCurve(500, 50_000)
    qtbot.addWidget(made)
    made.resize(300, 60)
    made.show_frontier(Frontier(ProjectState(), STEPS, 9, 9, is_ready=True), 2000.0)
    return made


def test_the_curve_names_its_steps_and_the_next_one_and_where_nothing_fits(curve):
    said = curve.accessibleDescription()
    assert said.startswith("$1,500: 1x RTX 4070 SUPER, about 520 images/s (estimated); $6,000: ")
    assert "$700: nothing fits" in curve._tip(700.0)
    assert "Next step, $1,500: 1x RTX 4070 SUPER" in curve._tip(700.0)
    assert "Next step, $6,000: 2x RTX 4090" in curve._tip(2000.0)
    assert "Next step" not in curve._tip(9000.0)
    assert not _pixels(curve).isNull()


def test_a_screen_reader_is_told_ten_steps_at_most(curve):
    steps = tuple(_step(1000 + n, 1.0 + n, f"card {n}") for n in range(40))
    curve.show_frontier(Frontier(ProjectState(), steps, 9, 9, is_ready=True), 2000.0)
    said = curve.accessibleDescription()
    assert said.count("about") == 10
    assert "card 0," in said
    assert "card 39," in said
    assert said.endswith("10 of 40 steps")


def test_a_growing_curve_says_how_far_it_is(curve):
    curve.show_frontier(Frontier(ProjectState(), STEPS[:1], 42, 131), 2000.0)
    assert curve.accessibleDescription() == "42 of 131 graphics card choices compared"
    assert "42 of 131" in curve._tip(2000.0)


def test_a_click_on_the_curve_gives_its_budget_and_near_a_step_the_steps_price(curve, qtbot):
    chosen = []
    curve.chosen.connect(chosen.append)
    for x in (150, round(curve._x(1500)) + 3):
        qtbot.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    assert chosen == [5000.0, 1500.0]


def test_the_slider_lies_under_the_curve_with_its_ends_at_the_curves_ends(curve, qtbot):
    field = SliderField("Budget", Span(0, 1e6, 500, 50_000, is_log=True), value=5000)
    qtbot.addWidget(field)
    curve.carry(field.slider)
    curve.resize(300, curve.sizeHint().height())
    assert field.slider.parent() is curve
    assert field.slider.width() == curve.width()
    handle = 16
    assert curve._x(5000) == handle / 2 + (300 - handle) * field.slider.value() / 1000


def test_the_curves_ends_stand_above_the_ends_of_the_slider(curve):
    assert curve._x(500) == 8
    assert curve._x(50_000) == 292
    assert curve._x(5_000) == 150
    assert curve._x(10**9) == 292
    assert curve._x(0) == 8
