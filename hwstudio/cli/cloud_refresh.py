"""`hwstudio cloud refresh`: newer prices, judged row by row; the old ones stay where that fails."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwstudio.cli.cloud_compare import compare_options, compared
from hwstudio.cli.number import filled
from hwstudio.cli.output import Output
from hwstudio.core.assess.own_or_rent import Comparison
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.chosen import (
    Chosen,
    checked_address,
    load_chosen,
    save_chosen,
)
from hwstudio.core.cloud.refresh.document import report_document
from hwstudio.core.cloud.refresh.gather import Asked, gather
from hwstudio.core.cloud.refresh.overlay import source_title
from hwstudio.core.cloud.refresh.refresh import age_of, haul_of_file, take
from hwstudio.core.cloud.refresh.registry import SOURCES, source_named
from hwstudio.core.cloud.refresh.row import Haul, Key, key_of
from hwstudio.core.cloud.refresh.store import PriceStore

_SHOWN = 15
_HALF = 0.5
_HELP = """
Nothing goes online unless you allow the network under Settings and name a source here, or have
switched it on. Each row is judged: a price that cannot be (700.0 for unknown, spot above on demand,
negative, empty) is listed as rejected, never taken. Prices in use stay where a source fails.
With --workload and --hours-per-month it also says whether owning or renting now wins.
"""


def refresh_options(verb: argparse.ArgumentParser) -> None:
    """Add what ``cloud refresh`` reads."""
    verb.description = f"{verb.description}\n{_HELP}"
    what = verb.add_mutually_exclusive_group()
    what.add_argument("--file", type=_file, metavar="F", help="CSV, gpuhunt archive or JSON")
    words = "a price source (again for more); default: those switched on"
    what.add_argument("--source", action="append", type=filled, metavar="S", help=words)
    what.add_argument("--list", action="store_true", help="list the price sources and their terms")
    what.add_argument("--on", action="append", type=filled, metavar="S", help="switch a source on")
    what.add_argument("--off", action="append", type=filled, metavar="S", help="switch it off")
    words = "every price an offer had, with its source and day"
    what.add_argument(
        "--past", nargs=3, type=filled, metavar=("PROVIDER", "INSTANCE", "REGION"), help=words
    )
    words = "ask the one --source (or --on) there, for example a mirror"
    verb.add_argument("--address", type=filled, metavar="URL", help=words)
    verb.add_argument("--say", action="store_true", help=argparse.SUPPRESS)
    compare_options(verb, is_required=False)


def _file(text: str) -> Path:
    return Path(filled(text))


def _speak_to_the_window() -> None:
    """Write UTF-8: the window reads that, and Windows would write its code page into a pipe."""
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(encoding="utf-8")


def run_refresh(args: argparse.Namespace, out: Output) -> int:
    """Refresh, list the sources, or switch one on or off."""
    if args.say:
        _speak_to_the_window()
    if args.address and len(args.source or args.on or ()) != 1:
        raise UserError("--address goes with one --source", "", "Name the source it belongs to")
    if args.on or args.off:
        _switch(args, out)
        return 0
    if args.list:
        _list(out)
        return 0
    if args.past:
        return _past(key_of(*args.past), out)
    if (args.workload is None) != (args.hours_per_month is None):
        raise UserError("--workload and --hours-per-month go together", "", "Give both or neither")
    before = _verdict(args, out)
    hauls = haul_of_file(args.file) if args.file is not None else _fetched(args, out)
    return _taken(args, out, hauls, before)


def _taken(
    args: argparse.Namespace, out: Output, hauls: dict[str, Haul], before: dict[str, Any] | None
) -> int:
    catalog = out.studio.catalog
    report = take(hauls, out.studio.home.cloud_prices_file, catalog.offers, catalog.as_of)
    document = report_document(report, age_of(catalog.offers()))
    if before is not None:
        after = _verdict(args, out) or before
        flips = before["verdict"] != after["verdict"]
        document["verdict"] = {"before": before, "after": after, "flips": flips}
    if out.is_json:
        out.document(document)
    else:
        _say(document, out)
    return 1 if report.is_empty else 0


def _fetched(args: argparse.Namespace, out: Output) -> dict[str, Haul]:
    home = out.studio.home
    chosen = load_chosen(home.price_sources_file)
    asked = _asked(args, chosen)
    if not asked:
        known = ", ".join(source.id for source in SOURCES)
        raise UserError(
            "No price source is switched on",
            "hwstudio asks nobody by itself",
            f"Name one with --source ({known}), switch one on with --on, or give --file",
        )
    if not out.studio.settings.network_allowed:
        raise UserError(
            "hwstudio may not use the network",
            "it stays offline until you allow it",
            f'Allow it under Settings, or write "network_allowed": true into {home.settings_file}; '
            "a file can be taken offline with --file",
        )
    return gather(asked, out.studio.network, say=_sayer(args, out))


def _asked(args: argparse.Namespace, chosen: Chosen) -> list[Asked]:
    sources = chosen.sources()
    if args.source:
        sources = tuple(dict.fromkeys(source_named(each) for each in args.source))
    if args.address:
        return [Asked(source, checked_address(args.address)) for source in sources]
    return [Asked(source, chosen.address(source)) for source in sources]


def _sayer(args: argparse.Namespace, out: Output) -> Callable[[str], None]:
    def say(purpose: str) -> None:
        if args.say:
            out.note(f"reading {purpose}")
        else:
            out.progress(f"Reading {purpose} …")

    return say


def _verdict(args: argparse.Namespace, out: Output) -> dict[str, Any] | None:
    """Return whether owning or renting wins with the prices in use; None when not asked."""
    if args.workload is None:
        return None
    _, answer = compared(args, out)
    return verdict_of(answer)


def verdict_of(answer: Comparison) -> dict[str, Any]:
    """Return who wins and how surely; None where there is nothing to compare."""
    share = answer.odds.owning_wins_share if answer.odds else None
    winner = None if share is None else "own" if share >= _HALF else "rent"
    months = answer.payback.months if answer.payback else None
    offer = answer.against.offer if answer.against else None
    return {
        "verdict": winner,
        "owning_wins_share": share,
        "break_even_months": None if months is None else round(float(months), 1),
        "against": f"{offer.provider} {offer.instance} {offer.region}" if offer else None,
        "why_none": answer.why_none or None,
    }


# --- sources -------------------------------------------------------------------------------------


def _switch(args: argparse.Namespace, out: Output) -> None:
    file = out.studio.home.price_sources_file
    chosen = load_chosen(file)
    on = {source_named(each).id for each in args.on or ()}
    off = {source_named(each).id for each in args.off or ()}
    addresses = dict(chosen.addresses)
    if args.address:
        addresses[next(iter(on))] = checked_address(args.address)
    chosen = save_chosen(file, (chosen.on | on) - off, addresses)
    if out.is_json:
        out.document({"on": sorted(chosen.on), "addresses": dict(chosen.addresses)})
        return
    out.line(f"Switched on: {', '.join(sorted(chosen.on)) or 'none'}.")
    if chosen.on and not out.studio.settings.network_allowed:
        out.line("The network is off in Settings, so nothing is fetched until you allow it.")


def _list(out: Output) -> None:
    studio = out.studio
    chosen = load_chosen(studio.home.price_sources_file)
    rows = [
        {
            "id": source.id,
            "title": source.title,
            "on": source.id in chosen.on,
            "brings": source.brings,
            "terms": source.terms,
            "address": chosen.address(source),
            "described": source.described,
        }
        for source in SOURCES
    ]
    if out.is_json:
        out.document({"network_allowed": studio.settings.network_allowed, "sources": rows})
        return
    for row in rows:
        out.line(f"{row['id']} ({'on' if row['on'] else 'off'}): {row['title']}")
        out.line(f"  Brings: {row['brings']}")
        out.line(f"  Terms:  {row['terms']}")
        out.line(f"  Asked:  {row['address']}")
    out.line("Switch one on with: hwstudio cloud refresh --on ID")


def _past(key: Key, out: Output) -> int:
    """Print every price of an offer, oldest first; 1 where only the catalogue's is known."""
    found = PriceStore(out.studio.home.cloud_prices_file).history(key)
    rows = [{**asdict(each), "source": source_title(each.source)} for each in found]
    if out.is_json:
        out.document({"offer": " ".join(key), "count": len(rows), "prices": rows})
    elif not rows:
        out.line(f"No refresh brought a price of {' '.join(key)}. See: hwstudio cloud offers")
    else:
        heads = ("As of", "$/h", "Spot", "1 y", "3 y", "Source")
        money = ("price", "spot", "price_1y", "price_3y")
        table = [
            (r["as_of"], *("–" if r[n] is None else f"{r[n]:.4g}" for n in money), r["source"])
            for r in rows
        ]
        out.table(heads, table, right=(1, 2, 3, 4))
    return 0 if rows else 1


# --- out -----------------------------------------------------------------------------------------


def _say(document: dict[str, Any], out: Output) -> None:
    gone, rejected = len(document["gone"]), document["rejected_count"]
    out.line(
        f"{document['added']:,} offers are new, {document['changed']:,} have another price, "
        f"{document['unchanged']:,} still hold, {gone:,} are gone, {rejected:,} rows were rejected."
    )
    if document["bands"]:
        out.line(
            f"{document['bands']:,} interruption bands read, {document['bands_changed']:,} changed."
        )
    for each in document["failed"]:
        who = " ".join(filter(None, (each["source"], each["provider"])))
        out.line(f"Nothing from {who}: {each['why']} What was known of it stays.")
    _say_changes(document, out)
    for each in document["rejected"][:_SHOWN]:
        out.line(f"Rejected, row {each['row']}: {each['why']}.")
    if rejected > _SHOWN:
        out.line(f"... and {rejected - _SHOWN:,} more; --json lists them.")
    if document["clock_behind"]:
        out.line("This computer's clock is behind the catalogue's date. Check it.")
    out.line(f"Prices in use: {document['age_words']}.")
    if "verdict" in document:
        out.line(verdict_words(document["verdict"]))


def _say_changes(document: dict[str, Any], out: Output) -> None:
    rows = [
        (
            each["offer"],
            each["kind"],
            "–" if each["old"] is None else f"{each['old']:.4g}",
            f"{each['new']:.4g}",
            "new" if each["percent"] is None else f"{each['percent']:+.1f} %",
        )
        for each in document["changes"][:_SHOWN]
    ]
    if rows:
        heads = ("Offer", "Price", "Old $/h", "New $/h", "Change")
        out.table(heads, rows, right=(2, 3, 4))
    if len(document["changes"]) > _SHOWN:
        out.line("Largest changes first; --json lists them all.")


def verdict_words(verdict: dict[str, Any]) -> str:
    """Return the sentence that says whether the answer is another now."""
    before, after = verdict["before"], verdict["after"]
    if after["verdict"] is None:
        return f"Own or rent: no answer, {after['why_none'] or 'nothing to compare'}."
    winner = "owning" if after["verdict"] == "own" else "renting"
    share = after["owning_wins_share"]
    tail = f"owning wins in {share:.0%} of cases"
    if before["owning_wins_share"] is not None:
        tail += f" (before: {before['owning_wins_share']:.0%})"
    if verdict["flips"]:
        return f"The answer flips: {winner} now wins; {tail}."
    return f"The answer stays: {winner} wins; {tail}."
