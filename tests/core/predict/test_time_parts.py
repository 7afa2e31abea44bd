"""What a whole job takes beside its steps, and what its time goes to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.recipe import Around
from hwstudio.core.predict.job import predict_job_time, saved_bytes
from hwstudio.core.predict.time_parts import (
    COMMUNICATION,
    INPUT,
    PREPARING,
    SAVING,
    TRAFFIC,
    parts_words,
    time_parts,
)

ANY = settings()


def speed(median):
    return Prediction(
        median=median,
        low=median / 2,
        high=median * 2,
        unit="images/s",
        evidence=Evidence.ESTIMATED,
        formula="told",
    )


def around(job, **what):
    return replace(job, around=Around(**what))


@pytest.fixture
def job(jobs):
    return jobs["resnet50_train"]


def shares(parts):
    return {part.name: part.share for part in parts}


def test_a_search_takes_so_many_times_as_long_and_each_run_is_prepared(job):
    once = predict_job_time(job, speed(100.0))
    many = predict_job_time(around(job, runs=5, setup_s=60.0), speed(100.0))
    assert many.median == pytest.approx(5 * once.median + 300.0)
    assert many.inputs["runs"] == "5 of the same job"


def test_data_that_arrive_slowly_set_the_pace(job):
    fed = predict_job_time(around(job, feed_per_s=50.0), speed(100.0))
    assert fed.median == pytest.approx(job.job_units / 50.0)
    assert fed.low == pytest.approx(job.job_units / 50.0)  # a faster GPU would not help
    assert fed.high == pytest.approx(job.job_units / 50.0)
    enough = predict_job_time(around(job, feed_per_s=500.0), speed(100.0))
    assert enough.median == predict_job_time(job, speed(100.0)).median


def test_saving_stops_the_steps_for_as_long_as_writing_takes(job):
    size = saved_bytes(job)
    assert size == job.weight_bytes + job.params_total * 4  # weights and momentum
    saving = around(job, save_every_s=100.0, save_bytes_per_s=size / 10.0)
    assert predict_job_time(saving, speed(100.0)).median == pytest.approx(
        1.1 * predict_job_time(job, speed(100.0)).median
    )


def test_adapters_alone_are_saved_where_only_they_learn(jobs):
    assert saved_bytes(jobs["llm_qlora_8b"]) < 0.05 * saved_bytes(jobs["llm_full_finetune_8b"])


@ANY
@given(
    median=st.floats(1, 1e5),
    one=st.floats(1, 1e5),
    count=st.integers(1, 64),
    ideal=st.tuples(st.floats(0, 10), st.floats(0, 10)),
    feed=st.none() | st.floats(1, 1e5),
    setup_s=st.floats(0, 1e5),
    save=st.none() | st.floats(1, 1e5),
)
def test_the_parts_always_add_up_to_the_whole(job, median, one, count, ideal, feed, setup_s, save):
    told = around(
        job, feed_per_s=feed, setup_s=setup_s, save_every_s=save, save_bytes_per_s=save and 1e9
    )
    parts = time_parts(told, speed(median), speed(one), count, ideal)
    assert sum(part.share for part in parts) == pytest.approx(1.0)
    assert all(part.share >= -1e-9 for part in parts)
    assert list(parts) == sorted(parts, key=lambda part: -part.share)


def test_each_cause_has_its_share(job):
    """Two GPUs reach 150 where one reaches 100: a quarter is lost between them."""
    parts = shares(time_parts(job, speed(150.0), speed(100.0), 2, (0.001, 0.005)))
    assert parts[COMMUNICATION] == pytest.approx(0.25)
    assert parts[TRAFFIC] == pytest.approx(0.005 * 150 / 2)
    fed = shares(
        time_parts(around(job, feed_per_s=50.0), speed(100.0), speed(100.0), 1, (0.001, 0.0))
    )
    assert fed[INPUT] == pytest.approx(0.5)
    slow = around(job, setup_s=job.job_units / 100.0)
    assert shares(time_parts(slow, speed(100.0), speed(100.0), 1, (0.0, 0.0)))[
        PREPARING
    ] == pytest.approx(0.5)
    kept = around(job, save_every_s=10.0, save_bytes_per_s=saved_bytes(job) / 10.0)
    assert shares(time_parts(kept, speed(100.0), speed(100.0), 1, (0.0, 0.0)))[
        SAVING
    ] == pytest.approx(0.5)


def test_the_largest_cause_is_the_sentence(job):
    fed = around(job, feed_per_s=20.0)
    words = parts_words(time_parts(fed, speed(100.0), speed(100.0), 1, (0.005, 0.002)))
    assert words.startswith("Limited most by waiting for data: 80% of the time (")
    assert parts_words(()) == ""


def test_where_the_data_sheet_explains_little_that_is_said_first(job):
    words = parts_words(time_parts(job, speed(100.0), speed(100.0), 1, (0.002, 0.001)))
    assert words == (
        "70% of the time goes to running below the data sheet's speed; "
        "of the rest most is arithmetic, 20%, memory traffic 10%"
    )
    near = parts_words(time_parts(job, speed(100.0), speed(100.0), 1, (0.001, 0.008)))
    assert near.startswith("Limited most by memory traffic: 80% of the time (short of the data")
