"""The small file by which the recorder shows its newest sample."""

from __future__ import annotations

import os
import struct
import sys
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import (
    Device,
    GpuHolder,
    Missing,
    Sample,
    numbers_of,
    of_shape,
    shape_of,
    with_numbers,
)
from hwstudio.core.monitor.live_channel import LiveReader, LiveWriter


@pytest.fixture
def both(tmp_path):
    writer, reader = LiveWriter(tmp_path / "live"), LiveReader(tmp_path / "live")
    yield writer, reader
    reader.close()
    writer.close()


def test_a_reader_without_a_recorder_reads_nothing(tmp_path):
    assert LiveReader(tmp_path / "none").read() is None


def _shown(*numbers):
    return array("d", numbers)


def test_the_newest_numbers_are_read_and_old_ones_are_not_read_again(both):
    writer, reader = both
    writer.publish({"n": 1}, _shown(1.5))
    first = reader.read()
    assert first == ({"n": 1}, _shown(1.5))
    assert reader.read() is first
    writer.publish({"n": 2}, _shown(2.5, 3.5))
    assert reader.read() == ({"n": 2}, _shown(2.5, 3.5))


def test_a_document_that_stays_is_not_parsed_again(both):
    writer, reader = both
    document = {"n": 1}
    writer.publish(document, _shown(1.0))
    first = reader.read()
    writer.publish(document, _shown(2.0))
    second = reader.read()
    assert second.numbers == _shown(2.0)
    assert second.document is first.document


def test_a_recorder_after_a_killed_one_is_not_taken_for_it(tmp_path):
    reader = LiveReader(tmp_path / "live")
    for number in (1, 2):  # neither takes its file away
        LiveWriter(tmp_path / "live").publish({"n": number}, _shown(1.0))
        reader.read()
        LiveWriter(tmp_path / "live").publish({"n": 10 + number}, _shown(number))
    reader.close()
    assert reader.read() == ({"n": 12}, _shown(2.0))


def test_a_file_that_was_swept_away_comes_back(both, tmp_path):
    writer, reader = both
    writer.publish({"n": 1}, _shown(1.0))
    (tmp_path / "live").unlink()
    writer.come_back()
    writer.publish({"n": 2}, _shown(2.0))
    assert reader.read() == ({"n": 2}, _shown(2.0))


def test_a_file_that_is_another_one_now_is_written_again(both, tmp_path):
    """A disk that was taken out, mended and put back holds a copy that nobody writes."""
    writer, reader = both
    writer.publish({"n": 1}, _shown(1.0))
    (tmp_path / "live").replace(tmp_path / "old")
    (tmp_path / "live").write_bytes((tmp_path / "old").read_bytes())
    writer.come_back()
    writer.publish({"n": 2}, _shown(2.0))
    assert reader.read() == ({"n": 2}, _shown(2.0))


@pytest.mark.skipif(not hasattr(os, "pwrite"), reason="Windows gives a file its room by itself")
def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(tmp_path, monkeypatch):
    file = tmp_path / "live"
    with file.open("wb") as hollow:  # as a recorder left it that ended so
        hollow.truncate(1 << 16)
    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", lambda _handle, data, _place: len(data) // 2)
        with pytest.raises(OSError, match="space"):
            LiveWriter(file).publish({"n": 1}, _shown(1.0))
        full.setattr(os, "pwrite", lambda *_: 0)
        with pytest.raises(OSError, match="space"):
            LiveWriter(tmp_path / "new").publish({"n": 1}, _shown(1.0))
    assert (tmp_path / "new").stat().st_size == 0  # nothing hollow that a reader would map
    writer = LiveWriter(file)
    writer.publish({"n": 2}, _shown(2.0))
    if sys.platform == "linux":
        assert file.stat().st_blocks * 512 >= file.stat().st_size  # no page is still to be given
    reader = LiveReader(file)
    assert reader.read() == ({"n": 2}, _shown(2.0))
    reader.close()
    writer.close()


def test_a_document_that_outgrows_the_file_is_still_read(both):
    writer, reader = both
    writer.publish({"n": 1}, _shown(1.0))
    reader.read()
    document = {"text": "x" * 200_000}
    for number in (2.0, 3.0):
        writer.publish(document, _shown(number))
        found = reader.read()
        assert (len(found.document["text"]), found.numbers) == (200_000, _shown(number))


def test_half_a_document_is_never_shown(both, tmp_path):
    writer, reader = both
    writer.publish({"n": 1}, _shown(1.0))
    assert reader.read() == ({"n": 1}, _shown(1.0))
    with (tmp_path / "live").open("r+b") as file:  # as if the writer were in the middle
        file.seek(8)
        file.write(struct.pack("<Q", 7))
    assert reader.read() == ({"n": 1}, _shown(1.0))


@pytest.mark.parametrize("place", [40, 48])
def test_damaged_bytes_are_not_taken_for_what_was_shown(both, tmp_path, place):
    writer, reader = both
    writer.publish({"n": 1}, _shown(1.0))
    with (tmp_path / "live").open("r+b") as file:
        file.seek(place)  # a number, and the document after it
        file.write(b"#####")
    assert reader.read() is None


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "live").write_bytes(b"something else entirely, and longer than a header")
    assert LiveReader(tmp_path / "live").read() is None
    (tmp_path / "live").write_bytes(b"")
    assert LiveReader(tmp_path / "live").read() is None


def test_a_recorder_that_ended_takes_its_file_away_and_a_new_one_is_followed(tmp_path):
    reader = LiveReader(tmp_path / "live")
    for number in (1, 2):
        writer = LiveWriter(tmp_path / "live")
        writer.publish({"n": number}, _shown(number))
        assert reader.read() == ({"n": number}, _shown(number))
        writer.close()
        assert reader.read() is None


_NAMES = st.text("abc.", min_size=1, max_size=6)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=50)
@given(st.dictionaries(_NAMES, _NUMBERS), st.dictionaries(_NAMES, _NUMBERS), _NUMBERS)
def test_a_sample_survives_the_way_through_shape_and_numbers(values, limits, taken_s):
    sample = Sample(
        taken_s,
        values,
        {"gpu.0": Missing(Status.LOST, "gone", "NVML")},
        (Device("gpu.0", "A GPU", "gpu", limits, (("Driver", "1.2"),)),),
        {"gpu.0.throttle": "power limit"},
        (GpuHolder(12, "gpu.0", None),),
    )
    assert of_shape(shape_of(sample), numbers_of(sample)) == sample


def test_of_the_next_second_only_the_numbers_are_new():
    devices = (Device("gpu.0", "A GPU", "gpu"),)
    before = Sample(1.0, {"a": 1.0, "b": 2.0}, devices=devices)
    now = with_numbers(before, [2.0, 3.0, 4.0])
    assert (now.taken_s, now.values) == (2.0, {"a": 3.0, "b": 4.0})
    assert now.devices is before.devices
    with pytest.raises(ValueError, match="shorter"):
        with_numbers(before, [2.0, 3.0])
