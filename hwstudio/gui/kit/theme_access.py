"""How kit widgets reach the current tokens without being handed the theme one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from hwstudio.gui.shell.theme_tokens import LIGHT, Tokens

if TYPE_CHECKING:
    from hwstudio.gui.shell.theme import Theme


def current_theme() -> Theme | None:
    """Return the application's theme object, or None in a bare widget test."""
    app = QApplication.instance()
    found = app.property("hwstudio_theme") if app is not None else None
    return found if found is not None else None


def tokens() -> Tokens:
    """Return the current colours (light where no theme was started)."""
    theme = current_theme()
    return theme.tokens if theme is not None else LIGHT
