"""One file of readings a test, and how to fill it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hwstudio.core.history.readings.writer import ReadingWriter

# A midnight UTC that begins a block of 32 days, so that tests can count hours, days and blocks.
MIDNIGHT = 1_758_240_000 // (32 * 86400) * (32 * 86400)


def write(file, samples: Mapping[int, Mapping[str, float]], **options) -> ReadingWriter:
    """Put ticks into a file through the real writer; all of them are written, none is compacted."""
    writer = ReadingWriter.open(file, **options)
    writer.begin("boot", 1.0)
    for slot, values in samples.items():
        writer.add(slot, values)
    assert writer.flush()
    return writer


def compact(writer: ReadingWriter, now_s: float) -> None:
    """Compact everything that is over."""
    while writer.compact_some(now_s, 1.0):
        pass


@pytest.fixture
def file(tmp_path):
    return tmp_path / "monitor.db"


@pytest.fixture
def midnight():
    return MIDNIGHT


@pytest.fixture(name="write")
def _write():
    return write


@pytest.fixture(name="compact")
def _compact():
    return compact
