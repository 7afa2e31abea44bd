"""A log tells how fast a run went: by a curve of throughput, or by the times of its steps."""

from __future__ import annotations

import json
import os

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.log_speed import LogSpeed, read_log

BEGAN = 1_760_000_000.0
RUN = Run(id="r", title="t", started_s=BEGAN, ended_s=BEGAN + 3600)


@pytest.fixture
def told(tmp_path):
    """Writes lines of JSON as a training does and returns what they tell."""

    def go(*rows, name="log.jsonl"):
        folder = tmp_path / "logs"  # a run called "test_..." would be one on held-out data
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
        return read_log(str(folder), RUN)

    return go


def test_the_usual_value_of_a_throughput_curve_counts(told):
    rows = [{"step": n, "loss": 1.0, "samples_per_second": 90.0 + n} for n in range(20)]
    rows[3]["samples_per_second"] = 2.0  # it saved something
    (found,) = told(*rows)
    assert found == LogSpeed("samples_per_second", "samples", 99.5)


def test_what_was_measured_on_held_out_data_is_no_training_speed(told):
    assert told(*({"step": n, "eval_samples_per_second": 900.0} for n in range(9))) == ()


def test_a_number_of_all_gpus_goes_before_one_of_each(told):
    rows = [{"step": n, "device/tokens_per_sec": 10.0, "tokens_per_sec": 40.0} for n in range(9)]
    assert told(*rows) == (LogSpeed("tokens_per_sec", "tokens", 40.0),)
    rows = [{"step": n, "tokens_per_second_per_gpu": 10.0} for n in range(9)]
    assert told(*rows)[0].is_each


def test_without_such_a_curve_the_times_of_the_steps_tell_steps_a_second(told):
    rows = [{"step": n, "time": BEGAN + n / 4, "loss": 1.0} for n in range(100)]
    (found,) = told(*rows)
    assert (found.curve, found.unit) == ("loss", "steps")
    assert found.per_s == pytest.approx(4.0)


def test_an_older_run_in_the_same_folder_does_not_count(told, tmp_path):
    for name, speed in (("old", 10.0), ("new", 40.0)):
        folder = tmp_path / name
        folder.mkdir()
        rows = [{"step": n, "images_per_sec": speed} for n in range(9)]
        (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    os.utime(tmp_path / "old" / "log.jsonl", (BEGAN - 9e5, BEGAN - 9e5))
    assert [each.per_s for each in read_log(str(tmp_path), RUN)] == [40.0]


def test_what_was_logged_before_the_run_began_does_not_count(told):
    rows = [
        {"step": n, "time": BEGAN - 7200 + 100 * n, "images_per_sec": 5.0 if n < 60 else 7.0}
        for n in range(90)
    ]
    assert next(each.per_s for each in told(*rows) if each.unit == "images") == pytest.approx(7.0)


def test_a_log_that_is_gone_is_said(tmp_path):
    with pytest.raises(UserError):
        read_log(str(tmp_path / "gone"), RUN)
