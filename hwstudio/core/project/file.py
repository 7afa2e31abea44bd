"""The .hws file: a zip with one project.json, written whole or not at all, read with suspicion."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import stat
import struct
import threading
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
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_NOTHING_LOST = "nothing was changed"
# Everything zipfile raises on a file that was cut, altered or made to confuse it.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)
# A fixed date makes equal projects equal files.
_ENTRY_DATE = (2020, 1, 1, 0, 0, 0)


def save_project(path: Path, state: ProjectState) -> str:
    """Write a project and return the sum of the file (see ``sum_of``).

    The old file stays whole until the new one is complete.

    Raises:
        HostError: the file cannot be written.
    """
    return write_document(path, {"schema": SCHEMA, "project": to_json(state)})


def load_project(path: Path) -> ProjectState:
    """Read a project.

    Raises:
        UserError: no such file, not a project, a field that is wrong (named), or a newer file.
        HostError: the file may not be read.
    """
    return read_project(path)[0]


def read_project(path: Path) -> tuple[ProjectState, str]:
    """Read a project and the sum of what was read; see load_project for the errors."""
    raw = _raw_bytes(path)
    return state_of(path, _document(path, raw)), sum_of(raw)


def sum_of(raw: bytes) -> str:
    """Return what tells two contents of a file apart: the SHA-256, as hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def write_document(path: Path, document: dict[str, Any]) -> str:
    """Write one JSON document as a .hws file, atomically; return the sum of the file.

    A link stays a link: the file it names is written. The rights of an older file stay.

    Raises:
        HostError: the file cannot be written, or is write-protected.
    """
    text = json.dumps(document, indent=1, sort_keys=True, allow_nan=False)
    info = zipfile.ZipInfo(_ENTRY, _ENTRY_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(info, text)
    try:
        _put(Path(os.path.realpath(path)), held.getvalue())
    except OSError as error:
        raise HostError(
            f"The project could not be saved as {path}",
            error.strerror or str(error),
            f"{_way_out(error)}; your project is still open",
        ) from error
    return sum_of(held.getvalue())


def _way_out(error: OSError) -> str:
    if error.errno in _FULL:
        return "Free some space there, or save it to another drive"
    if error.errno == errno.ENAMETOOLONG:
        return "Give it a shorter name"
    return "Choose a folder and a file you may write to"


def _put(target: Path, raw: bytes) -> None:
    rights = _rights(target)
    # Cut, so that a long name does not outgrow what a file may be called.
    part = target.with_name(f".{target.name[:40]}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        if rights is not None:
            with contextlib.suppress(OSError):  # a drive without rights is no reason not to save
                part.chmod(rights)
        part.replace(target)
    except OSError:
        with contextlib.suppress(OSError):  # a folder that may not be entered refuses this too
            part.unlink(missing_ok=True)
        raise


def _rights(target: Path) -> int | None:
    """Return the rights of the file that is there; one that is write-protected is refused."""
    try:
        rights = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file or its drive is write-protected")
    return rights


def read_document(path: Path) -> dict[str, Any]:
    """Return the JSON document of a .hws file; see load_project for the errors."""
    return _document(path, _raw_bytes(path))


def _document(path: Path, raw: bytes) -> dict[str, Any]:
    text = _entry_bytes(path, raw)
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


def _entry_bytes(path: Path, raw: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _bounded(path, archive)
    except (*_DAMAGE, OSError) as error:
        _refuse(path, "it is not an hwstudio project, or it was cut short", error)


def _raw_bytes(path: Path) -> bytes:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            _refuse(path, "it is a folder")
        if not stat.S_ISREG(about.st_mode):
            _refuse(path, "it is no file")  # reading a pipe would wait for ever
        if about.st_size > _MOST_FILE_BYTES:
            _refuse(path, f"it is larger than {_MOST_FILE_BYTES // 2**20} MiB, no project is")
        with path.open("rb") as stream:
            return stream.read(_MOST_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(
            f"{path} cannot be opened", "there is no such file", "Check the name and the folder"
        ) from error
    except ValueError as error:  # a name no file can have
        _refuse(path, str(error), error)
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
