"""`hwstudio catalog` verbs about what is the user's own: prices, parts, owned, notes, files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled, number, whole
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind

if TYPE_CHECKING:
    from hwstudio.core.catalog.overlay.known import Known

DONE, NEGATIVE = 0, 1
SHOWN = 20
# verb, words, example: as every verb of `catalog` is made.
MakeVerb = Callable[[Any, str, str, str], argparse.ArgumentParser]
WHAT = ("parts", "prices", "owned", "notes")


def add(verbs: Any, verb: MakeVerb) -> None:
    """Add the verbs; ``verb`` makes one as the other verbs of ``catalog`` are made."""
    _add_files(verbs, verb)
    _add_price(verbs, verb)
    own = verb(verbs, "own", "say how many pieces of a part you have", "psu-x --quantity 2")
    own.add_argument("id", type=filled, help="a part's id, as `catalog search` prints it")
    own.add_argument("--quantity", type=whole, metavar="N",
                     help="pieces (0 forgets; without it: as before, or 1)")  # fmt: skip
    own.add_argument("--since", type=_day, metavar="D", help="day, e.g. 2026-08-17")
    own.add_argument("--note", metavar="TEXT", help='anything worth knowing ("" removes it)')
    own.set_defaults(run=_own)
    note = verb(verbs, "note", "write a note about a part", 'psu-x "loud above 600 W"')
    note.add_argument("id", type=filled, help="a part's id")
    note.add_argument("text", help='the note ("" removes it)')
    note.set_defaults(run=_note)
    made = verb(verbs, "add", "describe a part the catalogue lacks",
                "psu --set name='Foo 1000' --set maker=Foo --set wattage=1000 --set "
                "form_factor=ATX --set modular=Full")  # fmt: skip
    _kind_argument(made, "kind")
    made.add_argument("--set", action="append", default=[], type=_pair, metavar="COLUMN=VALUE",
                      help="one column, as often as needed")  # fmt: skip
    made.add_argument("--source", default="", metavar="TEXT", help="where the values are from")
    made.set_defaults(run=_add)
    mine = verb(verbs, "mine", "list your own parts, prices, owned parts, notes and searches", "")
    mine.set_defaults(run=_mine)


def _add_files(verbs: Any, verb: MakeVerb) -> None:
    taken = verb(verbs, "import", "take in prices, parts or owned parts from CSV or XLSX",
                 "prices.csv --dry-run")  # fmt: skip
    taken.add_argument("file", type=Path, help="a .csv or .xlsx file")
    _kind_argument(taken, "--kind")
    taken.add_argument("--currency", type=_currency, metavar="C",
                       help="for prices without one, e.g. EUR")  # fmt: skip
    taken.add_argument("--date", type=_day, metavar="D",
                       help="for prices without one, e.g. 2026-08-17")  # fmt: skip
    taken.add_argument("--dry-run", action="store_true", help="only say what would change")
    taken.set_defaults(run=_import)
    back = verb(verbs, "undo", "take back your last change or import", "")
    back.add_argument("--batch", type=whole, metavar="N", help="another change than the last")
    back.set_defaults(run=_undo)
    out = verb(verbs, "export", "write what is yours to a file", "--out mine.xlsx")
    out.add_argument("--out", type=Path, required=True, metavar="FILE", help=".xlsx or .csv")
    out.add_argument("--what", choices=WHAT, help="only this (a CSV file holds one)")
    out.set_defaults(run=_export)


def _add_price(verbs: Any, verb: MakeVerb) -> None:
    price = verb(verbs, "price", "note down a price you paid or saw", "psu-x 129.90 --currency EUR")
    price.add_argument("id", type=filled, help="a part's id")
    price.add_argument("amount", nargs="?", type=number, help="for one piece")
    price.add_argument("--currency", default="USD", type=_currency, metavar="C",
                       help="three letters (default USD)")  # fmt: skip
    price.add_argument("--date", type=_day, metavar="D", help="day (default today)")
    price.add_argument("--seller", default="", metavar="S", help="who asks that price")
    price.add_argument("--note", default="", metavar="TEXT", help="anything worth knowing")
    kind = price.add_mutually_exclusive_group()
    kind.add_argument("--quote", dest="kind", action="store_const", const=PriceKind.QUOTE,
                      help="an offer you were given")  # fmt: skip
    kind.add_argument("--used", dest="kind", action="store_const", const=PriceKind.USED,
                      help="a second-hand price you saw")  # fmt: skip
    price.add_argument("--forget", action="store_true", help="forget your prices of that part")
    price.set_defaults(run=_price)


def _kind_argument(parser: argparse.ArgumentParser, name: str) -> None:
    kinds = [kind.value for kind in PartKind]
    parser.add_argument(
        name, choices=kinds, metavar="KIND", help="kind of the parts: " + ", ".join(kinds)
    )


def _day(text: str) -> str:
    from hwstudio.core.base.clock import today
    from hwstudio.core.catalog.overlay.mine import is_date

    if not is_date(text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-08-17")
    if text > today().isoformat()[: len(text)]:
        raise argparse.ArgumentTypeError(f"{text} is in the future")
    return text


def _currency(text: str) -> str:
    from hwstudio.core.catalog.overlay.currency import currency_of

    code = currency_of(text)
    if code is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no currency such as USD")
    return code


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column.strip():
        raise argparse.ArgumentTypeError(f"'{text}' is not COLUMN=VALUE")
    return column.strip(), value.strip()


def _known(out: Output) -> Known:
    from hwstudio.core.catalog.overlay.known import Known

    return Known.of(out.studio.catalog, out.studio.overlay)


def _name(out: Output, part_id: str) -> str:
    """Return the name of a part that is in the catalogue or the user's own.

    Raises:
        UserError: there is none; near ids are named.
    """
    own = {part.id: part.name for part in out.studio.overlay.own_parts()}
    return own.get(part_id) or out.studio.catalog.part(part_id).name


# --- files -----------------------------------------------------------------------------------


def _import(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.catalog.intake import intake
    from hwstudio.core.catalog.intake.preview import Options

    overlay = out.studio.overlay
    options = Options(
        kind=PartKind(args.kind) if args.kind else None,
        currency=args.currency or "",
        as_of=args.date or "",
    )
    found = intake.preview(args.file, _known(out), overlay, options)
    batch = None if args.dry_run else intake.apply(found, overlay)
    if out.is_json:
        out.document(
            {
                "file": args.file,
                "added": found.added,
                "changed": found.changed,
                "duplicates": len(found.duplicates),
                "rejected": [
                    {"sheet": row.sheet, "line": row.line, "why": row.why, "text": row.text}
                    for row in found.rejected
                ],
                "batch": batch,
                "dry_run": args.dry_run,
                "ignored": found.ignored,
                "rows": [
                    {"sheet": row.sheet, "line": row.line, "what": row.what, "id": row.part_id,
                     "name": row.name, "old": row.old, "new": row.new}
                    for row in found.accepted
                ],
            }
        )  # fmt: skip
    else:
        _import_words(found, batch, out)
    return DONE if found.accepted or (found.duplicates and not found.rejected) else NEGATIVE


def _import_words(found: Any, batch: int | None, out: Output) -> None:
    for row in found.accepted[:SHOWN]:
        was = f"{row.old} -> " if row.old else ""
        out.line(f"{_where(row)}: {row.name or row.part_id}: {was}{row.new}")
    if len(found.accepted) > SHOWN:
        out.line(f"… and {len(found.accepted) - SHOWN:,} more")
    for row in found.rejected:
        out.line(f"{_where(row)} not taken: {row.why}")
    for text in found.ignored:
        out.line(f"Not read: {text}")
    done = "Taken in" if batch else "Nothing is written; this would be taken in"
    out.line(
        f"{done}: {found.added:,} new, {found.changed:,} changed; "
        f"{len(found.duplicates):,} duplicates, {len(found.rejected):,} not taken."
    )
    if batch:
        out.line("Take it back with: hwstudio catalog undo")


def _where(row: Any) -> str:
    return f"{row.sheet} row {row.line}" if row.sheet else f"Line {row.line}"


def _undo(args: argparse.Namespace, out: Output) -> int:
    overlay = out.studio.overlay
    if args.batch is None and not overlay.batches():
        if out.is_json:
            out.document({"batch": None, "title": "", "undone": 0, "kept": []})
        out.line("There is nothing to undo.")
        return NEGATIVE
    done = overlay.undo_last() if args.batch is None else overlay.undo(args.batch)
    if out.is_json:
        head = {"batch": done.batch.id, "title": done.batch.title, "undone": done.undone}
        out.document({**head, "kept": done.kept})
    out.line(f"Taken back: {done.batch.title}.")
    for each in done.kept:
        out.line(f"Left as it is: {each.key} ({each.table.replace('_', ' ')}): {each.why}.")
    return DONE


def _export(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.catalog.intake.columns import Role
    from hwstudio.core.catalog.intake.outgo import export

    what = Role(args.what) if args.what else None
    rows = export(out.studio.overlay, _known(out), args.out, what)
    if out.is_json:
        out.document({"path": args.out, "rows": rows})
    out.line(f"Wrote {args.out}: " + ", ".join(f"{count:,} {name}" for name, count in rows.items()))
    return DONE


# --- single things -----------------------------------------------------------------------------


def _price(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.base.clock import today
    from hwstudio.core.catalog.overlay.mine import Observation

    overlay = out.studio.overlay
    if args.forget == (args.amount is not None):
        raise UserError("It is not clear what to do", "", "Give an amount, or --forget without one")
    if args.forget:
        had = len(overlay.observations(args.id))
        overlay.clear_own_price(args.id, args.kind)
        gone = had - len(overlay.observations(args.id))
        _answer_price(args.id, out, f"Forgot {gone} price(s) of {args.id}.")
        return DONE if gone else NEGATIVE
    name = _name(out, args.id)
    overlay.add_price(
        Observation(
            part_id=args.id,
            amount=_above_zero(args.amount),
            currency=args.currency,
            as_of=args.date or today().isoformat(),
            kind=args.kind or PriceKind.OWN,
            seller=args.seller,
            note=args.note,
        )
    )
    _answer_price(args.id, out, f"Noted down for {name}.")
    return DONE


def _above_zero(amount: Decimal) -> Decimal:
    if amount < 0:
        raise UserError(f"{amount} cannot be a price", "it is under zero", "Type an amount")
    return amount


def _answer_price(part_id: str, out: Output, words: str) -> None:
    overlay = out.studio.overlay
    if out.is_json:
        own = overlay.own_prices().get(part_id)
        out.document({"id": part_id, "price": own, "prices": overlay.prices(part_id)})
    out.line(words)


def _own(args: argparse.Namespace, out: Output) -> int:
    overlay = out.studio.overlay
    kept = overlay.owned().get(args.id)
    quantity = (kept.quantity if kept else 1) if args.quantity is None else args.quantity
    name = args.id if kept and not quantity else _name(out, args.id)
    overlay.set_owned(args.id, quantity, args.since, args.note)
    if out.is_json:
        out.document({"id": args.id, "quantity": quantity})
    out.line(f"You have {quantity} of {name}." if quantity else f"{name} is forgotten.")
    return DONE


def _note(args: argparse.Namespace, out: Output) -> int:
    overlay = out.studio.overlay
    name = args.id if args.id in overlay.notes() else _name(out, args.id)
    overlay.set_note(args.id, args.text)
    kept = overlay.notes().get(args.id)
    if out.is_json:
        out.document({"id": args.id, "note": kept.text if kept else None})
    out.line(f"Your note on {name} is kept." if kept else f"There is no note on {name} now.")
    return DONE


def _add(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.catalog.intake.parts import described

    part = described(PartKind(args.kind), args.set, args.source, _known(out))
    out.studio.overlay.save_own_part(part)
    if out.is_json:
        out.document(part)
    out.line(f"{part.name} is kept as {part.id}.")
    return DONE


def _mine(args: argparse.Namespace, out: Output) -> int:  # noqa: ARG001 - every verb takes both
    overlay, known = out.studio.overlay, _known(out)
    lost = overlay.lost(known)
    if out.is_json:
        out.document(
            {
                "parts": overlay.own_parts(),
                "prices": overlay.observations(),
                "owned": list(overlay.owned().values()),
                "notes": list(overlay.notes().values()),
                "searches": overlay.saved_searches(),
                "lost": lost,
                "changes": overlay.batches(),
            }
        )
        return DONE
    _mine_words(known, out)
    for each in lost:
        out.line(f"No longer in the catalogue: {each.part_id} ({each.what}: {each.text})")
    return DONE


def _mine_words(known: Known, out: Output) -> None:
    from hwstudio.core.catalog.overlay.rows import price_words

    overlay = out.studio.overlay
    named = [(part.id, part.name, "your own part", part.kind.value) for part in overlay.own_parts()]
    named += [
        (seen.part_id, known.name_of(seen.part_id), "price", price_words(seen))
        for seen in overlay.observations()
    ]
    named += [
        (part_id, known.name_of(part_id), "owned", str(each.quantity))
        for part_id, each in overlay.owned().items()
    ]
    named += [
        (part_id, known.name_of(part_id), "note", note.text.replace("\n", " ")[:80])
        for part_id, note in overlay.notes().items()
    ]
    named += [("", found.name, "search", found.kind) for found in overlay.saved_searches()]
    if not named:
        out.line("Nothing of your own yet. For example: hwstudio catalog price ID 499")
        return
    out.table(
        ["Id", "Name", "What", "Content"], [[*row[:1], row[1][:50], *row[2:]] for row in named]
    )
