"""Keeps a spreadsheet from running text as a formula, and takes the mark away on reading.

An apostrophe in front is how spreadsheets themselves mark text that is no formula.
"""

from __future__ import annotations

import re

# What begins a formula in one spreadsheet or another; the wide signs do in East Asian ones.
_FORMULA = "=+\\-@\t\r＝＋－＠"
# What a spreadsheet shows where a formula went wrong; as text it is taken for just that.
ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
)
_CODES = "|".join(re.escape(code) for code in sorted(ERRORS))
_RISKY = re.compile(rf"'*(?:[{_FORMULA}]|(?:{_CODES})\Z)")
_GUARDED = re.compile(rf"'+(?:[{_FORMULA}]|(?:{_CODES})\Z)")


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs; `unguarded` gives back exactly what it was."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Return text as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text
