"""A recorded run teaches the estimates: once, only what a person said of it, and it can unlearn."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.recipe import Around
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.asked import taught_words
from hwstudio.core.monitor.runs.energy import Span
from hwstudio.core.monitor.runs.facts import Hole, RunFacts
from hwstudio.core.monitor.runs.log_speed import LogSpeed
from hwstudio.core.monitor.runs.predicted import SECONDS, document_of, predicted_of
from hwstudio.core.monitor.runs.summary import summarize
from hwstudio.core.monitor.sampler import SLEPT
from hwstudio.core.predict.fitted.offsets import MEASURED_HERE, Observation, Offsets
from hwstudio.core.project.measured_speeds import (
    forget_observations,
    keep_observation,
    observations,
)
from hwstudio.core.project.run_prediction import predict_run
from hwstudio.core.project.run_speed import How, Reached, by_job, by_log, why_not
from hwstudio.core.project.run_teaching import (
    Lesson,
    expected_words,
    forget,
    is_doubted,
    note_expected,
    taught_of,
    teach,
)
from hwstudio.core.project.scoring import logged, score

NOW = "2026-11-28T10:00:00Z"


@pytest.fixture
def predict(catalog, speed_model, fitted):
    """Predicts a job of the library."""

    def go(job="resnet50_train", gpu="RTX 4090", count=1, **changes):
        workload = replace(catalog.workload(job), **changes)
        return predict_run(workload, catalog.match_gpu(gpu), count, fitted, speed_model)

    return go


@pytest.fixture
def lesson(tmp_path, speed_model):
    return Lesson(
        tmp_path / "speeds.json", tmp_path / "log.json", speed_model, Offsets(speed_model, ())
    )


def a_run(predicted, seconds, **more):
    document = json.loads(json.dumps(document_of(predicted)))  # as it comes back from the disk
    return Run(**{"id": "r", "title": "t", "started_s": 1000.0, "ended_s": 1000.0 + seconds,
                  "predicted": document, **more})  # fmt: skip


def facts(run, *holes):
    span = Span(run.started_s, run.ended_s or run.started_s + 60)
    return RunFacts(run, span, summarize({}, span), 1.0, holes, {}, 1, None)


def after(model, lesson, run):
    """Return the answer to the run's question as what was kept changes it."""
    (seen,) = observations(lesson.own_speeds)
    offsets = Offsets(model, [seen])
    return offsets.applied(seen.question, model.answer([seen.question])[0])


def test_a_whole_job_moves_the_estimate_to_what_it_reached(predict, lesson, speed_model):
    predicted = predict()
    seconds = predicted.figures[SECONDS].median * 1.25
    run = a_run(predicted, seconds)
    note_expected(lesson, predicted, NOW)
    taught = teach(run, by_job(facts(run)), lesson)
    assert taught_words(predicted.asked, taught_of(taught, lesson.own_speeds)).startswith(
        "This run taught the estimates: 0.80 x of what was expected ("
    )
    answer = after(speed_model, lesson, run)
    assert answer.case == MEASURED_HERE
    assert answer.median == pytest.approx(predicted.asked.units / seconds, rel=0.03)
    (row,) = score(lesson.prediction_log).rows  # what was noted then, not a second one of now
    assert row.predicted_at == NOW
    assert row.ratio == pytest.approx(0.8, rel=1e-4)


def test_it_teaches_once_however_often_it_is_opened(predict, lesson):
    run = a_run(predict(), 1e6)
    reached = by_job(facts(run))
    taught = teach(run, reached, lesson)
    with pytest.raises(UserError, match="already"):
        teach(taught, reached, lesson)
    teach(run, reached, lesson)  # what a crash between the two files leaves behind
    assert len(observations(lesson.own_speeds)) == 1
    assert len(score(lesson.prediction_log).rows) == 1


def test_what_it_taught_is_forgotten_with_its_score(predict, lesson):
    other = Observation(replace(_question(predict()), batch=7.0), 5.0, NOW)
    keep_observation(lesson.own_speeds, other)
    run = a_run(predict(), 1e6)
    taught = teach(run, by_job(facts(run)), lesson)
    back = forget(taught, lesson.own_speeds, lesson.prediction_log)
    assert back.predicted == run.predicted
    assert observations(lesson.own_speeds) == (other,)
    assert score(lesson.prediction_log).rows == ()
    assert logged(lesson.prediction_log)


def _question(predicted):
    from hwstudio.core.project.run_speed import observation_of

    return observation_of(predicted.asked, 1.0, NOW).question


def test_what_was_forgotten_elsewhere_no_longer_counts_and_can_be_taught_again(predict, lesson):
    run = a_run(predict(), 1e6)
    taught = teach(run, by_job(facts(run)), lesson)
    forget_observations(lesson.own_speeds)
    assert taught_of(taught, lesson.own_speeds) is None
    assert taught_of(teach(taught, by_job(facts(run)), lesson), lesson.own_speeds) is not None


def test_a_part_of_the_job_is_worth_as_much_as_its_units(predict):
    run = a_run(predict(), 3600.0)
    reached = by_job(facts(run), 360_000.0)
    assert (reached.units_per_s, reached.how) == (100.0, How.PART)
    for wrong in (0.0, -5.0, math.nan, 2e9):
        with pytest.raises(UserError, match="cannot be what this run did"):
            by_job(facts(run), wrong)


def test_a_run_that_was_stopped_early_cannot_pass_for_the_whole_job(predict):
    run = a_run(predict(), 3600.0)  # 90 epochs of ImageNet within the hour
    with pytest.raises(UserError, match="stopped early"):
        by_job(facts(run))


def test_a_time_that_tells_no_speed_is_refused(predict):
    predicted = predict()
    run = a_run(predicted, 1e6)
    about = replace(run, note="Ended about 2026-11-28 10:00: its process was gone; so.")
    short = replace(run, ended_s=run.started_s + 30)
    slept = Hole(50_000.0, SLEPT)
    for each, why in (
        (facts(about), "only known roughly"),
        (facts(short), "start-up"),
        (facts(run, slept), "slept"),
    ):
        with pytest.raises(UserError, match=why):
            by_job(each)
    assert by_job(facts(run, Hole(50_000.0, "nothing was recording")))


def test_a_run_that_was_marked_late_is_not_the_whole_job(predict):
    late = facts(a_run(predict(), 1e6, started_s=500_000.0, process_started_s=1000.0))
    with pytest.raises(UserError, match="had gone on for"):
        by_job(late)
    assert by_job(late, 3e7).how is How.PART
    assert by_job(facts(a_run(predict(), 1e6, process_started_s=990.0))).how is How.WHOLE


def test_only_an_ended_run_with_a_question_can_teach(predict):
    predicted = predict()
    assert why_not(a_run(predicted, 1.0)) == ""
    assert "goes on" in why_not(a_run(predicted, 1.0, ended_s=None))
    assert "older hwstudio" in why_not(a_run(replace(predicted, asked=None), 1.0))
    assert "Only a run with a prediction" in why_not(replace(a_run(predicted, 1.0), predicted={}))


def test_jobs_that_no_measurement_is_like_or_that_are_more_than_steps_ask_nothing(predict):
    assert predict("sd15_generate").asked is None
    assert predict(around=Around(setup_s=600.0)).asked is None


def test_a_question_of_another_version_is_refused_in_words(predict):
    predicted = predict()
    strange = replace(predicted, asked=replace(predicted.asked, question={"colour": "red"}))
    run = a_run(strange, 1e6)
    with pytest.raises(UserError, match="Attach the prediction again"):
        by_job(facts(run))


def test_its_log_counts_where_the_time_does_not(predict):
    about = "Ended about 2026-11-28 10:00: so."
    run = a_run(predict(), 10.0, note=about)
    found = by_log(run, (LogSpeed("images_per_sec", "images", 812.0),))
    assert (found.units_per_s, found.how) == (812.0, How.LOG)
    assert by_log(run, (LogSpeed("tokens_per_sec", "tokens", 812.0),)) is None
    assert by_log(run, ()) is None


def test_units_of_a_log_are_turned_into_those_of_the_job(predict):
    run = a_run(predict("gpt2_train", count=4), 10.0)
    tokens = by_log(run, (LogSpeed("tokens_per_sec", "tokens", 1024 * 50.0),))
    assert tokens.units_per_s == pytest.approx(50.0)
    each = by_log(run, (LogSpeed("seq_s_per_gpu", "sequences", 10.0, is_each=True),))
    assert each.units_per_s == pytest.approx(40.0)
    steps = (LogSpeed("loss", "steps", 2.0),)
    assert by_log(run, steps).units_per_s == pytest.approx(2.0 * 16 * 4)
    assert by_log(run, steps, 10.0).units_per_s == pytest.approx(20.0)


def test_a_log_that_counts_epochs_tells_no_steps(predict):
    run = a_run(predict("gpt2_train"), 10.0)
    assert by_log(run, (LogSpeed("loss", "steps", 1e-3),)) is None


def test_a_number_far_off_is_said_before_and_counts_less(predict, lesson):
    predicted = predict()
    run = a_run(predicted, 1e6)
    far = Reached(predicted.asked.expected_per_s / 30, How.PART, "")
    assert "far off" in expected_words(run, far)
    assert is_doubted(teach(run, far, lesson), lesson)
    near = Reached(predicted.asked.expected_per_s, How.PART, "")
    assert "far off" not in expected_words(run, near)


@given(st.floats(1e-3, 1e3), st.floats(60.0, 1e7))
def test_a_question_and_its_lesson_come_back_from_json_as_they_were(ratio, seconds):
    from hwstudio.core.monitor.runs.asked import (
        Asked,
        Taught,
        asked_document,
        asked_of_document,
        taught_document,
        taught_of_document,
    )

    asked = Asked(workload_id="w", gpu_id="g", conditions="c", job_title="j", unit="images",
                  units=seconds, units_per_step=1.0, question_units=1.0, expected_per_s=ratio,
                  low_per_s=ratio / 2, high_per_s=ratio * 2, question={"id": "a"})  # fmt: skip
    taught = Taught(ratio, "the whole job", NOW)
    assert asked_of_document(json.loads(json.dumps(asked_document(asked)))) == asked
    assert taught_of_document(json.loads(json.dumps(taught_document(taught)))) == taught
    assert predicted_of({"figures": {}, "workload": "w", "device": "d", "count": 1,
                         "made_on": "x"}).asked is None  # fmt: skip
