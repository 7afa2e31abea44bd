"""The predictor of the moment: one until the measured speeds change, read only when wanted."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.predict.fitted.calibrate import NO_PROBES, Probes, bandwidth_reading
from hwstudio.core.predict.fitted.offsets import Observation
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.measured_speeds import keep_observation
from hwstudio.core.project.predictors import Measured, Predictors
from tests.core.predict.fitted.made import question


def nothing():
    return NO_PROBES


def observation():
    return Observation(question(), 1000.0, "2026-11-28T10:00:00Z")


def never():
    raise AssertionError("the speed model was read before anybody asked")


def test_nothing_is_read_before_it_is_asked(tmp_path):
    found = Predictors(Measured(tmp_path / "measured.json", (), never), never, never)
    assert not found.is_current(COUNTED)


def test_the_same_one_is_handed_out_until_the_file_changes(tmp_path, speed_model, catalog):
    file = tmp_path / "measured.json"
    found = Predictors(Measured(file, (), nothing), lambda: speed_model, catalog.gpus)
    first = found.now()
    assert found.now() is first
    assert found.is_current(first)
    keep_observation(file, observation())
    assert not found.is_current(first)
    assert found.now() is not first


def test_a_file_that_says_nothing_new_leaves_the_predictor(tmp_path, speed_model, catalog):
    file = tmp_path / "measured.json"
    found = Predictors(Measured(file, (), nothing), lambda: speed_model, catalog.gpus)
    first = found.now()
    file.write_text('{"schema": 1, "rows": []}')
    assert found.now() is first
    assert found.is_current(first)


def test_a_probe_taken_meanwhile_makes_another(tmp_path, speed_model, catalog):
    history, told = tmp_path / "history.sqlite", [NO_PROBES]
    measured = Measured(tmp_path / "measured.json", (history,), lambda: told[0])
    found = Predictors(measured, lambda: speed_model, catalog.gpus)
    first = found.now()
    assert found.offsets().probes == NO_PROBES
    sheet = speed_model.devices["RTX 4090"]
    reading = bandwidth_reading(sheet, 500e9, "2026-11-28T10:00:00Z", is_clean=True)
    told[0] = Probes((reading,))
    history.write_bytes(b"another benchmark")
    assert found.now() is not first
    assert found.offsets().probes == told[0]


def test_measured_speeds_that_cannot_be_read_stop_only_who_insists(tmp_path, speed_model, catalog):
    file = tmp_path / "measured.json"
    file.mkdir()  # a folder where a file is wanted
    found = Predictors(Measured(file, (), nothing), lambda: speed_model, catalog.gpus)
    speed = found.now().speed(catalog.workload("llm_chat_8b"), catalog.match_gpu("RTX 4090"))
    assert speed.median > 0
    assert found.is_current(found.now())
    with pytest.raises(HostError, match="cannot be read"):
        found.checked()
