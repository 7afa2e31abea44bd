"""The root of the command line: nouns, exit codes, and one line for every refusal."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from hwstudio.cli.output import Output, complain, finish, mute, say, speak_any_text
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.version import VERSION

DONE, NEGATIVE, WRONG_INPUT, HOST_REFUSED = 0, 1, 2, 3

# One file per noun; each adds its own verbs.
NOUNS = (
    *("assess", "monitor", "catalog", "build", "predict", "bench", "cloud", "cost", "plan"),
    *("report", "learn", "env", "diagnostics"),
)


class _Parser(argparse.ArgumentParser):
    """argparse with our exit line: what, why and what to do, in one sentence."""

    below: Mapping[str, Any] = MappingProxyType({})  # the parsers of its verbs, by name

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(
            WRONG_INPUT,
            f"hwstudio: {message[:1].upper()}{message[1:]}. See: {self.prog} --help\n",
        )

    def add_subparsers(self, **wish: Any) -> argparse._SubParsersAction[Any]:
        """Add verbs and remember them."""
        made = super().add_subparsers(**wish)
        self.below = made.choices
        return made

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write as ``say`` does: argparse itself keeps silent about a full disk."""
        if message and file is sys.stdout:
            say(message, end="")
        else:
            super()._print_message(message, file)


def parser(words: Sequence[str] = ()) -> _Parser:
    """Return the parser with the noun that ``words`` name, with every noun where they name none.

    All of them take a tenth of a second and import what only one of them needs.
    """
    root = _Parser(
        prog="hwstudio",
        description="Plan, measure and prove AI hardware. Without a command the window opens.",
        epilog="Example: hwstudio build plan --budget 3000 --workload llm_qlora_8b --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"hwstudio {VERSION}")
    root.add_argument(
        "--home", metavar="DIR", type=_folder, help="folder for everything hwstudio writes"
    )
    root.add_argument("--json", action="store_true", help="print one JSON document")
    root.add_argument(
        "--safe-mode",
        action="store_true",
        help="open the window without recorder, tray, GPU readings and the last project",
    )
    nouns = root.add_subparsers(title="commands", metavar="NOUN", dest="noun")
    named = next((word for word in words if not word.startswith("-")), "")
    for noun in (named,) if named in NOUNS else NOUNS:
        importlib.import_module(f"hwstudio.cli.{noun}").add(nouns)
    return root


def main(argv: list[str] | None = None, *, notice: str = "") -> int:
    """Run one command and return its exit code (0 done, 1 negative, 2 wrong input, 3 host).

    ``notice`` is a line for people that goes before the answer.
    """
    speak_any_text()
    try:
        code = _guarded(argv, notice)
    except SystemExit:  # --help, --version and wrong usage
        if _finished() == HOST_REFUSED:
            return HOST_REFUSED
        raise
    return _finished() or code


def _guarded(argv: list[str] | None, notice: str) -> int:
    try:
        return _run(_arguments(sys.argv[1:] if argv is None else argv), notice)
    except UserError as error:
        complain(error.sentence)
        return WRONG_INPUT
    except HostError as error:
        complain(error.sentence)
        return HOST_REFUSED
    except BrokenPipeError:
        mute()  # the reader (head, less) went away: end quietly as Unix tools do
        return DONE
    except KeyboardInterrupt:
        complain("stopped.")
        return NEGATIVE


def _finished() -> int:
    try:
        finish()
    except HostError as error:
        complain(error.sentence)
        return HOST_REFUSED
    except BrokenPipeError:
        mute()
    return DONE


def _run(arguments: argparse.Namespace, notice: str) -> int:
    run = getattr(arguments, "run", None)
    if run is None:
        noun = f"{arguments.noun} " if arguments.noun else ""
        hint = " For example: hwstudio assess --json." if arguments.json and not noun else ""
        complain(f"Say what to do.{hint} See: hwstudio {noun}--help")
        return WRONG_INPUT
    out = Output(is_json=arguments.json, home=arguments.home)
    try:
        if notice:
            say(notice)
        return int(run(arguments, out))
    finally:
        out.close()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    words = _globals_first(argv)
    root = parser(words)
    arguments, unknown = root.parse_known_args(words)
    if unknown:
        _deepest(root, words).error(f"unrecognized arguments: {' '.join(unknown)}")
    return arguments


def _globals_first(argv: Sequence[str]) -> list[str]:
    """Move ``--json`` and ``--home DIR`` to the front, so that they may stand anywhere."""
    front: list[str] = []
    rest: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word == "--json" or word.startswith("--home="):
            front.append(word)
        elif word == "--home":
            is_given = bool(words) and not words[0].startswith("-")
            front.append(f"--home={words.pop(0) if is_given else ''}")
        else:
            rest.append(word)
    return front + rest


def _deepest(root: _Parser, words: Sequence[str]) -> _Parser:
    """Return the parser of the verb that was named, so that its own help is pointed to."""
    found = root
    for word in words:
        found = found.below.get(word, found)
    return found


def _folder(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it needs the name of a folder")
    return text
