"""The Alerts page as people use it: with the mouse, with the keyboard, empty and full."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTabBar, QTableView, QWidget

from hwstudio.core.base.settings import load_settings
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.gui.monitor.alerts import making
from hwstudio.gui.monitor.alerts.view import AlertsPage
from hwstudio.gui.monitor.alerts.window_watch import Outlets, WindowWatch
from tests.gui.monitor.alerts.scene import BUSY, HOT, NOW, sample


class Services(SimpleNamespace):
    """What the Monitor tab hands to a page."""


@pytest.fixture
def services(context, monkeypatch):
    told = []
    monkeypatch.setattr(making, "own_recorder", lambda home: bool(told.append("started")))
    monkeypatch.setattr(
        making, "Notifier", lambda: SimpleNamespace(tell=lambda *text: bool(told.append(text)))
    )
    made = Services(
        context=context,
        sampler=SimpleNamespace(sample=sample()),
        state=STOPPED,
        say_problem=told.append,
        told=told,
        watch=None,
    )
    made.recorder = lambda: made.state
    return made


@pytest.fixture
def shown(qtbot, services):
    pages = []

    def make():
        page = AlertsPage(services)
        pages.append(page)
        qtbot.addWidget(page)
        page.resize(912, 440)
        page.show()
        qtbot.waitUntil(lambda: page.model._stored is not None, timeout=5000)
        return page

    yield make
    for page in pages:
        page.leave()
        page.close()


def _raise(services, qtbot):
    home = services.context.studio.home
    RuleFile(home.alerts_file).change(lambda _: [BUSY, HOT])
    outlets = Outlets(tell=lambda *_: None, wall=lambda: NOW, steady=lambda: 0.0)
    services.watch = WindowWatch(home, services.recorder, outlets)
    for step in range(40):
        services.watch.feed(sample(NOW + step, cpu__busy_share=0.95))
    return services.watch


def test_without_a_recorder_it_says_so_and_offers_to_start_it(qtbot, services, shown):
    page = shown()
    assert page.off.text() == (
        "Alerts are watched only while the recorder runs or this window is open."
    )
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "started" in services.told, timeout=5000)
    home = services.context.studio.home
    assert load_settings(home.settings_file).recorder_wanted


def test_with_a_recorder_the_offer_is_gone(services, shown):
    services.state = RecorderState(is_running=True, sample=sample())
    page = shown()
    assert page.start.isHidden()
    assert page.off.isHidden()
    assert page.sentence.text() == "Nothing needs you now."


def test_raised_alerts_are_a_sentence_and_a_list(qtbot, services, shown):
    watch = _raise(services, qtbot)
    page = shown()
    assert "1 more below" in page.sentence.text()
    assert not page.active.isHidden()
    assert [row.event.rule for row in page.active.shown_rows()] == ["hot", "busy"]
    watch.feed(sample(NOW + 100, cpu__busy_share=0.1, gpu__0__temperature_c=50.0))
    qtbot.waitUntil(lambda: page.sentence.text() == "Nothing needs you now.", timeout=5000)
    assert page.active.isHidden()
    watch.leave()


def test_buttons_wait_for_a_chosen_rule(shown):
    page = shown()
    buttons = (page.edit, page.remove, page.mute, page.test)
    assert not any(button.isEnabled() for button in buttons)
    page.rules.selectRow(0)
    assert all(button.isEnabled() for button in buttons)


def test_space_switches_a_rule_and_keeps_it_chosen(qtbot, services, shown):
    page = shown()
    page.rules.selectRow(1)
    qtbot.keyClick(page.rules, Qt.Key.Key_Space)
    file = RuleFile(services.context.studio.home.alerts_file)
    assert not file.rule("gpu-slowed-by-hardware").is_enabled
    assert page.rules.chosen().rule.id == "gpu-slowed-by-hardware"
    qtbot.keyClick(page.rules, Qt.Key.Key_Space)
    assert file.rule("gpu-slowed-by-hardware").is_enabled


def test_the_tick_switches_a_rule_too(services, shown):
    page = shown()
    index = page.rules.model_.index(0, 0)
    page.rules.model_.setData(index, 0, Qt.ItemDataRole.CheckStateRole)
    file = RuleFile(services.context.studio.home.alerts_file)
    assert not file.rule("gpu-hot").is_enabled


def test_a_removed_rule_comes_back_with_undo(qtbot, shown):
    page = shown()
    page.rules.selectRow(0)
    qtbot.keyClick(page.rules, Qt.Key.Key_Delete)
    assert page.model.rule("gpu-hot") is None
    assert "is gone" in page.notice._text.text()
    qtbot.mouseClick(page.notice._button, Qt.MouseButton.LeftButton)
    assert page.model.rule("gpu-hot") is not None
    assert page.rules.chosen().rule.id == "gpu-hot"
    assert page.notice.isHidden()


def test_mute_from_its_menu_shows_until_when(shown):
    page = shown()
    assert page.rules.isColumnHidden(4)
    page.rules.selectRow(0)
    page.mute.menu().actions()[2].trigger()
    assert page.model.state.rules[0].quiet == "Muted for good"
    assert not page.rules.isColumnHidden(4)
    page.mute.menu().actions()[3].trigger()
    assert page.rules.isColumnHidden(4)


def test_a_test_is_shown_in_the_page_and_in_the_history(qtbot, services, shown):
    page = shown()
    page.rules.selectRow(0)
    qtbot.mouseClick(page.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.notice.isHidden(), timeout=5000)
    assert page.notice._text.text().startswith("Test: ")
    assert "did not show it" in page.notice._text.text()
    page.tabs.setCurrentIndex(1)
    assert page.events.shown_rows()[0].kind == "Test"


def test_history_is_searched_and_copied(qtbot, services, shown):
    watch = _raise(services, qtbot)
    page = shown()
    page.tabs.setCurrentIndex(1)
    page.bar.span.setCurrentIndex(3)
    page.bar.span.chosen.emit("0")
    qtbot.keyClicks(page.bar.search, "hot")
    assert [row.event.rule for row in page.events.shown_rows()] == ["hot"]
    qtbot.mouseClick(page.bar.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "When,What,Severity,Subject,Rule,What was said"
    assert "Raised,Problem,GPU 0,Hot," in lines[1]
    watch.leave()


def test_a_new_rule_is_added_and_chosen(monkeypatch, shown):
    page = shown()

    def fill(dialog):
        dialog.picker.choose("gpu.1.temperature_c")
        dialog.form.threshold.edit.setText("80")
        dialog.accept()
        return 1

    monkeypatch.setattr("hwstudio.gui.monitor.alerts.rule_dialog.RuleDialog.exec", fill)
    page.add.click()
    assert page.rules.chosen().watches == ("GPU 1: temperature is at or above 80 °C for 30 s")


def test_a_refused_change_is_told_in_place(services, shown):
    home = services.context.studio.home
    page = shown()
    home.alerts_file.write_text('{"schema": 9, "rules": []}', "utf-8")
    page.model.set_enabled("gpu-hot", is_on=False)
    assert "newer hwstudio" in page.notice._text.text()


@pytest.mark.parametrize("is_full", [False, True])
def test_it_fits_a_small_window(qtbot, services, shown, is_full):
    watch = _raise(services, qtbot) if is_full else None
    page = shown()
    page.model.tested.emit("Test: Hot. Nothing is wrong. The desktop showed it.")
    for name in ("gpu-hot", "hot"):
        page.model.mute(name, "hour") if page.model.rule(name) else None
    wanted = page.minimumSizeHint()
    assert wanted.width() <= 912
    assert wanted.height() <= 440
    if watch is not None:
        watch.leave()


def test_everything_that_takes_the_focus_has_a_name(shown):
    page = shown()
    page.tabs.setCurrentIndex(1)
    nameless = [
        type(widget).__name__
        for widget in page.findChildren(QWidget)
        if isinstance(widget, (QAbstractButton, QComboBox, QLineEdit, QTableView, QTabBar))
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisibleTo(page)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_a_theme_switch_and_hiding_are_survived(services, shown):
    page = shown()
    services.context.theme.set_mode("dark")
    page.grab()
    page.hide()
    assert not page.model._timer.isActive()
    services.context.theme.set_mode("light")
