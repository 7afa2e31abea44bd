"""How the window with the Pythons is opened, from the palette, the settings and the benchmarks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from hwstudio.gui.shell.commands import Command
from hwstudio.gui.shell.context import Context

if TYPE_CHECKING:
    from hwstudio.gui.environment.dialog import EnvironmentDialog


def environment_commands(context: Context, parent: QWidget) -> tuple[Command, ...]:
    """Return the command that opens it."""
    return (
        Command(
            "environments",
            "Python environments…",
            partial(open_environments, context, parent),
            "",
            "pytorch torch install cuda rocm conda venv interpreter",
        ),
    )


def open_environments(context: Context, parent: QWidget) -> None:
    """Show it until it is closed."""
    dialog = make_dialog(context, parent)
    dialog.exec()
    dialog.deleteLater()


def make_dialog(context: Context, parent: QWidget) -> EnvironmentDialog:
    """Return it, not yet shown."""
    from hwstudio.gui.environment.dialog import EnvironmentDialog

    return EnvironmentDialog(context, parent)
