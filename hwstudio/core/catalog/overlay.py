"""The user's own prices, in a database of their own, so that no update ever eats them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal, InvalidOperation
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.model.price import Price, PriceKind

VERSION = 1
MOST = Decimal(10_000_000)
TABLE = (
    "CREATE TABLE IF NOT EXISTS own_price (part_id TEXT PRIMARY KEY, amount TEXT NOT NULL, "
    "currency TEXT NOT NULL, as_of TEXT NOT NULL, note TEXT NOT NULL)"
)


class Overlay:
    """Reads and writes the user's prices; each change is on disk before the call returns."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set_aside: Path | None = None  # where a damaged file was moved to
        self.revision = 0  # counts changes, so that readers know when to look again
        self._prices: dict[str, Price] | None = None

    def own_prices(self) -> dict[str, Price]:
        """Return the user's prices by part id; a missing file means none yet."""
        if self._prices is None:
            self._prices = self._read()
        return dict(self._prices)

    def set_own_price(
        self, part_id: str, amount: Decimal, currency: str, as_of: str, note: str = ""
    ) -> None:
        """Remember what the user pays for a part.

        Raises:
            UserError: the amount or currency cannot be a price.
            HostError: it cannot be saved.
        """
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise UserError(
                f"{amount} cannot be a price", "it must be 0 to 10,000,000", "Type an amount"
            )
        if len(currency) != 3 or not currency.isalpha() or not currency.isupper():
            raise UserError(f"'{currency}' is no currency", "", "Use three letters such as USD")
        row = (part_id, str(amount), currency, as_of, note)
        self._write("INSERT OR REPLACE INTO own_price VALUES (?, ?, ?, ?, ?)", row)

    def clear_own_price(self, part_id: str) -> None:
        """Forget the user's price of a part; nothing happens when there is none."""
        self._write("DELETE FROM own_price WHERE part_id = ?", (part_id,))

    def _read(self) -> dict[str, Price]:
        if not self.file.is_file():
            return {}
        try:
            with closing(sqlite3.connect(self.file)) as connection:
                self._check_version(connection)
                rows = connection.execute("SELECT * FROM own_price").fetchall()
        except sqlite3.OperationalError as error:
            raise HostError("Your own prices cannot be read", str(error), "Try again") from error
        except sqlite3.DatabaseError:
            self._move_aside()
            return {}
        return {row[0]: _price(row) for row in rows if _is_price(row)}

    def _check_version(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise UserError(
                f"Your own prices in {self.file.name} cannot be read",
                f"a newer hwstudio wrote them (format {found}, this one knows {VERSION})",
                "Update hwstudio",
            )
        if found == 0:
            # SQLite reports a file of zero bytes or another program's as version 0.
            connection.execute(TABLE)

    def _move_aside(self) -> None:
        aside = self.file.with_suffix(".damaged.db")
        number = 1
        while aside.exists():
            number += 1
            aside = self.file.with_suffix(f".damaged-{number}.db")
        try:
            self.file.replace(aside)
        except OSError as error:
            raise HostError("Your own prices are damaged", str(error), "Remove the file") from error
        self.set_aside = aside
        logger("catalog").warning(
            "your own prices in %s could not be read; the file was kept as %s",
            self.file.name,
            aside.name,
        )

    def _write(self, sql: str, values: tuple[str, ...]) -> None:
        self.own_prices()  # a damaged file is set aside before anything is written
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.file)) as connection, connection:
                connection.execute(TABLE)
                connection.execute(f"PRAGMA user_version = {VERSION}")
                connection.execute(sql, values)
        except (OSError, sqlite3.Error) as error:
            raise HostError(
                "Your price could not be saved", str(error), f"Check {self.file.parent}"
            ) from error
        self._prices = None
        self.revision += 1


def _is_price(row: tuple[str, ...]) -> bool:
    try:
        return Decimal(row[1]).is_finite()
    except (InvalidOperation, TypeError):
        logger("catalog").warning("your price of %s is damaged and was left out", row[0])
        return False


def _price(row: tuple[str, ...]) -> Price:
    amount = Decimal(row[1])
    source = f"your own price: {row[4]}" if row[4] else "your own price"
    return Price(amount, amount, amount, row[2], PriceKind.OWN, row[3], source)
