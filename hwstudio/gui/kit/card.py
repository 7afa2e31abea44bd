"""Cards, big numbers, sentences, chips, notices and empty states."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.icon import IconLabel
from hwstudio.gui.kit.text import label, restyle, set_role
from hwstudio.gui.kit.theme_access import current_theme, tokens

WORD_OF = {
    "ok": "OK",
    "warn": "Warning",
    "warning": "Warning",
    "error": "Problem",
    "info": "Note",
    "unknown": "Unknown",
}
ICON_OF = {
    "ok": "ok",
    "warn": "warn",
    "warning": "warn",
    "error": "error",
    "info": "info",
    "unknown": "unknown",
}


class Card(QFrame):
    """A surface with a hairline. Add content to ``body``; ``head`` takes buttons on the right."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.title = label(title, "section")
        if title:
            self.head.addWidget(self.title)
            self.head.addStretch(1)
            outer.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)


class Sentence(QLabel):
    """The answer in one sentence, large."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "lead")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)


class BigNumber(QWidget):
    """A large figure with its unit in muted, a caption above and a note below."""

    def __init__(self, caption: str, *, role: str = "big", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        self._caption = label(caption, "small")
        self._value = label("–", role)
        self._unit = label("", "muted")
        self._note = label("", "small", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._value)
        line.addWidget(self._unit, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addStretch(1)
        box.addWidget(self._caption)
        box.addLayout(line)
        box.addWidget(self._note)

    def set_caption(self, caption: str) -> None:
        """Name the figure anew."""
        self._caption.setText(caption)

    def show_value(self, value: str, unit: str = "", note: str = "", tip: str = "") -> None:
        """Show a figure; ``tip`` is its source, date and formula (see kit.tip)."""
        self._value.setText(value)
        self._unit.setText(unit)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setToolTip(tip)
        self.setAccessibleName(f"{self._caption.text()}: {value} {unit}. {note}".strip())


class Chip(QWidget):
    """A status with an icon and a word, never colour alone."""

    def __init__(self, kind: str = "info", text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._icon = IconLabel("info", tokens().muted, 16)
        self._text = label("", "strong")
        row.addWidget(self._icon)
        row.addWidget(self._text)
        row.addStretch(1)
        self._kind = kind
        self.show_status(kind, text)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._on_theme_changed)

    def show_status(self, kind: str, text: str = "") -> None:
        """Show ok, warn, error, info or unknown; without text the kind's own word."""
        self._kind = kind
        self._icon.show_icon(ICON_OF.get(kind, "info"), tokens().status(kind))
        self._text.setText(text or WORD_OF.get(kind, ""))
        set_role(self._text, {"warning": "warn"}.get(kind, kind))
        self.setAccessibleName(self._text.text())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.show_status(self._kind, self._text.text())


class Notice(QFrame):
    """What happened, why, and what to do, in place (no dialog)."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        self._icon = IconLabel("info", tokens().muted, 20)
        self._text = label("", wrap=True)
        self._button = QPushButton()
        self._button.clicked.connect(self.acted)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        self._kind = "info"
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._on_theme_changed)
        self.hide()

    def say(self, kind: str, text: str, action: str = "") -> None:
        """Show a notice of kind ok, info, warn or error; ``action`` names an optional button."""
        self._kind = kind
        self.setProperty("kind", kind)
        restyle(self)
        self._icon.show_icon(ICON_OF.get(kind, "info"), tokens().status(kind))
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()

    @property
    def action(self) -> str:
        """Return the words on its button, of the notice that was said last."""
        return self._button.text()

    def clear(self) -> None:
        """Take the notice away."""
        self.hide()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icon.show_icon(ICON_OF.get(self._kind, "info"), tokens().status(self._kind))


class EmptyState(QWidget):
    """What this place is for, and the one button to begin."""

    acted = Signal()

    def __init__(
        self, icon_name: str, text: str, action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addStretch(1)
        picture = IconLabel(icon_name, tokens().muted, 40)
        words = label(text, "muted", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setMaximumWidth(460)
        # A row with stretches, not an alignment: only so does the text get the height it needs.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words, 100)
        row.addStretch(1)
        box.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addLayout(row)
        self.button = QPushButton(action, self)
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self._words = words

    def show_text(self, text: str) -> None:
        """Change the words."""
        self._words.setText(text)


def rule() -> QFrame:
    """Return a hairline."""
    line = QFrame()
    line.setObjectName("rule")
    return line
