"""The wish to start again: noted while the window is open, done after everything is closed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

_PROPERTY = "hwstudio_start_again"
HOME = "hwstudio_home"
_WITH, _WITHOUT = "safe", "usual"


def remember_home(app: QApplication, home: Path) -> None:
    """Keep which home this window has, for the next start."""
    app.setProperty(HOME, str(home))


def ask_to_restart(*, is_safe: bool = False) -> None:
    """Close the window; ``restart_if_asked`` does the rest."""
    app = QApplication.instance()
    if app is not None:
        app.setProperty(_PROPERTY, _WITH if is_safe else _WITHOUT)
    QApplication.quit()


def restart_if_asked(app: QApplication) -> bool:
    """Start again if that was asked for; call it when everything is closed."""
    wish = app.property(_PROPERTY)
    if wish not in (_WITH, _WITHOUT):
        return False
    from hwstudio.gui.shell.restart import start_again

    return start_again(is_safe=wish == _WITH)
