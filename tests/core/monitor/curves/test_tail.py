"""A growing file is read on; a shortened, rewritten, rotated or vanished one is noticed."""

from __future__ import annotations

import os
import sys

import pytest

from hwstudio.core.monitor.curves.tail import Change, Tail


def touch(path, nanoseconds):
    """Make sure the file's time differs, however coarse the file system's clock is."""
    os.utime(path, ns=(nanoseconds, nanoseconds))


def read_all(tail):
    data = tail.read(10_000)
    tail.advance(data, len(data))
    return data


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "metrics.csv"
    made.write_bytes(b"step,loss\n1,2\n")
    return made


def test_what_was_appended_is_read_and_nothing_twice(path):
    tail = Tail(path)
    assert tail.look() is Change.GREW
    assert read_all(tail) == b"step,loss\n1,2\n"
    assert tail.look() is Change.NOTHING
    with path.open("ab") as file:
        file.write(b"2,1\n")
    assert tail.look() is Change.GREW
    assert read_all(tail) == b"2,1\n"


def test_a_shortened_file_is_rewritten(path):
    tail = Tail(path)
    tail.look()
    read_all(tail)
    path.write_bytes(b"step\n")
    assert tail.look() is Change.REWRITTEN


def test_a_file_written_anew_and_longer_is_rewritten(path):
    tail = Tail(path)
    tail.look()
    read_all(tail)
    path.write_bytes(b"step,loss,acc\n1,2,3\n2,3,4\n")
    assert tail.look() is Change.REWRITTEN


def test_a_file_whose_end_was_replaced_is_rewritten_though_its_start_is_the_same(path):
    path.write_bytes(b"x" * 1000 + b"old")
    tail = Tail(path)
    tail.look()
    read_all(tail)
    path.write_bytes(b"x" * 1000 + b"new and more")
    assert tail.look() is Change.REWRITTEN


def test_a_copy_put_in_its_place_with_more_lines_is_only_growth(path):
    tail = Tail(path)
    tail.look()
    read_all(tail)
    new = path.with_name("new")
    new.write_bytes(path.read_bytes() + b"2,1\n")
    new.replace(path)
    assert tail.look() is Change.GREW
    assert read_all(tail) == b"2,1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file system that renames open files")
def test_a_file_moved_aside_is_rotated_and_found_again(path):
    tail = Tail(path)
    tail.look()
    read_all(tail)
    with path.open("ab") as file:
        file.write(b"2,1\n")
    path.rename(path.with_name("metrics.csv.1"))
    path.write_bytes(b"step,loss\n3,0\n")
    touch(path, 10**18)
    assert tail.look() is Change.ROTATED
    assert tail.moved == path.with_name("metrics.csv.1")


def test_a_vanished_file_says_why_and_is_read_on_when_it_is_back(path):
    tail = Tail(path)
    tail.look()
    read_all(tail)
    content = path.read_bytes()
    path.unlink()
    assert tail.look() is Change.GONE
    assert tail.trouble
    path.write_bytes(content + b"2,1\n")
    assert tail.look() is Change.GREW
    assert read_all(tail) == b"2,1\n"


def test_an_end_that_cannot_be_read_yet_is_not_read_again_before_it_changes(path):
    tail = Tail(path)
    tail.look()
    tail.advance(b"step,loss\n", 10)
    assert tail.look() is Change.GREW
    tail.wait()
    assert tail.look() is Change.NOTHING
    with path.open("ab") as file:
        file.write(b"\n")
    assert tail.look() is Change.GREW


def test_no_handle_is_kept_open(path):
    tail = Tail(path)
    tail.look()
    read_all(tail)
    path.unlink()  # Windows would refuse
    assert not path.exists()
