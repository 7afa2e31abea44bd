"""CSV logs of real writers and of the wild: separators, commas, headers, comments, encodings."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.csv_log import CsvReader
from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.reader import Piece
from hwstudio.core.monitor.curves.series import Clock


def feed(text, *, now_s=None, chunk=None, settled=True, encoding="utf-8"):
    """Give a reader a whole file, in chunks at need; return the curves by name and the notes."""
    data = text if isinstance(text, bytes) else text.encode(encoding)
    curves = Curves(100)
    reader, at, size = CsvReader(curves, "metrics.csv"), 0, chunk or max(len(data), 1)
    while at < len(data):
        taken = reader.take(Piece(data[at : at + size], at, len(data), settled, now_s))
        assert not taken.again
        if not taken.used:
            if at + size >= len(data):
                break
            size = max(taken.wants, size + 1) if chunk is None else size + chunk
            continue
        at += taken.used
    return {s.name: s for s in curves.series}, curves


def pairs(series):
    return list(zip(series.steps, series.values, strict=True))


def test_keras_writes_one_row_an_epoch(data, read):
    found = read(data / "keras" / "training.csv")
    assert set(found) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    assert list(found["loss"].steps) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert found["loss"].values[0] == 0.9183515906333923


def test_a_run_appended_without_a_header_is_a_restart(data, read):
    found = read(data / "keras" / "appended.csv")
    assert list(found["val_loss"].steps) == [0, 1, 2, 3, 0, 1, 2, 3]
    assert found["val_loss"].restarts == [4]


def test_lightning_puts_training_and_validation_on_different_rows(data, read):
    found = read(data / "lightning")
    assert len(found["train_loss"]) == 20
    assert len(found["val_loss"]) == 5
    assert found["val_loss"].steps[0] == 7
    assert found["val_loss"].steps[-1] == 39


def test_semicolons_with_decimal_commas_are_german_numbers():
    found, _ = feed("step;loss;lr\n1;0,5;1e-3\n2;1.234,25;0,001\n")
    assert pairs(found["loss"]) == [(1, 0.5), (2, 1234.25)]
    assert list(found["lr"].values) == [0.001, 0.001]


def test_tabs_bars_and_quotes_part_cells_too():
    for separator in "\t|":
        found, _ = feed(f'step{separator}"my, loss"\n1{separator}0.5\n')
        assert pairs(found["my, loss"]) == [(1, 0.5)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(encoding):
    found, _ = feed("step,größe\r\n1,0.5\r\n2,0.25\r\n", encoding=encoding)
    assert pairs(found["größe"]) == [(1, 0.5), (2, 0.25)]


def test_a_new_header_in_the_middle_changes_the_columns():
    found, curves = feed("step,loss\n1,3\n2,2\nstep,acc,loss\n3,0.5,1\n")
    assert pairs(found["loss"]) == [(1, 3), (2, 2), (3, 1)]
    assert pairs(found["acc"]) == [(3, 0.5)]
    assert not curves.notes


def test_the_same_header_again_is_no_row():
    found, _ = feed("epoch,loss\n0,3\n1,2\nepoch,loss\n0,9\n")
    assert pairs(found["loss"]) == [(0, 3), (1, 2), (0, 9)]


def test_comments_are_left_out_and_may_hold_the_header():
    found, _ = feed("# made by hand\nstep,loss\n1,3\n# a note, 5\n2,2\n")
    assert pairs(found["loss"]) == [(1, 3), (2, 2)]
    found, _ = feed("# step loss\n1 3.5\n2 2.5\n")
    assert pairs(found["loss"]) == [(1, 3.5), (2, 2.5)]


def test_without_a_header_columns_are_numbered_and_rows_are_steps():
    found, _ = feed("0.5,7\n0.25,8\n")
    assert pairs(found["column 1"]) == [(0, 0.5), (1, 0.25)]


def test_empty_and_word_cells_are_missing_points_not_zeros():
    found, _ = feed("step,loss,note\n1,,start\n2,0.5,\n3,None,end\n4,nan,\n5,inf,\n")
    assert list(found["loss"].steps) == [2, 4, 5]
    assert math.isnan(found["loss"].values[1])
    assert found["loss"].values[2] == math.inf
    assert "note" not in found


def test_rows_longer_than_the_header_are_counted():
    found, curves = feed("step,loss\n1,0,5\n2,0.5\n")
    assert pairs(found["loss"]) == [(1, 0.0), (2, 0.5)]
    assert "1 line did not fit" in curves.notes["metrics.csv"]


def test_times_may_be_unix_milliseconds_dates_or_seconds_since_the_start():
    found, _ = feed("step,timestamp,loss\n1,1790000000000,1\n")
    assert (found["loss"].times[0], found["loss"].clock) == (1790000000.0, Clock.UNIX)
    found, _ = feed("step,time,loss\n1,2026-11-28T12:00:00+00:00,1\n")
    assert (found["loss"].times[0], found["loss"].clock) == (1795867200.0, Clock.UNIX)
    found, _ = feed("step,elapsed,loss\n1,12.5,1\n")
    assert (found["loss"].times[0], found["loss"].clock) == (12.5, Clock.ELAPSED)


def test_tensorboards_own_download_is_read():
    found, _ = feed("Wall time,Step,Value\n1790000000.5,10,0.25\n")
    assert pairs(found["Value"]) == [(10, 0.25)]
    assert found["Value"].times[0] == 1790000000.5


def test_rows_without_a_time_get_the_time_they_came_in_only_while_followed():
    found, _ = feed("step,loss\n1,3\n")
    assert math.isnan(found["loss"].times[0])
    found, _ = feed("step,loss\n1,3\n", now_s=500.0)
    assert (found["loss"].times[0], found["loss"].clock) == (500.0, Clock.ARRIVAL)


def test_totals_are_remembered_and_not_drawn():
    found, curves = feed("step,max_steps,loss\n1,500,3\n")
    assert curves.totals == {"steps": 500.0}
    assert set(found) == {"loss"}


def test_a_last_line_without_an_end_waits_until_the_file_rests():
    assert pairs(feed("step,loss\n1,3\n2,0.1", settled=False)[0]["loss"]) == [(1, 3)]
    assert pairs(feed("step,loss\n1,3\n2,0.1", settled=True)[0]["loss"]) == [(1, 3), (2, 0.1)]


def test_a_line_that_was_taken_for_whole_and_grew_makes_the_file_be_read_again():
    curves = Curves(10)
    reader = CsvReader(curves, "m.csv")
    first = b"step,loss\n1,0.1"
    at = reader.take(Piece(first, 0, len(first), settled=True)).used
    assert reader.take(Piece(first[at:], at, len(first), settled=True)).used == len(first) - at
    assert reader.take(Piece(b"25\n", len(first), len(first) + 3)).again


def test_a_quote_that_is_never_closed_swallows_no_other_line():
    found, _ = feed('step,loss,note\n1,3,"oh\n2,2,x\n')
    assert pairs(found["loss"]) == [(1, 3), (2, 2)]


def test_a_line_of_megabytes_is_skipped_and_counted():
    found, curves = feed("step,loss\n1,3\n" + "x" * (3 * 2**20) + "\n2,2\n", chunk=65536)
    assert pairs(found["loss"]) == [(1, 3), (2, 2)]
    assert "did not fit" in curves.notes["metrics.csv"]


rows = st.lists(
    st.tuples(st.one_of(st.none(), st.floats(-1e6, 1e6)), st.one_of(st.none(), st.integers(0, 99))),
    min_size=1,
    max_size=40,
)


@given(rows, st.integers(1, 60), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=60)
def test_however_it_is_cut_the_same_points_come_out(table, chunk, end):
    lines = ["step,a,b"]
    for step, (a, b) in enumerate(table):
        lines.append(f"{step},{'' if a is None else repr(a)},{'' if b is None else b}")
    found, _ = feed(end.join(lines) + end, chunk=chunk)
    for column, name in enumerate("ab"):
        wanted = [(n, float(r[column])) for n, r in enumerate(table) if r[column] is not None]
        assert (pairs(found[name]) if name in found else []) == wanted


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_reader_fail(rubbish):
    feed(rubbish)
