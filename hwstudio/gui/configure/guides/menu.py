"""The one place that names the guides: puts them into a menu and opens them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from hwstudio.core.model.build import Build
from hwstudio.core.project.state import Said
from hwstudio.gui.configure.guides.budget_dialog import TITLE as MONEY
from hwstudio.gui.configure.guides.budget_dialog import BudgetDialog
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.matrix_dialog import TITLE as MATRIX
from hwstudio.gui.configure.guides.matrix_dialog import MatrixDialog
from hwstudio.gui.configure.guides.memory_dialog import TITLE as MEMORY
from hwstudio.gui.configure.guides.memory_dialog import MemoryDialog
from hwstudio.gui.configure.guides.own_or_rent_dialog import TITLE as OWN_OR_RENT
from hwstudio.gui.configure.guides.own_or_rent_dialog import OwnOrRentDialog
from hwstudio.gui.configure.guides.priority_dialog import TITLE as PRIORITY
from hwstudio.gui.configure.guides.priority_dialog import PriorityDialog
from hwstudio.gui.configure.guides.ready_made import TITLE as READY
from hwstudio.gui.configure.guides.ready_made import ReadyMadeDialog
from hwstudio.gui.configure.guides.seen_dialog import TITLE as SEEN
from hwstudio.gui.configure.guides.seen_dialog import SeenDialog
from hwstudio.gui.configure.guides.storage_dialog import TITLE as STORAGE
from hwstudio.gui.configure.guides.storage_dialog import StorageDialog
from hwstudio.gui.configure.guides.tree_dialog import TITLE as TREE
from hwstudio.gui.configure.guides.tree_dialog import TreeDialog

Maker = Callable[[GuideContext, QWidget], GuideDialog]
GUIDES: tuple[tuple[str, str, Maker], ...] = (
    ("tree", TREE, TreeDialog),
    ("ready", READY, ReadyMadeDialog),
    ("memory", MEMORY, MemoryDialog),
    ("storage", STORAGE, StorageDialog),
    ("money", MONEY, BudgetDialog),
    ("priority", PRIORITY, PriorityDialog),
    ("matrix", MATRIX, MatrixDialog),
    ("seen", SEEN, SeenDialog),
    ("own_or_rent", OWN_OR_RENT, OwnOrRentDialog),
)


class Guides(QObject):
    """Opens guides over a window; ``dialogs`` holds the open ones, each at most once."""

    def __init__(self, context: GuideContext, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._build: Build | None = None
        self._said: tuple[Said, ...] = ()
        self.dialogs: dict[str, GuideDialog] = {}

    def open(self, guide_id: str) -> GuideDialog:
        """Open a guide, or bring the open one to the front."""
        shown = self.dialogs.get(guide_id)
        if shown is None:
            make = next(maker for key, _title, maker in GUIDES if key == guide_id)
            shown = make(self._context, self._window)
            shown.finished.connect(partial(self._on_finished, guide_id))
            self.dialogs[guide_id] = shown
        shown.show()
        shown.raise_()
        shown.activateWindow()
        return shown

    @Slot()
    def refresh(self, *_state: object) -> None:
        """Tell the open guides that the plan may have changed; equal ones are no news."""
        build, said = self._context.build(), self._context.state().said
        if build is not self._build or said != self._said:
            self._build, self._said = build, said
            for dialog in self.dialogs.values():
                dialog.refresh()

    def close_all(self) -> None:
        """Close what is open; called when the window closes."""
        for dialog in tuple(self.dialogs.values()):
            dialog.reject()

    def _on_finished(self, guide_id: str, _result: int) -> None:
        self.dialogs.pop(guide_id).deleteLater()


def add_guides(menu: QMenu, guides: Guides) -> tuple[QAction, ...]:
    """Add one entry for each guide to a menu; return them in the menu's order."""
    made = []
    for key, title, _maker in GUIDES:
        action = QAction(f"{title}…" if not title.endswith("?") else title, menu)
        action.triggered.connect(partial(_open, guides, key))
        menu.addAction(action)
        made.append(action)
    return tuple(made)


def _open(guides: Guides, key: str, _is_checked: bool = False) -> None:
    guides.open(key)
