"""`hwstudio predict job --method`: classic methods on a table, for scripts and people."""

from __future__ import annotations

import json
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from hwstudio.cli.main import main

FOREST = ["predict", "job", "--method", "random_forest", "--rows", "100000", "--columns", "50"]


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that runs a command and gives its exit code, stdout and stderr."""

    def go(*arguments):
        try:
            code = main(["--home", str(tmp_path / "h"), *arguments])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def here(monkeypatch):
    """Stand in for this computer: looking at the real one takes a second."""
    cpu = SimpleNamespace(name=_found("A processor"), cores=_found(8), threads=_found(16))
    machine = SimpleNamespace(cpu=cpu, memory_bytes=_found(16 * 2**30))
    looked = Mock(return_value=machine)
    monkeypatch.setattr("hwstudio.core.probe.machine.detect_machine", looked)
    return looked


def _found(value):
    return SimpleNamespace(value=value)


def test_this_computer_answers_with_ranges_and_says_what_they_stand_on(run, here):
    code, out, _ = run(*FOREST, "--json")
    assert here.called
    told = json.loads(out)
    assert code == 0
    assert 0 < told["time"]["low"] < told["time"]["median"] < told["time"]["high"]
    assert told["time"]["evidence"] == "estimated"
    need = told["memory"]["need"]
    assert need["median"] == pytest.approx(sum(i["usual"] for i in told["memory"]["items"]))
    assert told["power"]["refused"]
    assert "cuML" in told["gpu"]


def test_a_person_reads_the_range_and_how_to_narrow_it(run, here):
    code, out, _ = run(*FOREST)
    assert code == 0
    assert "estimated" in out
    assert "bench run classic_ml" in out


def test_another_processor_is_answered_by_its_name(run, catalog):
    cpu = next(c for c in catalog.cpus() if c.base_ghz and catalog.match_cpu(c.name) == c)
    code, out, _ = run(*FOREST, "--device", cpu.name)
    assert code == 0
    assert cpu.name in out
    assert "scaled by clock" in out
    assert "bench run" not in out  # that would measure this computer


def test_a_job_that_memory_does_not_hold_ends_with_one(run, here):
    code, out, _ = run("predict", "job", "--method", "linear_regression", "--rows", "1000000000",
                       "--columns", "1000")  # fmt: skip
    assert code == 1
    assert ": no" in out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([*FOREST, "--device", "RTX 4090"], "is not a processor"),
        ([*FOREST, "--batch", "8"], "--batch does not go with --method"),
        (FOREST[:4], "needs --rows"),
        ([*FOREST, "--precision", "int4"], "fp64 or fp32"),
        (["predict", "job", "--workload", "llm_qlora_8b"], "--device is needed"),
        (["predict", "job", "--workload", "llm_qlora_8b", "--device", "RTX 4090", "--trees", "9"],
         "--trees goes with --method"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(run, given, words):
    code, _, err = run(*given)
    assert code == 2
    assert words in err
