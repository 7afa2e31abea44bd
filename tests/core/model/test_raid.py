"""Drives bound together: what they hold and what they survive."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.raid import FEWEST, Level, array_of

TB = 10**12
LEVELS = st.sampled_from(tuple(Level))


@pytest.mark.parametrize(
    ("level", "drives", "usable", "least", "most"),
    [
        ("none", 3, 3, 0, 0),
        ("0", 2, 2, 0, 0),
        ("1", 2, 1, 1, 1),
        ("1", 3, 1, 2, 2),
        ("5", 4, 3, 1, 1),
        ("6", 6, 4, 2, 2),
        ("10", 6, 3, 1, 3),
    ],
)
def test_each_level_holds_and_survives_what_it_should(level, drives, usable, least, most):
    array = array_of(level, drives, 4 * TB)
    assert array.raw_bytes == drives * 4 * TB
    assert array.usable_bytes == usable * 4 * TB
    assert (array.least_failures, array.most_failures) == (least, most)
    assert array.is_safe == (least > 0)


@given(LEVELS, st.integers(1, 40), st.integers(1, 30))
def test_usable_is_never_more_than_raw_and_more_drives_never_hold_less(level, drives, size_tb):
    assume(drives >= FEWEST[level])
    step = 2 if level is Level.RAID10 else 1
    assume(drives % step == 0)
    few = array_of(level, drives, size_tb * TB)
    many = array_of(level, drives + step, size_tb * TB)
    assert 0 < few.usable_bytes <= few.raw_bytes
    assert many.usable_bytes >= few.usable_bytes
    assert few.least_failures <= few.most_failures < few.drives


@given(LEVELS, st.integers(2, 20), st.integers(1, 30))
def test_what_survives_a_failure_pays_for_it_in_room(level, drives, size_tb):
    assume(drives >= FEWEST[level])
    assume(level is not Level.RAID10 or drives % 2 == 0)
    array = array_of(level, drives, size_tb * TB)
    assert (array.usable_bytes < array.raw_bytes) == array.is_safe


@pytest.mark.parametrize(
    ("level", "drives", "size"),
    [("5", 2, TB), ("6", 3, TB), ("10", 5, TB), ("10", 2, TB), ("1", 1, TB), ("1", 65, TB)],
)
def test_a_number_of_drives_the_level_cannot_use_is_refused_with_the_numbers(level, drives, size):
    with pytest.raises(UserError) as refused:
        array_of(level, drives, size)
    assert str(drives) in refused.value.what
    assert refused.value.remedy


def test_an_unknown_level_and_a_drive_without_a_size_are_refused():
    with pytest.raises(UserError, match="no RAID level"):
        array_of("7", 4, TB)
    with pytest.raises(UserError, match="no size"):
        array_of("0", 2, 0)
