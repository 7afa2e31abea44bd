"""``hwstudio assess --after-buying``: the list after buying, checked on this computer."""

from __future__ import annotations

import argparse
from pathlib import Path

from hwstudio.cli.output import Output
from hwstudio.core.project.after.check import WORDS, Check, State, words_of
from hwstudio.core.project.after.document import after_document
from hwstudio.core.project.after.gather import Places, gather
from hwstudio.core.project.after.judge import after_buying


def run_after(args: argparse.Namespace, out: Output) -> int:
    """Check and print; 1 where something needs a look and was not ticked."""
    studio = out.studio
    history = studio.history if studio.home.history_file.exists() else None
    ticks = _ticks(Path(args.file)) if args.file else ()
    ground = gather(Places(studio.home, history, studio.settings.interpreter), out.note)
    checks = after_buying(ground, ticks)
    if out.is_json:
        out.document(after_document(ground, checks))
    else:
        out.line(f"{ground.host}: {words_of(checks)}.")
        for each in checks:
            _show(each, out)
    return int(any(each.state is State.LOOK and not each.is_ticked for each in checks))


def _ticks(file: Path) -> tuple[str, ...]:
    from hwstudio.core.project.file import load_project

    return load_project(file).ticked


def _show(check: Check, out: Output) -> None:
    out.line()
    by = f" ({check.by})" if check.by else ""
    out.line(f"{WORDS[check.state]}{by}: {check.text}")
    if check.number:
        out.line(f"  {check.number}")
    for point in check.points:
        out.line(f"  - {point.what}: {point.number} [{WORDS[point.state].lower()}]")
    if check.how:
        out.line(f"  How: {check.how}")
    if check.to_do:
        out.line(f"  To do: {check.to_do}")
