"""`hwstudio build check`: the rules over a saved build, or over a table of builds.

A row's parts are taken from the catalogue where a name can only mean one, and from the row's
``facts_json`` otherwise; facts win, being about that very build. The verdict is error or warn by
the worst finding. Missing facts are listed as findings, but make the verdict "unknown" only when
nothing could be judged or when a fact is missing that decides everything: a socket, the watts of
the power supply, the length of the card or the room for it, when both parts are there.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hwstudio.cli.build_names import find_named
from hwstudio.cli.build_power import finding_document, show_findings
from hwstudio.cli.build_saved import saved_build
from hwstudio.cli.cases import MOST_ID, check_readable, read_cases
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.power.answer import power_answer
from hwstudio.core.power.mains import USUAL
from hwstudio.core.rules.engine import examine, verdict, worst_first
from hwstudio.core.rules.facts import build_from, mains_of
from hwstudio.core.rules.margin import Margin, margins

EXAMPLE = "Example: hwstudio build check my-build.hws"
NOTHING = UserError(
    "Nothing to check",
    "no part was found by name and there are no facts",
    "Name parts as the catalogue does, or fill facts_json",
)
BAD = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Checked:
    """One build, checked; or why it could not be read."""

    case_id: str
    verdict: str
    findings: tuple[Finding, ...] = ()
    error: str = ""
    margins: tuple[Margin, ...] = ()

    @property
    def rules(self) -> list[str]:
        """Return the rules that found an error or a warning."""
        return sorted({finding.rule for finding in self.findings if finding.severity in BAD})

    def document(self) -> dict[str, Any]:
        """Return what the JSON document says of it."""
        out: dict[str, Any] = {
            "case_id": self.case_id,
            "verdict": self.verdict,
            "rules": self.rules,
            "findings": [finding_document(finding) for finding in self.findings],
            "margins": [margin_document(margin) for margin in self.margins],
        }
        return out | ({"error": self.error} if self.error else {})


def margin_document(margin: Margin) -> dict[str, Any]:
    """Return a margin as the command line prints it."""
    return {
        "rule": margin.rule,
        "what": margin.what,
        "takes": margin.takes,
        "room": margin.room,
        "left": margin.left,
        "unit": margin.unit,
    }


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``check``."""
    words = "do the parts of a build fit, connect, and work together"
    verb = verbs.add_parser(
        "check",
        help=words,
        description=f"Check: {words}?",
        epilog=f"{EXAMPLE}\n         hwstudio build check --cases known_builds.csv --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("file", nargs="?", type=Path, metavar="FILE.hws", help="a saved build")
    verb.add_argument("--cases", type=Path, metavar="FILE.csv", help="a table of builds")
    common(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Check; 1 when an error was found."""
    if (arguments.file is None) == (arguments.cases is None):
        raise UserError(
            "Nothing to check" if arguments.file is None else "Two things to check",
            "one saved build or one table is wanted",
            EXAMPLE,
        )
    catalog = out.studio.catalog
    if arguments.cases is not None:
        rows = read_cases(arguments.cases, "case_id", "known_builds.csv")
        checked = [check_row(catalog, row, number) for number, row in enumerate(rows, 1)]
    else:
        checked = [check_project(catalog, arguments.file)]
    if out.is_json:
        out.document({"cases": [one.document() for one in checked]})
    else:
        _show(checked, out)
    return int(any(one.verdict == "error" for one in checked))


def check_row(catalog: Catalog, row: dict[str, str], number: int) -> Checked:
    """Check one row; a row that cannot be read says why and stops nothing."""
    case_id = (row.get("case_id") or f"row {number}")[:MOST_ID]
    try:
        check_readable(row)
        facts = _facts(row)
        found, unknown = find_named(catalog, row)
        build, around = build_from(facts, found)
        if row.get("gpu", "").strip() in unknown:
            around = _with_unknown_card(around)
        mains = mains_of(facts)
        findings = all_findings(build, around, mains)
    except UserError as error:
        return Checked(case_id, "unknown", error=error.sentence)
    except ValueError as error:
        return Checked(case_id, "unknown", error=f"A count is no number from 1 to 64: {error}.")
    if not any(build.lines()):
        return Checked(case_id, "unknown", error=NOTHING.sentence)
    found_all = worst_first((*findings, *(_not_found(name) for name in unknown)))
    return Checked(case_id, verdict(findings), found_all, margins=margins(build, around))


def _with_unknown_card(around: Circumstances) -> Circumstances:
    """A card nobody knows may well drive the screen: nothing is said about that."""
    return replace(around, is_headless=True)


def _facts(row: dict[str, str]) -> dict[str, Any]:
    text = (row.get("facts_json") or "").strip()
    try:
        facts = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise UserError("facts_json is no JSON", str(error).split("\n")[0], "Mend it") from error
    if not isinstance(facts, dict):
        raise UserError("facts_json is no JSON object", "it holds no names", "Mend it")
    return facts


def _not_found(name: str) -> Finding:
    text = f"Not checked: '{name}' is not in the catalogue; only the facts given were used."
    advice = "Check the spelling, or give its figures."
    return Finding("R50", Severity.UNKNOWN, (), text, advice, "catalogue")


def all_findings(build: Build, around: Circumstances, mains: str | None) -> tuple[Finding, ...]:
    """Return what rules and power find, worst first; ``mains`` None = nobody said."""
    examined = examine(build, around)
    power = power_answer(build, mains=mains or USUAL[0], around=around)
    return worst_first((*examined.findings, *power.findings))


def check_project(catalog: Catalog, file: Path) -> Checked:
    """Check a saved build.

    Raises:
        UserError, HostError: the file cannot be used.
    """
    from hwstudio.core.project.file import load_project

    state = load_project(file)
    if not state.parts:
        raise UserError(
            f"{file.name} holds no parts", "nothing was chosen yet", "Plan a build and save it"
        )
    saved = saved_build(catalog, state.parts)
    findings = all_findings(saved.build, saved.around, state.mains)
    found = (
        *(_not_found(name) for name in saved.lost),
        *worst_first((*saved.findings, *findings)),
    )
    word = verdict(found)
    is_whole = not saved.lost and not saved.missing
    word = "unknown" if word == "ok" and not is_whole else word
    return Checked(state.name, word, found, margins=margins(saved.build, saved.around))


def _show(checked: list[Checked], out: Output) -> None:
    for one in checked:
        out.line(f"{one.case_id}: {one.verdict}{f' - {one.error}' if one.error else ''}")
        show_findings(one.findings, out)
        for margin in one.margins:
            out.line(f"fits    {margin.rule}  {margin.words}.")
        out.line()
    if len(checked) > 1:
        counts = Counter(one.verdict for one in checked)
        out.line(", ".join(f"{count} {word}" for word, count in sorted(counts.items())))
