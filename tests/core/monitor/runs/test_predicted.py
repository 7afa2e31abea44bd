"""A prediction is kept with its run as JSON, comes back as it was, and is set beside the run."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.compare import Place
from hwstudio.core.monitor.runs.energy import Span
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.predicted import (
    GPU_WATTS,
    JOULES,
    SECONDS,
    Predicted,
    beside,
    beside_sentence,
    document_of,
    predicted_of,
)
from hwstudio.core.monitor.runs.summary import summarize
from hwstudio.core.monitor.runs.track import Track


def a_figure(low, median, high, unit, **more):
    return Prediction(low=low, median=median, high=high, unit=unit,
                      evidence=Evidence.ESTIMATED, formula="f", **more)  # fmt: skip


PREDICTED = Predicted(
    "QLoRA fine-tune",
    "RTX 4090",
    2,
    "2026-11-28",
    {
        SECONDS: a_figure(50.0, 100.0, 200.0, "s", inputs={"speed": "3 /s"}),
        JOULES: a_figure(1e4, 2e4, 3e4, "J"),
        GPU_WATTS: a_figure(100.0, 150.0, 190.0, "W"),
    },
)


def facts(seconds=100.0, watts=200.0, *, is_open=False):
    run = Run(id="r", title="t", started_s=0.0, ended_s=None if is_open else seconds,
              predicted=document_of(PREDICTED))  # fmt: skip
    times = [float(n) for n in range(int(seconds) + 1)]
    span = Span(0.0, seconds)
    summary = summarize({"gpu.0.power_w": Track(times, [watts] * len(times))}, span)
    return RunFacts(run, span, summary, 1.0, (), {}, 1, None)


def test_a_prediction_comes_back_from_its_json_as_it_was():
    text = json.dumps(document_of(PREDICTED))
    assert predicted_of(json.loads(text)) == PREDICTED
    assert PREDICTED.title == "QLoRA fine-tune on 2 x RTX 4090"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"figures": 3},
        {"seconds": {"low": 1}},
        {**document_of(PREDICTED), "figures": {SECONDS: {"low": "x"}}},
        {**document_of(PREDICTED), "count": None},
        {**document_of(PREDICTED), "figures": {SECONDS: {"low": 1, "median": float("inf"),
                                                         "high": 1, "evidence": "estimated"}}},
    ],
)  # fmt: skip
def test_what_is_no_prediction_is_none(document):
    assert predicted_of(document) is None


def test_each_figure_says_whether_it_lies_inside():
    rows = {row.key: row for row in beside(facts())}
    assert rows[SECONDS].comparison.place is Place.INSIDE
    assert rows[JOULES].actual.value == pytest.approx(20_000.0)
    assert rows[GPU_WATTS].comparison.place is Place.ABOVE
    sentence = beside_sentence(tuple(rows.values()))
    assert sentence == (
        "Power of a GPU: 33 % more than predicted (estimated), above the predicted range."
    )


def test_a_run_inside_every_range_is_said_in_one_sentence():
    assert beside_sentence(beside(facts(watts=150.0))) == (
        "All 3 figures lie inside the predicted range."
    )


def test_a_run_that_goes_on_has_no_time_and_energy_to_compare_yet():
    rows = {row.key: row for row in beside(facts(is_open=True))}
    assert rows[SECONDS].comparison.place is Place.UNKNOWN
    assert rows[JOULES].comparison.place is Place.UNKNOWN
    assert rows[GPU_WATTS].comparison.place is Place.ABOVE


def test_a_run_without_a_prediction_has_nothing_beside_it():
    plain = facts()
    assert beside(replace(plain, run=replace(plain.run, predicted={}))) == ()
