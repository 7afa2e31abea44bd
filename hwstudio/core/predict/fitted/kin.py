"""Whose kin a device is: the line of hardware and software that it shares with measured ones.

How wide an answer about a device nobody measured is, is what left-out devices were off by, and
nearly all of those had a sibling among the rest: the same maker, drivers and libraries. A device
of a line nobody measured has none, so it may be further off than any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from hwstudio.core.predict.fitted.clues import class_of, is_about_power
from hwstudio.core.predict.fitted.need import is_about_memory
from hwstudio.core.predict.fitted.question import DeviceSheet, Question

# Makers of several lines that share neither cores nor all of their software (RDNA and CDNA; Xe and
# Gaudi). One runs the same programs on all its chips: there the maker is the line.
_SEVERAL_LINES = ("AMD", "Intel")


def line_of(sheet: DeviceSheet) -> str:
    """Return what a device shares with its kin: "NVIDIA", "AMD RDNA", "Intel Xe"."""
    return _line_of(sheet.vendor, sheet.architecture)


@lru_cache(maxsize=256)
def _line_of(vendor: str, architecture: str) -> str:
    letters = re.match(r"[A-Za-z]+", architecture)
    if vendor not in _SEVERAL_LINES or letters is None:
        return vendor
    return f"{vendor} {letters.group()}"


def is_strange(
    question: Question,
    known: Mapping[str, Mapping[str, frozenset[str]]],
    sheets: Mapping[str, DeviceSheet],
) -> bool:
    """Say that of the devices measured in such work none is of this one's line.

    No where none was measured at all, and no for memory and watts: those hang on the job and on
    the limit of the board, hardly on the line.

    Args:
        known: by kind of work, the names of the measured "device".
        sheets: the data sheets of measured devices, by name.
    """
    if is_about_memory(question) or is_about_power(question):
        return False
    names = known.get(class_of(question), {}).get("device", frozenset())
    lines = {line_of(sheets[name]) for name in names if name in sheets}
    return bool(lines) and line_of(question.device) not in lines
