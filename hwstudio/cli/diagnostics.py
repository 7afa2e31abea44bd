"""`hwstudio diagnostics`: what helps to mend hwstudio, to read first and then to save as a zip."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hwstudio.cli.number import filled
from hwstudio.cli.output import Output, common


def add(nouns: argparse._SubParsersAction[Any]) -> None:
    """Add the noun."""
    noun = nouns.add_parser(
        "diagnostics",
        help="versions, settings, machine and logs, without names, for whoever mends hwstudio",
        description="Gather versions, settings, facts of the machine, the state of the databases "
        "and the logs. Names, folders, addresses, serial numbers and keys are taken out. Without "
        "--out everything is printed. Nothing is sent.",
        epilog="Example: hwstudio diagnostics --out hwstudio-diagnostics.zip",
    )
    noun.add_argument("--out", type=_file, metavar="FILE", help="save it as this zip file")
    noun.add_argument("--no-machine", action="store_true", help="do not look at the hardware")
    common(noun)
    noun.set_defaults(run=run)


def _file(text: str) -> Path:
    """Take the name of a zip file only: a slip must not replace a project."""
    if not filled(text).lower().endswith(".zip"):
        raise argparse.ArgumentTypeError(f"{text} should end in .zip: it becomes a zip file")
    return Path(text)


def run(args: argparse.Namespace, out: Output) -> int:
    """Print or save the bundle; 1 when a database is damaged.

    Raises:
        HostError: the file cannot be written.
    """
    from hwstudio.core.base.paths import open_home
    from hwstudio.core.report.diagnostics import all_whole, gather, save_bundle

    home = open_home(args.home)
    entries = gather(home, with_machine=not args.no_machine)
    told: dict[str, Any] = {
        "files": [{"name": e.name, "bytes": len(e.text.encode())} for e in entries]
    }
    if args.out is not None:
        told |= {"path": args.out, "bytes": save_bundle(args.out, entries)}
    if out.is_json:
        texts = {} if args.out is not None else {"texts": {e.name: e.text for e in entries}}
        out.document({**told, **texts})
    elif args.out is not None:
        out.line(f"{len(entries)} files written to {args.out}. Read it before you hand it on.")
    else:
        for entry in entries:
            out.line(f"--- {entry.name}\n{entry.text}")
    return 0 if all_whole(entries) else 1
