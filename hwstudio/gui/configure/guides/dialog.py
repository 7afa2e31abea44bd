"""The frame of every guide: a window beside the plan, closed by Escape, never in the way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.project.guides.taking import in_words
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.style import sheet
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import current_theme, tokens


class GuideDialog(QDialog):
    """Add content to ``body`` and buttons by ``add_button``, then call ``finish``."""

    def __init__(
        self, title: str, words: str, context: GuideContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.setWindowTitle(title)
        self.setModal(False)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(12)
        self.words = label(words, "muted", wrap=True)
        box.addWidget(self.words)
        self.notice = Notice()
        box.addWidget(self.notice)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        box.addLayout(self.body, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        box.addLayout(self.buttons)
        self._restyle()
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._restyle)

    def add_button(self, text: str, *, primary: bool = False) -> QPushButton:
        """Add a button at the foot and return it."""
        made = QPushButton(text)
        made.setAutoDefault(False)
        if primary:
            made.setProperty("primary", True)
        self.buttons.addWidget(made)
        return made

    def finish(self, first: QWidget) -> None:
        """Add Close as the last stop of the Tab key and put the cursor into ``first``."""
        self.leave = self.add_button("Close")
        self.leave.clicked.connect(self.reject)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show the plan anew after it changed; guides that show none of it do nothing."""

    def use(self, wishes: GuideWishes) -> None:
        """Hand wishes to the plan and say what was handed over."""
        self.context.apply(wishes)
        said = "; ".join(in_words(wishes, self.context.titles()))
        self.notice.say("ok", f"Put into the plan. {said}. Undo in Configure takes it back.")

    @Slot()
    def _restyle(self) -> None:
        self.setStyleSheet(sheet(tokens()))
