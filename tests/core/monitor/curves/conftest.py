"""What the tests of this folder share: event bytes written by hand, and a clock that is told."""

from __future__ import annotations

import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from hwstudio.core.monitor.curves.crc32c import masked
from hwstudio.core.monitor.curves.follow import Bounds, Log, open_log
from hwstudio.core.monitor.curves.kind import kind_by_content, kind_by_name


def number(count):
    count &= (1 << 64) - 1
    out = bytearray()
    while count > 127:
        out.append(count & 127 | 128)
        count >>= 7
    return bytes([*out, count])


def text(field, content):
    return number(field << 3 | 2) + number(len(content)) + content


def record(body):
    length = struct.pack("<Q", len(body))
    return length + struct.pack("<I", masked(length)) + body + struct.pack("<I", masked(body))


def value(tag, number_, *extra):
    return text(1, text(1, tag.encode()) + b"\x15" + struct.pack("<f", number_) + b"".join(extra))


def event(step, *values, time_s=1000.0):
    head = b"\x09" + struct.pack("<d", time_s) + b"\x10" + number(step)
    return record(head + text(5, b"".join(values)))


def scalar(tag, step, number_, time_s=None):
    return event(step, value(tag, number_), time_s=1000.0 + step if time_s is None else time_s)


def start(step):
    return record(b"\x09" + bytes(8) + b"\x10" + number(step) + text(7, b"\x08\x01"))


@pytest.fixture
def events():
    """Ways to write parts of an event file."""
    return SimpleNamespace(
        number=number,
        text=text,
        record=record,
        value=value,
        event=event,
        scalar=scalar,
        start=start,
        header=record(b"\x09" + bytes(8) + text(3, b"brain.Event:2")),
    )


class Told:
    """A clock that stands still until it is told otherwise; each question takes ``tick_s``."""

    def __init__(self, tick_s=0.0):
        self.now_s = 100.0
        self.tick_s = tick_s
        self.asked = 0

    def __call__(self):
        self.asked += 1
        self.now_s += self.tick_s
        return self.now_s


@pytest.fixture
def told():
    """Makes clocks."""
    return Told


@pytest.fixture
def drain():
    """Polls a log until nothing is left unread; says whether anything was new."""

    def go(log):
        news = False
        for _ in range(100_000):
            news = log.poll() or news
            if not log.is_behind:
                return news
        raise AssertionError("never done")

    return go


@pytest.fixture
def opened():
    """Opens a log with clocks that are told."""

    def go(path, clock=None, unix_clock=None, **bounds):
        path = Path(path)
        limits = Bounds(**bounds)
        if path.is_dir():
            return Log(path, None, limits, clock or Told(), unix_clock or Told())
        kind = kind_by_content(path) or kind_by_name(path.name)
        return Log(path, kind, limits, clock or Told(), unix_clock or Told())

    return go


@pytest.fixture
def read(drain):
    """Reads a file or folder to its end and returns its only run's curves by name."""

    def go(path):
        log = open_log(Path(path))
        drain(log)
        (run,) = log.runs
        return {series.name: series for series in log.series(run)}

    return go


@pytest.fixture
def data():
    """The recordings."""
    return Path(__file__).parent / "data"
