"""Event files of real writers give what TensorBoard reads; half, damaged and huge ones too."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.crc32c import masked
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.event_log import EventReader
from hwstudio.core.monitor.curves.follow import open_log
from hwstudio.core.monitor.curves.reader import Piece
from hwstudio.core.monitor.curves.role import Role

FOLDERS = ("torch", "tensorboardx", "tf1", "tf2/train", "tf2/validation")


def points(series):
    return [
        [t, int(s), v] for t, s, v in zip(series.times, series.steps, series.values, strict=True)
    ]


def without_replaced(rows):
    """Drop what a later restart replaced, as TensorBoard does for plain values."""
    out = []
    for row in rows:
        while out and out[-1][1] >= row[1]:
            out.pop()
        out.append(row)
    return out


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_scalar_that_tensorboard_reads_is_read_to_the_last_bit(data, read, folder):
    expected = json.loads((data / folder / "expected.json").read_text(encoding="utf-8"))
    found = read(data / folder)
    assert found.keys() == expected.keys()
    for tag, rows in expected.items():
        # repr, because NaN equals nothing
        assert repr(points(found[tag])) == repr(without_replaced(rows)), tag


def test_the_recordings_hold_what_they_are_said_to_hold(data):
    bytes_of = {f: b"".join(p.read_bytes() for p in (data / f).glob("*tfevents*")) for f in FOLDERS}
    assert b"PNG" in bytes_of["torch"]
    assert b"PNG" in bytes_of["tf2/train"]
    assert b"scalars" in bytes_of["torch"]
    assert b"scalars" not in bytes_of["tf1"]


def test_a_run_called_validation_holds_validation_losses(data, read):
    assert read(data / "tf2/train")["epoch_loss"].role is Role.LOSS
    log = open_log(data / "tf2")
    while log.poll() or log.is_behind:
        pass
    roles = {r.name: {s.name: s.role for s in log.series(r)} for r in log.runs}
    assert roles["validation"]["epoch_loss"] is Role.VALIDATION_LOSS
    assert roles["train"]["epoch_loss"] is Role.LOSS


def feed(chunks, size=None, kinds=None):
    """Give a reader a file that grows by each chunk; return its curves."""
    curves = Curves(100)
    reader = EventReader(curves, {} if kinds is None else kinds, "file")
    whole, at = b"", 0
    for chunk in chunks:
        whole += chunk
        while True:
            used = reader.take(Piece(whole[at:], at, size or len(whole))).used
            at += used
            if not used:
                break
    return curves, at


def steps(curves):
    return {s.name: list(s.steps) for s in curves.series}


def test_a_record_that_is_half_written_is_read_once_it_is_whole(events):
    one, two = events.scalar("a", 1, 0.5), events.scalar("a", 2, 0.25)
    for cut in range(1, len(two)):
        curves, _ = feed([events.header + one + two[:cut]])
        assert steps(curves) == {"a": [1.0]}
        assert not curves.notes
        curves, at = feed([events.header + one + two[:cut], two[cut:]])
        assert steps(curves) == {"a": [1.0, 2.0]}
        assert at == len(events.header + one + two)


@given(st.lists(st.integers(1, 300), max_size=30))
@settings(max_examples=60)
def test_however_the_file_grows_the_same_points_come_out(events, cuts):
    whole = events.header + b"".join(
        events.scalar("loss", n, n / 3) + (events.scalar("lr", n, 0.1) if n in (3, 7) else b"")
        for n in range(20)
    )
    chunks, at = [], 0
    for cut in cuts:
        chunks.append(whole[at : at + cut])
        at += cut
    chunks.append(whole[at:])
    curves, _ = feed(chunks)
    assert steps(curves) == {"loss": [float(n) for n in range(20)], "lr": [3.0, 7.0]}
    assert not curves.notes


def test_a_damaged_event_is_left_out_said_and_the_rest_is_read(events):
    parts = [events.header, *(events.scalar("a", n, 1.0) for n in range(5))]
    whole = bytearray(b"".join(parts))
    place = len(b"".join(parts[:3])) + 20
    whole[place] ^= 1
    curves, _ = feed([bytes(whole)])
    assert steps(curves) == {"a": [0.0, 1.0, 3.0, 4.0]}
    (note,) = curves.notes.values()
    assert f"byte {len(b''.join(parts[:3])):,}" in note


def test_after_a_damaged_length_the_next_whole_record_is_found(events):
    parts = [events.header, *(events.scalar("a", n, 1.0) for n in range(5))]
    whole = bytearray(b"".join(parts))
    whole[len(b"".join(parts[:3]))] ^= 0xFF
    curves, at = feed([bytes(whole)])
    assert steps(curves) == {"a": [0.0, 1.0, 3.0, 4.0]}
    assert at == len(whole)
    assert "damaged" in next(iter(curves.notes.values()))


def test_zeros_at_the_end_are_waited_for_and_mended(events):
    """A network drive may show the length of a file before its bytes."""
    first, second = events.header + events.scalar("a", 1, 1.0), events.scalar("a", 2, 2.0)
    curves = Curves(10)
    reader = EventReader(curves, {}, "file")
    size = len(first + second)
    used = reader.take(Piece(first + bytes(len(second)), 0, size)).used
    assert used == len(first)
    assert "may still be being written" in next(iter(curves.notes.values()))
    reader.take(Piece(second, used, size))
    assert steps(curves) == {"a": [1.0, 2.0]}
    assert not curves.notes


def test_a_megabyte_of_rubbish_between_records_is_crossed(events):
    before, after = events.header + events.scalar("a", 1, 1.0), events.scalar("a", 2, 1.0)
    for rubbish in (bytes(2**20), b"\xa5" * 2**20):
        curves, _ = feed([before + rubbish + after + events.scalar("a", 3, 1.0)])
        assert steps(curves)["a"][0] == 1.0
        assert steps(curves)["a"][-1] == 3.0


def test_an_event_longer_than_can_be_read_is_skipped_unread(events):
    length = struct.pack("<Q", 40 * 2**20)
    head = length + struct.pack("<I", masked(length))
    size = len(head) + 40 * 2**20 + 4 + 100
    taken = EventReader(Curves(10), {}, "file").take(Piece(head + bytes(1000), 0, size))
    assert taken.used == len(head) + 40 * 2**20 + 4


def test_an_event_longer_than_the_piece_asks_for_all_of_it(events):
    picture = events.record(b"\x09" + bytes(8) + events.text(5, events.text(1, bytes(200_000))))
    taken = EventReader(Curves(10), {}, "file").take(Piece(picture[:65536], 0, len(picture)))
    assert taken.used == 0
    assert taken.wants >= len(picture)


def test_a_scalar_beside_a_picture_in_one_event_is_read(events):
    picture = events.text(1, events.text(1, b"image") + events.text(4, bytes(50_000)))
    curves, _ = feed([events.event(7, picture, events.value("loss", 0.5))])
    assert steps(curves) == {"loss": [7.0]}


def test_a_restart_drops_what_it_replaces_in_every_curve(events):
    chunks = [events.scalar(tag, n, 1.0) for n in range(10) for tag in "ab"]
    chunks += [events.start(5), events.scalar("a", 5, 2.0)]
    curves, _ = feed(chunks)
    assert steps(curves) == {"a": [0, 1, 2, 3, 4, 5], "b": [0, 1, 2, 3, 4]}


def test_what_a_tag_holds_needs_to_be_said_only_once(events):
    shape = events.text(2, events.text(2, b"\x08\x03"))
    histogram = events.text(8, b"\x08\x01" + shape + events.text(4, bytes(12)))
    of_histograms = events.text(9, events.text(1, events.text(1, b"histograms")))
    one = events.text(8, b"\x08\x01" + events.text(2, b"") + events.text(4, struct.pack("<f", 1.5)))
    chunks = [
        events.event(1, events.text(1, events.text(1, b"h") + histogram + of_histograms)),
        events.event(2, events.text(1, events.text(1, b"h") + one)),
        events.event(3, events.text(1, events.text(1, b"x") + one)),
    ]
    curves, _ = feed(chunks)
    assert steps(curves) == {"x": [3.0]}


def test_negative_steps_and_broken_events_with_a_right_checksum_do_no_harm(events):
    curves, _ = feed(
        [events.scalar("a", -3, 1.0), events.record(b"\xff\xff\xff"), events.scalar("a", 1, 1.0)]
    )
    assert steps(curves) == {"a": [-3.0, 1.0]}
    assert "damaged" in next(iter(curves.notes.values()))


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_fail(rubbish):
    curves, _ = feed([rubbish])
    assert curves.points == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=5))
@settings(max_examples=40)
def test_bits_that_turned_over_lose_points_but_never_make_wrong_ones(data, flips):
    (path,) = (data / "tensorboardx").glob("*tfevents*")
    whole = path.read_bytes()
    right = {s.name: set(map(repr, points(s))) for s in feed([whole])[0].series}
    damaged = bytearray(whole)
    for share, bits in flips:
        damaged[min(int(share * len(whole)), len(whole) - 1)] ^= bits
    for series in feed([bytes(damaged)])[0].series:
        assert set(map(repr, points(series))) <= right[series.name]
