"""One item of the list after buying: how it stands, the number, how it was found, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """How an item stands."""

    GOOD = "good"
    LOOK = "look"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not needed"  # there is nothing of the kind in this computer


WORDS = {
    State.GOOD: "Good",
    State.LOOK: "Look at this",
    State.UNKNOWN: "Not known",
    State.NOT_NEEDED: "Not needed",
}
_WORST = (State.LOOK, State.UNKNOWN, State.GOOD, State.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Point:
    """One drive, sensor, card or module. ``number`` says what was found, "" without."""

    what: str
    state: State
    number: str = ""
    how: str = ""
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One item. ``action``: which tab or window helps ("bench", "setup", "monitor"), or ""."""

    id: str
    text: str
    state: State
    number: str = ""
    how: str = ""
    to_do: str = ""
    points: tuple[Point, ...] = ()
    action: str = ""
    is_by_hand: bool = False  # only a person can know
    is_ticked: bool = False

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left to do."""
        return self.is_ticked or self.state in (State.GOOD, State.NOT_NEEDED)

    @property
    def by(self) -> str:
        """Return who says so: "checked", "ticked by you", or "" while nobody does."""
        if self.state in (State.GOOD, State.NOT_NEEDED):
            return "checked"
        return "ticked by you" if self.is_ticked else ""


def worst(points: Iterable[Point]) -> State:
    """Return the state that needs attention most."""
    states = {each.state for each in points}
    return next((state for state in _WORST if state in states), State.UNKNOWN)


def of_points(ident: str, text: str, points: Sequence[Point], *, action: str = "") -> Check:
    """Return an item whose parts are judged one by one; a single one speaks for the item."""
    state = worst(points)
    if len(points) == 1:
        only = points[0]
        named = f"{only.what}: {only.number}" if only.number else only.what
        return Check(ident, text, state, named, only.how, only.to_do, (), action)
    first = next((each for each in points if each.state is state and each.to_do), None)
    return Check(
        ident,
        text,
        state,
        _count(points),
        "; ".join(dict.fromkeys(each.how for each in points if each.how)),
        first.to_do if first else "",
        tuple(points),
        action,
    )


def _count(points: Sequence[Point]) -> str:
    of = len(points)
    parts = []
    for state in _WORST:
        count = sum(each.state is state for each in points)
        if count:
            parts.append(f"{count} of {of} {WORDS[state].lower()}")
    return ", ".join(parts)


def ticked(checks: Iterable[Check], ids: Iterable[str]) -> tuple[Check, ...]:
    """Return the items with what a person ticked."""
    known = frozenset(ids)
    return tuple(replace(each, is_ticked=each.id in known) for each in checks)


def words_of(checks: Sequence[Check]) -> str:
    """Return "5 of 12 done (4 checked, 1 ticked by you), 2 to look at"."""
    done = sum(each.is_done for each in checks)
    by_you = sum(each.by == "ticked by you" for each in checks)
    look = sum(each.state is State.LOOK and not each.is_ticked for each in checks)
    more = f" ({done - by_you} checked, {by_you} ticked by you)" if by_you else ""
    return f"{done} of {len(checks)} done{more}" + (f", {look} to look at" if look else "")
