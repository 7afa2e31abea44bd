"""A cell's text as it may be pasted into a spreadsheet."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hwstudio.core.catalog.intake.guard import guarded

_NUMBER = re.compile(r"[+-]?\d[\d.,\u00a0\u202f]*(e[+-]?\d+)?%?", re.IGNORECASE)
_AMOUNT = re.compile(r"[+-][^\w=+@(|!]{0,2}\d[\d.,\u00a0\u202f]*[^=+@(|!\d-]*")  # with its unit


def as_pasted(text: str, value: Any) -> str:
    """Return ``text``, guarded where a spreadsheet would run it; numbers of ``value`` stay so."""
    is_counted = isinstance(value, (int, float, Decimal))
    is_number = (_AMOUNT if is_counted else _NUMBER).fullmatch(text)
    return text if is_number else guarded(text)
