"""Which catalogue is opened: the one the user took as an update, if it is sound and newer.

An update is two files in the home's ``catalog`` folder: the catalogue under a name of its own, and
``current.json``, which names it. Only replacing ``current.json`` switches over, so a crash at any
moment leaves either the old state or the new one. The installation is never written to.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home, bundled_catalog, named_catalog
from hwstudio.core.catalog.store import REMEDY, Store

POINTER = "current.json"
UNDO = "Go back to the catalogue that came with hwstudio: hwstudio catalog update --undo"
NAME = re.compile(r"catalog-[0-9-]{4,10}-[0-9a-f]{12}\.db")
_CHUNK_BYTES = 1 << 20
Columns = dict[str, set[str]]  # table -> its columns
_TYPES: dict[str, type] = {"str": str, "int": int}


@dataclass(frozen=True, slots=True)
class Taken:
    """What ``current.json`` says of the update that was taken."""

    file: str  # a plain name in the same folder
    as_of: str
    sha256: str
    bytes: int
    mtime_ns: int  # size and time unchanged: the checksum need not be worked out again
    forced_over: str = ""  # taken though not newer, in place of a bundled one of this date


@dataclass(frozen=True, slots=True)
class InUse:
    """The catalogue to open, what to advise when it is damaged, and what the user should know."""

    file: Path
    remedy: str = REMEDY
    is_update: bool = False
    notice: str = ""

    def store(self) -> Store:
        """Open it.

        Raises:
            UserError: it is missing, damaged, or of another format.
        """
        return Store(self.file, self.remedy)


class UnfitError(Exception):
    """The update cannot be used; the text says why, ``file`` is the one to set aside."""

    def __init__(self, why: str, file: Path | None = None) -> None:
        super().__init__(why)
        self.file = file


def catalog_in_use(home: Home) -> InUse:
    """Return the catalogue to open; an unfit update is set aside, never an error.

    ``HWSTUDIO_CATALOG`` wins over both.
    """
    named = named_catalog()
    if named is not None:
        return InUse(named)
    bundled = InUse(bundled_catalog())
    if not (home.catalog_dir / POINTER).exists():
        return bundled
    try:
        file, taken = _sound_update(home)
    except UnfitError as why:
        return InUse(bundled.file, notice=_set_aside(home, why))
    if not _is_wanted(taken, bundled.file):
        return bundled
    lacking = _lacking(file, bundled.file)
    if lacking:  # the update was made for an older hwstudio, whose version of the format it has
        return InUse(bundled.file, notice=_set_aside(home, UnfitError(lacking, file)))
    return InUse(file, UNDO, is_update=True)


def _lacking(file: Path, bundled: Path) -> str:
    try:
        with closing(_read_only(file)) as mine, closing(_read_only(bundled)) as shipped:
            return what_lacks(columns_of(mine), columns_of(shipped))
    except sqlite3.DatabaseError:
        return ""  # whichever is damaged, opening it says so in words


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _sound_update(home: Home) -> tuple[Path, Taken]:
    taken = read_pointer(home)
    while True:
        try:
            _check(home.catalog_dir / taken.file, taken)
        except UnfitError:
            # Another hwstudio may just have taken a newer update and cleared this one away.
            now = read_pointer(home)
            if now == taken:
                raise
            taken = now
        else:
            return home.catalog_dir / taken.file, taken


def read_pointer(home: Home) -> Taken:
    """Return what ``current.json`` says."""
    try:
        raw = json.loads((home.catalog_dir / POINTER).read_text("utf-8"))
        taken = Taken(**{field.name: raw[field.name] for field in fields(Taken)})
        is_whole = all(
            isinstance(getattr(taken, f.name), _TYPES[str(f.type)]) for f in fields(Taken)
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UnfitError(f"{POINTER} cannot be read") from error
    if not is_whole or not NAME.fullmatch(taken.file):
        raise UnfitError(f"{POINTER} is not as hwstudio writes it")
    return taken


def pointer_text(taken: Taken) -> str:
    """Return ``current.json`` for an update."""
    return json.dumps(asdict(taken), indent=1)


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def date_of(file: Path) -> str:
    """Return the date of a catalogue's newest fact; "" when it cannot be used."""
    try:
        with closing(Store(file)) as store:
            return store.as_of
    except UserError:
        return ""


def columns_of(connection: sqlite3.Connection) -> Columns:
    """Return the columns of every table."""
    sql = (
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table'"
    )
    found: Columns = {}
    for table, column in connection.execute(sql):
        found.setdefault(table, set()).add(column)
    return found


def what_lacks(found: Columns, wanted: Columns) -> str:
    """Return which table or column is missing, in words; "" when none is."""
    for table, columns in wanted.items():
        if table not in found:
            return f"its table '{table}' is missing"
        if columns - found[table]:
            return f"its table '{table}' has no column '{min(columns - found[table])}'"
    return ""


def _check(file: Path, taken: Taken) -> None:
    try:
        found = file.stat()
        is_same = (found.st_size, found.st_mtime_ns) == (taken.bytes, taken.mtime_ns)
        if not is_same and checksum(file) != taken.sha256:
            raise UnfitError("it was changed or damaged", file)
    except OSError as error:
        raise UnfitError(error.strerror or str(error), file) from error
    try:
        with closing(Store(file)) as store:
            as_of = store.as_of
    except UserError as error:
        raise UnfitError(error.why or error.what, file) from error
    if as_of != taken.as_of:
        raise UnfitError(f"it is of {as_of}, not of {taken.as_of}", file)


def _is_wanted(taken: Taken, bundled: Path) -> bool:
    """Say whether the update beats the bundled catalogue, which a new hwstudio may have renewed."""
    shipped = date_of(bundled)
    return taken.as_of > shipped or (bool(taken.forced_over) and taken.forced_over == shipped)


def _set_aside(home: Home, why: UnfitError) -> str:
    """Rename what cannot be used and return what the user should know."""
    kept = ""
    with suppress(OSError):  # open elsewhere on Windows, or a folder without permission
        (home.catalog_dir / POINTER).replace(home.catalog_dir / "set-aside.json")
        if why.file is not None:
            aside = why.file.with_name("set-aside.db")
            why.file.replace(aside)
            kept = f" It was kept as {aside}."
    notice = (
        f"The updated catalogue cannot be used: {why}.{kept} The one that came with hwstudio is "
        "used instead. Take the update again to get it back."
    )
    logger("catalog").warning("%s", notice)
    return notice
