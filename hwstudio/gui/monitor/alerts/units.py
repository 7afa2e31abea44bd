"""Thresholds as people type them: per cent, GiB, MHz and so on, beside each sensor's SI unit."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB, parse_number

_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class TypedUnit:
    """What stands behind the field, and how much of the SI unit one of it is."""

    word: str
    factor: float = 1.0


# The same units in which the monitor shows the numbers.
_UNITS = {
    "share": TypedUnit("%", 0.01),
    "bytes": TypedUnit("GiB", float(GIB)),
    "bytes_per_s": TypedUnit("MB/s", 1e6),
    "hz": TypedUnit("MHz", 1e6),
    "j": TypedUnit("kWh", 3.6e6),
    "c": TypedUnit("°C"),
    "w": TypedUnit("W"),
    "v": TypedUnit("V"),
    "a": TypedUnit("A"),
    "s": TypedUnit("s"),
    "rpm": TypedUnit("rpm"),
    "per_s": TypedUnit("per s"),
}
_BARE = TypedUnit("")
SPANS = (("s", "seconds", 1.0), ("min", "minutes", 60.0), ("h", "hours", 3600.0),
         ("d", "days", _DAY_S))  # fmt: skip
_SPAN_S = {name: seconds for name, _, seconds in SPANS}


def typed_unit(unit: str) -> TypedUnit:
    """Return the unit in which a threshold of a sensor's unit is typed."""
    return _UNITS.get(unit, _BARE)


def typed_text(value: float, unit: str) -> str:
    """Return a value of a sensor as it stands in the field."""
    return f"{value / typed_unit(unit).factor:.10g}"


def typed_value(name: str, text: str, unit: str) -> float:
    """Read a field back as the sensor's own unit.

    Raises:
        UserError: it is no number.
    """
    word = typed_unit(unit).word
    plain = text.strip().removesuffix(word).strip() if word else text
    return float(f"{number(name, plain) * typed_unit(unit).factor:.12g}")


def number(name: str, text: str) -> float:
    """Read a plain number.

    Raises:
        UserError: it is none.
    """
    try:
        return parse_number(text)
    except ValueError:
        said = f"'{text.strip()[:40]}' is no number" if text.strip() else "it is empty"
        raise UserError(f"{name} cannot be read", said, "Write it like 84 or 0.5") from None


def span_parts(seconds: float) -> tuple[str, str]:
    """Return a span as a number and the largest unit that says it without a fraction."""
    for name, _, size in reversed(SPANS):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}", name
    return f"{seconds:.10g}", "s"


def span_value(name: str, text: str, unit: str) -> float:
    """Read a span back as seconds.

    Raises:
        UserError: it is no number.
    """
    return number(name, text) * _SPAN_S[unit]


def span_words(seconds: float) -> str:
    """Return a span exactly: ``90 s``, ``2 min``, ``1 day``."""
    text, unit = span_parts(seconds)
    if unit == "d":
        return "1 day" if text == "1" else f"{text} days"
    return f"{text} {unit}"
