"""Reads metrics pages (Prometheus text 0.0.4 and OpenMetrics): a line splitter and a full reader.

A page is looked at every second, so ``points`` only cuts lines in two and leaves label parsing
to whoever meets a series for the first time. Lines that make no sense are left out, never fatal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOST_SERIES = 50_000
MOST_LINE = 16_384  # characters
MOST_LABELS = 64
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(
    r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"([^"\\]*(?:\\.[^"\\]*)*)"\s*(?:,|(?=\}))', re.S
)
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPED = {"n": "\n", '"': '"', "\\": "\\"}
_MANY = {"histogram", "summary", "gaugehistogram"}  # kinds that are several series each
_TAILS = ("_bucket", "_sum", "_count", "_created", "_gsum", "_gcount")


@dataclass(frozen=True, slots=True)
class Point:
    """One line of a page. ``time_s`` is Unix time where the line states one."""

    name: str
    labels: Mapping[str, str]
    value: float
    time_s: float | None = None


def points(text: str, most: int = MOST_SERIES) -> list[tuple[str, str]]:
    """Return (series, rest) of every line: ``('up{job="a"}', ' 1 1700000000000')``.

    Lines beyond ``most`` and lines longer than ``MOST_LINE`` are left out.
    """
    found: list[tuple[str, str]] = []
    has_examples = " # {" in text
    for line in text.split("\n"):
        if not line or line[0] == "#":
            continue
        at = line.rfind("}") + 1 or line.find(" ")
        if at > 0 and not has_examples and len(line) <= MOST_LINE:
            found.append((line[:at], line[at:]))
        elif (pair := cut(line)) is not None:
            found.append(pair)
    return found if len(found) <= most else found[:most]


def cut(line: str) -> tuple[str, str] | None:
    """Return series and rest of one line; None where it is no series."""
    if not line or line[0] == "#":
        return None
    # After the last brace come only numbers; an example ("exemplar") has braces of its own.
    at = line.rfind("}") + 1 or line.find(" ")
    if at <= 0 or " # {" in line or len(line) > MOST_LINE:
        return _odd(line)
    return line[:at], line[at:]


def _odd(line: str) -> tuple[str, str] | None:
    """Cut a line with tabs, or with an example after its number."""
    line = line.strip()
    if not line or line[0] == "#" or len(line) > MOST_LINE:
        return None
    name = _NAME.match(line)
    if name is None:
        return None
    rest = line[name.end() :].lstrip()
    if not rest.startswith("{"):
        return name.group(), rest.partition(" # {")[0]
    labels = _labels_of(rest)
    if labels is None:
        return None
    end = len(rest) - len(labels[1])
    return name.group() + rest[:end], labels[1].partition(" # {")[0]


def number_of(rest: str) -> float | None:
    """Return the number of a line's rest; None where there is none."""
    try:
        return float(rest) if "_" not in rest else None
    except ValueError:
        words = rest.split()
    try:
        return float(words[0]) if len(words) == 2 else None
    except ValueError:
        return None


def series_of(series: str) -> tuple[str, dict[str, str]] | None:
    """Return name and labels of a series as it stands on a page; None where it is none."""
    series = series.strip()
    found = _NAME.match(series)
    if found is None:
        return None
    rest = series[found.end() :].strip()
    if not rest:
        return found.group(), {}
    labels = _labels_of(rest)
    return (found.group(), labels[0]) if labels is not None and not labels[1].strip() else None


def _labels_of(text: str) -> tuple[dict[str, str], str] | None:
    """Return the labels in braces at the start of a text, and what stands after the brace."""
    if not text.startswith("{"):
        return None
    labels: dict[str, str] = {}
    at = 1
    while len(labels) <= MOST_LABELS:
        after = text[at:].lstrip() if at < len(text) else ""
        if after.startswith("}"):
            return labels, after[1:]
        found = _LABEL.match(text, at)
        if found is None:
            return None
        labels.setdefault(found.group(1), _ESCAPE.sub(_unescaped, found.group(2)))
        at = found.end()
    return None


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPED.get(found.group(1), found.group())


def read(text: str) -> Iterator[Point]:
    """Yield every plain number of a page; histograms and summaries are left out."""
    many = _names_of_many(text)
    scale = 1.0 if text.rstrip().endswith("# EOF") else 1e-3  # OpenMetrics states seconds
    for series, rest in points(text):
        parsed, value = series_of(series), number_of(rest)
        if parsed is None or value is None:
            continue
        name, labels = parsed
        if name in many or any(name.removesuffix(tail) in many for tail in _TAILS):
            continue
        words = rest.split()
        stamp = number_of(words[1]) if len(words) > 1 else None
        yield Point(name, labels, value, stamp * scale if stamp is not None else None)


def _names_of_many(text: str) -> set[str]:
    found = set()
    for line in text.split("\n"):
        if line.startswith("# TYPE "):
            words = line.split()
            if len(words) == 4 and words[3] in _MANY:
                found.add(words[2])
    return found
