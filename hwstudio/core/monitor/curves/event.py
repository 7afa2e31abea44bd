"""One event of a TensorBoard file, read from its protobuf wire format by hand.

Only what a curve needs is decoded: time, step, and the scalars of the summary, be they plain
numbers or tensors of one element. Pictures, histograms, sound, graphs and texts are stepped over
by their length without being looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from hwstudio.core.monitor.curves.tensor import scalar_of
from hwstudio.core.monitor.curves.wire import field, varint

_DOUBLE = struct.Struct("<d").unpack_from
_FLOAT = struct.Struct("<f").unpack_from
_SIGN = 1 << 63
SCALARS = b"scalars"  # the plug-in whose tensors are curves


class Kind(Enum):
    """What a tag was said to hold when it was first written."""

    UNKNOWN = auto()
    SCALAR = auto()
    OTHER = auto()


@dataclass(slots=True)
class Head:
    """What an event says besides its scalars. ``restarts``: what follows replaces later steps."""

    time_s: float = 0.0
    step: int = 0
    version: bytes = b""
    restarts: bool = False
    summary: bytes = b""


Take = Callable[[bytes, float], None]  # tag, value


def read_head(data: bytes) -> Head:
    """Return an event's outer fields.

    Raises:
        IndexError, ValueError, struct.error: not an event.
    """
    head, at = Head(), 0
    while at < len(data):
        number, wire, start, at = field(data, at)
        if number == 1 and wire == 1:
            (head.time_s,) = _DOUBLE(data, start)
        elif number == 2 and wire == 0:
            step = varint(data, start)[0]
            head.step = step - (1 << 64) if step >= _SIGN else step
        elif number == 3 and wire == 2:
            head.version = data[start:at]
        elif number == 5 and wire == 2:
            # A message may be written in parts; the parts simply follow each other.
            head.summary += data[start:at]
        elif number == 7 and wire == 2:
            head.restarts = _is_start(data[start:at])
    return head


def _is_start(session: bytes) -> bool:
    at = 0
    while at < len(session):
        number, wire, start, at = field(session, at)
        if number == 1 and wire == 0:
            return varint(session, start)[0] == 1
    return False


def read_summary(summary: bytes, kinds: dict[bytes, Kind], take: Take) -> None:
    """Hand each scalar of a summary to ``take``; ``kinds`` remembers what tags are, per run.

    Writers need to say only once what a tag holds, so the memory must outlive the event.

    Raises:
        IndexError, ValueError, struct.error: not a summary.
    """
    at = 0
    while at < len(summary):
        number, wire, start, at = field(summary, at)
        if number == 1 and wire == 2:
            _read_value(summary, (start, at), kinds, take)


def _read_value(data: bytes, part: tuple[int, int], kinds: dict[bytes, Kind], take: Take) -> None:
    at, stop = part
    tag, value, tensor = b"", None, None
    kind = Kind.UNKNOWN
    while at < stop:
        number, wire, start, at = field(data, at)
        if number == 1 and wire == 2:
            tag = data[start:at]
        elif number == 2 and wire == 5:
            (value,) = _FLOAT(data, start)
        elif number == 8 and wire == 2:
            tensor = (start, at)
        elif number == 9 and wire == 2:
            kind = _kind(data[start:at])
    if kind is not Kind.UNKNOWN:
        kinds[tag] = kind
    if value is None and tensor is not None and kinds.get(tag) is not Kind.OTHER:
        value = scalar_of(data[tensor[0] : tensor[1]])
    if value is not None and tag:
        take(tag, value)


def _kind(metadata: bytes) -> Kind:
    """Return what a tag's metadata says: its plug-in's name, or its class of data (1 = scalar)."""
    at, kind = 0, Kind.UNKNOWN
    while at < len(metadata):
        number, wire, start, at = field(metadata, at)
        if number == 1 and wire == 2:
            name = _plugin(metadata[start:at])
            if name:
                kind = Kind.SCALAR if name == SCALARS else Kind.OTHER
        elif number == 4 and wire == 0 and kind is Kind.UNKNOWN:
            said = varint(metadata, start)[0]
            kind = Kind.SCALAR if said == 1 else Kind.OTHER if said else Kind.UNKNOWN
    return kind


def _plugin(data: bytes) -> bytes:
    at = 0
    while at < len(data):
        number, wire, start, at = field(data, at)
        if number == 1 and wire == 2:
            return data[start:at]
    return b""
