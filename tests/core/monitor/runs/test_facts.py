"""What is said of seconds of a run that were not recorded."""

from __future__ import annotations

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.facts import facts_of

START = 1_760_000_000


@pytest.fixture
def history(home):
    """Fifty seconds of a GPU."""
    writer = ReadingWriter.open(home.monitor_file)
    writer.begin("boot", 1.0)
    for second in range(51):
        writer.add(START + second, {"gpu.0.power_w": 360.0})
    writer.close()
    opened = ReadingHistory.open(home.monitor_file)
    yield opened
    opened.close()


def test_what_a_recorder_has_yet_to_write_is_no_hole_until_it_had_the_time(history):
    run = Run(id="r", title="Run", started_s=START, ended_s=START + 60.0)
    assert facts_of(run, history, START + 62.0).holes == ()
    (hole,) = facts_of(run, history, START + 120.0).holes
    assert hole.seconds == pytest.approx(10, abs=1.5)
