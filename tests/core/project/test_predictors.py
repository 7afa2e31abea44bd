"""The predictor of the moment: one until the measured speeds change, read only when wanted."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.predictors import Predictors


def never():
    raise AssertionError("the speed model was read before anybody asked")


def test_nothing_is_read_before_it_is_asked(tmp_path):
    found = Predictors(tmp_path / "measured.json", never, never)
    assert not found.is_current(COUNTED)


def test_the_same_one_is_handed_out_until_the_file_changes(tmp_path, speed_model, catalog):
    file = tmp_path / "measured.json"
    found = Predictors(file, lambda: speed_model, catalog.gpus)
    first = found.now()
    assert found.now() is first
    assert found.is_current(first)
    file.write_text('{"schema": 1, "rows": []}')
    assert not found.is_current(first)
    assert found.now() is not first


def test_measured_speeds_that_cannot_be_read_stop_only_who_insists(tmp_path, speed_model, catalog):
    file = tmp_path / "measured.json"
    file.mkdir()  # a folder where a file is wanted
    found = Predictors(file, lambda: speed_model, catalog.gpus)
    speed = found.now().speed(catalog.workload("llm_chat_8b"), catalog.match_gpu("RTX 4090"))
    assert speed.median > 0
    assert found.is_current(found.now())
    with pytest.raises(HostError, match="cannot be read"):
        found.checked()
