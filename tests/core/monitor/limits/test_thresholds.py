"""The tables of thresholds: each is used, and says why it is what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwstudio.core.monitor.limits import shift, thresholds

FOLDER = Path(thresholds.__file__).parent
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}


@pytest.mark.parametrize("module", [thresholds, shift])
def test_every_threshold_has_a_reason_and_is_used(module):
    for name, threshold in module.TABLE.items():
        assert len(threshold.why) > 8, name
        # Its own line in the table is one place; there must be another.
        assert sum(text.count(f'"{name}"') for text in SOURCES.values()) >= 2, name


def test_no_limit_of_a_device_stands_in_the_table():
    units = {threshold.unit for threshold in thresholds.TABLE.values()}
    assert units <= {"s", "share", "count", "bytes", "bytes_per_s", "c"}
    degrees = [t.value for t in thresholds.TABLE.values() if t.unit == "c"]
    assert max(degrees) < 10  # margins under a device's own limit, never a temperature
