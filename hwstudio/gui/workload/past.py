"""The wishes before this one: undo and redo, where a slider's way is one step."""

from __future__ import annotations

from dataclasses import fields, replace

from hwstudio.gui.workload.state import Wish

MOST_STEPS = 200
_LOOKS = ("has_offers", "has_savings", "has_ways")  # which pages were looked at is no step


class Past:
    """Steps back and forth through wishes."""

    def __init__(self) -> None:
        self._before: list[Wish] = []
        self._after: list[Wish] = []
        self._moved: frozenset[str] = frozenset()

    @property
    def can_undo(self) -> bool:
        """Say whether there is a step back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Say whether there is a step forward again."""
        return bool(self._after)

    def note(self, old: Wish, new: Wish) -> None:
        """Take in that ``new`` follows ``old``; the same knob moved on is no further step."""
        moved = _moved(old, new)
        if not moved:
            return
        if moved != self._moved or not self._before:
            self._before = [*self._before, old][-MOST_STEPS:]
        self._moved, self._after = moved, []

    def back(self, now: Wish) -> Wish:
        """Return the wish a step earlier; ``now`` where there is none."""
        return self._step(self._before, self._after, now)

    def forth(self, now: Wish) -> Wish:
        """Return the wish a step later; ``now`` where there is none."""
        return self._step(self._after, self._before, now)

    def _step(self, source: list[Wish], goal: list[Wish], now: Wish) -> Wish:
        if not source:
            return now
        goal.append(now)
        self._moved = frozenset()
        found = source.pop()
        return replace(
            found, has_offers=now.has_offers, has_savings=now.has_savings, has_ways=now.has_ways
        )


def _moved(old: Wish, new: Wish) -> frozenset[str]:
    """Return the names of what differs, of the job each setting by itself."""
    names = {f.name for f in fields(Wish) if f.name not in _LOOKS}
    moved = {name for name in names if getattr(old, name) != getattr(new, name)}
    if "job" in moved:
        moved |= {
            f.name for f in fields(old.job) if getattr(old.job, f.name) != getattr(new.job, f.name)
        }
    return frozenset(moved)
