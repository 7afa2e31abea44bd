"""What the recorder has to say is said once, and taken back when it is over."""

from __future__ import annotations

import pytest

from hwstudio.core.monitor.recorder_control import RecorderState
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.monitor.recorder_notice import RecorderNotice

TROUBLE = RecorderState(is_running=True, notice="New readings cannot be kept: the disk is full.")
WELL = RecorderState(is_running=True)


@pytest.fixture
def notice(qtbot, theme):
    made = Notice()
    qtbot.addWidget(made)
    return made


def test_a_trouble_that_is_over_is_said_to_be_over(notice):
    shown = RecorderNotice(notice, lambda _state: None)
    shown.show_state(TROUBLE)
    assert notice.accessibleName() == TROUBLE.notice
    shown.show_state(WELL)
    assert "kept again" in notice.accessibleName()
    shown.show_state(TROUBLE)
    assert notice.accessibleName() == TROUBLE.notice  # it is new again


def test_a_trouble_that_was_closed_or_followed_by_something_else_is_not_spoken_of_again(notice):
    shown = RecorderNotice(notice, lambda _state: None)
    shown.show_state(TROUBLE)
    notice.acted.emit()
    shown.show_state(WELL)
    assert notice.isHidden()
    shown.show_state(TROUBLE)
    notice.say("error", "Something else.", "Close")
    shown.show_state(WELL)
    assert notice.accessibleName() == "Something else."
