"""How firm the best build is, in the tip behind the sentence."""

from __future__ import annotations

from hwstudio.core.optimize.robust import Robust, of_100
from hwstudio.core.project.answer import Answer
from hwstudio.gui.configure import words
from hwstudio.gui.kit.tip import rows_tip

_HOW = (
    "Speeds and prices were drawn {draws:,} times from their ranges, and the builds ranked again. "
    "Each graphics card keeps its cheapest computer."
)


def firm_words(answer: Answer | None) -> str:
    """Return "Best in 48 of 100 cases", or "" where that is not known of the build shown."""
    if answer is None or answer.robust is None or answer.rank != 0:
        return ""
    start = "Cheapest" if answer.robust.is_by_price else "Best"
    return f"{start} in {of_100(answer.robust.best_share)} cases"


def firm_tip(answer: Answer | None) -> str:
    """Return who else would win how often and what flips it; "" where that is not known."""
    if answer is None or answer.robust is None or answer.rank != 0:
        return ""
    firm = answer.robust
    lead = f"{words.ended(firm.sentence)} {_HOW.format(draws=firm.draws)}"
    rows = [(firm.best, f"best in {_percent(firm.best_share)}")]
    rows += [(rival.title, f"best in {_percent(rival.share)}") for rival in firm.rivals]
    rows += _flips(firm)
    rows += [("Surer", words.ended(text.partition(": ")[2])) for text in answer.solution.surer]
    return rows_tip(rows, lead)


def _flips(firm: Robust) -> list[tuple[str, str]]:
    return [("What flips it" if not n else " ", words.ended(flip.words)) for n, flip in
            enumerate(firm.flips)]  # fmt: skip


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "under 1%"
