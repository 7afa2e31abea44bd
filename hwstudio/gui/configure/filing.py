"""The project's file: opening, saving, taking back versions, and what survives a crash."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, SignalInstance, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.project.autosave import DELAY_S, Session, recover
from hwstudio.core.project.autosave_writer import AutosaveWriter
from hwstudio.core.project.file import read_project, save_project
from hwstudio.core.project.on_disk import KnownFiles
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.undo import Files
from hwstudio.gui.configure.state import ConfigureState, Trouble
from hwstudio.gui.configure.tools import Tools

_AGAIN_S = 10.0  # after an autosave that failed
_PATIENCE_S = 20.0  # for a slow disk, when the window closes
_SAVED_AGAIN = "Your changes are kept again."


class Filing:
    """The part of the Configure view model about files."""

    if TYPE_CHECKING:
        _state: ConfigureState
        _tools: Tools
        _fresh: ProjectState
        _keeps_parts: bool
        autosave_told: SignalInstance

        def _edit(
            self,
            name: str,
            after: ProjectState,
            *,
            keeps_parts: bool = False,
            solves: bool = True,
            delay_ms: int = 0,
            files: Files | None = None,
        ) -> None: ...

        def _show(self, **values: Any) -> None: ...
        def _solve_soon(self, delay_ms: int) -> None: ...
        def _timer(self, delay_ms: int, slot: Callable[[], None]) -> QTimer: ...
        def tell(self, kind: str, text: str) -> None:
            """Show a sentence in place."""

    def _keep_files(self) -> None:
        """Set up what keeps the open project."""
        self._known = KnownFiles()
        self._save_timer = self._timer(round(DELAY_S * 1000), self._autosave)
        self._again_timer = self._timer(round(_AGAIN_S * 1000), self._autosave)
        self._is_unkept = False  # the last autosave failed
        self.autosave_told.connect(self._on_autosave_told)
        file = self._tools.autosave_file
        self._writer = (
            None if file is None else AutosaveWriter(file, self._tools.versions, self._say_written)
        )

    # --- opening and saving ----------------------------------------------------------------

    def start(self) -> None:
        """Bring back what was open, or begin afresh; then solve."""
        if self._tools.autosave_file is not None:
            found = recover(self._tools.autosave_file)
            if found.trouble:
                self.tell("warn", found.trouble)
            if found.session is not None:
                self._restore(found.session)
        self._keeps_parts = bool(self._state.project.parts)
        self._solve_soon(0)

    def _restore(self, session: Session) -> None:
        if session.file is not None:
            known = session.state if session.is_saved else None
            self._known.note(session.file, session.file_sum, known)
        self._show(project=session.state, file=session.file, is_saved=session.is_saved)

    def new_project(self) -> None:
        """Begin afresh; the former project, with its file, is one undo away."""
        self._take("new project", self._fresh, None)

    def open_file(self, path: Path) -> bool:
        """Open a project; a bad file is told and changes nothing."""
        file = path.absolute()  # the next start may be from another folder
        try:
            opened, content = read_project(file)
        except HwstudioError as error:
            self.tell("error", error.sentence)
            return False
        self._known.note(file, content, opened)
        self._take("open a project", opened, file)
        return True

    def take_version(self, version: Session) -> None:
        """Take back an earlier version, with the file it belongs to: one step."""
        self._take("take back an earlier version", version.state, version.file)

    def _take(self, name: str, project: ProjectState, file: Path | None) -> None:
        """Take another project with its file: one step, whose undo gives both back."""
        self._autosave()  # what was open becomes a version, however short ago it was changed
        files = (self._state.file, file)
        keeps = bool(project.parts)
        self._edit(name, project, keeps_parts=keeps, delay_ms=0, files=files)

    def is_changed_outside(self, path: Path) -> bool:
        """Say whether a file holds something else than this window last read or wrote there."""
        return self._known.is_changed_outside(path.absolute())

    def save_file(self, path: Path, *, replaces: bool = False) -> bool:
        """Save the project; a failure is told and loses nothing.

        ``replaces``: the user agreed to lose what another program wrote there meanwhile; without
        it such a file is left alone and told.
        """
        file = path.absolute()
        if not replaces and self.is_changed_outside(file):
            words = (
                f"{file.name} was not saved: the file holds something else than hwstudio last "
                "read or wrote there. Save under another name, or save again and agree to replace "
                "it."
            )
            self.tell("error", words)
            return False
        project = self._state.project
        try:
            self._known.note(file, save_project(file, project), project)
        except HwstudioError as error:
            self.tell("error", error.sentence)
            return False
        self._show(file=file, is_saved=True, trouble=Trouble("ok", f"Saved as {file.name}."))
        self._autosave_soon()
        return True

    # --- what survives a crash -------------------------------------------------------------

    @property
    def session(self) -> Session:
        """Return what is open, as the next start would bring it back."""
        state = self._state
        content = self._known.sum_of(state.file)
        return Session(state.project, state.file, state.is_saved, content)

    def _autosave_soon(self) -> None:
        # Not restarted while it runs: a long drag must not put the save off.
        if self._writer is not None and not self._save_timer.isActive():
            self._save_timer.start()

    def _autosave(self) -> None:
        """Have the present state written, without waiting for the disk."""
        self._save_timer.stop()
        self._again_timer.stop()
        if self._writer is not None:
            self._writer.put(self.session)

    def save_now(self) -> None:
        """Write the autosave and wait for it (when the window closes, or versions are shown)."""
        self._autosave()
        if self._writer is not None and not self._writer.flush(_PATIENCE_S):
            logger("project").warning("the autosave is still being written")

    def _say_written(self, sentence: str) -> None:
        """Hand on what the writing thread told, to the window's thread."""
        if sentence:
            logger("project").warning("autosave: %s", sentence)
        with contextlib.suppress(RuntimeError):  # the window is gone
            self.autosave_told.emit(sentence)

    @Slot(str)
    def _on_autosave_told(self, sentence: str) -> None:
        if sentence:
            if self._state.trouble is None or not self._is_unkept:
                self.tell("warn", sentence)
            self._is_unkept = True
            self._again_timer.start()
        elif self._is_unkept:
            self._is_unkept = False
            self.tell("ok", _SAVED_AGAIN)
