"""First run: three questions, each with a default, all skippable."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.settings import Settings, changed
from hwstudio.core.model.workload import Workload
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import label

_AUDIENCES = (
    ("hobbyist", "I plan or use my own PC"),
    ("student", "I study, on what I have"),
    ("professional", "I look after machines for others"),
)
_MAINS = (
    ("120V15A", "120 V, 15 A (North America)"),
    ("120V20A", "120 V, 20 A (North America, heavy duty)"),
    ("100V15A", "100 V, 15 A (Japan)"),
    ("230V16A", "230 V, 16 A (Europe and most of the world)"),
)
_FIRST_TAB = {"hobbyist": "configure", "student": "machine", "professional": "monitor"}


class WelcomeDialog(QDialog):
    """Who you are, what you want to do, what your socket gives."""

    def __init__(
        self, settings: Settings, workloads: Sequence[Workload], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Welcome to hwstudio")
        self.setMinimumWidth(460)
        self._settings = settings
        self._is_answered = False
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(16)
        box.addWidget(label("Three short questions", "title"))
        box.addWidget(
            label(
                "They only set starting values. Everything stays on this computer: hwstudio "
                "works offline and sends nothing.",
                "muted",
                wrap=True,
            )
        )
        self.audience = ChoiceField("Who are you", _AUDIENCES, settings.audience)
        goals = [(work.id, work.title) for work in workloads]
        self.goal = ChoiceField("What do you want to do", goals, settings.goal)
        self.mains = ChoiceField("Your mains socket", _MAINS, settings.mains)
        box.addWidget(labelled("Who are you?", self.audience))
        box.addWidget(labelled("What do you want to do most?", self.goal))
        box.addWidget(labelled("Which mains socket will feed the machine?", self.mains))
        box.addStretch(1)
        buttons = QHBoxLayout()
        skip = QPushButton("Skip")
        go = QPushButton("Start")
        go.setProperty("primary", True)
        go.setDefault(True)
        buttons.addStretch(1)
        buttons.addWidget(skip)
        buttons.addWidget(go)
        box.addLayout(buttons)
        skip.clicked.connect(self.reject)
        go.clicked.connect(self._on_answered)

    @Slot()
    def _on_answered(self) -> None:
        self._is_answered = True
        self.accept()

    def settings(self) -> Settings:
        """Return the settings with the answers (or only "asked" when skipped)."""
        if not self._is_answered:
            return changed(self._settings, first_run_done=True)
        return changed(
            self._settings,
            first_run_done=True,
            audience=self.audience.value,
            goal=self.goal.value or self._settings.goal,
            mains=self.mains.value,
        )

    def first_tab(self) -> str:
        """Return the tab that suits the answer."""
        return _FIRST_TAB.get(self.audience.value, "machine") if self._is_answered else "machine"
