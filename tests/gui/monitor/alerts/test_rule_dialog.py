"""The rule dialog: it says at every letter what the rule will do, and refuses in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLineEdit, QTreeWidget, QWidget

from hwstudio.core.monitor.alerts.defaults import RECORDER, default_rules
from hwstudio.core.monitor.alerts.rule import Level, When
from hwstudio.gui.monitor.alerts.rule_dialog import RuleDialog
from hwstudio.gui.monitor.sensor_tree import rows_below, tops_of
from tests.gui.monitor.alerts.scene import HOT, sample


@pytest.fixture
def opened(qtbot, theme):
    def make(old=None, taken=()):
        dialog = RuleDialog(sample(), old, frozenset(taken))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def test_it_begins_by_asking_what_to_watch(opened):
    dialog = opened()
    assert dialog.problem.text() == "Choose on the left what to watch."
    dialog.accept()
    assert dialog.rule is None
    assert dialog.isVisible()


def test_the_sentence_follows_every_letter(qtbot, opened):
    dialog = opened()
    dialog.picker.choose("gpu.0.temperature_c")
    qtbot.keyClicks(dialog.form.threshold.edit, "84")
    assert dialog.promise.text() == (
        "Tells you when GPU 0 temperature is at or above 84 °C for 30 s."
    )
    assert dialog.now.text() == "True now: GPU 0 (88 °C). It would be raised after 30 s."
    qtbot.keyClick(dialog.form.threshold.edit, Qt.Key.Key_Backspace)
    assert "at or above 8 °C" in dialog.promise.text()


def test_a_wrong_threshold_is_marked_and_the_dialog_stays(qtbot, opened):
    dialog = opened()
    dialog.picker.choose("gpu.0.temperature_c")
    assert not dialog.form.threshold.edit.property("bad"), "an empty field is not wrong yet"
    qtbot.keyClicks(dialog.form.threshold.edit, "hot")
    assert dialog.form.threshold.edit.property("bad")
    assert "'hot' is no number" in dialog.problem.text()
    dialog.accept()
    assert dialog.rule is None
    dialog.form.threshold.edit.setText("80")
    assert not dialog.form.threshold.edit.property("bad")
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.rule.level == Level(80.0)


def test_saving_without_a_change_changes_nothing(opened):
    for rule in default_rules():
        dialog = opened(rule, {rule.id})
        assert dialog.problem.isHidden(), rule.id
        dialog.accept()
        assert dialog.rule == rule


def test_the_fields_follow_the_condition(opened):
    dialog = opened(HOT)
    form = dialog.form
    assert not form._band_box.isHidden()
    assert form._within_box.isHidden()
    form.when.set_value(When.WILL_EXCEED)
    form._on_shape()
    assert form._band_box.isHidden()
    assert not form._within_box.isHidden()
    form.when.set_value(When.CHANGES)
    form._on_shape()
    assert form._goal.isHidden()
    assert form._hold_box.isHidden()


def test_the_unit_follows_sensor_and_threshold(opened):
    dialog = opened()
    for sensor, word in (("gpu.0.temperature_c", "°C"), ("gpu.0.vram_used_bytes", "GiB")):
        dialog.picker.choose(sensor)
        assert dialog.form.threshold.edit.accessibleName() == f"Threshold, {word}"
    dialog.form.base.set_value("part")
    dialog.form._on_shape()
    assert dialog.form.threshold.edit.accessibleName() == "Threshold, %"


def test_reasons_are_ticked_instead_of_a_number(opened):
    dialog = opened()
    dialog.picker.choose("gpu.*.throttle_bits")
    assert dialog.form.when.value == When.BITS
    assert not dialog.form._reasons_box.isHidden()
    dialog.form.reasons.show_bits(0x4)
    assert "power limit" in dialog.promise.text()
    dialog.accept()
    assert dialog.rule.level == Level(4.0)


def test_the_recorder_itself_can_be_watched(opened):
    dialog = opened()
    dialog.picker.choose(RECORDER)
    assert dialog.promise.text() == "Tells you when the recorder has written nothing for 30 s."
    dialog.accept()
    assert (dialog.rule.when, dialog.rule.sensor) == (When.SILENT, RECORDER)


def test_search_narrows_the_list_and_the_arrow_goes_on_to_it(qtbot, opened):
    dialog = opened()
    picker = dialog.picker
    qtbot.keyClicks(picker.search, "gpu 1 temp")
    rows = [
        row.text(0)
        for top in tops_of(picker.tree)
        if not top.isHidden()
        for row in rows_below(top)
        if not row.isHidden()
    ]
    assert rows == ["Temperature"]
    dialog.activateWindow()
    qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    qtbot.waitUntil(picker.tree.hasFocus, timeout=3000)


def test_quiet_hours_need_both_ends(opened):
    dialog = opened(HOT)
    dialog.form.quiet_from.setText("22:00")
    assert dialog.form.quiet_to.property("bad")
    dialog.form.quiet_to.setText("07:00")
    dialog.accept()
    assert (dialog.rule.quiet_from, dialog.rule.quiet_to) == (22 * 60, 7 * 60)


def test_it_fits_a_small_screen_and_everything_has_a_name(opened):
    for rule in default_rules():
        dialog = opened(rule)
        wanted = dialog.minimumSizeHint()
        assert wanted.width() <= 960
        assert wanted.height() <= 560
        assert nameless(dialog) == [], rule.id


def nameless(dialog):
    kinds = (QAbstractButton, QComboBox, QLineEdit, QTreeWidget)
    return [
        type(widget).__name__
        for widget in dialog.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisibleTo(dialog)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
