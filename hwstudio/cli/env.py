"""`hwstudio env`: the Pythons of this computer, which of them measures, and making one."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwstudio.cli.number import filled
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.settings import changed
from hwstudio.core.environment.ask_python import Found, check
from hwstudio.core.environment.driver import Drivers, read_drivers, with_silent_cards
from hwstudio.core.environment.find import ask_named, find
from hwstudio.core.environment.installer import Tool, find_tool
from hwstudio.core.environment.make import Wish, make, usable_base
from hwstudio.core.environment.managed import Managed
from hwstudio.core.environment.match import match
from hwstudio.core.environment.setup_check import (
    check_setups,
    fix_lines,
    gpu_lines,
    judge,
    python_document,
    setup_document,
    summary,
)
from hwstudio.core.environment.wanted import AUTO, CHOICES, choice_named, index_of
from hwstudio.core.environment.wheels import read_wheels
from hwstudio.core.environment.words import packages_words, size_words

_HELP = """
Benchmarks run in a Python that has PyTorch. This lists those found here, makes one that fits the
graphics card, and says what is wrong with one that does not work.
"""


def add(nouns: Any) -> None:
    """Add the noun and its verbs."""
    noun = nouns.add_parser(
        "env",
        help="Pythons with PyTorch: list, make, use, check, remove",
        description=_HELP,
        epilog="Example: hwstudio env make torch-gpu --backend auto",
    )
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb")
    verb = _verb(verbs, "list", "the Pythons found here and the PyTorch in each", _list)
    verb = _verb(verbs, "make", "make an environment with PyTorch", _make)
    verb.add_argument("name", type=filled, nargs="?", default="torch", help="default: torch")
    known = ", ".join((AUTO, *(each.id for each in CHOICES)))
    verb.add_argument("--backend", type=filled, default=AUTO, metavar="B", help=known)
    verb.add_argument("--python", type=filled, metavar="PY", help="the Python to make it from")
    verb.add_argument(
        "--wheels", type=filled, metavar="DIR", help="install from this folder, without a network"
    )
    verb.add_argument("--dry-run", action="store_true", help="say what would be done, and its size")
    verb = _verb(verbs, "use", "measure with this Python from now on", _use)
    verb.add_argument("which", type=filled, metavar="NAME", help=f"name, path, or {AUTO}")
    verb = _verb(verbs, "check", "check my setup: PyTorch, GPU and driver of each Python", _check)
    verb.add_argument(
        "which", type=filled, nargs="?", metavar="NAME", help="name or path (default: all found)"
    )
    verb.add_argument(
        "--no-try", action="store_true", help="do not import PyTorch: quicker, but less is known"
    )
    verb = _verb(verbs, "remove", "delete an environment hwstudio made", _remove)
    verb.add_argument("which", type=filled, metavar="NAME", help="its name")


def _verb(verbs: Any, name: str, words: str, run: Any) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=words, description=f"{words[:1].upper()}{words[1:]}."
    )
    common(verb)
    verb.set_defaults(run=run)
    return verb


def _list(_: argparse.Namespace, out: Output) -> int:
    studio = out.studio
    drivers = read_drivers()
    chosen = studio.settings.interpreter
    found = find(chosen, Managed(studio.home))
    if out.is_json:
        rows = [_row(each, drivers, chosen) for each in found]
        out.document({"drivers": drivers, "chosen": chosen, "count": len(rows), "pythons": rows})
        return 0
    out.line(f"{drivers.title}.")
    table = [_cells(each, chosen) for each in found]
    out.table(("", "Kind", "Python", "PyTorch", "For", "Others", "Path"), table)
    for each in found:
        fit = match(each.torch, drivers)
        if each.why_not:
            out.line(f"{each.path}: {each.why_not}.")
        elif fit.kind in ("warn", "error"):
            out.line(f"{each.path}: {fit.words}. {fit.fix}.")
    return 0


def _cells(found: Found, chosen: str) -> Sequence[str]:
    torch = found.torch
    return (
        "*" if found.path == chosen else "",
        found.kind,
        found.python or "–",
        torch.version if torch else "–",
        torch.title if torch else "–",
        packages_words(found) or "–",
        found.path,
    )


def _row(found: Found, drivers: Drivers, chosen: str) -> dict[str, Any]:
    fit = match(found.torch, drivers)
    return {
        **python_document(found, chosen),
        "numpy": found.numpy or None,
        "packages": dict(found.packages),
        "why_not": found.why_not,
        "match": {"kind": fit.kind, "words": fit.words, "fix": fit.fix},
    }


def _make(args: argparse.Namespace, out: Output) -> int:
    studio = out.studio
    managed, tool = Managed(studio.home), find_tool()
    wish = _wish(args, managed)
    fetched, disk = wish.sizes
    managed.folder(wish.name)
    document: dict[str, Any] = {
        "name": wish.name,
        "backend": "wheels" if wish.wheels else wish.choice.id,
        "from": str(wish.wheels.folder) if wish.wheels else index_of(wish.choice) or "PyPI",
        "base": wish.base,
        "tool": tool.name,
        "download_bytes": fetched,
        "disk_bytes": disk,
    }
    if not out.is_json:
        out.line(_plan_words(document, wish, tool))
    if args.dry_run:
        if out.is_json:
            out.document(document)
        return 0
    stopped = threading.Event()
    made = make(wish, managed, tool, studio.network, say=out.note, stopped=stopped)
    if out.is_json:
        out.document({**document, **_row(made, read_drivers(), studio.settings.interpreter)})
    elif made.why_not:
        out.line(f"Made {made.path}, but PyTorch in it does not work: {made.why_not}.")
    else:
        out.line(f"Made: {made.title} at {made.path}")
        out.line(f"Measure with it: hwstudio env use {wish.name}")
    return 1 if made.why_not else 0


def _plan_words(document: dict[str, Any], wish: Wish, tool: Tool) -> str:
    what = "the wheels in the folder" if wish.wheels else f"PyTorch for {wish.choice.title}"
    return (
        f"{wish.name}: {what}, from {document['from']}, by {tool.name}, "
        f"made from {wish.base}. {size_words(wish)}"
    )


def _wish(args: argparse.Namespace, managed: Managed) -> Wish:
    wheels = read_wheels(Path(args.wheels)) if args.wheels else None
    choice = choice_named(args.backend, read_drivers())
    if args.python:
        base = ask_named(args.python, managed)
        if base.why_not:
            raise UserError(f"{args.python} cannot be used", base.why_not, "Name another Python")
        return Wish(args.name, base.path, choice, wheels)
    found = usable_base(find("", managed))
    if found is None:
        raise UserError(
            "No Python was found to make an environment from",
            "PyTorch needs Python 3.10 to 3.14",
            "Install one from python.org, or name it with --python",
        )
    return Wish(args.name, found.path, choice, wheels)


def _use(args: argparse.Namespace, out: Output) -> int:
    studio = out.studio
    found = None if args.which == AUTO else ask_named(args.which, Managed(studio.home))
    path = found.path if found else ""
    if found is not None and found.why_not:
        raise UserError(f"{args.which} cannot be used", found.why_not, "See: hwstudio env list")
    studio.save_settings(changed(studio.settings, interpreter=path))
    if out.is_json:
        row = _row(found, read_drivers(), path) if found else {}
        out.document({**row, "chosen": path})
    elif found is None:
        out.line("hwstudio looks for a Python by itself.")
    else:
        lacks = "" if found.torch else " It has no PyTorch: only tests that need none run in it."
        out.line(f"Benchmarks now run in {found.title}, {path}.{lacks}")
    return 0


def _check(args: argparse.Namespace, out: Output) -> int:
    managed = Managed(out.studio.home)
    if args.which is None:
        return check_all(out, managed, has_try=not args.no_try)
    found = ask_named(args.which, managed)
    if found.why_not or found.torch is None:
        why = found.why_not or "it has no PyTorch"
        devices: tuple[str, ...] = ()
    else:
        checked = check(found.path)
        why, devices = checked.why_not, checked.devices
    fit = match(found.torch, read_drivers())
    if out.is_json:
        row = _row(found, read_drivers(), out.studio.settings.interpreter)
        out.document({**row, "works": not why, "why_not": why, "devices": devices})
    elif why:
        out.line(f"{found.path} does not work: {why}.")
        if fit.kind in ("warn", "error"):
            out.line(f"{fit.words}. {fit.fix}.")
    else:
        on = ", ".join(devices) or "the CPU"
        out.line(f"{found.title} works. It computed on {on}.")
        if fit.kind in ("warn", "error"):
            out.line(f"{fit.words}. {fit.fix}.")
    return 1 if why else 0


def check_all(out: Output, managed: Managed, *, has_try: bool) -> int:
    """Check every Python found; exit 1 where the one that measures does not fit."""
    drivers, chosen = with_silent_cards(read_drivers()), out.studio.settings.interpreter
    found = find(chosen, managed)
    setups = []
    for setup in check_setups(found, drivers) if has_try else (judge(f, drivers) for f in found):
        out.note(f"Checked {setup.found.path}")
        setups.append(setup)
    kind, sentence = summary(setups, drivers, chosen)
    if out.is_json:
        rows = [setup_document(each, drivers, chosen) for each in setups]
        out.document({"verdict": kind, "words": sentence, "drivers": drivers, "chosen": chosen,
                      "count": len(rows), "pythons": rows})  # fmt: skip
    else:
        out.line(sentence)
        for each in setups:
            out.line()
            out.line(f"{each.found.path}: {each.found.title}")
            if not each.found.why_not:
                out.line(f"  {each.words}.")
            for line in (*(f"{gpu}." for gpu in gpu_lines(each)), *fix_lines(each)):
                out.line(f"  {line}")
    return 1 if kind in ("warn", "error") else 0


def _remove(args: argparse.Namespace, out: Output) -> int:
    studio = out.studio
    managed = Managed(studio.home)
    gone = managed.named(args.which)
    managed.remove(args.which)
    was_chosen = studio.settings.interpreter == str(gone.python)
    if was_chosen:
        studio.save_settings(changed(studio.settings, interpreter=""))
    if out.is_json:
        out.document({"removed": gone.name, "folder": gone.folder, "was_chosen": was_chosen})
    else:
        more = " hwstudio looks for another Python now." if was_chosen else ""
        out.line(f"Removed {gone.name} ({gone.folder}).{more}")
    return 0
