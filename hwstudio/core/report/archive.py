"""Zip files (DOCX, XLSX) whose bytes depend on their contents alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape

_DATE = (1980, 1, 1, 0, 0, 0)  # the first a zip file knows; the real one stands in the document
_UNIX_FILE = 0o600 << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by name, in the order given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = _UNIX_FILE
            archive.writestr(entry, content)
    return out.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def core_properties(title: str, made: str, language: str) -> bytes:
    """Return docProps/core.xml: title, language and the document's own date."""
    when = w3c_date(made)
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{when}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        "<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>hwstudio</dc:creator>"
        f"<dc:language>{escape(language)}</dc:language>{dates}</cp:coreProperties>"
    ).encode()


def w3c_date(made: str) -> str:
    """Return an ISO date as W3CDTF to the second; the year 1980 where it cannot be read."""
    try:
        moment = datetime.fromisoformat(made)
    except ValueError:
        moment = datetime(1980, 1, 1, tzinfo=UTC)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
