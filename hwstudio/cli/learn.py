"""`hwstudio learn`: pages with this computer's numbers, code to copy, folders of a new project."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled
from hwstudio.cli.output import Output, common, say
from hwstudio.core.base.errors import HostError, UserError

if TYPE_CHECKING:
    from hwstudio.core.project.learn.own import Own


def add(nouns: argparse._SubParsersAction[Any]) -> None:
    """Add the noun and its verbs."""
    noun = nouns.add_parser(
        "learn",
        help="pages with your own numbers, code to copy, project folders",
        description="Short pages that carry the numbers of this computer, whole files of code to "
        "copy, and the folders of a new project.",
        epilog="Example: hwstudio learn show memory",
    )
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb")
    verb = verbs.add_parser(
        "list", help="what there is", epilog="Example: hwstudio learn list --json"
    )
    common(verb)
    verb.set_defaults(run=run_list)
    verb = verbs.add_parser(
        "show", help="a page, in Markdown", epilog="Example: hwstudio learn show feeding"
    )
    verb.add_argument("name", type=filled, metavar="NAME")
    common(verb)
    verb.set_defaults(run=run_show)
    verb = verbs.add_parser(
        "code", help="a file of code", epilog="Example: hwstudio learn code ddp_torch --out ddp.py"
    )
    verb.add_argument("name", type=filled, metavar="NAME")
    verb.add_argument("--out", type=filled, metavar="FILE", help="write it to a new file")
    common(verb)
    verb.set_defaults(run=run_code)
    verb = verbs.add_parser(
        "folders",
        help="create the folders of a new project",
        description="Create the folders of a new project. Nothing that is there is overwritten.",
        epilog="Example: hwstudio learn folders my-project",
    )
    verb.add_argument("folder", type=filled, metavar="DIR")
    common(verb)
    verb.set_defaults(run=run_folders)


def run_list(_args: argparse.Namespace, out: Output) -> int:
    """List pages and code."""
    from hwstudio.core.project.learn.shelf import shelf

    found = shelf()
    rows = [("page", each.id, each.title) for each in found.pages]
    rows += [("code", each.id, each.title) for each in found.codes]
    if out.is_json:
        keys = ("kind", "id", "title")
        told = [dict(zip(keys, row, strict=True)) for row in rows]
        out.document({"count": len(rows), "items": told})
    out.table(("Kind", "Name", "Title"), rows)
    return 0


def run_show(args: argparse.Namespace, out: Output) -> int:
    """Print a page with this computer's numbers."""
    from hwstudio.core.guide.link import with_commands
    from hwstudio.core.project.learn.shelf import page_text, shelf

    page = shelf().page(args.name)
    text = with_commands(page_text(page, _own(out)))
    if out.is_json:
        out.document({"id": page.id, "title": page.title, "markdown": text})
    out.line(text.rstrip())
    return 0


def _own(out: Output) -> Own:
    from hwstudio.core.probe.machine import detect_machine
    from hwstudio.core.project.learn.shelf import own_of

    return own_of(out.studio, detect_machine(out.studio.catalog.match_gpu))


def run_code(args: argparse.Namespace, out: Output) -> int:
    """Print a file of code, or write it to a file that is not there yet.

    Raises:
        UserError: there is such a file already.
        HostError: it cannot be written.
    """
    from hwstudio.core.project.learn.shelf import shelf

    code = shelf().code(args.name)
    if args.out:
        _write_new(Path(args.out), code.to_copy)
    if out.is_json:
        told = {name: getattr(code, name) for name in ("id", "title", "purpose", "needs", "tested")}
        out.document({**told, "path": args.out, "code": code.to_copy})
    elif args.out:
        out.line(f"{code.title}: written to {args.out}")
    else:
        say(code.to_copy, end="")
    return 0


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8", newline="\n") as to:
            to.write(text)
    except FileExistsError as error:
        raise UserError(f"{file} is there already", "", "Name another file") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise HostError(f"{file} cannot be written", why, "Choose another place") from error


def run_folders(args: argparse.Namespace, out: Output) -> int:
    """Create the folders of a project."""
    from hwstudio.core.project.learn.folders import create_folders

    made = create_folders(Path(args.folder))
    if out.is_json:
        out.document({"folder": made.folder, "written": made.written, "kept": made.kept})
    out.line(made.sentence)
    return 0
