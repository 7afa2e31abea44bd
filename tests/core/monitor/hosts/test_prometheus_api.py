"""The interface of a Prometheus server by hand-written answers; the real one is asked elsewhere."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.monitor.hosts.past import Past, computers_of
from hwstudio.core.monitor.hosts.prometheus_api import PrometheusApi, Track
from hwstudio.core.monitor.hosts.promql import expressions, wanted


class Reader:
    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def read(self, target=""):
        self.asked.append(target)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def answer(kind, result):
    return {"status": "success", "data": {"resultType": kind, "result": result}}


UP = answer(
    "vector",
    [
        {"metric": {"__name__": "up", "job": "b", "instance": "x:1"}, "value": [5, "1"]},
        {"metric": {"__name__": "up", "job": "a", "instance": "y:1"}, "value": [5, "0"]},
        {"metric": {"__name__": "up"}, "value": [5, "1"]},
    ],
)


def test_an_instant_question_is_asked_and_its_numbers_read():
    reader = Reader(UP)
    found = PrometheusApi(reader, "http://lab/prom/").instant('up{a="b c"}', 12.5)
    place = urlsplit(reader.asked[0])
    assert place.path == "/prom/api/v1/query"
    assert parse_qs(place.query) == {"query": ['up{a="b c"}'], "time": ["12.500"]}
    assert found[0] == Track({"__name__": "up", "job": "b", "instance": "x:1"}, ((5.0, 1.0),))
    assert found[0].name == "up"


def test_a_range_is_asked_with_its_steps():
    reader = Reader(answer("matrix", [{"metric": {}, "values": [[1, "2"], [2, "NaN"]]}]))
    (track,) = PrometheusApi(reader, "http://lab").range("x", 1.0, 2.0, 1.0)
    assert parse_qs(urlsplit(reader.asked[0]).query)["step"] == ["1.000"]
    assert track.points[0] == (1.0, 2.0)
    assert track.points[1][1] != track.points[1][1]


def test_a_single_number_is_read_too():
    assert PrometheusApi(Reader(answer("scalar", [5, "7"])), "http://l").instant("7")[0].points == (
        (5.0, 7.0),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        b"<html>",
        b"[]",
        b"{}",
        {"status": "error", "error": "no"},
        answer("string", [5, "x"]),
        answer("vector", [{"metric": {}}]),
        answer("vector", [{"metric": {}, "value": ["x", "y"]}]),
        answer("matrix", 5),
        b"[" * 100_000,
    ],
)
def test_what_is_no_answer_of_prometheus_is_said_to_be_so(wrong):
    with pytest.raises(HostError, match="not the API of Prometheus"):
        PrometheusApi(Reader(wrong), "http://lab:9090").instant("up")


@pytest.mark.parametrize(("start", "end", "step"), [(2, 1, 1), (0, 1, 0), (0, 1e6, 1)])
def test_a_range_that_makes_no_sense_is_not_asked(start, end, step):
    reader = Reader(UP)
    with pytest.raises(UserError):
        PrometheusApi(reader, "http://lab").range("x", start, end, step)
    assert reader.asked == []


def test_what_a_server_reads_can_be_listed_to_choose_from():
    assert computers_of(PrometheusApi(Reader(UP), "http://lab")) == [
        ("a", "y:1", False), ("b", "x:1", True),
    ]  # fmt: skip


def test_the_past_takes_the_first_source_that_has_numbers():
    empty = answer("matrix", [])
    found = answer("matrix", [{"metric": {}, "values": [[1, "0.5"], [2, "NaN"], [3, "0.7"]]}])
    reader = Reader(empty, found)
    past = Past(PrometheusApi(reader, "http://lab"), 'instance="x"')
    assert past.track("cpu.busy_share", 0, 10, 1) == [(1.0, 0.5), (3.0, 0.7)]
    asked = [parse_qs(urlsplit(each).query)["query"][0] for each in reader.asked]
    assert asked[0] == 'max(hwstudio_cpu_busy_ratio{instance="x",device="cpu"})'
    assert "node_cpu_seconds_total" in asked[1]
    assert Past(PrometheusApi(Reader(empty), "http://l"), 'a="b"').track("x.y", 0, 1, 1) == []


def test_devices_with_odd_names_cannot_break_an_expression():
    for expression in expressions('disk.a"} or M{W.read_bytes_per_s', 'instance="x"', 60):
        assert 'a\\"} or M{W' in expression


def test_a_gpus_past_comes_from_dcgm_in_our_unit():
    found = expressions("gpu.3.vram_used_bytes", 'instance="x"', 60)
    assert found[1] == ('max(DCGM_FI_DEV_FB_USED{instance="x",gpu="3",GPU_I_ID=""}) * 1048576.0')


def test_the_selector_asks_only_for_what_is_understood():
    text = wanted('instance="x"', 120)
    assert text.startswith('{__name__=~"hwstudio_.+|node_cpu_seconds_total|')
    assert text.endswith(',instance="x"}[120s]')
