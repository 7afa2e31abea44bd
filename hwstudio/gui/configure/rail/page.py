"""What the pages of the rail share: fields in pairs, links, and showing a project."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_questions import question_of
from hwstudio.gui.configure.rail.fields import Asked, LinkButton, field_for
from hwstudio.gui.configure.rail.offered import Offered, Options
from hwstudio.gui.configure.state import ConfigureState


class StepPage(QWidget):
    """The fields of one step. ``answered`` carries a question and its answer."""

    answered = Signal(str, str)
    rejected = Signal(str)
    guide_wanted = Signal(str)

    def __init__(self, offered: Offered, fresh: ProjectState) -> None:
        super().__init__()
        self.offered, self.fresh = offered, fresh
        self.fields: dict[str, Asked] = {}
        self.links: list[LinkButton] = []
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 2, 0, 4)
        self.box.setSpacing(5)
        self.build()

    def build(self) -> None:
        """Put the fields in place; each step has its own."""

    def ask(self, question: str, options: Options = ()) -> Asked:
        """Return the plain field of a question, wired."""
        return self.wired(field_for(question_of(question), options, self.offered.parts))

    def wired(self, field: Asked) -> Asked:
        """Take a field into the page."""
        field.answered.connect(self.answered)
        field.rejected.connect(self.rejected)
        self.fields[field.question.id] = field
        return field

    def pair(self, left: QWidget, right: QWidget, shares: tuple[int, int] = (1, 1)) -> None:
        """Put two fields side by side, each with its share of the width."""
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(left, shares[0], Qt.AlignmentFlag.AlignTop)
        row.addWidget(right, shares[1], Qt.AlignmentFlag.AlignTop)
        self.box.addLayout(row)

    def link(self, words: str, guide: str, name: str = "") -> LinkButton:
        """Return a link to a guide, hidden until somebody offers guides.

        ``name``: what it opens, where the words beside a field are too short to say it.
        """
        button = LinkButton(words)
        button.setProperty("beside", bool(name))
        if name:
            button.setAccessibleName(name)
            button.setToolTip(name)
        button.setProperty("guide", guide)
        button.hide()
        button.clicked.connect(self._on_link)
        self.links.append(button)
        return button

    @Slot()
    def _on_link(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.guide_wanted.emit(str(sender.property("guide")))

    def show_state(self, state: ConfigureState) -> None:
        """Show the answers of a project."""
        for field in self.fields.values():
            field.show_project(state.project, self.fresh)
