"""Several computers on the command line: one document, the right exit code, nothing stored."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec

import pytest

from hwstudio.cli.main import main
from hwstudio.core.history.store import History

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs named interfaces")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
QUICK = ["--quick", "--param", "hidden=16", "--param", "batch=4", "--param", "rounds=3"]
QUICK += ["--param", "buffer_mib=1", "--param", "repeats=3", "--param", "device=cpu"]


@pytest.fixture
def run(home, capsys):
    def go(*words):
        try:
            code = main(["--home", str(home.root), *words])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def lab(tmp_path):
    """Write a list of two computers that are both this one; return what writes it."""

    def write(second="", python=sys.executable):
        file = tmp_path / "lab.toml"
        file.write_text(
            f'transport = "command"\npython = "{python}"\naddress = "127.0.0.1"\n'
            f'[[host]]\nname = "a"\n[[host]]\nname = "b"\n{second}\n'
        )
        return str(file)

    return write


@linux_only
def test_preflight_prints_one_document_with_every_check(run, lab):
    code, out, _ = run("bench", "preflight", "--json", "--hosts", lab())
    told = json.loads(out)
    assert [host["address"] for host in told["hosts"]] == ["127.0.0.1"] * 2
    assert {"login", "clock", "interface", "python", "bind", "connect"} <= {
        check["check"] for check in told["checks"]
    }
    assert told["cleared"] == {"a": "nothing left", "b": "nothing left"}
    assert code == (0 if told["is_ok"] else 1)


@linux_only
def test_preflight_says_what_is_wrong_and_what_mends_it(run, lab):
    code, out, _ = run("bench", "preflight", "--hosts", lab('interface = "ib7"'))
    assert code == 1
    assert "b has no interface ib7" in out
    assert "Correct the name in the hosts file" in out
    assert "cannot run together yet" in out


def test_a_mistake_in_the_file_is_one_line_and_exit_2(run, lab):
    code, out, err = run("bench", "ddp", "--hosts", lab("prot = 22"))
    assert (code, out) == (2, "")
    assert "lab.toml, line 6: there is no field 'prot'" in err


@pytest.mark.parametrize("verb", ["ddp", "preflight"])
def test_a_missing_file_is_exit_2(run, tmp_path, verb):
    code, _, err = run("bench", verb, "--hosts", str(tmp_path / "none.toml"))
    assert code == 2
    assert "There is no hosts file" in err


@linux_only
def test_a_run_that_fails_has_no_number_and_is_not_stored(run, lab, home):
    code, out, err = run("bench", "ddp", "--json", "--hosts", lab('python = "/nowhere/python"'))
    told = json.loads(out)
    assert (code, told["outcome"]) == (1, "failed")
    numbers = ("efficiency", "compute_share", "communication_share", "busbw_gb_s", "samples_per_s")
    assert [told[name] for name in numbers] == [None] * 5
    assert told["metrics"] == told["ranks"] == []
    assert "b has no Python that can be started" in err
    history = History.open(home.history_file)
    assert list(history.results("ddp")) == []
    history.close()


@linux_only
@needs_torch
@pytest.mark.torch
@pytest.mark.timeout(400)  # a busy machine adds rounds
def test_a_run_over_two_computers_tells_its_ranks_and_keeps_no_secret(run, lab, home):
    code, out, err = run("bench", "ddp", "--json", "--hosts", lab(), *QUICK)
    told = json.loads(out)
    assert told["outcome"] == "finished", err
    assert [(rank["rank"], rank["host"]) for rank in told["ranks"]] == [(0, "a"), (1, "b")]
    assert told["conditions"]["backend"] == "gloo"
    assert told["params"]["nproc"] == 2
    assert set(told["params"]["hosts"][0]) == {"name", "address", "slots"}
    assert told["cleared"] == {"a": "nothing left", "b": "nothing left"}
    assert "payload" not in out
    if told["verdict"] == "ok":
        assert code == 0
    history = History.open(home.history_file)
    (kept,) = history.results("ddp")
    history.close()
    assert kept.id == told["id"]
    rounds = kept.samples
    parts = zip(rounds["compute_share"], rounds["communication_share"], strict=True)
    assert rounds["efficiency"] == pytest.approx([a * b for a, b in parts])
