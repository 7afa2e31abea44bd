"""The sentences of the window with the Pythons."""

from __future__ import annotations

from hwstudio.core.environment.words import packages_words
from hwstudio.gui.environment.state import EnvironmentState, Row


def in_use_words(state: EnvironmentState) -> str:
    """Return in what benchmarks run, and what drivers there are."""
    used = "Benchmarks run in the first Python with PyTorch that is found."
    if state.chosen:
        used = f"Benchmarks run in {state.chosen}."
    return f"{used} {state.drivers.title}." if state.has_looked else used


def detail_words(row: Row, state: EnvironmentState) -> str:
    """Return what is to be said of one Python: where, what fits, what is wrong and what to do."""
    found, match = row.found, row.match
    lines = [found.path]
    if found.why_not:
        lines.append(f"Cannot be used: {found.why_not}.")
    elif match.words:
        lines.append(f"{match.words}.")
    if match.fix and not (found.why_not and found.torch is None):
        lines.append(f"{match.fix}.")
    if others := packages_words(found):
        lines.append(f"It also has {others}.")
    checked = state.checked.get(found.path)
    if checked is not None and not checked.why_not:
        on = ", ".join(checked.devices) or "the CPU"
        lines.append(f"Tried: it computed on {on}.")
    elif checked is not None:
        lines.append(f"Tried: it does not work, {checked.why_not}.")
    return "\n".join((lines[0], " ".join(lines[1:])))
