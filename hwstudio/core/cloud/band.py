"""Interruption bands: how many spot machines of a kind were taken back in a month."""

from __future__ import annotations

import re

from hwstudio.core.base.errors import UserError

# From the best to the worst, as Amazon publishes them (share of machines, trailing month).
BANDS = ("<5%", "5-10%", "10-15%", "15-20%", ">20%")
_LIMIT = re.compile(r"(\d{1,2})\s*%?")


def band_rank(band: str) -> int | None:
    """Return 0 for the best band to 4 for the worst; None when it is not known."""
    return BANDS.index(band) if band in BANDS else None


def band_at_most(text: str) -> str:
    """Return the band a typed limit means: ``5-10%``, ``<5`` or a share such as ``10``.

    Raises:
        UserError: it means none.
    """
    plain = text.strip().replace(" ", "")
    named = plain if plain.endswith("%") else f"{plain}%"
    if named in BANDS:
        return named
    found = _LIMIT.fullmatch(text.strip())
    if found:
        ends = {"5": "<5%", "10": "5-10%", "15": "10-15%", "20": "15-20%"}
        if found[1] in ends:
            return ends[found[1]]
    raise UserError(
        f"'{text}' is no interruption band", "", f"Choose from {', '.join(BANDS)}, or 5, 10, 15, 20"
    )
