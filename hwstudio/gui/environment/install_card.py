"""The card that installs PyTorch into an environment of hwstudio."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.environment.ask_python import OURS
from hwstudio.core.environment.make import NEWEST
from hwstudio.core.environment.wanted import AUTO, CHOICES, fitting, index_of
from hwstudio.core.environment.words import bytes_words
from hwstudio.gui.environment.state import EnvironmentState
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.text import label

NETWORK, FOLDER = "network", "folder"
_OFF = "hwstudio may not use the network. Allow it under Settings, or take a folder of packages."


class InstallCard(Card):
    """``wheels_wanted`` carries a folder or None (the network)."""

    wheels_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Install PyTorch", parent)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the environment")
        self.build = ChoiceField("Build of PyTorch")
        self.base = ChoiceField("Made from")
        self.source = ChoiceField("Packages from", ((NETWORK, "The network"),), NETWORK)
        self.plan = label("", "small", wrap=True)
        self.where = label("", "small", wrap=True)
        self.install = QPushButton("Install PyTorch")
        self.install.setProperty("primary", True)
        self.stop = QPushButton("Stop")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.line = label("", "small", wrap=True)
        self._lay_out()
        self.source.chosen.connect(self._on_source)

    def _lay_out(self) -> None:
        for button in (self.install, self.stop):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.install)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        body: QVBoxLayout = self.body
        for widget in (
            labelled("Build", self.build, "Which graphics card it is for"),
            labelled(
                "Packages from", self.source, "A folder of packages (wheels) needs no network"
            ),
            labelled("Name", self.name, "The folder it lies in is called so"),
            labelled("Made from", self.base, "The Python that is taken for it"),
            self.plan,
            self.where,
        ):
            body.addWidget(widget)
        body.addLayout(buttons)
        body.addWidget(self.progress)
        body.addWidget(self.line)
        body.addStretch(1)

    def show_state(self, state: EnvironmentState) -> None:
        """Show what would be installed, or how far it is."""
        is_making, is_free = state.doing == "make", not state.doing
        fits = fitting(state.drivers)
        options = [(AUTO, f"Fits this computer: {fits.title}")]
        options += [(each.id, each.title) for each in CHOICES]
        self.build.set_options(options, state.backend)
        chosen = next((each for each in CHOICES if each.id == state.backend), fits)
        self.build.setToolTip(f"Needs {chosen.needs}" if chosen.needs else "")
        self._show_source(state)
        self._show_bases(state)
        if not self.name.hasFocus():
            self.name.setText(state.name)
        blocked = state.wheels is None and not state.is_allowed
        self.plan.setText(state.why_no_plan or state.plan)
        asked = index_of(chosen) or "pypi.org"
        how = f"From {state.wheels}" if state.wheels else f"From {asked}"
        self.where.setText(_OFF if blocked else f"{how}, by {state.tool}." if state.tool else "")
        for widget in (self.build, self.source, self.name, self.base):
            widget.setEnabled(is_free)
        self.build.setEnabled(is_free and state.wheels is None)
        self.install.setText("Try again" if state.has_failed else "Install PyTorch")
        self.install.setEnabled(
            is_free and state.has_looked and not state.why_no_plan and not blocked
        )
        for shown in (self.stop, self.progress, self.line):
            shown.setVisible(is_making)
        grown = f" · {bytes_words(state.grown_bytes)} so far" if state.grown_bytes else ""
        self.line.setText(f"{state.line}{grown}")
        self.progress.setAccessibleName(f"Installing: {state.line}")

    def _show_source(self, state: EnvironmentState) -> None:
        folder = f"Folder: {state.wheels}" if state.wheels else "A folder of packages…"
        options = ((NETWORK, "The network"), (FOLDER, folder))
        self.source.set_options(options, FOLDER if state.wheels else NETWORK)

    def _show_bases(self, state: EnvironmentState) -> None:
        options = [
            (each.path, f"Python {each.python}, {each.path}")
            for each in state.found
            if not each.why_not and each.kind != OURS and _is_known(each.python)
        ]
        self.base.set_options(options, state.base)
        self.base.setToolTip(state.base)

    @Slot(str)
    def _on_source(self, source: str) -> None:
        if source == NETWORK:
            self.wheels_wanted.emit(None)
            return
        name = QFileDialog.getExistingDirectory(self, "Folder with the packages of PyTorch")
        if name:
            self.wheels_wanted.emit(Path(name))
        else:
            self.source.set_value(NETWORK)


def _is_known(python: str) -> bool:
    return tuple(int(part) for part in python.split(".")[:2]) <= NEWEST
