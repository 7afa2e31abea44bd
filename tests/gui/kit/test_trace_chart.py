"""The chart as people use it: values arrive, it is zoomed, moved, pointed at, read aloud."""

from __future__ import annotations

import math
from array import array

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from hwstudio.gui.kit.trace_axis import BYTES, CELSIUS, SHARE, WATTS
from hwstudio.gui.kit.trace_chart import TimeWindow, TraceChart, TraceLine, TraceLook
from hwstudio.gui.kit.trace_data import TraceGap, TraceLimit, TraceMark, TraceZone
from hwstudio.gui.kit.trace_look import Fonts, placed
from hwstudio.gui.shell.theme_tokens import LIGHT

NOW = 1_790_000_000.0
NAN = math.nan


def _line(values, name="load", colour=0, step_s=1.0, **more):
    count = len(values)
    times = array("d", (NOW - (count - 1 - n) * step_s for n in range(count)))
    return TraceLine(name, times, array("d", values), colour, **more)


@pytest.fixture
def make(qtbot, theme):
    """Show a chart of one minute, in a window where a button has the focus."""
    windows = []

    def build(*lines, look=None, size=(400, 220), span_s=60.0):
        window = QWidget()
        windows.append(window)
        box = QVBoxLayout(window)
        box.setContentsMargins(0, 0, 0, 0)
        other = QPushButton("other")
        chart = TraceChart(look or TraceLook("GPU busy", SHARE, 1.0))
        chart.set_window(TimeWindow(NOW - span_s, NOW))
        if lines:
            chart.set_lines(lines)
        box.addWidget(other)
        box.addWidget(chart)
        chart.setFixedSize(*size)
        qtbot.addWidget(window)
        window.show()
        other.setFocus()
        QApplication.processEvents()
        return chart

    yield build
    for window in windows:
        window.close()


def _seen(chart) -> QImage:
    """Return the chart as painted anew from nothing."""
    return chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def _on_screen(chart) -> QImage:
    """Return what the screen really shows, with all that was moved and painted in parts."""
    QApplication.processEvents()
    place = chart.mapTo(chart.window(), QPoint(0, 0))
    whole = QGuiApplication.primaryScreen().grabWindow(chart.window().winId())
    area = whole.copy(place.x(), place.y(), chart.width(), chart.height())
    return area.toImage().convertToFormat(QImage.Format.Format_RGB32)


def _columns_with(image, colour, plot):
    wanted = QColor(colour).rgb()
    return {
        x
        for x in range(plot.left(), plot.right() + 1)
        if any(image.pixel(x, y) == wanted for y in range(plot.top(), plot.bottom()))
    }


def _wheel(chart, x, turned, sideways=0):
    place = QPointF(x, chart.plan.plot.center().y())
    event = QWheelEvent(
        place,
        chart.mapToGlobal(place),
        QPoint(),
        QPoint(sideways, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart, event)


# --- drawing ------------------------------------------------------------------------------------


def test_a_gap_is_never_drawn_as_a_line(make):
    values = [0.5] * 20 + [NAN] * 20 + [0.5] * 21
    chart = make(_line(values))
    plot = chart.plan.plot
    columns = _columns_with(_seen(chart), LIGHT.series[0], plot)
    first = plot.x() + plot.width() * 20 / 60
    last = plot.x() + plot.width() * 39 / 60
    assert columns
    assert not [x for x in columns if first < x < last]


def test_a_single_value_between_gaps_is_seen_as_a_dot(make):
    chart = make(_line([NAN] * 30 + [0.5] + [NAN] * 30))
    assert _columns_with(_seen(chart), LIGHT.series[0], chart.plan.plot)


def test_a_value_at_the_top_stays_inside_the_plot(make):
    chart = make(_line([1.0] * 61))
    plot = chart.plan.plot
    assert len(_columns_with(_seen(chart), LIGHT.series[0], plot)) > plot.width() * 0.9


@pytest.mark.parametrize("count", [61, 601, 5000])
@pytest.mark.parametrize("lines", [1, 2])
def test_moving_the_picture_gives_pixel_for_pixel_what_painting_it_anew_gives(make, count, lines):
    def value(n, which):
        slow = (n * (3 + which)) % 40 / 40
        return NAN if n % 37 == 5 else 0.3 * which + 0.6 * abs(2 * slow - 1)

    made = [_line([value(n, k) for n in range(count)], f"l{k}", k) for k in range(lines)]
    chart = make(*made, span_s=count - 1.0)
    if lines == 1:
        chart.set_headline(("", ""))  # so that only the smallest strip is painted
        QApplication.processEvents()
    for n in range(count, count + 90):
        chart.append(NOW + n - count + 1, [value(n, k) for k in range(lines)])
        QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)


@pytest.mark.parametrize("is_framed", [True, False])
def test_the_focus_frame_stands_still_while_the_line_moves(make, is_framed):
    chart = make(_line([0.3] * 61), look=TraceLook("Fan", SHARE, 1.0, is_framed=is_framed))
    chart.setFocus()
    QApplication.processEvents()
    for n in range(70):
        chart.append(NOW + n + 1, [(n * 7 % 11) / 10])
        QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)


def test_words_of_a_limit_stand_still_while_the_line_moves_under_them(make):
    limits = (TraceLimit(0.8, "slows down", "warn"), TraceLimit(0.4, "quiet"))
    chart = make(_line([0.3] * 61), look=TraceLook("Fan", SHARE, 1.0, limits=limits))
    for n in range(70):
        chart.append(NOW + n + 1, [0.1 + (n * 7 % 9) / 10])
        QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)


def test_two_values_between_two_paints_leave_nothing_behind(make):
    chart = make(_line([0.2] * 61))
    chart.set_headline(("", ""))
    QApplication.processEvents()
    for n in range(30):
        chart.append(NOW + n + 1, [n % 7 / 7])
        if n % 3 == 0:
            QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)


def test_a_chart_with_limits_marks_and_gaps_is_painted_right_while_it_moves(make):
    look = TraceLook(
        "Heat",
        CELSIUS,
        110,
        limits=(TraceLimit(87, "slows down from 87 °C", "warn"),),
        zones=(TraceZone(87, None, "error"),),
    )
    chart = make(_line([60.0] * 61), look=look)
    chart.set_marks([TraceMark(NOW - 10, "run started", "ok")])
    chart.set_gaps([TraceGap(NOW - 40, NOW - 20)])
    QApplication.processEvents()
    for n in range(20):
        chart.append(NOW + n + 1, [60.0 + n])
        QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)


def test_an_empty_chart_says_so_in_words_and_picture(make):
    chart = make()
    assert "0 values" not in chart.described()
    empty, full = _seen(chart), None
    chart.set_lines([_line([0.5] * 61)])
    full = _seen(chart)
    assert empty != full


def test_theme_and_text_size_change_live(make, theme):
    chart = make(_line([0.5] * 61))
    light, small = _seen(chart), chart.plan.plot
    theme.set_mode("dark")
    dark = _seen(chart)
    assert dark.pixel(2, 2) != light.pixel(2, 2)
    bigger = QApplication.font()
    bigger.setPixelSize(26)
    before = QApplication.font()
    QApplication.setFont(bigger)
    try:
        assert chart.plan.plot.height() < small.height()
    finally:
        QApplication.setFont(before)


def test_nothing_is_worked_out_while_the_chart_is_hidden(make, monkeypatch):
    chart = make(_line([0.5] * 61))
    chart.window().hide()
    worked = []
    monkeypatch.setattr(chart._scene, "arrange", worked.append)
    monkeypatch.setattr(chart._scene, "advance", lambda **_: worked.append("advance"))
    for n in range(5):
        chart.append(NOW + n + 1, [0.5])
    QApplication.processEvents()
    assert worked == []
    monkeypatch.undo()
    chart.window().show()
    assert chart.window_shown.to_s == NOW + 5


@pytest.mark.parametrize("size", [(120, 60), (160, 80), (200, 48), (400, 200), (90, 30)])
@pytest.mark.parametrize("pixels", [13, 26])
def test_at_every_size_the_line_has_room_and_no_part_covers_another(qtbot, theme, size, pixels):
    before, font = QApplication.font(), QApplication.font()
    font.setPixelSize(pixels)
    QApplication.setFont(font)
    try:
        chart = TraceChart(TraceLook("GPU 0 memory bandwidth", BYTES, 2.0**34, is_framed=True))
        qtbot.addWidget(chart)
        chart.resize(*size)
        plan = chart.plan
    finally:
        QApplication.setFont(before)
    parts = [plan.head, plan.legend, plan.plot, plan.bottom_axis]
    for number, part in enumerate(parts):
        assert part.isEmpty() or chart.rect().contains(part)
        assert not any(part.intersects(other) for other in parts[number + 1 :])
    assert plan.plot.height() >= 20
    assert plan.plot.width() >= 40


def test_axes_give_way_at_small_sizes(qtbot, theme):
    fonts, look = Fonts(), TraceLook("GPU busy", SHARE, 1.0)
    chart = TraceChart(look)
    qtbot.addWidget(chart)
    chart.resize(120, 60)
    assert chart.plan.bottom_axis.isEmpty()
    assert not chart.plan.ticks
    chart.resize(400, 200)
    assert not chart.plan.bottom_axis.isEmpty()
    assert chart.plan.ticks
    assert placed(look, chart.size(), fonts, 1.0, legend_rows=0).plot == chart.plan.plot


def test_the_top_follows_the_data_and_does_not_jump(make):
    chart = make(_line([50.0] * 61), look=TraceLook("Power", WATTS))
    assert chart._scene.view.top == 60
    chart.append(NOW + 1, [290.0])
    assert chart._scene.view.top == 400 or chart.plan is not None
    chart.plan  # noqa: B018 - works out what is stale
    top = chart._scene.view.top
    assert top > 290
    for n in range(2, 30):
        chart.append(NOW + n, [50.0])
        chart.plan  # noqa: B018
    assert chart._scene.view.top == top  # the peak is still in sight


# --- the value and words ------------------------------------------------------------------------


def test_the_present_value_is_named_for_screen_readers(make):
    chart = make(_line([0.1] * 60 + [0.63]))
    assert chart.accessibleName() == "GPU busy"
    assert "now 63 %" in chart.accessibleDescription()
    assert "10 % to 63 %" in chart.accessibleDescription()


def test_a_missing_value_is_not_zero(make):
    chart = make(_line([0.1] * 60 + [NAN]))
    assert chart._scene.parts_of_value() == ("–", "")
    assert "no value now" in chart.described()


def test_in_the_past_there_is_no_present_value(make):
    chart = make(_line([0.1] * 61))
    chart.set_window(TimeWindow(NOW - 600, NOW - 540, is_live=False))
    assert chart._scene.parts_of_value() == ("", "")


# --- hands --------------------------------------------------------------------------------------


def test_the_wheel_zooms_around_the_cursor_and_asks_for_points_once(make, qtbot):
    chart = make(_line([0.5] * 601), span_s=600.0)
    plot = chart.plan.plot
    around = chart.time_at(plot.center().x())
    asked = []
    chart.range_wanted.connect(lambda a, b: asked.append((a, b)))
    with qtbot.waitSignal(chart.range_wanted):
        for _ in range(3):
            _wheel(chart, plot.center().x(), 120)
    shown = chart.window_shown
    assert shown.span_s == pytest.approx(600 / 1.5**3)
    assert (shown.from_s + shown.to_s) / 2 == pytest.approx(around, abs=2)
    assert not shown.is_live
    assert asked == [(shown.from_s, shown.to_s)]


def test_the_wheel_is_left_to_the_page_where_that_is_asked_for(make):
    chart = make(_line([0.5] * 61))
    chart.takes_wheel = False
    _wheel(chart, 200, 120)
    assert chart.window_shown.span_s == 60


def test_dragging_moves_and_a_double_click_goes_back_to_live(make, qtbot):
    chart = make(_line([0.5] * 61))
    plot = chart.plan.plot
    start = plot.center()
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(chart, start + QPoint(plot.width() // 2, 0))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=start)
    assert not chart.window_shown.is_live
    assert chart.window_shown.to_s == pytest.approx(NOW - 30, abs=1)
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=start)
    assert chart.window_shown.is_live
    assert chart.window_shown.to_s == NOW


def test_keys_move_zoom_and_come_back(make, qtbot):
    chart = make(_line([0.5] * 3601), span_s=60.0)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.window_shown.to_s == pytest.approx(NOW - 6)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.window_shown.is_live
    qtbot.keyClick(chart, Qt.Key.Key_Minus)
    assert chart.window_shown.span_s == pytest.approx(90)
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.window_shown.span_s == pytest.approx(60)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.window_shown.from_s == pytest.approx(NOW - 3600)
    qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.window_shown.is_live
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.window_shown.is_live


def test_home_goes_to_the_oldest_numbers_known(make, qtbot):
    chart = make(_line([0.5] * 61))
    chart.set_reach(NOW - 86400)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.window_shown.from_s == NOW - 86400


def test_the_cursor_reads_out_the_nearest_value_and_leaves_with_the_mouse(make, qtbot):
    values = [n / 100 for n in range(61)]
    chart = make(_line(values))
    plot = chart.plan.plot
    heard = []
    chart.hovered.connect(heard.append)
    qtbot.mouseMove(chart, QPoint(plot.x() + plot.width() // 2, plot.center().y()))
    assert chart.cursor_s == pytest.approx(NOW - 30, abs=1)
    said = chart.readout(chart.cursor_s)
    assert said.rows[0][2] == SHARE.text(values[60 - round(NOW - chart.cursor_s)])
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert chart.cursor_s is None
    assert heard[-1] is None


def test_the_cursor_moves_by_keys_and_is_read_aloud(make, qtbot):
    chart = make(_line([n / 100 for n in range(61)]))
    chart.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(chart, Qt.Key.Key_Left, control)
    assert chart.cursor_s == NOW
    qtbot.keyClick(chart, Qt.Key.Key_Left, control)
    assert chart.cursor_s == NOW - 1
    assert chart.accessibleDescription().endswith("59 %.")
    qtbot.keyClick(chart, Qt.Key.Key_Right, control)
    qtbot.keyClick(chart, Qt.Key.Key_Right, control)
    assert chart.cursor_s == NOW


def test_in_a_gap_the_cursor_says_why_there_is_nothing(make):
    chart = make(_line([0.5] * 20 + [NAN] * 20 + [0.5] * 21))
    assert chart.readout(NOW - 30).rows[0][2] == "no value"
    chart.set_gaps([TraceGap(NOW - 41, NOW - 20, "not recorded")])
    assert chart.readout(NOW - 30).rows[0][2] == "not recorded"
    assert not chart.readout(NOW - 30).dots


def test_the_cursor_names_marks_and_envelopes(make):
    line = _line([0.5] * 61, low=array("d", [0.25] * 61), high=array("d", [0.75] * 61))
    chart = make(line)
    chart.set_marks([TraceMark(NOW - 30, "too hot", "error")])
    rows = chart.readout(NOW - 30).rows
    assert rows[0][2] == "50 % (25 % to 75 %)"
    assert rows[1][1] == "too hot"


def test_a_line_that_moved_on_is_still_under_a_resting_mouse(make, qtbot):
    chart = make(_line([0.5] * 61))
    plot = chart.plan.plot
    qtbot.mouseMove(chart, QPoint(plot.x() + plot.width() // 2, plot.center().y()))
    before = chart.cursor_s
    for n in range(10):
        chart.append(NOW + n + 1, [0.5])
    assert chart.cursor_s == pytest.approx(before + 10, abs=1)


def test_values_that_arrive_while_looking_back_do_not_move_the_picture(make):
    chart = make(_line([0.5] * 601), span_s=60.0)
    chart.pan(-3.0)
    QApplication.processEvents()
    before, shown = _seen(chart), chart.window_shown
    chart.append(NOW + 1, [0.9])
    assert chart.window_shown == shown
    assert _on_screen(chart) == before


def test_a_unit_that_changes_is_on_the_screen_as_if_painted_anew(make):
    chart = make(_line([2e6] * 61), look=TraceLook("Written", BYTES, 4e6))
    chart.append(NOW + 1, [1000.0 * 1024])
    QApplication.processEvents()
    for n, value in enumerate((3.0, 999 * 1024.0, 3e6, 0.0, 2.5e6, math.nan, 5.0)):
        chart.append(NOW + 2 + n, [value])
        QApplication.processEvents()
        assert _on_screen(chart) == _seen(chart), value


def test_the_focus_frame_is_seen(make):
    chart = make(_line([0.5] * 61))
    before = _seen(chart)
    chart.setFocus()
    QApplication.processEvents()
    assert _seen(chart) != before


def test_a_painter_for_a_file_draws_no_cursor(make):
    chart = make(_line([0.5] * 61))
    first = QImage(chart.size(), QImage.Format.Format_RGB32)
    painter = QPainter(first)
    chart.draw(painter)
    painter.end()
    chart.set_cursor(NOW - 30)
    second = QImage(chart.size(), QImage.Format.Format_RGB32)
    painter = QPainter(second)
    chart.draw(painter)
    painter.end()
    assert first == second


def test_a_sensor_that_never_had_a_value_draws_nothing_and_breaks_nothing(make):
    chart = make(_line([NAN, NAN]))
    for second in range(1, 4):
        chart.append(NOW + second, [NAN])
        QApplication.processEvents()
    chart.append(NOW + 4, [0.5])
    QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)


@pytest.mark.parametrize("step_s", [1.0, 1.013])
def test_a_level_line_is_right_without_being_painted_and_so_is_what_follows_it(
    make, step_s, monkeypatch
):
    chart = make(_line([0.51] * 61), _line([0.0] * 61), look=TraceLook("Level", BYTES, 1.0))
    told = []
    monkeypatch.setattr(chart, "update", lambda *where: (told.append(where), _update(*where)))
    _update = super(type(chart), chart).update
    values = [(0.51 + 0.0001 * (n % 3), 0.0) for n in range(20)] + [(0.7, 0.0), (0.7, NAN)]
    values += [(0.7, 0.1)] * 4
    for n, pair in enumerate(values):
        chart.append(NOW + (n + 1) * step_s, pair)
        assert _on_screen(chart) == _seen(chart), n
        assert bool(told) is (n >= 20), n
        told.clear()


def test_values_that_stay_are_known_and_the_picture_is_right_when_they_move(make):
    chart = make(_line([0.5] * 61), look=TraceLook("Level", BYTES, 1.0))
    for second in range(1, 12):
        chart.append(NOW + second, [0.5])
    assert chart.now_s == NOW + 11
    assert list(chart.traces[0].times[-3:]) == [NOW + 9, NOW + 10, NOW + 11]
    plot = chart.plan.plot
    assert chart.time_at(plot.x() + plot.width()) == pytest.approx(NOW + 11, abs=1)
    for second, value in enumerate((0.5, 0.5, 0.9, 0.5, 0.5), 12):
        chart.append(NOW + second, [value])
        QApplication.processEvents()
    assert _on_screen(chart) == _seen(chart)
