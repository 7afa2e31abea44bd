"""The answer as plain text, to paste into a mail or a forum."""

from __future__ import annotations

from hwstudio.core.assess.change import Change
from hwstudio.core.assess.readiness import Assessment
from hwstudio.core.assess.score import Score
from hwstudio.core.base.money import money
from hwstudio.core.model.machine import Machine
from hwstudio.gui.machine.rows import found_rows


def band_words(score: Score) -> str:
    """Return the band in words."""
    if score.low == score.high:
        return "Everything that counts is known."
    return f"Between {score.low} and {score.high}, as the predictions have it."


def price_words(change: Change) -> str:
    """Return "estimated $351 to $736, typically $502"."""
    cost = change.cost
    word = "estimated " if cost.kind == "estimate" else ""
    low, typical, high = (
        money(amount, cost.currency, decimals=0) for amount in (cost.low, cost.typical, cost.high)
    )
    return f"{word}{typical}" if low == high else f"{word}{low} to {high}, typically {typical}"


def as_text(machine: Machine, judged: Assessment) -> str:
    """Return the whole answer."""
    score = judged.score
    lines = [
        judged.sentence,
        "",
        f"Readiness ({judged.goal_title}): {score.total} of 100 ({score.low} to {score.high})",
        *(f"  {p.name}: {p.points} of {p.max}. {p.reason}" for p in score.parts),
        *(f"  Lost to {o.title}: {o.points}. {o.reason}" for o in score.lost if o.points),
        "",
        *(
            f"{job.title}: {job.runs.value}. {job.words} {job.held_back}".rstrip()
            for job in judged.jobs
        ),
        "",
        *(
            f"{change.change}: +{change.gain_points} points, {price_words(change)} "
            f"({change.cost.as_of}; {change.cost.source})"
            for change in judged.recommendations
        ),
        *((judged.rent.words,) if judged.rent is not None else ()),
        judged.advice,
        "",
        *(f"{row.what}: {row.value} [{row.how}]" for row in found_rows(machine)),
    ]
    return "\n".join(lines) + "\n"
