"""A verdict that does not flicker: a new cause must hold for a while before it is shown."""

from __future__ import annotations

from hwstudio.core.monitor.limits.evidence import Limit, Verdict

WORSE_S = 8.0  # a new warning must hold this long
BETTER_S = 4.0  # a calmer cause must hold this long
STALE_S = 20.0  # the shown cause was not seen for this long: whatever is true now is shown


class Steady:
    """Keeps the shown verdict. Errors are shown at once; figures of the same cause always fresh."""

    def __init__(self, worse_s: float = WORSE_S, better_s: float = BETTER_S) -> None:
        self._worse_s, self._better_s = worse_s, better_s
        self._shown: Verdict | None = None
        self._shown_seen_s = 0.0
        self._rival: tuple[str, str] | None = None
        self._rival_since_s = 0.0

    @property
    def shown(self) -> Verdict | None:
        """Return what is shown now; None before the first."""
        return self._shown

    def update(self, verdict: Verdict, now_s: float) -> Verdict:
        """Take the newest judgement, made at ``now_s``, and return the one to show."""
        shown = self._shown
        if shown is None or self._is_at_once(shown, verdict):
            return self._show(verdict, now_s)
        if _cause(verdict) == _cause(shown):
            return self._show(verdict, now_s)
        if _is_still_hung(shown, verdict):
            self._shown_seen_s, self._rival = now_s, None
            return shown
        if _cause(verdict) != self._rival or now_s < self._rival_since_s:
            self._rival, self._rival_since_s = _cause(verdict), now_s
        wait_s = self._worse_s if verdict.kind == "warn" else self._better_s
        held_s = now_s - self._rival_since_s
        if held_s >= wait_s or now_s - self._shown_seen_s >= STALE_S:
            return self._show(verdict, now_s)
        return shown

    def _is_at_once(self, shown: Verdict, verdict: Verdict) -> bool:
        return verdict.kind == "error" or shown.limit == Limit.UNKNOWN

    def _show(self, verdict: Verdict, now_s: float) -> Verdict:
        self._shown, self._shown_seen_s, self._rival = verdict, now_s, None
        return verdict


def _cause(verdict: Verdict) -> tuple[str, str]:
    return verdict.limit, verdict.device


def _is_still_hung(shown: Verdict, verdict: Verdict) -> bool:
    """Tell whether a job that was seen to stop is still there and still does not move.

    Once its last work has left the window, a hung job looks like one that waits for its user.
    """
    return (
        shown.limit == Limit.HUNG
        and verdict.limit == Limit.IDLE
        and verdict.second == Limit.HUNG
        and verdict.device == shown.device
    )
