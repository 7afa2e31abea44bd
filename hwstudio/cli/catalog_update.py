"""`hwstudio catalog update | pack | network-log`: a newer catalogue, and what went online."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import named_catalog

LAST = 50
_UPDATE_HELP = """
FILE is a .hwcat bundle, or catalog-DATE.db with its checksum file catalog-DATE.db.sha256 beside
it. It is checked in full before it is taken, kept in your home folder, and used from the next
start on. Your own prices and parts are never touched. Nothing goes online.
"""
_LOG_HELP = """
Every call is listed, made or refused: when, what for, where to, how many bytes, and how it ended.
What stands after "?" in an address is not written down. hwstudio stays offline until you allow the
network under Settings (or write "network_allowed": true into settings.json of the home folder).
"""


def add(verbs: Any, verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the verbs; ``verb`` makes one with the help and options all share."""
    words = "take a newer catalogue from a file, or go back to the bundled one"
    update = verb(verbs, "update", words, "--file catalog-2026-12-15.hwcat")
    update.description = f"{words[:1].upper()}{words[1:]}.\n{_UPDATE_HELP}"
    which = update.add_mutually_exclusive_group(required=True)
    which.add_argument("--file", type=Path, help="the newer catalogue")
    which.add_argument("--undo", action="store_true", help="use the bundled catalogue again")
    update.add_argument("--force", action="store_true", help="take it though it is not newer")
    update.set_defaults(run=_update)
    words = "make a .hwcat bundle of the catalogue (maintainers)"
    pack = verb(verbs, "pack", words, "--out catalog-2026-12-15.hwcat")
    pack.add_argument("--out", type=Path, required=True, help="the bundle to write, NAME.hwcat")
    pack.add_argument("--db", type=Path, help="the catalogue (default: the one in use)")
    pack.set_defaults(run=_pack)
    words = "list every network call hwstudio made or refused"
    log = verb(verbs, "network-log", words, "--last 20")
    log.description = f"{words[:1].upper()}{words[1:]}.\n{_LOG_HELP}"
    log.add_argument("--last", type=_count, default=LAST, help=f"how many (default {LAST})")
    log.set_defaults(run=_network_log)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number of calls; give 0 or more")
    return int(text)


def _update(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.catalog.update.update import NotNewerError, undo_update, update_from

    if args.undo and args.force:
        raise UserError("--force goes with --file", "", "Leave it out with --undo")
    home = out.studio.home
    result = undo_update(home) if args.undo else None
    try:
        result = result or update_from(args.file, home, force=args.force)
    except NotNewerError as error:
        raise UserError(error.what, error.why, "Add --force to take it all the same") from error
    if out.is_json:
        out.document(asdict(result))
    elif not result.updated:
        out.line(f"The bundled catalogue of {result.to_as_of} is in use already.")
    else:
        before = result.from_as_of or "one that could not be read"
        done = "Back to the bundled catalogue" if args.undo else "Took the catalogue"
        out.line(f"{done} of {result.to_as_of} (before: {before}). It lies in {result.path}")
        out.line(
            f"{result.parts_added:,} parts added, {result.parts_removed:,} removed, "
            f"{result.parts_changed:,} changed; {result.prices_changed:,} prices changed"
        )
    if named_catalog() is not None:
        out.note(f"HWSTUDIO_CATALOG is set, so {named_catalog()} stays in use.")
    return 0


def _pack(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.catalog.update.in_use import catalog_in_use
    from hwstudio.core.catalog.update.update import pack

    manifest = pack(args.out, args.db or catalog_in_use(out.studio.home).file)
    size = args.out.stat().st_size
    if out.is_json:
        said = asdict(manifest)
        out.document({"path": args.out, **said, "catalog_bytes": said["bytes"], "bytes": size})
    else:
        out.line(f"Wrote {args.out}: catalogue of {manifest.as_of}, {size:,} bytes")
        out.line(f"SHA-256 of the catalogue in it: {manifest.sha256}")
    return 0


def _network_log(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.base.network_log import read_calls

    studio = out.studio
    file, is_allowed = studio.home.network_log, studio.settings.network_allowed
    calls = read_calls(file)
    shown = calls[: args.last]
    if out.is_json:
        out.document(
            {"path": file, "network_allowed": is_allowed, "count": len(calls), "calls": shown}
        )
        return 0
    out.line(f"The network is {'allowed' if is_allowed else 'not allowed'} in your settings.")
    if not calls:
        out.line("hwstudio has not used the network.")
        return 0
    rows = [[c.time, c.purpose, c.where[:80], f"{c.bytes:,}", c.result] for c in shown]
    out.table(["When", "What for", "Where", "Bytes", "Result"], rows, right=(3,))
    out.line(f"{len(calls):,} calls; the log is {file}")
    return 0
