"""What can be followed in a folder: event files, CSV and JSON logs, sorted into runs.

The walk is bounded in entries and depth, follows links but no loop, and can be done in steps, so
that a window stays alive on a slow network drive.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.monitor.curves.kind import LogKind, kind_by_content, kind_by_name

_CHECKPOINT = re.compile(r"checkpoint-(\d+)$")
# File names that say nothing: the folder's name says which run it is.
_PLAIN = frozenset(
    (
        *("metrics", "log", "logs", "training", "training_log", "train_log", "history"),
        *("results", "progress", "trainer_state", "log_history", "loss"),
    )
)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a walk goes."""

    entries: int = 50_000
    depth: int = 8
    files: int = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that can be followed, and the run it belongs to."""

    path: Path
    kind: LogKind
    run: str


@dataclass(slots=True)
class Found:
    """What a walk found so far, in the order in which it is to be read."""

    candidates: list[Candidate] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    looked_at: int = 0


Sniffed = dict[tuple[str, int, int], LogKind | None]


def find(root: Path, reach: Reach | None = None) -> Found:
    """Return what can be followed under ``root`` (a folder, or one file); never raises OSError."""
    found = Found()
    for _ in walk(root, reach or Reach(), found, {}):
        pass
    return found


def walk(root: Path, reach: Reach, found: Found, sniffed: Sniffed) -> Iterator[None]:
    """Fill ``found``, pausing after each entry; ``sniffed`` spares a second look into files."""
    files: list[tuple[Path, LogKind]] = []
    seen: set[tuple[int, int]] = set()
    waiting = deque([(root, 0)])  # near folders before deep ones
    while waiting:
        folder, depth = waiting.popleft()
        if not _is_new(folder, seen, found):
            continue
        for entry in _entries(folder, found):
            found.looked_at += 1
            if found.looked_at > reach.entries or len(files) >= reach.files:
                found.notices.append(_cut_short(reach, len(files) >= reach.files))
                waiting.clear()
                break
            yield
            if _is_dir(entry):
                if depth < reach.depth and not entry.name.startswith("."):
                    waiting.append((Path(entry.path), depth + 1))
                continue
            kind = _kind(entry, sniffed)
            if kind is not None:
                files.append((Path(entry.path), kind))
    found.candidates.extend(_in_runs(root, files))


def _cut_short(reach: Reach, by_files: bool) -> str:
    limit = f"{reach.files:,} logs" if by_files else f"{reach.entries:,} files and folders"
    return f"Only the first {limit} were looked at; open a folder further down to see the rest"


def _is_new(folder: Path, seen: set[tuple[int, int]], found: Found) -> bool:
    """Say whether a folder was not walked yet; links that lead round in a circle end here."""
    try:
        stat = folder.stat()
    except OSError as error:
        found.notices.append(f"{folder.name} cannot be read: {error.strerror or error}")
        return False
    key = (stat.st_dev, stat.st_ino)
    if stat.st_ino and key in seen:
        return False
    seen.add(key)
    return True


def _entries(folder: Path, found: Found) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        found.notices.append(f"{folder.name} cannot be read: {error.strerror or error}")


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _kind(entry: os.DirEntry[str], sniffed: Sniffed) -> LogKind | None:
    kind = kind_by_name(entry.name)
    if kind is None:
        return None
    try:
        if not entry.is_file():  # a pipe or a device would block or never end
            return None
        if kind in (LogKind.EVENTS, LogKind.JSON):
            return kind
        stat = entry.stat()
        key = (entry.path, stat.st_size, stat.st_mtime_ns)
        if key not in sniffed:
            sniffed[key] = kind if kind_by_content(Path(entry.path)) is not None else None
        return sniffed[key]
    except OSError:
        return None


def _in_runs(root: Path, files: list[tuple[Path, LogKind]]) -> list[Candidate]:
    """Sort files into runs: event files by folder, others by file; newest checkpoint only."""
    newest: dict[Path, int] = {}
    for path, kind in files:
        if kind is LogKind.JSON and (number := _checkpoint(path)) is not None:
            output = path.parent.parent
            newest[output] = max(newest.get(output, -1), number)
    out = []
    for path, kind in sorted(files):
        number = _checkpoint(path) if kind is LogKind.JSON else None
        if number is not None and number != newest[path.parent.parent]:
            continue
        out.append(Candidate(path, kind, run_name(root, path, kind)))
    return out


def _checkpoint(path: Path) -> int | None:
    found = _CHECKPOINT.match(path.parent.name)
    return int(found[1]) if found else None


def run_name(root: Path, path: Path, kind: LogKind) -> str:
    """Return the name of the run a log belongs to: its place under ``root``, with "/" in it."""
    folder = path.parent
    if kind is LogKind.JSON and _CHECKPOINT.match(folder.name) and folder != root:
        folder = folder.parent
    try:
        below = folder.relative_to(root).as_posix()
    except ValueError:
        below = "."
    own = "" if kind is LogKind.EVENTS or path.stem.lower() in _PLAIN else path.stem
    if below == ".":
        return own or (root.name if root.is_dir() else path.stem) or path.stem
    return f"{below}/{own}" if own else below
