"""Take a newer catalogue from a file into the user's home, whole or not at all, and undo it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.paths import Home, bundled_catalog
from hwstudio.core.catalog.store import SCHEMA_VERSION
from hwstudio.core.catalog.update import bundle, candidate
from hwstudio.core.catalog.update.bundle import Manifest, refused
from hwstudio.core.catalog.update.candidate import Changes
from hwstudio.core.catalog.update.in_use import (
    NAME,
    POINTER,
    Taken,
    UnfitError,
    catalog_in_use,
    checksum,
    date_of,
    pointer_text,
    read_pointer,
)

INCOMING = ".incoming-"
_WAIT_S = 60.0  # for another update to come to its end
_LEFT_OVER_S = 3600.0  # an unfinished copy so old belongs to a run that ended


class NotNewerError(UserError):
    """The file is sound but no newer than the catalogue in use; ``force`` takes it all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """What an update did. It is used from the next start on."""

    updated: bool
    from_as_of: str  # "" when the catalogue in use could not be read
    to_as_of: str
    path: Path
    parts_added: int
    parts_removed: int
    parts_changed: int
    prices_changed: int


def update_from(file: Path, home: Home, *, force: bool = False) -> UpdateResult:
    """Check a .hwcat bundle, or a .db with its .sha256 beside it, and take it into the home.

    The user's own prices and parts are in a database of their own and are never touched.

    Raises:
        NotNewerError: it is no newer than the catalogue in use, and ``force`` is off.
        UserError: it is not fit to be used, with the reason.
        HostError: the home cannot be written or the file cannot be read.
    """
    with _spoken(home), _incoming(home) as incoming:
        manifest = bundle.take_out(file, incoming)
        shipped = bundled_catalog()
        as_of = candidate.examine(incoming, file.name, manifest, shipped)
        with _alone(home):  # what is in use is asked here: another may just have taken a newer one
            using = catalog_in_use(home).file
            before = date_of(using)
            if as_of <= before and not force:
                raise _not_newer(file.name, as_of, before)
            changes = candidate.compared(using if before else None, incoming)
            over = date_of(shipped) if force else ""
            path = _switch(home, incoming, as_of, manifest.sha256, over)
            _tidy(home)
    return _result(before, as_of, path, changes)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Let one process at a time switch and tidy up, or one would remove what another took.

    The lock lies beside the folder, which stays empty without an update.
    """
    with file_lock(home.catalog_dir.with_name("catalog.lock"), wait_s=_WAIT_S):
        yield


def _result(before: str, as_of: str, path: Path, changes: Changes) -> UpdateResult:
    counts = asdict(changes)
    return UpdateResult(updated=True, from_as_of=before, to_as_of=as_of, path=path, **counts)


def _not_newer(name: str, as_of: str, before: str) -> NotNewerError:
    how = "the same date as" if as_of == before else "older than"
    error = refused(name, f"it is of {as_of}, {how} the catalogue in use ({before})")
    return NotNewerError(error.what, error.why)  # each face says how to take it all the same


@contextmanager
def _spoken(home: Home) -> Iterator[None]:
    """Turn what the disk says into words."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        named = f" ({error.filename})" if error.filename else ""
        raise HostError(
            "The catalogue could not be updated; the one in use stays",
            f"{why}{named}",
            f"Check the file and the folder {home.catalog_dir}",
        ) from error


@contextmanager
def _incoming(home: Home) -> Iterator[Path]:
    """Yield a place in the home for the copy, gone afterwards whatever happens."""
    home.catalog_dir.mkdir(parents=True, exist_ok=True)
    place = home.catalog_dir / f"{INCOMING}{uuid4().hex[:12]}.db"
    try:
        yield place
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _switch(home: Home, incoming: Path, as_of: str, sha256: str, over: str) -> Path:
    """Give the copy its name, then let ``current.json`` name it: the one moment that counts."""
    path = home.catalog_dir / f"catalog-{as_of}-{sha256[:12]}.db"
    if not (path.is_file() and checksum(path) == sha256):
        os.replace(incoming, path)  # noqa: PTH105 - the step the crash test stops at
    _sync_folder(home.catalog_dir)
    found = path.stat()
    taken = Taken(path.name, as_of, sha256, found.st_size, found.st_mtime_ns, over)
    part = home.catalog_dir / f"{INCOMING}{uuid4().hex[:12]}.json"
    try:
        with part.open("w", encoding="utf-8") as out:
            out.write(pointer_text(taken))
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, home.catalog_dir / POINTER)  # noqa: PTH105
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(home.catalog_dir)
    return path


def _sync_folder(folder: Path) -> None:
    """Have the new names on the disk too, where the system lets a folder be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _tidy(home: Home) -> None:
    """Remove catalogues that ``current.json`` no longer names, and copies that were given up."""
    try:
        keep = read_pointer(home).file
    except UnfitError:
        keep = ""
    for file in _folder(home):
        with suppress(OSError):  # still open in another hwstudio: the next update removes it
            if _is_given_up(file) or (NAME.fullmatch(file.name) and file.name != keep):
                file.unlink()


def _folder(home: Home) -> list[Path]:
    try:
        return list(home.catalog_dir.iterdir())
    except OSError:
        return []


def _is_given_up(file: Path) -> bool:
    """Say whether this is a copy of a run that ended long ago."""
    return file.name.startswith(INCOMING) and time.time() - file.stat().st_mtime > _LEFT_OVER_S


def undo_update(home: Home) -> UpdateResult:
    """Go back to the catalogue that came with hwstudio; ``updated`` says whether there was one.

    Raises:
        HostError: the home cannot be written.
    """
    shipped = bundled_catalog()
    with _spoken(home), _alone(home):
        using = catalog_in_use(home)
        before, after = date_of(using.file), date_of(shipped)
        changes = Changes()
        if using.is_update and after:
            changes = candidate.compared(using.file, shipped)
        had_one = (home.catalog_dir / POINTER).exists()
        (home.catalog_dir / POINTER).unlink(missing_ok=True)
        if home.catalog_dir.is_dir():
            _sync_folder(home.catalog_dir)
            _tidy(home)
    result = _result(before, after, shipped, changes)
    return result if had_one else UpdateResult(**{**asdict(result), "updated": False})


def pack(out: Path, catalog: Path) -> Manifest:
    """Make a .hwcat bundle of a catalogue, once it has passed every check of an update.

    Raises:
        UserError: the catalogue is not fit, or ``out`` is no name for a bundle.
        HostError: it cannot be written.
    """
    as_of = candidate.examine(catalog, catalog.name, Manifest(""), bundled_catalog())
    return bundle.pack(catalog, out, as_of, SCHEMA_VERSION)
