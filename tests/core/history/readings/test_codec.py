"""Numbers come back from their bytes as they went in, and take few of them."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.history.readings.codec import (
    Column,
    Damaged,
    decode,
    decode_chunk,
    encode,
    encode_chunk,
    runs_of,
    to_steps,
)

HOUR = 489_000
WHOLE = st.integers(-(2**50), 2**50)


@given(st.lists(WHOLE | st.integers(-300, 300), max_size=400))
def test_whole_numbers_come_back_exactly(numbers):
    data = encode(numbers)
    assert decode(data) == (numbers, len(data))


@given(st.lists(st.floats(-1e30, 1e30) | st.integers(-5, 5), max_size=60))
def test_numbers_too_large_for_steps_come_back_as_floats(numbers):
    assert decode(encode(numbers))[0] == numbers


@given(
    st.lists(st.floats(-1e30, 1e30), max_size=60),
    st.sampled_from([0.001, 0.1, 0.5, 1.0, 1024.0, 2.0**20, 1e6]),
)
def test_a_value_comes_back_within_half_a_step(values, step):
    numbers, _ = decode(encode(to_steps(values, step)))
    for value, number in zip(values, numbers, strict=True):
        assert abs(number * step - value) <= step / 2 * (1 + 1e-9) + abs(value) * 1e-15


@settings(max_examples=40)
@given(st.sets(st.integers(0, 3599), min_size=1), st.integers(-(10**6), 10**6))
def test_the_seconds_of_a_chunk_come_back(offsets, number):
    slots = sorted(HOUR * 3600 + offset for offset in offsets)
    column = Column(runs_of(slots), [number + at % 7 for at in range(len(slots))])
    back = decode_chunk(encode_chunk(column, HOUR), HOUR)
    assert back.slots() == slots
    assert back.numbers == column.numbers


def test_a_constant_hour_costs_almost_nothing():
    column = Column([(HOUR * 3600, 3600)], [77] * 3600)
    assert len(encode_chunk(column, HOUR)) <= 16


def test_a_slow_sensor_pays_for_its_samples_only():
    slots = range(HOUR * 3600, HOUR * 3600 + 3600, 10)
    column = Column(runs_of(list(slots)), [at % 3 for at in range(360)])
    assert len(encode_chunk(column, HOUR)) < 360


def test_noise_of_twenty_levels_takes_less_than_a_byte_each():
    noise = random.Random(3)
    column = Column([(HOUR * 3600, 3600)], [noise.randrange(20) for _ in range(3600)])
    # 20 equal levels are 4.32 bits each: no code can do better than 0.54 byte.
    assert 0.54 * 3600 < len(encode_chunk(column, HOUR)) < 0.65 * 3600


@given(st.binary(max_size=60))
def test_bytes_that_are_no_chunk_are_called_damaged(data):
    try:
        decode_chunk(data, HOUR)
    except Damaged:
        return
    numbers, end = decode(data)  # a few short ones are chunks indeed
    assert len(numbers) == 3600 or end < len(data) or not numbers


def test_a_flipped_bit_is_noticed():
    noise = random.Random(4)
    column = Column([(HOUR * 3600, 3600)], [noise.randrange(900) for _ in range(3600)])
    data = bytearray(encode_chunk(column, HOUR))
    data[len(data) // 2] ^= 16
    with pytest.raises(Damaged):
        decode_chunk(bytes(data), HOUR)


def test_a_number_is_whole_or_not_whatever_its_neighbours_are():
    assert to_steps([0.3, 1e29], 0.001) == [300, 1e29 / 0.001]
    assert to_steps([0.3], 0.001) == [300]
    assert all(math.isfinite(n) for n in to_steps([1e30, -1e30], 0.001))
