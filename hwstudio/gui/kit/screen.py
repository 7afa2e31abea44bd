"""The frame of every tab: title, what it answers, primary action, controls left, answer right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.icon import IconButton
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import current_theme, tokens


class Screen(QWidget):
    """Fill ``controls`` (a column 300 px wide, or leave it out) and ``answer``.

    Both lie in ``body``; a tab of several pages hides it and adds the page to ``outer``.
    """

    def __init__(
        self, title: str, purpose: str, *, has_controls: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.outer = outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 12, 24, 12)
        outer.setSpacing(12)
        outer.addLayout(self._head(title, purpose))
        self.notice = Notice()
        outer.addWidget(self.notice)
        self.body = QWidget()
        body = QHBoxLayout(self.body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(16)
        outer.addWidget(self.body, 1)
        if has_controls:
            body.addWidget(self._controls())
        self.answer = QVBoxLayout()
        self.answer.setSpacing(12)
        body.addLayout(self.answer, 1)

    def _head(self, title: str, purpose: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(title, "title"))
        self.purpose = label(purpose, "muted")
        words.addWidget(self.purpose)
        head.addLayout(words, 1)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        head.addLayout(self.head)
        self.primary = QPushButton()
        self.primary.setProperty("primary", True)
        self.primary.hide()
        head.addWidget(self.primary, 0, Qt.AlignmentFlag.AlignVCenter)
        self.menu = QMenu(self)
        self.more = IconButton("more", "More actions", tokens().muted)
        self.more.setMenu(self.menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.more.hide()
        head.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._recolour)
        return head

    def _recolour(self) -> None:
        self.more.recolour(tokens().muted)

    def _controls(self) -> QWidget:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(304)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the focus
        area.setAccessibleName("Inputs")
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.controls = QVBoxLayout(holder)
        self.controls.setContentsMargins(0, 0, 8, 0)
        self.controls.setSpacing(12)
        area.setWidget(holder)
        return area

    def set_primary(self, text: str) -> QPushButton:
        """Name the one primary action and return its button."""
        self.primary.setText(text)
        self.primary.show()
        return self.primary

    def add_more(self, text: str, shortcut: str = "") -> QAction:
        """Add an entry to the "more" menu; connect ``triggered`` to a slot of yours."""
        action = QAction(text, self)
        if shortcut:
            action.setShortcut(shortcut)
            self.addAction(action)
        self.menu.addAction(action)
        self.more.show()
        return action
