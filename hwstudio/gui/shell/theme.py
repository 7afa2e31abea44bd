"""Fusion, our own palette and a small style sheet, all from the tokens; switches while running."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from hwstudio.core.base.paths import resource_dir
from hwstudio.gui.shell.theme_tokens import DARK, LIGHT, Tokens

STYLE, HAS_STYLE = "Fusion", "hwstudio_has_style"  # the latter: a property of the app
BODY_PX, SMALL_PX, LEAD_PX, TITLE_PX, BIG_PX = 13, 12, 15, 20, 32


class Theme(QObject):
    """Holds the current tokens. ``changed`` is sent after palette and style sheet are applied."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        self.tokens = LIGHT
        _load_fonts(app)
        if not app.property(HAS_STYLE):
            app.setStyle(STYLE)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    @property
    def mode(self) -> str:
        """Return system, light or dark."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Choose system, light or dark; applies at once."""
        self._mode = mode
        self._apply()

    def toggle(self) -> str:
        """Switch between light and dark, leaving "system"; return the new mode."""
        self.set_mode("light" if self.tokens.is_dark else "dark")
        return self._mode

    @Slot()
    def _on_system_changed(self) -> None:
        if self._mode == "system":
            self._apply()

    def _wanted(self) -> Tokens:
        if self._mode == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _apply(self) -> None:
        self.tokens = self._wanted()
        hints = QGuiApplication.styleHints()
        if self._mode != "system":
            # Asks the desktop for a matching window frame; does nothing where it has no theme.
            hints.setColorScheme(
                Qt.ColorScheme.Dark if self.tokens.is_dark else Qt.ColorScheme.Light
            )
        self._app.setPalette(palette_of(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens))
        # Windows gives tables, menus and messages its own font anew with every change of scheme.
        self._app.setFont(font())
        self.changed.emit()


def palette_of(tokens: Tokens) -> QPalette:
    """Return the Qt palette of one scheme."""
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in (
        (role.Window, tokens.bg),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.bg),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Button, tokens.surface),
        (role.WindowText, tokens.text),
        (role.Text, tokens.text),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.on_accent),
        (role.PlaceholderText, tokens.muted),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Link, tokens.accent),
        (role.LinkVisited, tokens.accent),
        (role.Mid, tokens.line),
        (role.Midlight, tokens.raised),
        (role.Dark, tokens.line),
        (role.Light, tokens.surface),
        (role.Shadow, tokens.line),
    ):
        palette.setColor(which, QColor(colour))
    palette.setColor(role.Accent, QColor(tokens.accent))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.muted))
    return palette


def style_sheet(tokens: Tokens) -> str:
    """Return the style sheet with token names replaced by colours and icon paths."""
    text = (resource_dir() / "qss" / "app.qss").read_text("utf-8")
    values = {
        name: getattr(tokens, name)
        for name in (
            "bg",
            "surface",
            "raised",
            "line",
            "text",
            "muted",
            "accent",
            "on_accent",
            "ok",
            "warn",
            "error",
        )
    }
    values["icons"] = (resource_dir() / "icons").as_posix()
    values["scheme"] = tokens.name
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"@{name}@", values[name])
    return text


def font(px: int = BODY_PX, *, strong: bool = False) -> QFont:
    """Return the interface font with tabular figures."""
    made = QFont("Inter")
    made.setPixelSize(px)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _load_fonts(app: QApplication) -> None:
    """Register the bundled font; without it Qt takes the system's."""
    for file in sorted((resource_dir() / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))
    app.setFont(font())
