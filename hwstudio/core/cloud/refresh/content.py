"""Is this what it should be? A web page where a table was asked for, an archive that explodes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.limits import MOST_ROWS, UNPACKED_BYTES

_CHUNK_BYTES = 65_536
_MOST_FILES = 200
# The others hand out a whole block at once, however large it becomes.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PAGE = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")


def refuse_page(body: bytes, what: str) -> None:
    """Raise UserError where a web page came instead of data: a login, an error, a portal."""
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise UserError(f"{what} is empty", "", "Try again later")
    if start.startswith(_PAGE):
        raise UserError(f"{what} is a web page", "prices were expected", "Try again later")


def text_of(body: bytes, what: str) -> str:
    """Return UTF-8 text.

    Raises:
        UserError: it is a web page, empty, or no text.
    """
    refuse_page(body, what)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{what} is no text", "it is not UTF-8") from None
    if "\0" in text:
        raise UserError(f"{what} is no text", "it holds zero bytes")
    return text


def json_of(body: bytes, what: str) -> Any:
    """Return a JSON document; figures with a point are kept as text, exactly as written.

    Raises:
        UserError: it is none.
    """
    text = text_of(body, what)
    try:
        return json.loads(text, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise UserError(f"{what} cannot be read", "it is no sound JSON") from None


def entries(document: Any, name: str, what: str) -> list[Any]:
    """Return the list under a name of a JSON document.

    Raises:
        UserError: it is not there: the document has another form.
    """
    found = document.get(name) if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise UserError(f"{what} has another form", f"the list '{name}' is missing")
    if len(found) > MOST_ROWS:
        raise UserError(f"{what} is too large", f"more than {MOST_ROWS:,} rows")
    return found


def rows_of(text: str, needed: Iterable[str], what: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number (1 = the first row below the header) and cells of each row of a CSV.

    Raises:
        UserError: a column is missing, or there are too many rows.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="")
    try:
        heads = [head.strip() for head in reader.fieldnames or ()]
        reader.fieldnames = heads
        missing = [name for name in needed if name not in heads]
        if missing:
            raise UserError(f"{what} has another form", f"no column {', '.join(missing)}")
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise UserError(f"{what} is too large", f"more than {MOST_ROWS:,} rows")
            yield number, {name: row.get(name) or "" for name in heads}
    except csv.Error as error:
        raise UserError(f"{what} cannot be read", str(error)) from None


def unpacked(body: bytes, what: str, suffixes: tuple[str, ...] = (".csv",)) -> dict[str, bytes]:
    """Return the files of an archive by name, counting bytes as they come out.

    What an archive says of its own size is never believed: reading stops at the limit.

    Raises:
        UserError: it is no archive, damaged, cut short, or larger than a table of prices.
    """
    refuse_page(body, what)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = [info for info in archive.infolist() if info.filename.endswith(suffixes)]
            if len(names) > _MOST_FILES:
                raise UserError(f"{what} is too large", f"more than {_MOST_FILES} files")
            found: dict[str, bytes] = {}
            left = UNPACKED_BYTES
            for info in names:
                found[info.filename] = _read(archive, info, left, what)
                left -= len(found[info.filename])
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise UserError(f"{what} is damaged or cut short", str(error)) from None
    except RuntimeError as error:  # a password, an unknown packing
        raise UserError(f"{what} cannot be unpacked", str(error)) from None


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, what: str) -> bytes:
    if info.compress_type not in _PACKINGS:
        raise UserError(f"{what} cannot be unpacked", "it is packed in an unusual way")
    taken = bytearray()
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK_BYTES):
            taken += chunk
            if len(taken) > left:
                why = f"it unpacks to more than {UNPACKED_BYTES // 1_000_000} MB"
                raise UserError(f"{what} was not unpacked", why)
    return bytes(taken)
