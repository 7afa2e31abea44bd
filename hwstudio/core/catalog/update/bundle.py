"""A catalogue on its way to a user: one .hwcat file, or a .db with its checksum file beside it.

A .hwcat is a zip of two entries: ``catalog.db`` and ``manifest.json`` with format, schema_version,
as_of, sha256 and bytes. Nothing is ever unpacked by the name it has inside.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from hwstudio.core.base.errors import HostError, UserError

FORMAT = 1
MOST_BYTES = 200_000_000  # ten times what a catalogue may have
MOST_MANIFEST_BYTES = 65_536
CATALOG, MANIFEST = "catalog.db", "manifest.json"
GET_AGAIN = "Get the file again, whole, from where you had it"
_CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUM_LINE = re.compile(r"([0-9a-fA-F]{64})(?:[ \t]+\*?(.+?))?\s*")
_SQLITE, _ZIP, _EMPTY_ZIP = b"SQLite format 3\0", b"PK\x03\x04", b"PK\x05\x06"
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of the catalogue in it; a checksum file says only ``sha256``."""

    sha256: str
    as_of: str = ""
    schema_version: int = 0
    bytes: int = 0
    format: int = FORMAT


def refused(name: str, why: str, remedy: str = GET_AGAIN) -> UserError:
    """Return the error of a file that is not taken."""
    return UserError(f"{name} was not taken", why, remedy)


def take_out(source: Path, target: Path) -> Manifest:
    """Copy the catalogue in ``source`` to ``target`` and hold it against its checksum.

    Raises:
        UserError: there is no such file, it is none of ours, or its checksum is wrong.
        HostError: it cannot be read, or ``target`` cannot be written.
    """
    if not source.exists():
        raise UserError(f"There is no file {source}", "", "Check the name")
    if not source.is_file():
        raise refused(source.name, "it is no file", "Name a .hwcat or .db file")
    if source.stat().st_size > MOST_BYTES:
        raise refused(source.name, f"it is larger than {MOST_BYTES // 10**6} MB")
    with source.open("rb") as opened:
        head = opened.read(512)
    if head.startswith(_SQLITE):
        manifest = Manifest(_checksum_beside(source))
        with source.open("rb") as opened:
            found = _copied(opened, target, source.name)
    elif head.startswith((_ZIP, _EMPTY_ZIP)):
        manifest, found = _from_zip(source, target)
    else:
        raise refused(source.name, _what_else(head))
    if found != manifest.sha256:
        raise refused(source.name, "its checksum is wrong: it was changed or cut on the way")
    return manifest


def _what_else(head: bytes) -> str:
    if not head:
        return "it is empty"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "it is a web page, not a catalogue"
    return "it is neither a .hwcat bundle nor a catalogue"


def _checksum_beside(source: Path) -> str:
    """Read ``NAME.sha256`` as sha256sum writes it."""
    file = source.with_name(f"{source.name}.sha256")
    if not file.is_file():
        why = f"its checksum file {file.name} is not beside it"
        raise refused(source.name, why, "Put it there, or use a .hwcat file")
    text = file.read_bytes()[:MOST_MANIFEST_BYTES].decode("utf-8", "replace")
    found = [match for line in text.splitlines() if (match := _SUM_LINE.fullmatch(line))]
    for match in found:
        if match[2] is None or re.split(r"[/\\]", match[2])[-1] == source.name:
            return match[1].lower()
    raise refused(source.name, f"{file.name} holds no SHA-256 for it")


def _copied(opened: IO[bytes], target: Path, name: str, most: int = MOST_BYTES) -> str:
    """Copy to the disk, never more than ``most`` bytes; return the SHA-256."""
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as out:
        while chunk := opened.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > most:
                raise refused(name, "the catalogue in it is larger than it says")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


# --- .hwcat ------------------------------------------------------------------------------------


def _from_zip(source: Path, target: Path) -> tuple[Manifest, str]:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _entries(archive, source.name)
            with archive.open(entries[MANIFEST]) as opened:
                manifest = _manifest(opened.read(MOST_MANIFEST_BYTES + 1), source.name)
            if entries[CATALOG].file_size != manifest.bytes:
                raise refused(source.name, "its catalogue has not the size its manifest says")
            with archive.open(entries[CATALOG]) as opened:
                return manifest, _copied(opened, target, source.name, manifest.bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise refused(source.name, "it is damaged or was cut on the way") from error


def _entries(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the two entries; a third, a second of a name or a path means it is not ours."""
    found = archive.infolist()
    if sorted(entry.filename for entry in found) != [CATALOG, MANIFEST]:
        raise refused(name, f"it does not hold just {CATALOG} and {MANIFEST}")
    for entry in found:
        most = MOST_BYTES if entry.filename == CATALOG else MOST_MANIFEST_BYTES
        if entry.file_size > most:
            raise refused(name, f"its {entry.filename} is larger than {most:,} bytes")
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise refused(name, "it is packed in a way hwstudio does not open")
    return {entry.filename: entry for entry in found}


def _manifest(raw: bytes, name: str) -> Manifest:
    bad = refused(name, f"its {MANIFEST} cannot be read")
    try:
        said: dict[str, Any] = json.loads(raw)
        made = Manifest(
            str(said["sha256"]).lower(),
            str(said["as_of"]),
            said["schema_version"],
            said["bytes"],
            said["format"],
        )
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise bad from error
    numbers = (made.schema_version, made.bytes, made.format)
    if not all(type(number) is int for number in numbers) or not _SHA256.fullmatch(made.sha256):
        raise bad
    if made.format != FORMAT:
        age = "newer" if made.format > FORMAT else "older"
        why = f"its bundle format {made.format} is {age} than this hwstudio's format {FORMAT}"
        raise refused(name, why, "Update hwstudio" if age == "newer" else "Get a newer file")
    return made


def pack(catalog: Path, out: Path, as_of: str, schema_version: int) -> Manifest:
    """Write a bundle of a catalogue, whole or not at all, the same bytes every time.

    Raises:
        UserError: ``out`` is no name for a bundle.
        HostError: it cannot be written.
    """
    if out.suffix != ".hwcat":
        raise UserError(f"{out.name} is no name for a bundle", "it must end with .hwcat")
    body = catalog.read_bytes()
    manifest = Manifest(hashlib.sha256(body).hexdigest(), as_of, schema_version, len(body))
    part = out.with_name(f"{out.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _contents(manifest, body):
                entry = zipfile.ZipInfo(name)  # dated 1980: the same bytes every time
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise HostError(f"{out} could not be written", why, f"Check {out.parent}") from error
    return manifest


def _contents(manifest: Manifest, body: bytes) -> Iterator[tuple[str, bytes]]:
    yield MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    yield CATALOG, body
