"""One page of the lower card; one more in the tuple handed to ``Detail`` is one more tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.gui.configure.state import ConfigureState


class Shows(Protocol):
    """What a page must be able to do."""

    def show_state(self, state: ConfigureState) -> None:
        """Show the newest state."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """A title and its widget, which ``show_state`` fills.

    ``is_beside``: in a wide window it stands in a card of its own and needs no tab.
    ``least_px``: the height below which something of it would be cut; 0 = it scrolls by itself.
    """

    title: str
    widget: QWidget
    is_beside: bool = False
    least_px: int = 0

    def show_state(self, state: ConfigureState) -> None:
        """Show a state on the page."""
        cast("Shows", self.widget).show_state(state)


class LatePage(QWidget):
    """A page that is made when it is first looked at, so that a tab opens as fast as before."""

    def __init__(self, make: Callable[[], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._state: ConfigureState | None = None
        self.page: QWidget | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)

    def show_state(self, state: ConfigureState) -> None:
        """Keep a state, and show it while somebody looks."""
        self._state = state
        if self.page is not None and self.isVisible():
            cast("Shows", self.page).show_state(state)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.page is None:
            self.page = self._make()
            layout = self.layout()
            if layout is not None:
                layout.addWidget(self.page)
        if self._state is not None:
            cast("Shows", self.page).show_state(self._state)
