"""Build catalog.db from the reviewed text, the same bytes in the tables every time.

For maintainers: ``hwstudio catalog compile`` or ``python -m hwstudio.core.catalog.compile``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import catalog_file, resource_dir
from hwstudio.core.catalog.derive import estimates, list_prices, offer_gpus, reference_cards
from hwstudio.core.catalog.schema import SQL_TYPE, TAIL, Table
from hwstudio.core.catalog.text import CellSource, Claim, Row, Text, read_text

SCHEMA_VERSION = 1
PAGE_BYTES = 4096
PRICE_COLUMNS: dict[str, type] = {
    "part_id": str,
    "kind": str,
    "amount": str,
    "low": str,
    "high": str,
    "currency": str,
    "as_of": str,
    "source": str,
}


def _sql_columns(table: Table) -> dict[str, type]:
    columns: dict[str, type] = {c.to: SQL_TYPE.get(c.type, str) for c in table.columns}
    if table.name == "gpu_card":
        columns |= {"conn_12pin": int, "conn_eps8": int, "is_reference": int}
    if table.name == "offer":
        columns["gpu_id"] = str
    return columns | dict.fromkeys(TAIL, str)


def _foreign(table: Table) -> list[tuple[str, str, str]]:
    found = [(c.to, c.ref, "id") for c in table.columns if c.ref]
    if table.is_part:
        found.append(("id", "part", "id"))
    if table.name == "offer":
        found.append(("gpu_id", "gpu", "id"))
    return [*found, ("source", "source", "id")]


def complete(text: Text) -> dict[str, list[Row]]:
    """Return the rows of every table with what is worked out from others."""
    rows = {name: [dict(row) for row in found] for name, found in text.rows.items()}
    for card in rows["gpu_card"]:
        card.update(conn_12pin=0, conn_eps8=0, is_reference=0)
    rows["gpu_card"] += reference_cards(rows["gpu"], rows["gpu_card"])
    offer_gpus(rows["offer"], rows["gpu"])
    return rows


def _meta(text: Text) -> list[Row]:
    newest = max(row["as_of"] for rows in text.rows.values() for row in rows)
    return [
        {"name": "schema_version", "value": str(SCHEMA_VERSION)},
        {"name": "text_version", "value": str(text.schema.version)},
        {"name": "as_of", "value": newest},
    ]


def _column_rows(text: Text) -> Iterable[Row]:
    for table in text.schema.tables.values():
        for place, column in enumerate(table.columns):
            yield {
                "table_name": table.name,
                "name": column.to,
                "place": place,
                "type": column.type,
                "unit": column.unit,
            }


def _price_rows(text: Text, rows: dict[str, list[Row]], folder: Path) -> list[Row]:
    prices = [*list_prices(rows, text.cells), *estimates(rows, folder)]
    return sorted(prices, key=lambda price: (price["part_id"], price["kind"], price["as_of"]))


def _cell_rows(cells: Sequence[CellSource | Claim]) -> Iterable[Row]:
    for cell in cells:
        row = asdict(cell)
        row["table_name"] = row.pop("table")
        yield row


def _fill(database: Any, text: Text, folder: Path) -> None:
    rows = complete(text)
    database["meta"].create({"name": str, "value": str}, pk="name")
    database["meta"].insert_all(_meta(text))
    database["source"].create(dict.fromkeys(text.sources[0], str), pk="id")
    database["source"].insert_all(sorted(text.sources, key=lambda row: row["id"]))
    kinds = {name: table for name, table in text.schema.tables.items() if table.is_part}
    database["part"].create({"id": str, "kind": str, "name": str, "maker": str}, pk="id")
    for kind in kinds:
        words = ("id", "name", "maker")
        database["part"].insert_all({"kind": kind, **{w: r[w] for w in words}} for r in rows[kind])
    for name, table in text.schema.tables.items():
        key = [column.to for column in table.columns if column.name in table.key]
        database[name].create(
            _sql_columns(table),
            pk=key[0] if len(key) == 1 else None,
            foreign_keys=_foreign(table),
        )
        database[name].insert_all(rows[name])
    columns = {"table_name": str, "name": str, "place": int, "type": str, "unit": str}
    database["column"].create(columns, pk=("table_name", "name"))
    database["column"].insert_all(_column_rows(text))
    names = ("table_name", "row_id", "column", *TAIL)
    cell_key = ("table_name", "row_id", "column")
    database["cell_source"].create(
        dict.fromkeys(names, str), pk=cell_key, foreign_keys=[("source", "source", "id")]
    )
    database["cell_source"].insert_all(_cell_rows(text.cells))
    database["claim"].create(
        {**dict.fromkeys(names[:3], str), "value": str, **dict.fromkeys(TAIL, str)},
        pk=(*cell_key, "source", "source_ref"),
        foreign_keys=[("source", "source", "id")],
    )
    database["claim"].insert_all(_cell_rows(text.claims))
    database["price"].create(
        PRICE_COLUMNS, pk=("part_id", "kind", "as_of"), foreign_keys=[("part_id", "part", "id")]
    )
    database["price"].insert_all(_price_rows(text, rows, folder))


def _index(connection: sqlite3.Connection) -> None:
    """Add full-text search over name and maker; the table keeps its own copy of neither."""
    connection.execute(
        "CREATE VIRTUAL TABLE part_text USING fts5(name, maker, content='part', "
        "content_rowid='rowid', prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
    )
    connection.execute("INSERT INTO part_text(part_text) VALUES ('rebuild')")
    connection.execute("CREATE INDEX price_part ON price(part_id)")


def build(folder: Path, file: Path) -> Text:
    """Compile the text in ``folder`` into ``file``, which appears whole or not at all.

    Raises:
        TextError: the text breaks a rule.
        HostError: the file cannot be written.
    """
    import sqlite_utils

    text = read_text(folder)
    part = file.with_suffix(".part")
    try:
        part.unlink(missing_ok=True)
        connection = sqlite3.connect(part)
        try:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = OFF")
            _fill(sqlite_utils.Database(connection), text, folder)
            _index(connection)
            connection.commit()
            connection.execute("VACUUM")
        finally:
            connection.close()
        part.replace(file)
    except sqlite3.IntegrityError as error:
        raise UserError(
            "The catalogue text contradicts itself", str(error), "Look for a row said twice"
        ) from error
    except (OSError, sqlite3.OperationalError) as error:
        raise HostError(
            "The catalogue could not be written", str(error), f"Check {file}"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return text


def main() -> None:
    """Compile the repository's text into the repository's catalog.db."""
    build(resource_dir() / "catalog", catalog_file())


if __name__ == "__main__":
    main()
