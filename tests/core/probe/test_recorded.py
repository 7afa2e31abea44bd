"""Recordings play back in time and end as lost."""

from __future__ import annotations

import json

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.reading import Status
from hwstudio.core.probe.recorded import RecordedProbe, load_recording


def test_frames_are_given_at_their_time_and_the_end_is_lost():
    probe = RecordedProbe("x", ((0.0, "a"), (2.0, "b")))
    assert [probe.read(s).value for s in (100.0, 101.0, 102.0)] == ["a", "a", "b"]
    assert probe.read(110.0).status is Status.LOST


def test_a_recording_is_loaded_from_a_file(tmp_path):
    file = tmp_path / "r.json"
    file.write_text(
        json.dumps({"schema": 1, "name": "x", "how": "test", "frames": [[0, {"v": 3}]]})
    )
    assert load_recording(file, lambda row: row["v"]).read(0.0).value == 3


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 99}', '{"schema": 1, "frames": 3}'])
def test_a_damaged_or_newer_recording_is_refused_in_words(tmp_path, text):
    file = tmp_path / "r.json"
    file.write_text(text)
    with pytest.raises(UserError):
        load_recording(file, lambda row: row)
