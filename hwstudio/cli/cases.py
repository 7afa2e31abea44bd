"""Reads a table of cases: the rows of a CSV file, in their order, each answered for itself."""

from __future__ import annotations

import csv
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError

MOST_BYTES = 64 << 20
MOST_FIELD = 131_072
MOST_ID = 200
UNREADABLE = "\ufffd"


def read_cases(file: Path, column: str, like: str) -> list[dict[str, str]]:
    """Return the rows of a table; ``column`` must be there, as in the table ``like``.

    Raises:
        UserError: it is missing, or no table with a header.
        HostError: it may not be read.
    """
    if file.is_dir():
        raise UserError(f"{file} is a folder", "a table is wanted", "Name a CSV file")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UserError(
                f"{file.name} is too large", f"{MOST_BYTES >> 20} MiB is the most", "Split it"
            )
        # No field of a file this size is longer; rows with letters that cannot be read, or with
        # an endless field, say so themselves (see check_readable).
        csv.field_size_limit(MOST_BYTES)
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
            reader = csv.DictReader(opened)
            rows = [{k: v for k, v in row.items() if isinstance(v, str)} for row in reader]
            header = list(reader.fieldnames or [])
    except FileNotFoundError as error:
        raise UserError(
            f"{file} cannot be opened", "there is no such file", "Check the name"
        ) from error
    except csv.Error as error:
        why = "its lines cannot be taken apart"
        raise UserError(f"{file.name} is no table", why, "Give a CSV file") from error
    except OSError as error:
        raise HostError(f"{file} cannot be read", error.strerror or str(error)) from error
    if column not in header:
        raise UserError(
            f"{file.name} has no column {column}",
            f"the columns of {like} are wanted",
            "Add a header line",
        )
    return rows


def check_readable(row: dict[str, str]) -> None:
    """Refuse a row with an endless field or with letters that cannot be read.

    Raises:
        UserError: naming the column.
    """
    for column, text in row.items():
        if len(text) > MOST_FIELD:
            raise UserError(
                f"The column {column[:MOST_ID]} of this row is too long",
                f"it has {len(text):,} letters, {MOST_FIELD:,} is the most",
                "Look for a quotation mark that is never closed",
            )
        if UNREADABLE in text:
            raise UserError(
                f"The column {column[:MOST_ID]} of this row has letters that cannot be read",
                "the file was saved in another way of writing letters",
                'Save the table as "CSV UTF-8"',
            )
