"""What the buttons of the list after buying do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from hwstudio.gui.shell.context import Context

_PLACES = {  # the tab, and the command it brings
    "bench": ("bench", "bench.run"),
    "monitor": ("monitor", ""),
    "after": ("configure", "configure.after"),
}


def act(context: Context, parent: QWidget, action: str) -> None:
    """Start the one-button check, open Monitor, check the setup, or show the list itself."""
    if action == "setup":
        from hwstudio.gui.environment.setup_dialog import open_setup_check

        open_setup_check(context, parent)
        return
    tab, command = _PLACES[action]
    context.open_tab(tab)
    for each in context.commands.all():
        if each.id == command:
            each.run()
