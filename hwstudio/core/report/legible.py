"""Texts as every format can hold them: names of computers and processes may be any bytes."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from hwstudio.core.report.blocks import Document

T = TypeVar("T")

_SPACES = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x1f]")
# Signs that stand for nothing: halves of a pair, and places Unicode never fills.
_NOTHING = re.compile(
    "[\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)


def legible(text: str) -> str:
    """Return a text of one line without signs that XML or PDF refuse; each sign stays one sign.

    Line ends and tabs become spaces, other control signs their pictures (U+2400 ff.), and what
    stands for nothing the replacement sign.
    """
    text = _SPACES.sub(" ", text)
    text = _CONTROLS.sub(lambda found: chr(0x2400 + ord(found[0])), text)
    return _NOTHING.sub("\ufffd", text)


def legible_document(document: Document) -> Document:
    """Return the document with every text legible."""
    return _cleaned(document)


def _cleaned(value: T) -> T:
    """Return a value with every text in it legible; the same value where nothing changes."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return legible(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_cleaned(each) for each in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        old = {field.name: getattr(value, field.name) for field in fields(value)}
        new = {name: _cleaned(each) for name, each in old.items()}
        return value if new == old else replace(value, **new)
    return value
