"""When to own and when to rent: ten usual reasons, and which of them decided here.

Two are counted from the user's own numbers, eight are for the user to tick. What leaves no choice
(data that must stay, no connection, parts of one's own) decides alone; else the money does; and
where the money is close, what was ticked does.

Little money at the start is counted for renting: buying is what needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OWN, RENT = "own", "rent"
CLOSE = (0.35, 0.65)  # between these shares of the cases the money alone does not decide


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the reasons. ``is_hard``: it leaves no choice."""

    key: str
    side: str  # own | rent
    words: str
    is_hard: bool = False


NEWEST = Reason("newest", RENT, "You need newer or larger GPUs at once")
IRREGULAR = Reason("irregular", RENT, "Light or irregular use")
TOGETHER = Reason("together", RENT, "Several people work on it together")
TRYING = Reason("trying", RENT, "You try things out quickly")
NOBODY = Reason("nobody", RENT, "Nobody here can look after hardware")
REGULAR = Reason("regular", OWN, "Regular, heavy use")
CAPITAL = Reason("capital", RENT, "Little money at the start")
PRIVATE = Reason("private", OWN, "The data must not leave the house", is_hard=True)
OFFLINE = Reason("offline", OWN, "Work goes on without internet", is_hard=True)
CUSTOM = Reason("custom", OWN, "You need parts nobody rents out", is_hard=True)
TICKED = (NEWEST, TOGETHER, TRYING, NOBODY, CAPITAL, PRIVATE, OFFLINE, CUSTOM)
REASONS = (NEWEST, IRREGULAR, TOGETHER, TRYING, NOBODY, REGULAR, CAPITAL, PRIVATE, OFFLINE, CUSTOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the numbers say. None = not known."""

    hours_per_month: float
    enough_hours: float | None  # a month, from which owning pays within its life; None: never
    owning_wins_share: float | None
    fits_own: bool
    is_hourly: bool = True  # the rent is paid by the hour, not by a commitment


@dataclass(frozen=True, slots=True)
class Verdict:
    """``side`` "" where reasons that leave no choice contradict, or nothing is known."""

    side: str
    decided_by: tuple[Reason, ...]
    against: tuple[Reason, ...]  # what speaks for the other side
    why: str  # one sentence


def decide(facts: Facts, ticked: Iterable[str]) -> Verdict:
    """Return which side is recommended and the reasons that decided it."""
    keys = set(ticked)
    said = tuple(reason for reason in TICKED if reason.key in keys)
    hard = tuple(reason for reason in said if reason.is_hard)
    if hard and not facts.fits_own:
        why = "The work does not fit your hardware and may not run elsewhere: choose a larger GPU."
        return Verdict("", hard, (), why)
    if hard:
        return _verdict(OWN, hard, said, "This leaves no choice, whatever it costs.")
    if not facts.fits_own:
        why = "Your hardware does not hold this work; a rented machine does."
        return _verdict(RENT, (NEWEST,), said, why)
    if facts.owning_wins_share is None:
        return Verdict("", (), said, "Without both costs there is nothing to decide by.")
    return _by_money(facts, facts.owning_wins_share, said)


def _by_money(facts: Facts, wins: float, said: tuple[Reason, ...]) -> Verdict:
    use = REGULAR if wins >= 0.5 else IRREGULAR
    if said and CLOSE[0] < wins < CLOSE[1]:
        why = f"The money is close (owning wins in {wins:.0%} of cases): what you ticked decides."
        return _verdict(RENT, said, (*said, use), why)
    return _verdict(use.side, (use,), said, _use_words(facts))


def _use_words(facts: Facts) -> str:
    now = f"You use it {facts.hours_per_month:,.0f} h a month"
    if not facts.is_hourly:
        return f"{now}; the commitment bills all 730 h."
    if facts.enough_hours is None:
        return f"{now}; owning would not pay at any use."
    if facts.enough_hours < 0.5:
        return f"{now}; owning pays at any use."
    if facts.enough_hours > 730:
        return f"{now}; owning would need more hours than a month has."
    return f"{now}; owning pays from about {facts.enough_hours:,.0f} h a month."


def _verdict(side: str, by: tuple[Reason, ...], said: tuple[Reason, ...], why: str) -> Verdict:
    return Verdict(side, by, tuple(reason for reason in said if reason.side != side), why)
