"""The columns of the parts list and the bars of the score."""

from __future__ import annotations

from PySide6.QtGui import QIcon

from hwstudio.core.assess.ability import Ability
from hwstudio.core.assess.score import PartScore, Score
from hwstudio.gui.kit.bars import Bar
from hwstudio.gui.kit.icon import icon
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.tip import rows_tip
from hwstudio.gui.machine.state import Found


def _what(row: Found) -> str:
    return row.what


def _value(row: Found) -> str:
    return row.value


def _how(row: Found) -> str:
    return row.how


def _colour(row: Found) -> str:
    return "" if row.is_known else "muted"


FOUND_COLUMNS = (
    Column("Part", _what, width=130),
    Column("Found", _value, tip=_value, colour=_colour, width=330),
    Column("How it was found", _how, tip=_how, stretch=True),
)


_FIT_WORDS = {
    "fits": ("Yes", "ok", "ok"),
    "tight": ("Just", "warn", "warn"),
    "no": ("No", "error", "error"),
    "unknown": ("Not known", "unknown", "muted"),
}
_SLOW = ("Slowly", "warn", "warn")
_RANK = ("Yes", "Just", "Slowly", "Not known", "No")


def _fit(row: Ability) -> tuple[str, str, str]:
    return _SLOW if row.on_processor else _FIT_WORDS[row.verdict]


def _job(row: Ability) -> str:
    return row.title


def _fit_rank(row: Ability) -> int:
    return _RANK.index(_fit(row)[0])


def _fit_word(row: Ability) -> str:
    return _fit(row)[0]


def _fit_colour(row: Ability) -> str:
    return _fit(row)[2]


def _fit_icon(row: Ability) -> QIcon:
    _, name, kind = _fit(row)
    return icon(name, tokens().status(kind))


def _why(row: Ability) -> str:
    reason = f"{row.reason[:1].upper()}{row.reason[1:]}"
    return f"{reason}. {row.advice}" if row.advice else reason


ABILITY_COLUMNS = (
    Column("Job", _job, tip=_job, stretch=True),
    Column(
        "Possible",
        _fit_rank,
        _fit_word,
        tip=_why,
        colour=_fit_colour,
        icon=_fit_icon,
        width=110,
    ),
)


def bars_of(score: Score) -> tuple[Bar, ...]:
    """Return one bar per part; its tooltip says why."""
    return tuple(_bar(part) for part in score.parts)


def _bar(part: PartScore) -> Bar:
    text = f"{part.points} of {part.max}" if part.is_known else f"not known, counted {part.points}"
    return Bar(
        part.name,
        float(part.points) if part.is_known else None,
        text,
        float(part.max),
        float(part.low) if part.low != part.high else None,
        float(part.high) if part.low != part.high else None,
        tip=rows_tip([("Why", part.reason)], f"{part.name}: {text} points"),
    )
