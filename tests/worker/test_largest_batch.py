"""The largest batch: the edge is found from wherever the prediction lies, and for real on a CPU."""

from __future__ import annotations

import sys
import threading
from importlib.util import find_spec

import pytest

from hwstudio.core.bench.launch import probe
from hwstudio.core.bench.own_answer import OWN_ANSWER
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.verdict import TITLES, judge_edge
from hwstudio.core.model.result import Outcome
from hwstudio.worker.kernels.largest_batch import CLOSE, MOST, Line, searched

GIB = 2**30


@pytest.mark.parametrize("predicted", [1, 3, 60, 100, 101, 300, 5000])
def test_the_edge_is_found_wherever_the_prediction_lies(predicted):
    found = searched(predicted, lambda batch: "" if batch <= 100 else "full", lambda: False)
    assert found.tried[0]["batch"] == predicted
    assert found.is_over
    assert found.low <= 100 < found.high
    assert found.high - found.low <= max(1, int(100 * CLOSE))
    assert len(found.tried) <= 18


def test_a_device_without_an_edge_ends_at_the_most():
    found = searched(60_000, lambda _batch: "", lambda: False)
    assert (found.low, found.high, found.is_over) == (MOST, None, True)


def test_where_not_even_one_fits_there_is_no_number():
    found = searched(4, lambda _batch: "full", lambda: False)
    assert (found.low, found.high, found.is_over) == (0, 1, True)
    verdict = judge_edge("pictures", {"tried": found.tried, "is_edge": True})
    assert (verdict.word, verdict.has_number) == ("no room", False)
    assert TITLES[verdict.word] == "Does not fit"
    assert "one sample of ResNet-18 fits" in verdict.reason


def test_when_the_time_is_over_the_prediction_has_been_tried_and_the_words_say_how_far_it_came():
    found = searched(4, lambda _batch: "", lambda: True)
    assert [each["batch"] for each in found.tried] == [4]
    down = searched(40, lambda batch: "" if batch <= 3 else "full", lambda: True)
    assert 1 <= down.low <= 3
    verdict = judge_edge("text", {"tried": found.tried, "is_edge": found.is_over})
    assert verdict.word == "cut short"
    assert "at least 4" in verdict.reason


def test_the_prediction_lies_where_the_line_meets_the_memory():
    assert Line(2 * GIB, 0.5 * GIB).meets(8 * GIB) == 12
    assert Line(2 * GIB, 0.5 * GIB).meets(GIB) == 1


@pytest.mark.torch
@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux fences a processor's memory")
@pytest.mark.timeout(300)
def test_a_network_is_trained_up_to_the_edge_of_the_memory_allowed(tmp_path):
    chosen = bench("largest_batch")
    given = {"device": "cpu", "networks": ["pictures"], "limit_mib": 256, "cap_s": 15.0}
    result = run_bench(
        chosen, chosen.settle(given), on_event=lambda _event: None, cancel=threading.Event(),
        place=Place(interpreter=probe(sys.executable), log_dir=tmp_path),
    )  # fmt: skip
    assert result.outcome is Outcome.FINISHED, result.words
    (metric,) = result.metrics
    told = result.conditions["series"]["pictures"]
    assert metric.median >= 1
    assert metric.median in [each["batch"] for each in told["tried"] if each["trained"]]
    assert any(not each["trained"] for each in told["tried"])
    assert told["predicted"] / 2 <= metric.median <= 1.5 * told["predicted"]
    assert "ResNet-18 with" in OWN_ANSWER["largest_batch"](result, {metric.name: metric})
