"""Numbers with units, in and out of text: inside all is SI, only faces call this."""

from __future__ import annotations

import math
import re

GIB = 2**30
MIB = 2**20
GB = 10**9
TERA = 10**12
GIGA = 10**9
HOURS_PER_MONTH = 730.0
HOURS_PER_YEAR = 8760.0

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
_SI = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


_WHOLE = ("samples", "tokens", "requests", "IOPS")


def significant(value: float, digits: int = 3) -> str:
    """Return ``value`` with at least ``digits`` significant digits, grouped, without an exponent.

    Digits before the decimal point are never rounded away: 1,717 W stays 1,717 W.
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def rough(value: float) -> str:
    """Return an estimate as people say it: two digits that mean something, ``1,600``."""
    if value == 0:
        return "0"
    places = 1 - math.floor(math.log10(abs(value)))
    return significant(round(value, places), 2)


def si(value: float, unit: str, digits: int = 3) -> str:
    """Return ``value`` with an SI prefix: ``si(2.11e11, "FLOP/s")`` is ``211 GFLOP/s``."""
    for factor, prefix in _SI:
        if abs(value) >= factor:
            return f"{significant(value / factor, digits)} {prefix}{unit}"
    return f"{significant(value, digits)} {unit}"


def per_second(value: float, unit: str) -> str:
    """Return a speed; rates of whole things have no prefix: 1,570 samples/s, 38.2 GB/s."""
    if unit.partition("/")[0] in _WHOLE:
        return f"{significant(value)} {unit}"
    return si(value, unit)


def gib(value_bytes: float, digits: int = 3) -> str:
    """Return bytes as GiB (2**30), or MiB when under one GiB."""
    if abs(value_bytes) >= GIB:
        return f"{significant(value_bytes / GIB, digits)} GiB"
    return f"{significant(value_bytes / MIB, digits)} MiB"


def rate(bytes_per_s: float) -> str:
    """Return a data rate in decimal units, as drives and networks are sold."""
    return si(bytes_per_s, "B/s")


def watts(value_w: float) -> str:
    """Return power as whole watts, or one decimal under ten."""
    return f"{value_w:,.1f} W" if abs(value_w) < 10 else f"{value_w:,.0f} W"


def duration(seconds: float) -> str:
    """Return a span in the two largest units that matter: ``3 h 20 min``, ``45 s``, ``2.5 ms``."""
    if seconds < 0:
        return "-" + duration(-seconds)
    if seconds < 1:
        return _short(seconds)
    if seconds < 60:
        return f"{significant(seconds, 2)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = seconds / 86400
    if days < 60:
        return f"{significant(days, 2)} days"
    if days < 730:
        return f"{significant(days / 30.4375, 2)} months"
    return f"{significant(days / 365.25, 2)} years"


def _short(seconds: float) -> str:
    if seconds >= 1e-3:
        return f"{significant(seconds * 1e3, 2)} ms"
    if 0 < seconds < 1e-6:
        return f"{significant(seconds * 1e9, 2)} ns"
    return f"{seconds * 1e6:.0f} µs"


def percent(share: float, digits: int = 0) -> str:
    """Return a share (0..1) as per cent."""
    return f"{share * 100:.{digits}f} %"


def parse_number(text: str) -> float:
    """Read a plain number with optional thousands separators; raise ValueError otherwise.

    A comma that does not part thousands is refused: "16,5" may mean 16.5, and taking it for 165
    would be a wrong number without a sign. NaN and infinities are refused too.
    """
    plain = text.strip().replace("_", "")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    value = float(plain.replace(",", ""))
    if not math.isfinite(value):
        raise ValueError(text)
    return value
