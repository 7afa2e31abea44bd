"""`hwstudio bench ddp`: the forecast beside the measured, and for machines that are not there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hwstudio.cli.main import main
from hwstudio.core.bench.launch import Interpreter

FAKE = Path(__file__).parents[1] / "data" / "fake_ddp_worker.py"


@pytest.fixture
def ddp(home, capsys, monkeypatch):
    """Run the command on the prepared worker; return exit code, stdout and stderr."""

    def go(*words, manner="quiet"):
        here = Interpreter(sys.executable, "3", "9")
        monkeypatch.setattr("hwstudio.cli.bench.choose_interpreter", lambda *_: here)
        line = [sys.executable, "-I", str(FAKE), manner]
        monkeypatch.setattr("hwstudio.core.bench.run.command", lambda _: line)
        try:
            code = main(["--home", str(home.root), "bench", "ddp", *words])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def test_the_forecast_stands_beside_the_measured(ddp):
    code, out, _ = ddp("--json")
    assert code == 0
    told = json.loads(out)
    assert told["efficiency"] == 0.4
    assert told["forecast"]["efficiency"] == pytest.approx(0.1 / 0.26)
    assert told["forecast"]["compute_share"] == pytest.approx(1.0)
    assert told["forecast"]["low"] < 0.1 / 0.26 < told["forecast"]["high"]
    assert told["forecast"]["link"]["bus_bytes_per_s"] == pytest.approx(10_000)
    assert told["forecasts_elsewhere"] == []
    _, out, _ = ddp()
    assert "2 processes do 40 % of 2 times one" in out
    assert "Expected from single processes and the link alone: 38 %" in out
    assert "was to keep 100 %, exchanging gradients 38 %" in out


def test_a_machine_too_busy_for_a_figure_is_too_busy_for_a_forecast(ddp):
    code, out, _ = ddp("--json", "--link-gbit-s", "10", manner="busy")
    assert code == 1
    told = json.loads(out)
    assert (told["efficiency"], told["forecast"]) == (None, None)
    assert told["forecasts_elsewhere"] == []
    text = ddp("--link-gbit-s", "10", manner="busy")[1]
    assert "Forecast" not in text
    assert "Expected" not in text


def test_machines_that_are_not_there_are_forecast_from_their_network(ddp):
    words = ("--link-gbit-s", "0.0001", "--machines", "2,4")
    assert ddp(*words)[0] == 2, "slower than any network"
    words = ("--link-gbit-s", "0.001", "--link-latency-us", "0", "--machines", "2,4")
    told = json.loads(ddp(*words, "--json")[1])["forecasts_elsewhere"]
    assert [each["nproc"] for each in told] == [2, 4]
    # 117,625 bytes a second on the wire are faster than sending was here: 0.1 s a bucket.
    assert told[0]["efficiency"] == pytest.approx(0.1 / 0.26)
    assert told[1]["efficiency"] == pytest.approx(0.1 / 0.36)
    assert "Forecast for 4 machines like this one over 0.001 Gbit/s: 28 % of" in ddp(*words)[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--link-gbit-s", "10", "--machines", "two"), "--machines 'two' cannot be read"),
        (("--link-gbit-s", "10", "--machines", "1"), "each must be 2 to 256"),
        (("--link-gbit-s", "0"), "0 Gbit/s cannot be forecast"),
        (("--link-gbit-s", "fast"), "'fast' is not a number"),
    ],
)
def test_a_network_that_cannot_be_is_exit_2_before_anything_runs(ddp, words, said):
    code, out, err = ddp(*words)
    assert (code, out) == (2, "")
    assert said in err
