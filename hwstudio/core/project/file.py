"""The .hws file: a zip with one project.json, written whole or not at all, read with suspicion."""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, NoReturn

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.project.codec import from_json, to_json
from hwstudio.core.project.codec_more import brought_up
from hwstudio.core.project.fields import FieldError, Fields
from hwstudio.core.project.state import ProjectState

SCHEMA = 2  # 2: use, tax, owned parts, data drives, wizard, variants
SUFFIX = ".hws"
_ENTRY = "project.json"
_MOST_FILE_BYTES = 16 * 2**20
_MOST_TEXT_BYTES = 8 * 2**20
_NOTHING_LOST = "nothing was changed"
# Everything zipfile raises on a file that was cut, altered or made to confuse it.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
# A fixed date makes equal projects equal files.
_ENTRY_DATE = (2020, 1, 1, 0, 0, 0)


def save_project(path: Path, state: ProjectState) -> None:
    """Write a project; the old file stays whole until the new one is complete.

    Raises:
        HostError: the file cannot be written.
    """
    write_document(path, {"schema": SCHEMA, "project": to_json(state)})


def load_project(path: Path) -> ProjectState:
    """Read a project.

    Raises:
        UserError: no such file, not a project, a field that is wrong (named), or a newer file.
        HostError: the file may not be read.
    """
    return state_of(path, read_document(path))


def write_document(path: Path, document: dict[str, Any]) -> None:
    """Write one JSON document as a .hws file, atomically."""
    text = json.dumps(document, indent=1, sort_keys=True, allow_nan=False)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    info = zipfile.ZipInfo(_ENTRY, _ENTRY_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    try:
        with part.open("wb") as stream:
            with zipfile.ZipFile(stream, "w") as archive:
                archive.writestr(info, text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HostError(
            f"The project could not be saved as {path}",
            error.strerror or str(error),
            "Choose a folder you may write to; your project is still open",
        ) from error


def read_document(path: Path) -> dict[str, Any]:
    """Return the JSON document of a .hws file; see load_project for the errors."""
    text = _entry_bytes(path)
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        _refuse(path, f"its {_ENTRY} is damaged ({_first_line(error)})", error)
    if not isinstance(document, dict):
        _refuse(path, f"its {_ENTRY} does not hold a project")
    return document


def state_of(path: Path, document: dict[str, Any]) -> ProjectState:
    """Return the project inside a document read from ``path``."""
    try:
        schema = Fields(document).whole("schema", 1, 10**9)
        if schema > SCHEMA:
            raise UserError(
                f"{path.name} was made by a newer hwstudio",
                f"it has file version {schema}, this program knows {SCHEMA}",
                f"Update hwstudio to open it; {_NOTHING_LOST}",
            )
        fresh = to_json(ProjectState())
        return from_json(brought_up(document.get("project"), schema, fresh))
    except FieldError as error:
        raise UserError(
            f"{path.name} cannot be opened",
            error.words,
            f"Correct that field or open another copy; {_NOTHING_LOST}",
        ) from error


def _entry_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_FILE_BYTES:
            _refuse(path, f"it is larger than {_MOST_FILE_BYTES // 2**20} MiB, no project is")
        with zipfile.ZipFile(path) as archive:
            return _bounded(path, archive)
    except FileNotFoundError as error:
        raise UserError(
            f"{path} cannot be opened", "there is no such file", "Check the name and the folder"
        ) from error
    except _DAMAGE as error:
        _refuse(path, "it is not an hwstudio project, or it was cut short", error)
    except OSError as error:
        raise HostError(
            f"{path} cannot be read", error.strerror or str(error), "Check who may read it"
        ) from error


def _bounded(path: Path, archive: zipfile.ZipFile) -> bytes:
    """Read the one entry, never more than a project can be, whatever the zip says of itself."""
    try:
        info = archive.getinfo(_ENTRY)
    except KeyError as error:
        _refuse(path, f"it holds no {_ENTRY}", error)
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse(path, "it is encrypted or packed in a way hwstudio does not write")
    with archive.open(info) as stream:
        text = stream.read(_MOST_TEXT_BYTES + 1)
    if len(text) > _MOST_TEXT_BYTES:
        _refuse(path, f"its {_ENTRY} unpacks to more than {_MOST_TEXT_BYTES // 2**20} MiB")
    return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number hwstudio accepts")


def _first_line(error: BaseException) -> str:
    return "too deeply nested" if isinstance(error, RecursionError) else str(error).split("\n")[0]


def _refuse(path: Path, why: str, cause: BaseException | None = None) -> NoReturn:
    raise UserError(
        f"{path.name} cannot be opened",
        why,
        f"Choose a {SUFFIX} file saved by hwstudio; {_NOTHING_LOST}",
    ) from cause
