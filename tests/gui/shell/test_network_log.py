"""The user sees every network call, and switches the network on in the settings."""

from __future__ import annotations

from hwstudio.core.base.network_log import Call, read_calls, write_call
from hwstudio.core.base.settings import Settings, changed
from hwstudio.gui.shell.network_log import NetworkLogDialog
from hwstudio.gui.shell.settings_dialog import SettingsDialog


def test_an_empty_log_says_that_the_network_was_not_used(qtbot, theme, home):
    dialog = NetworkLogDialog((), home.network_log, is_allowed=False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.table._empty.text() == "hwstudio has not used the network."
    assert dialog.table._empty.isVisible()


def test_every_call_is_shown_with_purpose_place_bytes_and_result(qtbot, theme, home):
    call = Call("a", "2026-11-20T12:34:56Z", "refresh prices", "GET", "example.org", "/p")
    write_call(home.network_log, call)
    dialog = NetworkLogDialog(read_calls(home.network_log), home.network_log, is_allowed=True)
    qtbot.addWidget(dialog)
    row = dialog.table.as_csv().splitlines()[1]
    assert row == "2026-11-20 12:34:56 UTC,refresh prices,example.org/p,0,never ended"


def test_the_network_is_off_until_it_is_switched_on_in_the_settings(qtbot, theme):
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    assert not dialog.network.isChecked()
    assert dialog.settings().network_allowed is False
    dialog.network.click()
    assert dialog.settings().network_allowed is True
    again = SettingsDialog(changed(Settings(), network_allowed=True))
    qtbot.addWidget(again)
    assert again.network.isChecked()
