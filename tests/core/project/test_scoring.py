"""Predictions are logged once, and scored by a measurement of the very same question."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hwstudio.core.predict.fitted.model import SpeedAnswer
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.project.scoring import (
    NONE_YET,
    check,
    logged,
    note,
    predict_and_check,
    score,
)
from tests.core.predict.fitted.made import question

NOW, LATER = "2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z"
ASKED = question()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "predictions.json"


def answer(middle=100.0, low=80.0, high=125.0):
    return SpeedAnswer("a", "images/s", middle, low, high, "seen", 1.0, ())


def test_nothing_measured_scores_nothing(log):
    assert score(log).words == NONE_YET
    note(log, ASKED, answer(), NOW, "fit")
    found = score(log)
    assert (found.error, found.inside_share, found.rows) == (None, None, ())


def test_a_measurement_scores_the_prediction_of_its_question_only(log):
    note(log, ASKED, answer(), NOW, "fit")
    note(log, replace(ASKED, batch=1.0), answer(), NOW, "fit")
    assert check(log, Observation(replace(ASKED, id="called otherwise"), 110.0, LATER)) == 1
    (row,) = score(log).rows
    assert (row.question.batch, row.measured, row.measured_at) == (256.0, 110.0, LATER)
    assert row.ratio == pytest.approx(1.1, rel=1e-4)
    assert row.is_inside


def test_the_score_is_the_median_error_and_the_share_inside(log):
    for batch, measured in ((1.0, 110.0), (2.0, 90.0), (4.0, 200.0)):
        asked = replace(ASKED, batch=batch)
        note(log, asked, answer(), NOW, "fit")
        check(log, Observation(asked, measured, LATER))
    found = score(log)
    assert found.error == pytest.approx(0.1)
    assert found.inside_share == pytest.approx(2 / 3)
    assert found.words.startswith("3 predictions checked by a measurement: off by 10% (median)")


def test_the_same_prediction_asked_again_is_kept_once(log):
    for when in (NOW, LATER):
        note(log, ASKED, answer(), when, "fit")
    (row,) = logged(log)
    assert row.predicted_at == LATER
    note(log, ASKED, answer(middle=101.0), LATER, "another fit")
    assert len(logged(log)) == 2


def test_a_scored_prediction_keeps_its_score(log):
    note(log, ASKED, answer(), NOW, "fit")
    check(log, Observation(ASKED, 110.0, LATER))
    assert check(log, Observation(ASKED, 50.0, LATER)) == 0
    assert score(log).rows[0].measured == 110.0


def test_a_refused_answer_is_not_logged(log):
    note(log, ASKED, replace(answer(), median=None, low=None, high=None), NOW, "fit")
    assert logged(log) == []


def test_a_damaged_row_is_left_out_and_the_others_count(log):
    for batch in (1.0, 2.0):
        note(log, replace(ASKED, batch=batch), answer(), NOW, "fit")
    document = json.loads(log.read_text("utf-8"))
    document["rows"][0]["low"] = -1
    log.write_text(json.dumps(document), "utf-8")
    assert [row.question.batch for row in logged(log)] == [2.0]


def test_the_log_does_not_grow_without_end(log, monkeypatch):
    monkeypatch.setattr("hwstudio.core.history.kept_rows.MOST_ROWS", 3)
    for batch in range(1, 6):
        note(log, replace(ASKED, batch=float(batch)), answer(), NOW, "fit")
    assert [row.question.batch for row in logged(log)] == [3.0, 4.0, 5.0]


def test_a_measurement_is_held_against_what_was_expected_without_it_and_only_once(log, studio):
    model = studio.speed_model
    (plain,) = model.answer([ASKED])
    seen = Observation(ASKED, plain.median * 1.2, NOW)
    for _ in range(2):
        predict_and_check(log, model, Offsets(model, ()), seen)
    (row,) = score(log).rows
    assert row.ratio == pytest.approx(1.2, rel=1e-4)
    assert row.versions["hwstudio"]
