"""What helps to mend hwstudio, gathered into one zip: the user reads it first, nothing is sent.

Everything is text, and every text goes through ``redact``: names of people and computers, folders,
addresses, serial numbers and keys are taken out. Projects and measured values are not in it.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import platform
import re
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.crash_report import tail
from hwstudio.core.base.errors import HostError
from hwstudio.core.base.paths import Home, catalog_file, is_frozen
from hwstudio.core.base.redact import redactor
from hwstudio.core.base.safe_mode import is_safe_mode
from hwstudio.core.base.settings import load_settings
from hwstudio.core.base.version import VERSION

_LOG_BYTES = 200_000  # the end of each log
_CHECK_S = 20.0  # for one database
_PACKAGES = (
    "PySide6-Essentials", "numpy", "pyqtgraph", "psutil", "nvidia-ml-py", "torch", "highspy",
)  # fmt: skip
_ENTRY_DATE = (2020, 1, 1, 0, 0, 0)
_SUM = re.compile(r"\A[0-9a-f]{16}\Z")
_DATABASES = "databases.json"
README = (
    "Diagnostics of hwstudio. Everything here is text you can read. Your name, folders, computer "
    "name, addresses, serial numbers and keys were taken out. Your projects, prices and measured "
    "values are not in it. Nothing was sent; whom you give it to is up to you.\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the bundle."""

    name: str
    text: str


def gather(home: Home, *, with_machine: bool = True) -> tuple[Entry, ...]:
    """Return every file of the bundle, redacted. Takes seconds where databases are large.

    ``with_machine`` False leaves out the look at the hardware (it may be what hangs).
    """
    redact = redactor()
    found = [Entry("README.txt", README)]
    for name, make in (
        ("versions.json", _versions),
        ("settings.json", lambda: asdict(load_settings(home.settings_file))),
        ("machine.json", _machine if with_machine and not is_safe_mode() else _no_machine),
        (_DATABASES, lambda: databases(home)),
        ("files.json", lambda: _files(home)),
    ):
        found.append(Entry(name, redact(_written(make))))
    found += [Entry(name, redact(text)) for name, text in _logs(home.log_dir)]
    return tuple(found)


def bundle(entries: tuple[Entry, ...]) -> bytes:
    """Return the zip. The same entries give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, _ENTRY_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.text)
    return held.getvalue()


def _written(make: Callable[[], Any]) -> str:
    """One part that fails must not cost the others."""
    try:
        return json.dumps(make(), indent=1, sort_keys=True, default=str, ensure_ascii=False) + "\n"
    except Exception as error:  # noqa: BLE001 - a broken installation is what this is for
        return f"could not be gathered: {error!r}\n"


def _versions() -> dict[str, Any]:
    return {
        "hwstudio": VERSION,
        "at": iso_now(),
        "is_packaged": is_frozen(),
        "is_safe_mode": is_safe_mode(),
        "python": platform.python_version(),
        "python_build": sys.version,
        "system": platform.platform(),
        "processor_kind": platform.machine(),
        "sqlite": sqlite3.sqlite_version,
        "screen": {name: os.environ.get(name, "") for name in _SCREEN},
        "packages": {name: _package(name) for name in _PACKAGES},
    }


_SCREEN = ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "LANG")


def _package(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed here"


def _machine() -> dict[str, Any]:
    from hwstudio.core.probe.machine import detect_machine

    return asdict(detect_machine())


def _no_machine() -> str:
    return "not looked at: safe mode, or it was not wanted"


def databases(home: Home) -> list[dict[str, Any]]:
    """Return for each database whether SQLite finds it whole, its size in bytes and its version."""
    files = sorted({*home.root.glob("*.db"), *home.catalog_dir.glob("*.db"), catalog_file()})
    return [_checked(file) for file in files]


def all_whole(entries: tuple[Entry, ...]) -> bool:
    """Say whether every database of a bundle was found whole."""
    text = next((entry.text for entry in entries if entry.name == _DATABASES), "")
    try:
        return all(each.get("integrity") == "ok" for each in json.loads(text))
    except ValueError:
        return False  # it could not even be looked at


def _checked(file: Path) -> dict[str, Any]:
    about: dict[str, Any] = {"name": file.name}
    try:
        about["size_bytes"] = file.stat().st_size
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=5.0)) as base:
            _limit(base)
            about["version"] = base.execute("PRAGMA user_version").fetchone()[0]
            rows = [row[0] for row in base.execute("PRAGMA integrity_check(20)")]
            about["integrity"] = "ok" if rows == ["ok"] else rows
            about["rows"] = {name: _count(base, name) for name in _tables(base)}
    except (OSError, sqlite3.Error) as error:
        about["trouble"] = str(error)
    return about


def _limit(base: sqlite3.Connection) -> None:
    """Stop a check of a very large file after a while."""
    import time

    until_s = time.monotonic() + _CHECK_S
    base.set_progress_handler(lambda: int(time.monotonic() > until_s), 100_000)


def _tables(base: sqlite3.Connection) -> list[str]:
    wish = "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'"
    return [row[0] for row in base.execute(wish)]


def _count(base: sqlite3.Connection, table: str) -> int:
    name = table.replace('"', '""')
    return int(base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - quoted


def _files(home: Home) -> dict[str, Any]:
    """Return what lies in the home, by size; names of the user's own files are not in it."""
    sizes: dict[str, list[int]] = {}
    for file in home.root.rglob("*"):
        if file.is_file() and not file.is_symlink():
            sizes.setdefault(_place(file.relative_to(home.root)), []).append(file.stat().st_size)
    held = {place: {"files": len(each), "bytes": sum(each)} for place, each in sizes.items()}
    return {"held": held, "free_bytes": shutil.disk_usage(home.root).free}


def _place(file: Path) -> str:
    """Files of the top by name, those below by folder and ending."""
    if len(file.parts) == 1:
        return file.name
    folders = ["<sum>" if _SUM.match(part) else part for part in file.parts[:1]]
    return f"{'/'.join(folders)}/*{file.suffix}"


def _logs(log_dir: Path) -> Iterator[tuple[str, str]]:
    """Yield the ends of the logs and the reports of crashes."""
    for file in sorted([*log_dir.glob("*.log"), *log_dir.glob("crash-*.txt")]):
        text = tail(file, _LOG_BYTES)
        if text.strip():
            yield f"logs/{file.name}", text


def save_bundle(file: Path, entries: tuple[Entry, ...]) -> int:
    """Write the zip and return its size in bytes.

    Raises:
        HostError: it cannot be written.
    """
    content = bundle(entries)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise HostError(
            f"{file} could not be written", error.strerror or str(error), "Choose another folder"
        ) from error
    return len(content)
