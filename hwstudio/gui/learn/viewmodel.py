"""Which page is shown, which are found, and the numbers of this computer for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.guide.link import CODE, PAGE
from hwstudio.core.guide.page import Code, Page, filled
from hwstudio.core.project.learn.folders import create_folders
from hwstudio.core.project.learn.own import Own
from hwstudio.core.project.learn.shelf import FOLDERS_PAGE, Shelf, code_notes, page_text
from hwstudio.gui.kit.task import Task

LOOKING = "*Looking at this computer …*"


@dataclass(frozen=True, slots=True)
class LearnState:
    """``kind`` and ``name`` of what is shown; ``own`` None: not looked yet."""

    kind: str
    name: str
    searched: str = ""
    own: Own | None = None
    said: str = ""
    error: str = ""


class LearnViewModel(QObject):
    """``changed`` is sent when ``state`` is new."""

    changed = Signal()

    def __init__(
        self, shelf: Shelf, look: Callable[[], Own], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.shelf, self._look = shelf, look
        self.state = LearnState(PAGE, shelf.pages[0].id)
        self._task = Task(self)
        self._task.done.connect(self._on_looked)
        self._task.failed.connect(self._on_failed)
        self._folders = Task(self)
        self._folders.done.connect(self._on_folders)
        self._folders.failed.connect(self._on_failed)

    def look(self) -> None:
        """Read this computer's numbers; the page stays meanwhile."""
        self._task.start(self._look)

    @property
    def code(self) -> Code | None:
        """Return the code that is shown, None where a page is."""
        return self.shelf.code(self.state.name) if self.state.kind == CODE else None

    @property
    def offers_folders(self) -> bool:
        """Say whether the page about project folders is shown."""
        return (self.state.kind, self.state.name) == (PAGE, FOLDERS_PAGE)

    def show(self, kind: str, name: str) -> None:
        """Show a page or code; a name nobody knows changes nothing."""
        try:
            if kind == CODE:
                self.shelf.code(name)
            else:
                self.shelf.page(name)
        except HwstudioError:
            return
        if (kind, name) != (self.state.kind, self.state.name):
            self._set(kind=kind, name=name, said="", error="")

    @Slot(str)
    def search(self, text: str) -> None:
        """Narrow the list down to what holds every typed word."""
        self._set(searched=text)

    def found(self) -> tuple[tuple[str, Page | Code], ...]:
        """Return kind and page of what the search leaves."""
        words = self.state.searched.casefold().split()
        both: list[tuple[str, Page | Code]] = [(PAGE, each) for each in self.shelf.pages]
        both += [(CODE, each) for each in self.shelf.codes]
        return tuple(
            (kind, each)
            for kind, each in both
            if all(word in f"{each.title} {each.words} {each.text}".casefold() for word in words)
        )

    def markdown(self) -> str:
        """Return the text of what is shown; code follows its notes by itself."""
        own = self.state.own
        code = self.code
        if code is not None:
            return f"{code_notes(code, own)}\n\n```python\n{code.to_copy}```"
        page = self.shelf.page(self.state.name)
        if own is None:
            return f"# {page.title}\n\n{filled(page, dict.fromkeys(page.places, LOOKING))}"
        return page_text(page, own)

    def save_code(self, file: Path) -> None:
        """Write the code that is shown; the dialog asked before an old file is replaced."""
        code = self.code
        if code is None:
            return
        try:
            file.write_text(code.to_copy, encoding="utf-8", newline="\n")
        except OSError as error:
            why = error.strerror or str(error)
            self._on_failed(f"{file} cannot be written: {why}. Choose another place.")
            return
        self._set(said=f"Saved as {file}.", error="")

    def create_folders(self, folder: Path) -> None:
        """Write the tree of a new project, off this thread."""
        self._folders.start(lambda: create_folders(folder))

    @Slot(object)
    def _on_looked(self, own: object) -> None:
        if own != self.state.own:
            self._set(own=own)

    @Slot(object)
    def _on_folders(self, made: object) -> None:
        self._set(said=str(getattr(made, "sentence", "")), error="")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(error=sentence, said="")

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()
