"""The line that says how many parts the present wishes leave; counted in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Slot

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.left import KindLeft, PartsLeft
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard import same_wishes
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.tip import rows_tip

_DELAY_MS = 150  # a drag is counted where it stops
_WORD = {
    PartKind.GPU_CARD: ("card", "cards"),
    PartKind.CPU: ("processor", "processors"),
    PartKind.MOTHERBOARD: ("board", "boards"),
    PartKind.RAM: ("memory kit", "memory kits"),
    PartKind.STORAGE: ("drive", "drives"),
    PartKind.PSU: ("power supply", "power supplies"),
    PartKind.CASE: ("case", "cases"),
    PartKind.COOLER: ("cooler", "coolers"),
}


class LeftLine(SteadyLabel):
    """Counts for the newest project; an older count still under way is dropped."""

    def __init__(self, count: Callable[[ProjectState], PartsLeft]) -> None:
        super().__init__("", "small")
        self._count = count
        self._asked: ProjectState | None = None
        self._task = Task(self)
        self._task.done.connect(self._on_counted)
        self._task.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._on_due)

    def show_project(self, project: ProjectState) -> None:
        """Count for these wishes, soon; the old count stands until then."""
        if self._asked is None or not same_wishes(self._asked, project):
            self._asked = project
            self._timer.start()

    @Slot()
    def _on_due(self) -> None:
        if self._asked is not None:
            self._task.start(partial(self._count, self._asked))

    @Slot(object)
    def _on_counted(self, found: object) -> None:
        if isinstance(found, PartsLeft):
            self.setText(left_words(found))
            rows = [(_of(kind), f"{kind.left:,} of {kind.total:,}") for kind in found.kinds]
            self.setToolTip(
                rows_tip(rows, "Parts with a price within the budget that respect the wishes.")
            )

    @Slot(str)
    def _on_failed(self, _sentence: str) -> None:
        self.setText("")  # the answer says what is wrong with the wishes


def left_words(found: PartsLeft) -> str:
    """Return ``3,886 of 5,350 parts left, 709 cards among them``; first of all what ran out."""
    none = [kind for kind in found.kinds if not kind.left]
    if none:
        *more, last = (_WORD[kind.kind][0] for kind in none)
        kinds = f"{', '.join(more)} or {last}" if more else last
        return f"No {kinds} is left with these wishes ({found.left:,} other parts are)."
    card = next(kind for kind in found.kinds if kind.kind is PartKind.GPU_CARD)
    cards = f"{card.left:,} {_of(card)}"
    return f"{found.left:,} of {found.total:,} parts left, {cards} among them"


def _of(kind: KindLeft) -> str:
    one, many = _WORD[kind.kind]
    return one if kind.left == 1 else many
