"""Drivers and torch, the recorder, and the first results kept."""

from __future__ import annotations

from hwstudio.core.base.units import duration, percent
from hwstudio.core.bench.baseline import Baseline, Deviation, baseline_of
from hwstudio.core.bench.profile_words import does
from hwstudio.core.bench.suites import bench
from hwstudio.core.environment.match import ERROR, OK, WARN
from hwstudio.core.environment.setup_check import measuring
from hwstudio.core.project.after.check import Check, Point, State
from hwstudio.core.project.after.ground import Ground

_START = "Start the one-button check: two to five minutes, then there is something to compare with."


def drivers(ident: str, text: str, ground: Ground) -> Check:
    """Judge the Python that measures: its torch, the driver, and whether they go together."""
    used = measuring(ground.setups, ground.chosen)
    how = f"{ground.drivers.title}; each Python asked"
    if used is None:
        return Check(
            ident, text, State.LOOK, "No Python with PyTorch was found", how,
            "Install PyTorch: hwstudio env make", action="setup",
        )  # fmt: skip
    state = {OK: State.GOOD, WARN: State.LOOK, ERROR: State.LOOK}.get(used.kind, State.UNKNOWN)
    torch = used.found.torch
    named = f"PyTorch {torch.version} ({torch.title}). " if torch else ""
    if used.checked is None and state is State.GOOD:
        how += "; PyTorch was not tried"
    to_do = f"{used.fix}." if used.fix and state is not State.GOOD else ""
    if used.command:
        to_do += f" In a terminal: {used.command}"
    return Check(ident, text, state, f"{named}{used.words}", how, to_do, action="setup")


def monitor(ident: str, text: str, ground: Ground) -> Check:
    """Say whether the recorder runs."""
    kept = f"{duration(ground.recorded_s)} recorded so far" if ground.recorded_s else ""
    if ground.is_recording:
        return Check(ident, text, State.GOOD, kept or "It records", "recorder of hwstudio")
    return Check(
        ident, text, State.LOOK, kept or "Nothing is recorded", "recorder of hwstudio",
        "Press Record in Monitor: it goes on when the window is closed.", action="monitor",
    )  # fmt: skip


def baseline(ident: str, text: str, ground: Ground) -> Check:
    """Show the first whole check kept, and what later runs differ from it."""
    found = baseline_of(ground.results, ground.host)
    how = "results kept by Benchmark"
    if found is None:
        kept = len(ground.results)
        number = "No whole check is kept" + (f", {kept} single results" if kept else "")
        return Check(ident, text, State.LOOK, number, how, _START, action="bench")
    slower = [each for each in found.deviations if each.is_slower]
    number = f"Kept since {found.taken_at[:10]}. {does(found.results, 3)}".strip()
    points = tuple(_deviation(each) for each in found.deviations)
    if slower:
        to_do = "Something is slower than it was: look at heat, the power plan and other programs."
        return Check(ident, text, State.LOOK, number, how, to_do, points, "bench")
    return Check(ident, text, State.GOOD, f"{number} {_later(found)}", how, "", points, "bench")


def _later(found: Baseline) -> str:
    if not found.compared:
        return "Nothing was measured again since."
    if not found.deviations:
        return f"{found.compared} figures measured again since: none apart."
    return f"{len(found.deviations)} of {found.compared} figures measured again are faster."


def _deviation(each: Deviation) -> Point:
    word = "slower" if each.is_slower else "faster"
    by = percent(abs(1 - each.speed_ratio))
    return Point(
        f"{bench(each.bench).title}, {each.metric}",
        State.LOOK if each.is_slower else State.GOOD,
        f"{by} {word} on {each.taken_at[:10]}",
        ", ".join(each.changes) or "no change of the computer is known",
    )


def by_hand(ident: str, text: str, hint: str) -> Check:
    """Return an item that only a person can know."""
    return Check(ident, text, State.UNKNOWN, "", "hwstudio cannot see this", hint, is_by_hand=True)
