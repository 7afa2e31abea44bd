"""Earlier versions of projects: one small file each, 50 a project, thinned as they grow old.

A folder a project: that of a saved project is named by a sum of its path, that of unsaved work is
"unsaved". Nothing here stops the work: a version that cannot be written is a line in the log.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hwstudio.core.base.clock import utc_now
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.project.autosave import Session, session_of
from hwstudio.core.project.file import SUFFIX, read_document

MOST = 50  # versions of one project
MOST_BYTES = 20 * 2**20  # of one project
MOST_PROJECTS = 30
_UNSAVED = "unsaved"
_FORM = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z\Z")


@dataclass(frozen=True, slots=True)
class Version:
    """One earlier version. ``taken_at`` is aware, UTC."""

    file: Path
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A project that has versions, newest first. ``file`` None: it was never saved."""

    file: Path | None
    versions: tuple[Version, ...]


class VersionStore:
    """Writes and lists versions in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: tuple[str, bytes] | None = None  # where, and a sum of what stands there

    def keep(self, autosave: Path, project_file: Path | None) -> None:
        """Keep a copy of the autosave just written, unless the newest version says the same."""
        try:
            self._keep(autosave, _folder_name(project_file))
        except OSError as error:
            logger("versions").warning("a version could not be kept: %s", error)

    def _keep(self, autosave: Path, name: str) -> None:
        content = _sum(autosave)
        if self._last == (name, content):
            return
        folder = self._folder / name
        known = versions_in(folder)
        if not known or _sum(known[0].file) != content:
            folder.mkdir(parents=True, exist_ok=True)
            now = utc_now()
            if known and now <= known[0].taken_at:
                logger("versions").info("the clock was set back; versions are in its order")
            part = folder / f".part{SUFFIX}"
            shutil.copyfile(autosave, part)
            part.replace(folder / f"{now.strftime(_FORM)}{SUFFIX}")
            thin(folder, now)
            self._drop_oldest_project()
        self._last = (name, content)

    def _drop_oldest_project(self) -> None:
        folders = [each for each in self._folder.iterdir() if each.is_dir()]
        folders.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        for folder in folders[MOST_PROJECTS:]:
            if folder.name != _UNSAVED:
                shutil.rmtree(folder, ignore_errors=True)

    def projects(self) -> tuple[Kept, ...]:
        """Return every project that has versions, the one changed last first."""
        try:
            folders = [each for each in self._folder.iterdir() if each.is_dir()]
        except OSError:
            return ()
        held = [versions for each in folders if (versions := versions_in(each))]
        found = [Kept(_file_of(versions), versions) for versions in held]
        return tuple(sorted(found, key=lambda kept: kept.versions[0].taken_at, reverse=True))

    def of(self, project_file: Path | None) -> tuple[Version, ...]:
        """Return the versions of one project, newest first."""
        return versions_in(self._folder / _folder_name(project_file))


def read_version(version: Version) -> Session:
    """Return what a version holds.

    Raises:
        UserError: it is damaged, or of a newer hwstudio.
        HostError: it may not be read.
    """
    return session_of(version.file, read_document(version.file))


def versions_in(folder: Path) -> tuple[Version, ...]:
    """Return the versions that lie in a folder, newest first; () where there is none."""
    try:
        names = [each for each in folder.iterdir() if each.suffix == SUFFIX]
    except OSError:
        return ()
    found = [
        Version(file, datetime.strptime(file.stem, _FORM).replace(tzinfo=UTC))
        for file in names
        if _NAME.match(file.stem)
    ]
    return tuple(sorted(found, key=lambda version: version.taken_at, reverse=True))


def thin(folder: Path, now: datetime) -> None:
    """Remove what is too much: the version nearest to its neighbours for its age goes first."""
    known = list(versions_in(folder))
    sizes = {version.file: version.file.stat().st_size for version in known}
    while len(known) > MOST or (sum(sizes.values()) > MOST_BYTES and len(known) > 1):
        ages_s = [(now - version.taken_at).total_seconds() for version in known]
        gone = known.pop(_least_missed(ages_s))
        gone.file.unlink(missing_ok=True)
        del sizes[gone.file]


def _least_missed(ages_s: Sequence[float]) -> int:
    """Return which to remove, of ages in rising order; the newest and the oldest stay if they can.

    Without it the gap between its neighbours stays least in proportion to their age, so the last
    minutes keep every few seconds and the last months keep a few days.
    """
    if len(ages_s) < 3:
        return len(ages_s) - 1
    gaps = [
        (ages_s[n + 1] - ages_s[n - 1]) / max(ages_s[n + 1], 1.0) for n in range(1, len(ages_s) - 1)
    ]
    return 1 + gaps.index(min(gaps))


def _folder_name(project_file: Path | None) -> str:
    if project_file is None:
        return _UNSAVED
    return hashlib.sha256(str(project_file.absolute()).encode()).hexdigest()[:16]


def _file_of(versions: Sequence[Version]) -> Path | None:
    for version in versions:
        try:
            return read_version(version).file
        except HwstudioError:
            continue  # damaged; the next one says it too
    return None


def _sum(file: Path) -> bytes:
    """Return a sum of a file. Equal sessions are equal files (see ``write_document``)."""
    return hashlib.sha256(file.read_bytes()).digest()
