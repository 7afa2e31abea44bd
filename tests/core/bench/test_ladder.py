"""What the ladder of buffers says of the caches."""

from __future__ import annotations

import pytest

from hwstudio.core.bench.ladder import beyond, cache_ends, ends_words, inside, points, size_words

KIB, MIB = 2**10, 2**20
# As a processor with 48 KiB, 1 MiB and 32 MiB gave it, ns; an end is a slope, not a cliff.
SEEN = {
    16: 0.97,
    24: 1.02,
    32: 1.01,
    48: 2.6,
    64: 3.3,
    96: 3.3,
    128: 3.3,
    192: 3.3,
    256: 3.3,
    384: 3.4,
    512: 3.9,
    768: 5.2,
    1024: 6.8,
    1536: 9.3,
    2048: 10.0,
    3072: 11.2,
    4096: 11.8,
    6144: 12.2,
    8192: 12.6,
    12288: 14.0,
    16384: 16.0,
    24576: 25.4,
    32768: 153.0,
    49152: 147.0,
    65536: 152.0,
    98304: 155.0,
    131072: 158.0,
}
WAITS = {size * KIB: ns * 1e-9 for size, ns in SEEN.items()}


def test_each_end_of_a_cache_lies_between_the_sizes_around_it():
    ends = [(end.low_bytes, end.high_bytes) for end in cache_ends(WAITS)]
    assert ends == [
        (32 * KIB, 48 * KIB),
        (768 * KIB, MIB),
        (24 * MIB, 32 * MIB),
    ]


def test_the_ends_are_told_in_one_breath():
    told = ends_words(cache_ends(WAITS))
    assert told.startswith("at 32 to 48 KiB (from 1.0 to 3.3 ns), at 768 KiB to 1 MiB (from")
    assert " and at 24 to 32 MiB (from " in told
    assert ends_words(()) == ""


def test_a_curve_without_a_step_shows_no_end():
    assert cache_ends(dict.fromkeys(WAITS, 1e-9)) == ()
    assert cache_ends({}) == ()


def test_a_memory_is_read_off_in_its_middle_and_the_last_one_far_behind_the_cache():
    assert inside(WAITS, 0, 48 * KIB) == pytest.approx(1.01e-9)
    assert inside(WAITS, 48 * KIB, MIB) == pytest.approx(3.3e-9)
    assert inside(WAITS, MIB, 32 * MIB) == pytest.approx(12.2e-9)
    assert beyond(WAITS, 32 * MIB) == pytest.approx(158e-9)
    assert beyond(WAITS, 96 * MIB) is None, "128 MiB are not far behind 96"
    assert beyond(WAITS, 0) is None, "where no cache is known, none is left behind"


def test_points_are_read_from_their_names_and_the_first_of_a_name_counts():
    told = [("read 1 MiB", 5.0), ("latency 1 MiB", 2.0), ("latency 16 KiB", 1.0)]
    assert points([*told, ("latency 1 MiB", 9.0)], "latency") == {16 * KIB: 1.0, MIB: 2.0}
    assert size_words(1536 * KIB) == "1.5 MiB"
