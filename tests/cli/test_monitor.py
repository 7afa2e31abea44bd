"""``hwstudio monitor``: snapshot and record."""

from __future__ import annotations

import argparse
import json

import pytest

from hwstudio.cli.monitor import add, rows
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.snapshot import snapshot_of
from hwstudio.core.probe import fake_nvml
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.nvml import NvmlProbe


def _run(words, home):
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    add(parser.add_subparsers())
    args = parser.parse_args(words)
    out = Output(is_json=args.json, home=str(home.root))
    try:
        return args.run(args, out)
    finally:
        out.close()


def test_a_snapshot_is_one_json_document_with_units_in_its_names(home, capsys):
    assert _run(["monitor", "snapshot", "--json"], home) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == 1
    assert 0 <= found["cpu"]["busy_percent"] <= 100
    assert found["memory"]["total_bytes"] > 0
    assert found["processes"][0]["pid"] > 0
    assert found["gpus"] or found["status"]["gpus"]["why"]


def test_people_get_a_table_and_the_top_processes(home, capsys):
    assert _run(["monitor", "snapshot"], home) == 0
    text = capsys.readouterr().out
    assert "Processor" in text
    assert "PID" in text


def test_a_recording_goes_to_the_home_folder(home, capsys):
    assert _run(["monitor", "record", "--seconds", "0.6", "--interval", "0.2", "--json"], home) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["path"].startswith(str(home.root))
    assert found["samples"] >= 1
    assert found["gaps"] == []


@pytest.mark.parametrize(
    "words",
    [
        ["--seconds", "0"],
        ["--seconds", "-1"],
        ["--seconds", "nan"],
        ["--seconds", "1e9"],
        ["--seconds", "5", "--interval", "0.01"],
        ["--seconds", "5", "--interval", "nan"],
    ],
)
def test_times_that_make_no_sense_are_refused_in_words(home, words):
    with pytest.raises(UserError):
        _run(["monitor", "record", *words], home)


def test_gpus_without_a_value_show_the_reason():
    gone = FakeGpu(errors={"*": fake_nvml.NVMLError_GpuIsLost("x")})
    found = snapshot_of("", 0.0, {"gpus": NvmlProbe(FakeNvml(FakeGpu(), gone)).read(0.0)})
    shown = [row for row in rows(found) if "GPU" in row[0] or "GeForce" in row[0]]
    assert shown[0][1] == "90 % busy"
    assert "450" not in shown[0][2]
    assert "bus" in shown[1][2]
