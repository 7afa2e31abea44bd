"""The sentences of a refresh."""

from __future__ import annotations

from typing import Any

from hwstudio.core.base.money import money
from hwstudio.gui.cloud.state import Answer

_HALF = 0.5


def summary_words(document: dict[str, Any]) -> str:
    """Return what a refresh did, in one sentence."""
    added, changed = document["added"], document["changed"]
    bands, gone = document["bands_changed"], len(document["gone"])
    if not (added or changed or gone or document["unchanged"] or document["bands"]):
        return "Nothing was taken. The prices you had stay."
    if not (added or changed or gone or bands):
        return "All prices still hold: nothing changed."
    parts = [
        _many(changed, "offer has", "offers have", "another price"),
        _many(added, "offer is", "offers are", "new"),
        _many(gone, "offer is", "offers are", "gone"),
        _many(bands, "interruption rate has", "interruption rates have", "changed"),
    ]
    said = [part for part in parts if part]
    if not said:
        return "All prices still hold: nothing changed."
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _many(count: int, one: str, more: str, end: str) -> str:
    if not count:
        return ""
    return f"{count:,} {one if count == 1 else more} {end}"


def rest_words(document: dict[str, Any]) -> str:
    """Return what else is to be known: who failed, what was rejected, a clock that is wrong."""
    parts = []
    if document["read"]:
        parts.append(f"Read: {', '.join(document['read'])}.")
    if document["failed"]:
        count = len(document["failed"])
        who = "One source" if count == 1 else f"{count:,} sources or providers"
        parts.append(f"{who} gave nothing; the prices known before stay.")
    if document["rejected_count"]:
        count = document["rejected_count"]
        parts.append(f"{count:,} {'row was' if count == 1 else 'rows were'} not believed.")
    if document["clock_behind"]:
        parts.append("This computer's clock is behind the catalogue's date: check it.")
    return " ".join(parts)


def flip_words(before: Answer, after: Answer) -> str:
    """Return whether the user's own answer is another now."""
    old, new = _share(before), _share(after)
    if new is None:
        return "Own or rent: no answer with these wishes."
    winner = "owning wins" if new >= _HALF else "renting wins"
    if old is None:
        return f"Your answer now: {winner}; owning wins in {new:.0%} of cases."
    tail = f"owning wins in {new:.0%} of cases (before: {old:.0%})"
    if (old >= _HALF) != (new >= _HALF):
        return f"Your answer flips: {winner} now; {tail}."
    return f"Your answer stays: {winner}; {tail}."


def _share(answer: Answer) -> float | None:
    return answer.odds.owning_wins_share if answer.odds else None


def price_words(value: Any) -> str:
    """Return a price per hour."""
    return "–" if value is None else money(float(value))
