"""What macOS tells: sysctl for the processor, system_profiler for all the rest."""

from __future__ import annotations

import json
import re
from typing import Any

from hwstudio.core.probe.source import Source

PROFILER = "system_profiler"
SYSCTL = "sysctl"
ANSWER_S = 8.0
NO_ANSWER = f"no readable answer within {ANSWER_S:g} s"
# Two questions, so that a slow drive does not keep the GPU's answer.
_CHIPS = (PROFILER, "-json", "SPDisplaysDataType", "SPMemoryDataType")
_DRIVES = (PROFILER, "-json", "SPStorageDataType", "SPNVMeDataType", "SPSerialATADataType")
COMMANDS = (_CHIPS, _DRIVES)
_SIZE = re.compile(r"^([\d.]+)\s*([KMGT])i?B$", re.IGNORECASE)
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def profile(source: Source, kind: str) -> list[dict[str, Any]] | None:
    """Return the rows system_profiler has of one kind; None when there is no readable answer."""
    text = source.output(_CHIPS if kind in _CHIPS else _DRIVES, ANSWER_S)
    return profile_rows(text or "", kind)


def profile_rows(text: str, kind: str) -> list[dict[str, Any]] | None:
    """Return the rows of one kind in what system_profiler printed."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    listed = found.get(kind, []) if isinstance(found, dict) else None
    if not isinstance(listed, list):
        return None
    return [row for row in listed if isinstance(row, dict)]


def items(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows inside a row."""
    inside = row.get("_items")
    return [each for each in inside if isinstance(each, dict)] if isinstance(inside, list) else []


def sysctl(source: Source) -> dict[str, str]:
    """Return every value of sysctl by its name; empty when there is no answer."""
    found = {}
    for line in (source.output((SYSCTL, "-a"), 3.0) or "").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip()] = value.strip()
    return found


def sysctl_number(facts: dict[str, str], name: str) -> int | None:
    """Return a whole number above 0, or None."""
    text = facts.get(name, "")
    return int(text) or None if text.isdecimal() and len(text) < 20 else None


def bytes_in(text: Any) -> int | None:
    """Return the bytes in words like "16 GB" or "1536 MB", which macOS counts in powers of 2."""
    found = _SIZE.match(str(text or "").strip())
    try:
        return round(float(found[1]) * _UNITS[found[2].upper()]) if found else None
    except ValueError:
        return None
