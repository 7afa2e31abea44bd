"""The small file by which the recorder shows its newest sample."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import (
    Device,
    GpuHolder,
    Missing,
    Sample,
    of_document,
    to_document,
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


def test_the_newest_document_is_read_and_an_old_one_is_not_parsed_again(both):
    writer, reader = both
    writer.publish({"n": 1})
    first = reader.read()
    assert first == {"n": 1}
    assert reader.read() is first
    writer.publish({"n": 2})
    assert reader.read() == {"n": 2}


def test_a_document_that_outgrows_the_file_is_still_read(both):
    writer, reader = both
    writer.publish({"n": 1})
    reader.read()
    writer.publish({"text": "x" * 200_000})
    assert len(reader.read()["text"]) == 200_000


def test_half_a_document_is_never_shown(both, tmp_path):
    writer, reader = both
    writer.publish({"n": 1})
    assert reader.read() == {"n": 1}
    with (tmp_path / "live").open("r+b") as file:  # as if the writer were in the middle
        file.seek(8)
        file.write(struct.pack("<Q", 7))
    assert reader.read() == {"n": 1}


def test_damaged_bytes_are_not_taken_for_a_document(both, tmp_path):
    writer, reader = both
    writer.publish({"n": 1})
    with (tmp_path / "live").open("r+b") as file:
        file.seek(24)
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
        writer.publish({"n": number})
        assert reader.read() == {"n": number}
        writer.close()
        assert reader.read() is None


_NAMES = st.text("abc.", min_size=1, max_size=6)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=50)
@given(st.dictionaries(_NAMES, _NUMBERS), st.dictionaries(_NAMES, _NUMBERS), _NUMBERS)
def test_a_sample_survives_the_way_through_a_document(values, limits, taken_s):
    sample = Sample(
        taken_s,
        values,
        {"gpu.0": Missing(Status.LOST, "gone", "NVML")},
        (Device("gpu.0", "A GPU", "gpu", limits, (("Driver", "1.2"),)),),
        {"gpu.0.throttle": "power limit"},
        (GpuHolder(12, "gpu.0", None),),
    )
    assert of_document(to_document(sample)) == sample


def test_devices_that_stay_are_taken_over_and_new_ones_are_not_missed():
    def document(*names):
        devices = tuple(Device(name, name, "gpu", {}, ()) for name in names)
        return to_document(Sample(1.0, {}, {}, devices, {}, ()))

    before = document("gpu.0")
    first = of_document(before)
    assert of_document(document("gpu.0"), (before, first)).devices is first.devices
    more = of_document(document("gpu.0", "gpu.1"), (before, first)).devices
    assert [device.id for device in more] == ["gpu.0", "gpu.1"]
