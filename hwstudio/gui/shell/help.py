"""Actions for when something is wrong: earlier versions, diagnostics, restart, safe mode."""

from __future__ import annotations

from functools import partial

from hwstudio.core.base.paths import Home
from hwstudio.core.base.safe_mode import is_safe_mode
from hwstudio.gui.shell.commands import Command
from hwstudio.gui.shell.restart_wish import ask_to_restart
from hwstudio.gui.window import MainWindow


def help_commands(window: MainWindow, home: Home) -> tuple[Command, ...]:
    """Return what the search offers of it."""
    safe = (
        Command("restart", "Leave safe mode", ask_to_restart, "", "restart usual normal")
        if is_safe_mode()
        else Command(
            "safe_mode",
            "Restart in safe mode",
            partial(ask_to_restart, is_safe=True),
            "",
            "crash problem help start without recorder",
        )
    )
    return (
        Command(
            "versions",
            "Earlier versions of the project…",
            partial(show_versions, window),
            "",
            "history restore recover revert backup autosave undo",
        ),
        Command(
            "diagnostics",
            "Save diagnostics…",
            partial(_show_diagnostics, window, home),
            "",
            "help report problem logs bug crash support",
        ),
        safe,
    )


def show_versions(window: MainWindow) -> None:
    """Show them over the Configure tab."""
    window.open_tab("configure")
    opener = getattr(window.view("configure"), "show_versions", None)
    if callable(opener):
        opener()


def _show_diagnostics(window: MainWindow, home: Home) -> None:
    from hwstudio.gui.shell.diagnostics_dialog import show_diagnostics

    show_diagnostics(home, window)
