"""A file the user names: CSV in the columns of the catalogue's offers, a gpuhunt archive or table,
or JSON with the same names. What it holds is told from its content, not from its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.cloud.refresh.content import entries, json_of, rows_of, text_of, unpacked
from hwstudio.core.cloud.refresh.limits import FILE_BYTES, MOST_ROWS
from hwstudio.core.cloud.refresh.row import Failure, Haul, RawOffer
from hwstudio.core.cloud.refresh.sources import gpuhunt

OWN_COLUMNS = ("provider", "instance", "accelerator", "price_usd_per_hour")
_AWAITED = (
    "CSV with the columns provider, instance, region, accelerator, accelerator_count, "
    "price_usd_per_hour, source_date; a gpuhunt catalog.zip; or JSON with the same names"
)


def read_file(file: Path, haul: Haul) -> None:
    """Read a file's offers.

    Raises:
        UserError: it is no table of prices, or too large.
        HostError: it cannot be read.
    """
    body, day = _bytes(file)
    if body[:4] == b"PK\x03\x04":
        _archive(body, file.name, day, haul)
    elif body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        haul.offers += _from_json(json_of(body, file.name), file.name, day)
    else:
        haul.offers += _from_table(body, file.name, file.stem, day)
    if not haul.offers and not haul.failures:
        raise UserError(f"{file.name} holds no offer", "", f"Give {_AWAITED}")


def _bytes(file: Path) -> tuple[bytes, str]:
    """Return the content and the day the file was last changed."""
    try:
        found = file.stat()
        if found.st_size > FILE_BYTES:
            raise UserError(f"{file.name} is too large", f"more than {FILE_BYTES // 1_000_000} MB")
        with file.open("rb") as opened:
            body = opened.read(FILE_BYTES + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise HostError(f"{file} cannot be read", why, "Check the name") from error
    if len(body) > FILE_BYTES:
        raise UserError(f"{file.name} is too large", f"more than {FILE_BYTES // 1_000_000} MB")
    return body, datetime.fromtimestamp(found.st_mtime, UTC).date().isoformat()


def _archive(body: bytes, name: str, day: str, haul: Haul) -> None:
    """Read every table of an archive; a damaged one never costs the others."""
    tables = unpacked(body, name)
    if not tables:
        raise UserError(f"{name} holds no table", "", f"Give {_AWAITED}")
    for inside, table in tables.items():
        try:
            haul.offers += _from_table(table, inside, Path(inside).stem, day)
        except UserError as error:
            haul.failures.append(Failure("file", inside, error.sentence))


def _from_table(body: bytes, name: str, stem: str, day: str) -> list[RawOffer]:
    text = text_of(body, name)
    heads = {head.strip().strip('"') for head in text.partition("\n")[0].split(",")}
    if set(gpuhunt.NEEDED) <= heads:
        provider = stem.partition("-")[0].casefold()
        return list(gpuhunt.offers_of(body, name, provider, day))
    missing = [column for column in OWN_COLUMNS if column not in heads]
    if missing:
        why = f"it has no column {', '.join(missing)}"
        raise UserError(f"{name} is no table of prices", why, f"Give {_AWAITED}")
    return list(_own(text, name, day))


def _own(text: str, name: str, day: str) -> Iterator[RawOffer]:
    for number, row in rows_of(text, OWN_COLUMNS, name):
        yield _offer(str(number), row, day)


def _from_json(document: Any, name: str, day: str) -> list[RawOffer]:
    items = document if isinstance(document, list) else entries(document, "offers", name)
    if len(items) > MOST_ROWS:
        raise UserError(f"{name} is too large", f"more than {MOST_ROWS:,} rows")
    if not all(isinstance(item, dict) for item in items):
        raise UserError(f"{name} has another form", "an offer in it is no object")
    rows = [{k: "" if v is None else str(v) for k, v in item.items()} for item in items]
    return [_offer(str(number), _renamed(row), day) for number, row in enumerate(rows, 1)]


# What `cloud offers --json` writes, so that one computer's prices can be taken to another.
_JSON_NAMES = {
    "count": "accelerator_count",
    "accelerator_memory_gib": "accelerator_memory_gb",
    "price_per_hour": "price_usd_per_hour",
    "spot_per_hour": "spot_usd_per_hour",
    "price_1y": "price_1y_usd_per_hour",
    "price_3y": "price_3y_usd_per_hour",
    "as_of": "source_date",
}


def _renamed(row: dict[str, str]) -> dict[str, str]:
    return {_JSON_NAMES.get(name, name): value for name, value in row.items()}


def _offer(number: str, row: dict[str, str], day: str) -> RawOffer:
    said = row.get("source_date") or row.get("as_of") or ""
    return RawOffer(
        row=number,
        provider=row.get("provider", ""),
        instance=row.get("instance", ""),
        region=row.get("region", ""),
        accelerator=row.get("accelerator", ""),
        variant=row.get("variant", ""),
        count=row.get("accelerator_count", "1"),
        memory_gb=row.get("accelerator_memory_gb", ""),
        vcpus=row.get("vcpus", ""),
        host_memory_gb=row.get("memory_gb", ""),
        price=row.get("price_usd_per_hour", ""),
        spot=row.get("spot_usd_per_hour", ""),
        spot_kind=row.get("spot_kind", "") or "listed",
        price_1y=row.get("price_1y_usd_per_hour", ""),
        price_3y=row.get("price_3y_usd_per_hour", ""),
        offer_type=row.get("offer_type", ""),
        as_of=said or day,
        valid_from=row.get("valid_from", ""),
        note=row.get("notes", "") or row.get("note", ""),
    )
