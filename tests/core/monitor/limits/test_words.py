"""Evidence in words."""

from __future__ import annotations

import pytest

from hwstudio.core.monitor.limits.evidence import Evidence, Verdict
from hwstudio.core.monitor.limits.words import amount, line, lines


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.391, "share", "39 %"),
        (93.0, "c", "93 °C"),
        (405.2, "w", "405 W"),
        (1.95e9, "hz", "1.95 GHz"),
        (118e6, "bytes_per_s", "118 MB/s"),
        (24 * 2**30, "bytes", "24.0 GiB"),
        (46.0, "s", "46 s"),
        (16.0, "", "16"),
        (32.0, "bits", ""),
    ],
)
def test_every_unit_has_its_words(value, unit, text):
    assert amount(value, unit) == text


def test_a_line_holds_value_and_what_it_means():
    hot = Evidence("gpu.0.temperature_c", "Temperature", 93.0, "c", 95.0, "its own limit is 95 °C")
    assert line(hot) == "Temperature 93 °C: its own limit is 95 °C"
    bare = Evidence("cpu.busy_share", "Processor", 0.02, "share", 0.1, "")
    assert line(bare) == "Processor 2 % (compared with 10 %)"
    bits = Evidence("gpu.0.throttle_bits", "Reason from the driver", 32.0, "bits", None, "heat")
    assert line(bits) == "Reason from the driver: heat"


def test_what_was_not_seen_is_said():
    verdict = Verdict("info", "unknown", "", "Nothing.", unseen=("the power of the GPU",))
    assert lines(verdict) == ("Not seen: the power of the GPU",)
