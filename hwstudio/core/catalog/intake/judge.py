"""Judges the rows of prices, owned parts and notes: taken, a duplicate, or rejected with why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.checks import CellError
from hwstudio.core.catalog.intake.amount import Money, words
from hwstudio.core.catalog.intake.columns import Per, price_kind
from hwstudio.core.catalog.intake.preview import Accepted, Duplicate, Options, Rejected
from hwstudio.core.catalog.intake.table import Row, Table
from hwstudio.core.catalog.overlay import journal, mine
from hwstudio.core.catalog.overlay import rows as overlay_rows
from hwstudio.core.catalog.overlay.currency import currency_of
from hwstudio.core.catalog.overlay.journal import SAME_PRICE, Change
from hwstudio.core.catalog.overlay.known import Known
from hwstudio.core.catalog.overlay.mine import Note, Observation, Owned
from hwstudio.core.catalog.overlay.overlay import Overlay

# What an export writes for the name of a part that the catalogue no longer has.
GONE = "(no longer in the catalogue)"
_FINEST = Decimal("0.0001")  # of a sum that does not part evenly
_MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\dZ)?)?)?")


@dataclass(slots=True)
class Judged:
    """What has been judged so far; ``seen`` are the items of this file and where they stand."""

    known: Known
    overlay: Overlay
    options: Options
    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    seen: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)

    def each(self, table: Table, rows: Iterable[Row], judge: Callable[[Row], None]) -> None:
        """Judge every row; what is wrong with one never stops the others."""
        for row in rows:
            try:
                row.check()
                judge(row)
            except CellError as error:
                self.reject(table, row, str(error))
            except UserError as error:
                self.reject(table, row, f"{error.what}: {error.why}" if error.why else error.what)

    def reject(self, table: Table, row: Row, why: str) -> None:
        """Note a row that cannot be taken in."""
        self.rejected.append(Rejected(table.sheet.name, row.number, row.text, why))

    def take(self, row: Row, accepted: Accepted, item: tuple[str, ...], content: str) -> None:
        """Take a row in, unless an earlier one is about the same item.

        Raises:
            CellError: an earlier one says something else about it.
        """
        if self.is_first(row, item, content):
            self.accepted.append(accepted)

    def is_first(self, row: Row, item: tuple[str, ...], content: str) -> bool:
        """Say whether this is the first row about an item; the same again is a duplicate.

        Raises:
            CellError: an earlier one says something else about it.
        """
        sheet = row.table.sheet.name
        here = f"line {row.number}" + (f" of sheet {sheet}" if sheet else "")
        where, earlier = self.seen.setdefault(item, (here, content))
        if where == here:
            return True
        if earlier != content:
            raise CellError(f"{where} says something else about the same: {earlier}")
        self.duplicates.append(Duplicate(sheet, row.number, row.text, where))
        return False

    def is_kept(self, row: Row) -> None:
        """Note a row that says what is kept already."""
        self.duplicates.append(Duplicate(row.table.sheet.name, row.number, row.text, ""))

    def part_of(self, row: Row) -> str:
        """Return the id of the part a row is about.

        Raises:
            CellError: it names none, or it is not clear which.
        """
        part_id, name = row.words("id"), row.words("name")
        if not part_id and not name:
            raise CellError("it names no part")
        by_id = self.known.find(part_id, self.options.kind) if part_id else None
        if part_id and name == GONE:
            return part_id
        by_name = self.known.find(name, self.options.kind) if name else None
        if by_id is not None and by_id.part is not None:
            other = by_name.part if by_name else None
            if other is not None and other.id != by_id.part.id:
                raise CellError(f"its id is {by_id.part.name}, its name is {other.name}")
            return by_id.part.id
        if by_name is not None and by_name.part is not None:
            return by_name.part.id
        if by_name is not None:
            raise CellError(by_name.why_not(name))
        raise CellError(by_id.why_not(part_id) if by_id else "it names no part")


# --- prices ----------------------------------------------------------------------------------


def judge_prices(table: Table, so_far: Judged) -> None:
    """Judge a table of prices."""
    kept = {tuple(row[name] for name in SAME_PRICE): row for row in so_far.overlay.rows("price")}
    spoken: dict[tuple[str, str], Observation] = {}
    for old in so_far.overlay.observations():
        spoken.setdefault((old.part_id, old.kind.value), old)

    def judge(row: Row) -> None:
        seen = _observation(row, so_far)
        fresh = overlay_rows.price_row(seen, iso_now())
        item = tuple(fresh[name] for name in SAME_PRICE)
        content = f"{mine.plain_number(seen.amount)} {seen.currency} {seen.note}".strip()
        before = kept.get(item)
        if before and (before["amount"], before["note"]) == (fresh["amount"], fresh["note"]):
            if so_far.is_first(row, ("price", *item), content):
                so_far.is_kept(row)
            return
        gone = [Change("price", str(before["id"]), before, None)] if before else []
        earlier = spoken.get((seen.part_id, seen.kind.value))
        is_newer = earlier is not None and earlier.as_of <= seen.as_of
        so_far.take(
            row,
            Accepted(
                sheet=table.sheet.name,
                line=row.number,
                what="price",
                part_id=seen.part_id,
                name=so_far.known.name_of(seen.part_id),
                old=_price_words(before, earlier if is_newer else None),
                new=overlay_rows.price_words(seen),
                changes=(*gone, Change("price", None, None, fresh)),
            ),
            ("price", *item),
            content,
        )

    so_far.each(table, table.rows(), judge)


def _price_words(replaced: journal.Row | None, spoken: Observation | None) -> str:
    if replaced:
        amount = f"{replaced['amount']} {replaced['currency']}"
        return f"{amount}, {replaced['kind']} of {replaced['as_of']}"
    return overlay_rows.price_words(spoken) if spoken else ""


def _observation(row: Row, so_far: Judged) -> Observation:
    options = so_far.options
    part_id = so_far.part_of(row)
    if row.cell("price") == "":
        raise CellError("it has no price")
    paid = row.money("price")
    is_free = words(row.cell("price")).casefold() == "free"
    if paid.amount <= 0 and not is_free:
        raise CellError(
            f"a price of {words(row.cell('price'))} cannot be; it must be above 0, "
            'or the word "free" for a part that costs you nothing'
        )
    as_of = row.date("date", options.last_day) or options.as_of
    if not as_of:
        raise CellError("it has no date; add a column 'date', or say one date for all rows")
    said = row.words("kind")
    kind = price_kind(said) if said else options.price_kind
    if kind is None:
        raise CellError(f"'{said}' is none of own, quote, used")
    recorded = row.words("recorded")
    return mine.checked(
        Observation(
            part_id=part_id,
            amount=_for_one(row, paid.amount),
            currency=_currency(row, paid, options),
            as_of=as_of,
            kind=kind,
            seller=row.words("seller"),
            note=row.words("note"),
            recorded_at=recorded if _MOMENT.fullmatch(recorded) else "",
        ),
        is_free=is_free,
    )


def _for_one(row: Row, amount: Decimal) -> Decimal:
    """Return the price of one piece; a sum over several is never taken for it."""
    layout = row.table.layout
    if layout.per is not Per.ROW and row.cell("pieces") == "":
        return amount
    if layout.per is Per.ROW:
        if "pieces" not in layout.places:
            raise CellError(
                f"its price is a sum ('{_header(row, 'price')}') and no column says of how many "
                "pieces; add a column 'quantity'"
            )
        pieces = _quantity(row, "pieces")
        each = amount / pieces
        return each if each * pieces == amount else each.quantize(_FINEST)
    if row.amount("pieces") not in {0, 1}:
        raise CellError(
            f"it is not clear whether its price is for one piece or for all "
            f"{words(row.cell('pieces'))}; call the column 'unit price', or 'total price' for all"
        )
    return amount


def _header(row: Row, name: str) -> str:
    layout = row.table.layout
    return layout.header[layout.places[name]]


def _currency(row: Row, paid: Money, options: Options) -> str:
    said = row.words("currency")
    code = currency_of(said) if said else ""
    if code is None:
        raise CellError(f"'{said}' is no currency of ISO 4217 such as USD or EUR")
    if code and paid.currency and code != paid.currency and not paid.is_shared_sign:
        raise CellError(f"its price is in {paid.currency}, its currency is {code}")
    found = code or paid.currency or row.table.layout.currency or options.currency
    if not found:
        raise CellError("it has no currency; add a column 'currency', or say one for all rows")
    return found


# --- owned parts, notes ------------------------------------------------------------------------


def judge_owned(table: Table, so_far: Judged) -> None:
    """Judge a table of how many pieces of a part the user has."""
    kept = {row["part_id"]: row for row in so_far.overlay.rows("owned")}

    def judge(row: Row) -> None:
        part_id = so_far.part_of(row)
        since = row.date("since", so_far.options.last_day)
        each = mine.checked_owned(Owned(part_id, _quantity(row), since, row.words("note")))
        before, fresh = kept.get(part_id), overlay_rows.owned_row(each)
        old = _owned_words(Owned(**before)) if before else ""
        _take_keyed(row, so_far, ("owned", before, fresh), (old, _owned_words(each)))

    so_far.each(table, table.rows(), judge)


def _quantity(row: Row, name: str = "quantity") -> int:
    if row.cell(name) == "":
        raise CellError("it has no quantity")
    found = row.amount(name)
    if found != found.to_integral_value() or not 1 <= found <= mine.MOST_PIECES:
        raise CellError(f"{words(row.cell(name))} is not a number of pieces, 1 or more")
    return int(found)


def _owned_words(each: Owned) -> str:
    since = f" since {each.since}" if each.since else ""
    return f"{each.quantity} owned{since}" + (f": {each.note}" if each.note else "")


def judge_notes(table: Table, so_far: Judged) -> None:
    """Judge a table of notes."""
    kept = {row["part_id"]: row for row in so_far.overlay.rows("note")}

    def judge(row: Row) -> None:
        part_id, text, changed = so_far.part_of(row), row.words("note"), row.words("changed")
        if not text:
            raise CellError("it has no note")
        before = kept.get(part_id)
        moment = changed if _MOMENT.fullmatch(changed) else iso_now()
        if before and before["text"] == text:
            moment = before["changed_at"]
        fresh = overlay_rows.note_row(Note(part_id, text, moment))
        old = before["text"] if before else ""
        _take_keyed(row, so_far, ("note", before, fresh), (old, text))

    so_far.each(table, table.rows(), judge)


def _take_keyed(
    row: Row,
    so_far: Judged,
    change: tuple[str, journal.Row | None, journal.Row],
    told: tuple[str, str],
) -> None:
    """Take a row of a table with one row a part."""
    what, before, fresh = change
    part_id, (old, new) = fresh["part_id"], told
    if before == fresh:
        if so_far.is_first(row, (what, part_id), new):
            so_far.is_kept(row)
        return
    made = (Change(what, part_id, before, fresh),)
    name, sheet = so_far.known.name_of(part_id), row.table.sheet.name
    accepted = Accepted(sheet, row.number, what, part_id, name, old, new, made)
    so_far.take(row, accepted, (what, part_id), new)
