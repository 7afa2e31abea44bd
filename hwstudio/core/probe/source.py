"""Where detection reads: the running system, or one that was written down.

Everything detection asks goes through here: files, programs, Windows' own functions and the space
on drives. So a test plays a whole machine by giving another source.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.core.probe.deadline import output_of

if TYPE_CHECKING:
    from concurrent.futures import Future  # late below: the recorder asks no program

_IS_LINUX = sys.platform.startswith("linux")


def _answer(answer: Future[str | None], command: tuple[str, ...], seconds: float) -> None:
    try:
        answer.set_result(output_of(command, seconds, check=False))
    except Exception as error:  # noqa: BLE001 - carried over to whoever waits
        answer.set_exception(error)


@dataclass(frozen=True, slots=True)
class Source:
    """A root folder; with another root than "/" nothing outside it is asked."""

    root: Path = Path("/")
    _kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_live(self) -> bool:
        """Say whether this is the running system itself."""
        return self.root == Path("/")

    @property
    def system(self) -> str:
        """Return "Linux", "Darwin" or "Windows", as platform.system() says it."""
        if _IS_LINUX or not self.is_live:
            return "Linux"
        import platform  # late: Linux does without, in the recorder too

        return platform.system()

    @property
    def machine(self) -> str:
        """Return the processor architecture, such as "x86_64" or "arm64"."""
        if _IS_LINUX:
            return os.uname().machine
        import platform

        return platform.machine()

    @property
    def release(self) -> str:
        """Return the version of the system's kernel, or of macOS or Windows."""
        import platform

        if self.system == "Darwin":
            return platform.mac_ver()[0]
        if self.system == "Windows":
            release, version, *_ = platform.win32_ver()
            return f"{release} ({version})"
        return platform.release()

    def path(self, *parts: str) -> Path:
        """Return a place under the root."""
        return self.root.joinpath(*(part.lstrip("/") for part in parts))

    def text(self, *parts: str) -> str | None:
        """Return a file's text without the ends, or None."""
        try:
            return self.path(*parts).read_text("utf-8", errors="replace").strip("\0\n ")
        except OSError:
            return None

    def once(self, place: str) -> str | None:
        """Return a file's text, read once: some take the kernel long on large machines."""
        if place not in self._kept:
            self._kept[place] = self.text(place)
        found: str | None = self._kept[place]
        return found

    def raw(self, *parts: str) -> bytes | None:
        """Return a file's bytes, or None (missing, or only for administrators)."""
        try:
            return self.path(*parts).read_bytes()
        except OSError:
            return None

    def number(self, *parts: str, base: int = 10) -> int | None:
        """Return a file's number, or None."""
        text = self.text(*parts)
        try:
            return int(text, base) if text is not None else None
        except ValueError:
            return None

    def names(self, *parts: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted; a missing one has none."""
        try:
            return tuple(sorted(place.name for place in self.path(*parts).iterdir()))
        except OSError:
            return ()

    def exists(self, *parts: str) -> bool:
        """Say whether there is such a file or folder."""
        try:
            return self.path(*parts).exists()
        except OSError:
            return False

    def real(self, *parts: str) -> str:
        """Return where a place really is once links are followed, or ""."""
        try:
            found = self.path(*parts).resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: links in a circle
            return ""
        return "/" + os.path.relpath(found, self.root.resolve()).lstrip("/")

    def begin(self, command: tuple[str, ...], seconds: float) -> None:
        """Start asking a slow program, so that it works while other things are looked at."""
        if self.is_live and command not in self._kept:
            from concurrent.futures import Future

            answer: Future[str | None] = Future()
            self._kept[command] = answer
            threading.Thread(
                target=_answer,
                args=(answer, command, seconds),
                name=f"hwstudio-ask-{command[0]}",
                daemon=True,
            ).start()

    def output(self, command: tuple[str, ...], seconds: float) -> str | None:
        """Return what a program prints, asked once; None when missing, failing or too slow."""
        if not self.is_live:
            return None
        if command not in self._kept:
            from concurrent.futures import Future

            answer: Future[str | None] = Future()
            _answer(answer, command, seconds)
            self._kept[command] = answer
        found: Future[str | None] = self._kept[command]
        return found.result()

    def call(self, name: str) -> Any:
        """Return the answer of one of Windows' own functions.

        Raises:
            OSError: it gave none, or this is not Windows.
        """
        if not self.is_live or self.system != "Windows":
            raise OSError("this is not a running Windows")
        from hwstudio.core.probe.windows_calls import CALLS

        return CALLS[name]()

    def space(self, point: str) -> tuple[int, int]:
        """Return size and free space of a mounted drive in bytes.

        Raises:
            OSError: it is gone, or closed to us.
        """
        import psutil

        usage = psutil.disk_usage(point)
        return int(usage.total), int(usage.free)


@dataclass(frozen=True, slots=True)
class WrittenSource(Source):
    """A machine that was written down: its files, links, and what its programs print."""

    root: Path = Path("/written-down")
    about: Mapping[str, str] = field(default_factory=dict)  # system, machine, release
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)  # by the first word of the command
    calls: Mapping[str, Any] = field(default_factory=dict)
    spaces: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """Return what was written down."""
        return self.about.get("system", "Linux")

    @property
    def machine(self) -> str:
        """Return what was written down."""
        return self.about.get("machine", "")

    @property
    def release(self) -> str:
        """Return what was written down."""
        return self.about.get("release", "")

    def text(self, *parts: str) -> str | None:
        """Return a file's text without the ends, or None."""
        found = self.files.get(self._followed(parts))
        return found.strip("\0\n ") if found is not None else None

    def once(self, place: str) -> str | None:
        """Return a file's text."""
        return self.text(place)

    def raw(self, *parts: str) -> bytes | None:
        """Return a file's bytes, written down in hexadecimal digits."""
        try:
            return bytes.fromhex(self.files[self._followed(parts)])
        except (KeyError, ValueError):
            return None

    def names(self, *parts: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted."""
        if not self._kept:
            for place in (*self.files, *self.links):
                above, _, name = place.rpartition("/")
                while name:
                    self._kept.setdefault(above, set()).add(name)
                    above, _, name = above.rpartition("/")
        return tuple(sorted(self._kept.get(self._followed(parts), ())))

    def exists(self, *parts: str) -> bool:
        """Say whether there is such a file, link or folder."""
        place = self._followed(parts)
        return place in self.files or _joined(parts) in self.links or bool(self.names(place))

    def real(self, *parts: str) -> str:
        """Return where a place really is, or ""."""
        return self._followed(parts) if self.exists(*parts) else ""

    def _followed(self, parts: tuple[str, ...]) -> str:
        """Return the place once the links on the way are followed."""
        place = ""
        for name in _joined(parts).split("/")[1:]:
            place = f"{place}/{name}"
            place = self.links.get(place, place)
        return place

    def begin(self, command: tuple[str, ...], seconds: float) -> None:
        """Do nothing: every answer is at hand."""

    def output(self, command: tuple[str, ...], seconds: float) -> str | None:  # noqa: ARG002
        """Return what was written down for a program."""
        return self.outputs.get(command[0])

    def call(self, name: str) -> Any:
        """Return what was written down for a function.

        Raises:
            OSError: nothing was.
        """
        if name not in self.calls:
            raise OSError("no answer")
        return self.calls[name]

    def space(self, point: str) -> tuple[int, int]:
        """Return what was written down.

        Raises:
            OSError: nothing was.
        """
        if point not in self.spaces:
            raise OSError("no such drive")
        return self.spaces[point]


def _joined(parts: tuple[str, ...]) -> str:
    return "/" + "/".join(part.strip("/") for part in parts if part.strip("/"))
