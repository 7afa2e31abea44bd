"""`hwstudio predict memory --module`: three numbers, verdicts, and words for what is wrong."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec

import pytest

from hwstudio.cli import predict
from hwstudio.cli.output import Output
from hwstudio.cli.predict_module import split
from hwstudio.core.base.errors import UserError

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
NET = """
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(1000, 2000, bias=False)
    def forward(self, x):
        return self.one(x)
"""


@pytest.fixture
def ask(studio, tmp_path, capsys):
    """Run the verb; return exit code and what was printed."""
    (tmp_path / "net.py").write_text(NET, "utf-8")

    def run(*words, is_json=False):
        parser = argparse.ArgumentParser()
        predict.add(parser.add_subparsers())
        parsed = parser.parse_args(["predict", "memory", *map(str, words)])
        out = Output(is_json=is_json, home=str(studio.home.root))
        code = parsed.run(parsed, out)
        return code, capsys.readouterr()

    return run


@pytest.mark.torch
@needs_torch
def test_three_numbers_a_card_and_a_verdict_for_each_device(ask, tmp_path):
    words = ["--module", tmp_path / "net.py", "--input", "1000", "--batch", 100, "--interpreter"]
    code, said = ask(*words, sys.executable, "--device", "RTX 4090", is_json=True)
    told = json.loads(said.out)
    assert code == 0
    assert "code will run" in said.err
    assert told["parameters"] == 2_000_000
    assert told["macs_per_sample"] == 2_000_000
    assert told["live_gib"] < told["expected_low_gib"] < told["expected_gib"]
    assert told["smallest_card"]["room_gib"] >= told["need_gib"]
    assert [each["verdict"] for each in told["devices"]] == ["fits"]
    assert {"weights", "gradients", "optimiser states"} <= {i["label"] for i in told["items"]}


@pytest.mark.torch
@needs_torch
def test_a_step_no_card_named_can_run_ends_with_one_and_says_so(ask, tmp_path):
    words = ["--module", f"{tmp_path / 'net.py'}:Net", "--input", "1000", "--batch", 60_000]
    words += ["--interpreter", sys.executable, "--inference"]
    big = tmp_path / "net.py"
    big.write_text(NET.replace("2000", "2_000_000"), "utf-8")
    code, said = ask(*words, "--device", "GeForce RTX 4090")
    assert code == 1
    assert "GeForce RTX 4090: no" in said.out
    assert "exact" in said.out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--module", "gone.py"], "gone.py is not there"),
        (["--module", "net.py", "--input", "3by4"], "3by4"),
        (["--module", "net.py", "--batch", "0"], "batch 0"),
        (["--cases", "x.csv", "--batch", "3"], "--batch goes with --module"),
        (["--module", "net.py", "--device", "no such card"], "no such card"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(ask, words, what):
    with pytest.raises(UserError) as told:
        ask(*words)
    assert what in told.value.sentence


def test_either_a_table_or_a_module_is_asked(ask):
    for words in ([], ["--cases", "x.csv", "--module", "net.py"]):
        with pytest.raises(SystemExit):
            ask(*words)


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        ("net.py", "net.py", ""),
        ("net.py:Net", "net.py", "Net"),
        (r"C:\mine\net.py", r"C:\mine\net.py", ""),
        (r"C:\mine\net.py:Net", r"C:\mine\net.py", "Net"),
    ],
)
def test_a_name_is_parted_from_the_file_and_a_drive_is_not(text, file, name):
    assert split(text) == (file, name)
