"""The measurements behind the published errors, one by one."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.points import CheckPoints

UNLICENSED = {"lambda", "ml.energy", "xiongjiedai", "kyuz0-strix", "mac-ml-speed", "qwen3"}


@pytest.fixture(scope="module")
def points():
    return CheckPoints.from_bytes(resource_bytes("predict/points.npz"))


def everything(points):
    for kind in points._words["kind"]:
        for case in points._words["case"]:
            for is_many in (False, True):
                yield points.of(kind, case, is_many=is_many)


def test_no_measurement_of_a_source_without_a_licence_is_shipped(points):
    seen = {point.source for some in everything(points) for point in some}
    assert len(seen) > 10
    assert not seen & UNLICENSED


def test_nine_of_ten_lie_inside_the_range_that_was_told(points):
    found = [point.is_inside for some in everything(points) for point in some]
    assert len(found) > 2000
    assert 0.86 < sum(found) / len(found) < 0.97


def test_a_point_names_what_was_measured_and_both_values(points):
    found = points.of("picture generation", "device", is_many=False)
    assert found
    for point in found:
        assert point.model
        assert point.device
        assert point.unit
        assert point.measured > 0
        assert point.predicted > 0


def test_what_has_no_points_gives_none(points):
    assert points.of("cooking", "model", is_many=False) == ()
    assert points.of("picture generation", "weather", is_many=False) == ()


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"\x93NUMPY"])
def test_a_damaged_file_is_said(raw):
    with pytest.raises(UserError, match="cannot be read"):
        CheckPoints.from_bytes(raw)
