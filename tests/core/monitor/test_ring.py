"""The ring keeps the newest samples, in order, with gaps where nothing was read."""

from __future__ import annotations

import math
import threading

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.ring import Ring


def test_since_gives_only_what_is_new():
    ring = Ring(10)
    ring.append(1.0, {"a": 5.0})
    first = ring.since(0)
    ring.append(2.0, {"a": 6.0})
    new = ring.since(first.end)
    assert list(new.times_s) == [2.0]
    assert list(new.columns["a"]) == [6.0]
    assert list(ring.since(new.end).times_s) == []


def test_a_name_that_appears_later_has_a_gap_before_and_after():
    ring = Ring(10)
    ring.append(1.0, {"a": 1.0})
    ring.append(2.0, {"b": 2.0})
    found = ring.since(0)
    assert found.columns["a"][0] == 1.0
    assert math.isnan(found.columns["a"][1])
    assert math.isnan(found.columns["b"][0])


def test_an_unknown_name_is_all_gap():
    ring = Ring(4)
    ring.append(1.0, {"a": 1.0})
    assert math.isnan(ring.last(1, ["zz"]).columns["zz"][0])


@given(st.integers(1, 12), st.integers(0, 40), st.integers(0, 45))
def test_it_equals_a_plain_list_cut_to_the_capacity(capacity, count, since):
    ring = Ring(capacity)
    for number in range(count):
        ring.append(float(number), {"a": float(number * 10)})
    kept = [float(n) for n in range(count)][-capacity:]
    expected = [t for t in kept if t >= since]
    found = ring.since(since)
    assert list(found.times_s) == expected
    assert list(found.columns.get("a", [])) == [t * 10 for t in expected]
    assert found.end == count


def test_a_large_ring_keeps_everything_while_its_memory_grows():
    ring = Ring(600)
    for number in range(1500):
        ring.append(float(number), {"a": float(number)} if number < 700 else {"b": float(number)})
        if number in (255, 256, 599, 600, 1499):
            kept = range(max(0, number + 1 - 600), number + 1)
            assert list(ring.since(0).times_s) == [float(n) for n in kept]
    assert math.isnan(ring.since(0).columns["a"][0])
    assert list(ring.since(0, ["b"]).columns["b"]) == [float(n) for n in range(900, 1500)]


def test_reading_while_it_grows_never_mixes_times_and_values():
    ring = Ring(50)
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            ring.append(float(number), {"a": float(number)})
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(300):
            found = ring.last(20, ["a"])
            assert list(found.times_s) == list(found.columns["a"])
    finally:
        stop.set()
        thread.join()


def test_a_cleared_ring_forgets_but_its_running_numbers_go_on():
    ring = Ring(4)
    for second in range(3):
        ring.append(float(second), {"a": float(second)})
    ring.clear()
    assert list(ring.since(0).times_s) == []
    ring.append(9.0, {"a": 9.0})
    found = ring.since(0)
    assert (found.first, found.end, list(found.columns["a"])) == (3, 4, [9.0])
