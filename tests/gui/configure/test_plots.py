"""The small instruments say in words what they draw, and draw nothing without data."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.project.answer import FrontierPoint
from hwstudio.gui.configure.curve import BudgetCurve
from hwstudio.gui.configure.plots import MemoryBar, MemoryFill, PowerGauge, PowerMarks

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


def test_the_curve_says_what_each_budget_buys_and_what_buys_nothing(qtbot, theme):
    curve = BudgetCurve(500, 50_000)
    qtbot.addWidget(curve)
    points = (
        FrontierPoint(Decimal(500), None, "", ""),
        FrontierPoint(Decimal(1500), 520.4, "images/s", "1x RTX 4070 SUPER"),
        FrontierPoint(Decimal(6000), 1500.0, "images/s", "2x RTX 4090"),
    )
    curve.show_points(points, 2000.0)
    said = curve.accessibleDescription()
    assert "$500: nothing fits" in said
    assert "$1,500: 1x RTX 4070 SUPER, about 520 images/s (estimated)" in said
    assert not _pixels(curve).isNull()


def test_the_curves_ends_stand_under_the_ends_of_the_slider(qtbot, theme):
    curve = BudgetCurve(500, 50_000)
    qtbot.addWidget(curve)
    curve.resize(300, 40)
    assert curve._x(500) == 8
    assert curve._x(50_000) == 292
    assert curve._x(5_000) == 150
    assert curve._x(10**9) == 292
    assert curve._x(0) == 8
