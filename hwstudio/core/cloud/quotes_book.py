"""Where typed quotes are kept: one file in the home, whole or not at all, every change undoable."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.quotes import Quote, checked

SCHEMA = 1
MOST_STEPS = 100  # of undo
_WAIT_S = 10.0
_MONEY = frozenset({"price", "usd_rate", "setup_fee"})
_NAMES = {field.name for field in fields(Quote)}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file holds. ``rates`` are USD for one of a currency, for the catalogue's rows."""

    quotes: tuple[Quote, ...] = ()
    rates: tuple[tuple[str, Decimal], ...] = ()
    next_id: int = 1


@dataclass(frozen=True, slots=True)
class _Step:
    """A change that can be undone: what stood there before."""

    title: str
    before: Kept


class QuoteBook:
    """The user's quotes. Any thread may ask; another process's changes are seen."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set_aside: Path | None = None  # where a damaged file was moved to
        self._lock = threading.RLock()
        self._stamp: tuple[int, int, int] | str | None = "unread"
        self._kept, self._steps = Kept(), list[_Step]()
        self.revision = 0

    # --- asking -----------------------------------------------------------------------------

    def kept(self) -> Kept:
        """Return what is kept now.

        Raises:
            UserError: a newer hwstudio wrote the file.
            HostError: it cannot be read.
        """
        with self._lock:
            self._follow()
            return self._kept

    def rate(self, currency: str) -> Decimal | None:
        """Return the USD one of a currency costs, as typed; None when none was."""
        return Decimal(1) if currency == "USD" else dict(self.kept().rates).get(currency)

    def undo_title(self) -> str:
        """Return what an undo would take back, "" when there is nothing."""
        with self._lock:
            self._follow()
            return self._steps[-1].title if self._steps else ""

    # --- changing ---------------------------------------------------------------------------

    def save(self, quote: Quote, today: date) -> Quote:
        """Keep a new quote (id 0) or put it in place of the one with its id.

        Raises:
            UserError: a field cannot be right, or the quote to change is gone.
            HostError: it cannot be saved.
        """
        made = checked(quote, today)
        saved: list[Quote] = []

        def change(kept: Kept) -> Kept:
            if made.id == 0:
                saved.append(replace(made, id=kept.next_id))
                return replace(kept, quotes=(*kept.quotes, saved[0]), next_id=kept.next_id + 1)
            if made.id not in {one.id for one in kept.quotes}:
                raise UserError("This quote is no longer there", "", "Save it as a new one")
            saved.append(made)
            return replace(
                kept, quotes=tuple(made if one.id == made.id else one for one in kept.quotes)
            )

        self._change(f"{'change' if quote.id else 'add'} {made.provider} {made.name}", change)
        return saved[0]

    def remove(self, quote_id: int) -> None:
        """Take a quote away; one that is gone already is no error."""
        gone = next((one for one in self.kept().quotes if one.id == quote_id), None)
        if gone is None:
            return

        def change(kept: Kept) -> Kept:
            return replace(kept, quotes=tuple(one for one in kept.quotes if one.id != quote_id))

        self._change(f"remove {gone.provider} {gone.name}", change)

    def set_rate(self, currency: str, usd: Decimal | None) -> None:
        """Say what one of a currency costs in USD; None forgets it.

        Raises:
            UserError: it cannot be a rate.
        """
        if usd is not None and (not usd.is_finite() or not Decimal("0.000001") <= usd <= 1_000_000):
            raise UserError(f"{usd} cannot be a rate", "", f"Type how many USD 1 {currency} costs")
        if self.rate(currency) == usd:
            return

        def change(kept: Kept) -> Kept:
            rates = {**dict(kept.rates), currency: usd}
            return replace(
                kept, rates=tuple(sorted((code, each) for code, each in rates.items() if each))
            )

        self._change(f"rate of {currency}", change)

    def undo(self) -> str:
        """Take back the last change and return what it was.

        Raises:
            UserError: there is nothing to undo.
        """
        with self._lock, self._alone():
            self._follow()
            if not self._steps:
                raise UserError("There is nothing to undo")
            step = self._steps[-1]
            # An id that was given once is never given to another quote.
            next_id = max(self._kept.next_id, step.before.next_id)
            self._write(replace(step.before, next_id=next_id), self._steps[:-1])
            return step.title

    def _change(self, title: str, change: Callable[[Kept], Kept]) -> None:
        with self._lock, self._alone():
            self._follow()
            step = _Step(title, self._kept)
            self._write(change(self._kept), [*self._steps, step][-MOST_STEPS:])

    # --- the file ---------------------------------------------------------------------------

    def _alone(self) -> Any:
        return file_lock(self.file.with_name(self.file.name + ".lock"), wait_s=_WAIT_S)

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _follow(self) -> None:
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return
        self._kept, self._steps = self._read() if stamp is not None else (Kept(), [])
        self._stamp = self._stamp_now()
        self.revision += 1

    def _read(self) -> tuple[Kept, list[_Step]]:
        try:
            found = json.loads(self.file.read_text("utf-8"))
            if isinstance(found, dict) and int(found.get("schema", 0)) > SCHEMA:
                raise UserError(
                    f"Your quotes in {self.file.name} cannot be read",
                    "a newer hwstudio wrote them",
                    "Update hwstudio",
                )
            steps = [_Step(str(row["title"]), _kept(row["before"])) for row in found["undo"]]
            return _kept(found["now"]), steps
        except OSError as error:
            raise HostError(
                "Your quotes cannot be read", error.strerror or str(error), f"Check {self.file}"
            ) from error
        except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
            self._move_aside()
            return Kept(), []

    def _move_aside(self) -> None:
        aside = self.file.with_suffix(".damaged.json")
        number = 1
        while aside.exists():
            number += 1
            aside = self.file.with_suffix(f".damaged-{number}.json")
        try:
            self.file.replace(aside)
        except OSError as error:
            raise HostError("Your quotes are damaged", str(error), "Remove the file") from error
        self.set_aside = aside
        logger("cloud").warning("your quotes could not be read; the file was kept as %s", aside)

    def _write(self, kept: Kept, steps: list[_Step]) -> None:
        text = json.dumps(
            {
                "schema": SCHEMA,
                "now": _as_json(kept),
                "undo": [{"title": one.title, "before": _as_json(one.before)} for one in steps],
            },
            indent=1,
        )
        part = self.file.with_suffix(".part")
        try:
            part.write_text(text, "utf-8")
            part.replace(self.file)
        except OSError as error:
            raise HostError(
                "Your quote could not be saved",
                error.strerror or str(error),
                f"Check {self.file.parent}",
            ) from error
        self._kept, self._steps = kept, steps
        self._stamp = self._stamp_now()
        self.revision += 1


def _as_json(kept: Kept) -> dict[str, Any]:
    return {
        "next_id": kept.next_id,
        "rates": {code: str(rate) for code, rate in kept.rates},
        "quotes": [
            {name: _cell(getattr(quote, name)) for name in sorted(_NAMES)} for quote in kept.quotes
        ],
    }


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _kept(found: Any) -> Kept:
    quotes = tuple(_quote(row) for row in found["quotes"])
    rates = tuple(sorted((str(code), _money(rate)) for code, rate in found["rates"].items()))
    return Kept(quotes, rates, max(int(found["next_id"]), *(one.id + 1 for one in quotes), 1))


def _quote(row: dict[str, Any]) -> Quote:
    """Read one quote; it must pass the same door as a typed one."""
    values: dict[str, Any] = {
        name: _money(value) if name in _MONEY and value is not None else value
        for name, value in row.items()
        if name in _NAMES
    }
    try:
        return checked(Quote(**values), date.max)
    except (UserError, AttributeError) as error:
        raise ValueError(str(error)) from error


def _money(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(str(value)) from error
