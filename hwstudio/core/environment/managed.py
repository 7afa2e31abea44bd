"""The environments hwstudio made itself: one folder each under the home, with a mark when whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.paths import Home

MARK = "hwstudio-environment.json"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?")
INTERRUPTED = "making it was interrupted; remove it, or make it again"
BEING_MADE = "it is being made right now"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is written into an environment once it is whole."""

    made_at: str  # UTC
    choice: str  # the build of torch: "cpu", "cu130", or "wheels"
    tool: str  # uv or pip
    why_not: str = ""  # why torch in it could not compute when it was made


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment of hwstudio. ``why_not`` is "" where it is whole."""

    name: str
    folder: Path
    why_not: str = ""

    @property
    def python(self) -> Path:
        return python_in(self.folder)


def python_in(folder: Path) -> Path:
    """Return where the Python of an environment lies."""
    if os.name == "nt":
        plain = folder / "python.exe"  # conda's
        return plain if plain.is_file() else folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


class Managed:
    """The folder of these environments."""

    def __init__(self, home: Home) -> None:
        self.root = home.root / "environments"

    @property
    def cache(self) -> Path:
        """What was fetched, kept until an environment is whole."""
        return self.root / ".fetched"

    @property
    def temp(self) -> Path:
        return self.root / ".temp"

    def folder(self, name: str) -> Path:
        """Return the folder of an environment.

        Raises:
            UserError: no folder can be called so.
        """
        if not _NAME.fullmatch(name):
            raise UserError(
                f"An environment cannot be called {name!r}",
                "it becomes the name of a folder",
                "Use up to 40 letters, digits, dots, dashes or underlines",
            )
        return self.root / name

    def all(self) -> tuple[Environment, ...]:
        """Return every environment, whole or not, by name."""
        try:
            folders = sorted(each for each in self.root.iterdir() if each.is_dir())
        except OSError:
            return ()
        return tuple(self._one(each) for each in folders if not each.name.startswith("."))

    def named(self, name: str) -> Environment:
        """Return one of them.

        Raises:
            UserError: there is none of that name.
        """
        for each in self.all():
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.all()) or "none yet"
        raise UserError(
            f"hwstudio made no environment called {name}",
            f"there are: {known}",
            "Only environments made by hwstudio are removed by it",
        )

    def _one(self, folder: Path) -> Environment:
        try:
            mark = Mark(**json.loads((folder / MARK).read_text("utf-8")))
            return Environment(folder.name, folder, mark.why_not)
        except (OSError, ValueError, TypeError):
            why = BEING_MADE if self._is_held(folder.name) else INTERRUPTED
            return Environment(folder.name, folder, why)

    def _is_held(self, name: str) -> bool:
        try:
            with file_lock(self._lock(name), wait_s=0):
                return False
        except HostError:
            return True
        except OSError:
            return False

    def _lock(self, name: str) -> Path:
        return self.root / f".{name}.lock"

    @contextmanager
    def held(self, name: str) -> Iterator[Path]:
        """Hold an environment while it is made or removed.

        Raises:
            UserError: no folder can be called so.
            HostError: another is at it, or the folder cannot be made.
        """
        folder = self.folder(name)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with file_lock(self._lock(name), wait_s=0):
                yield folder
        except OSError as error:
            raise HostError(
                f"{self.root} cannot be written", error.strerror or str(error)
            ) from error
        finally:
            if not folder.exists():
                self._lock(name).unlink(missing_ok=True)

    def mark(self, name: str, mark: Mark) -> None:
        """Say that an environment is whole.

        Raises:
            HostError: it cannot be written.
        """
        file = self.folder(name) / MARK
        try:
            file.write_text(json.dumps(asdict(mark), indent=1), "utf-8")
        except OSError as error:
            raise HostError(f"{file} cannot be written", error.strerror or str(error)) from error

    def remove(self, name: str) -> None:
        """Delete an environment with all that is in it.

        Raises:
            UserError: hwstudio made none of that name.
            HostError: it is being made, or a file cannot be deleted (in use, on Windows).
        """
        self.named(name)
        try:
            with self.held(name) as folder:
                (folder / MARK).unlink(missing_ok=True)  # from now on it is not whole
                erase(folder)
        except HostError as error:
            if "cannot be deleted" in error.what:
                raise
            raise HostError(f"{name} cannot be removed now", error.why or error.what) from error

    def weigh(self, name: str) -> int:
        """Return the bytes on the disk of one that is being made, with what was fetched for it."""
        total = 0
        for root in (self.folder(name), self.cache, self.temp):
            for folder, _, files in os.walk(root):
                for file in files:
                    with suppress(OSError):  # it is gone again meanwhile
                        total += Path(folder, file).lstat().st_size
        return total

    def clear_fetched(self, *, keep: bool = False) -> None:
        """Delete what was half unpacked, and what was fetched unless it is to be kept."""
        erase(self.temp)
        if not keep:
            erase(self.cache)


def erase(folder: Path) -> None:
    """Delete a folder that may be missing; a link is deleted, never what it leads to.

    Raises:
        HostError: something in it cannot be deleted.
    """
    if not os.path.lexists(folder):
        return
    try:
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder, onerror=_try_writable)
    except OSError as error:
        raise HostError(
            f"{folder} cannot be deleted",
            error.strerror or str(error),
            "Close what uses it and try again",
        ) from error


def _try_writable(function: Any, path: str, _about: object) -> None:
    """Windows deletes no read-only file; make it writable and try once more."""
    Path(path).chmod(stat.S_IRWXU)
    function(path)
