"""The manual pages, written from the parsers of the command line, so that they cannot differ."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from product import ROOT, SUMMARY, day, version

EXIT_CODES = (
    ("0", "done"),
    ("1", "done, and the answer is negative"),
    ("2", "wrong input"),
    ("3", "the machine refused: a driver, the disk, a permission"),
)
HOW = {
    "hwstudio": "Without a command the window opens; with FILE.hws it opens that project.",
    "hwstudio-cli": "The same commands without anything of the window.",
}


def escaped(text: str) -> str:
    """Return text that roff takes as it stands."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in safe.split("\n"))


def nouns() -> list[tuple[str, str]]:
    """Return each command and what it does, from the parsers themselves."""
    sys.path.insert(0, str(ROOT))
    try:
        from hwstudio.cli.main import parser

        actions = parser()._actions  # noqa: SLF001 - argparse offers no public list
    finally:
        sys.path.remove(str(ROOT))
    verbs = next(a for a in actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001
    return [(c.dest, c.help or "") for c in verbs._choices_actions]  # noqa: SLF001


def page(name: str) -> str:
    """Return the manual page of one of the two programs a person starts."""
    lines = [
        f'.TH {name.upper()} 1 "{day()}" "hwstudio {version()}" "User Commands"',
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(SUMMARY)}",
        ".SH SYNOPSIS",
        f".B {escaped(name)}",
        "[\\fB\\-\\-home\\fR \\fIDIR\\fR] [\\fB\\-\\-json\\fR] [\\fICOMMAND\\fR ...]",
        ".SH DESCRIPTION",
        escaped(HOW[name]),
        "Nothing is sent anywhere; everything works without a network.",
        ".SH COMMANDS",
    ]
    for noun, help_text in nouns():
        lines += [".TP", f".B {escaped(noun)}", escaped(help_text)]
    lines += [".PP", f"{escaped(name)} \\fICOMMAND\\fR \\-\\-help explains each.", ".SH OPTIONS"]
    options = (
        ("--home DIR", "folder for everything hwstudio writes"),
        ("--json", "print one JSON document"),
        ("--version", "print the version"),
    )
    for option, what in options:
        lines += [".TP", f".B {escaped(option)}", escaped(what)]
    lines += [".SH EXIT STATUS"]
    for code, what in EXIT_CODES:
        lines += [".TP", f".B {code}", what]
    lines += [".SH FILES", ".TP", ".I ~/.local/share/hwstudio"]
    lines += ["settings, history, results and the log; kept when hwstudio is removed"]
    return "\n".join(lines) + "\n"
