"""`hwstudio env`: what is found, chosen, refused and told before anything is made."""

from __future__ import annotations

import json
import sys

import pytest

from hwstudio.cli import env
from hwstudio.cli.main import main
from hwstudio.core.base.settings import load_settings
from hwstudio.core.environment.ask_python import Found
from hwstudio.core.environment.build_of_torch import CUDA, TorchBuild
from hwstudio.core.environment.driver import Drivers
from tests.core.environment.conftest import tiny_torch

OLD = Drivers(nvidia="550.54", cuda=(12, 4), capability=8.9)
CU130 = TorchBuild("2.13.0+cu130", CUDA, "13.0")
PYTHONS = (
    Found("/opt/new/bin/python", "conda", "new", "3.12.1", CU130, "2.4", {"jax": "0.7.1"}),
    Found("/opt/old/bin/python", "venv", "old", why_not="Python 3.8.18 is too old, 3.10 is needed"),
)


@pytest.fixture(autouse=True)
def _computer(monkeypatch):
    monkeypatch.setattr(env, "read_drivers", lambda: OLD)
    monkeypatch.setattr(env, "find", lambda *_: PYTHONS)


@pytest.fixture
def say(capsys):
    def ask(*words):
        code = main([*words, "--json"])
        out = capsys.readouterr()
        return code, json.loads(out.out) if out.out else out.err

    return ask


def test_each_python_is_listed_with_torch_backend_and_what_to_do(say):
    code, told = say("env", "list")
    new, old = told["pythons"]
    assert code == 0
    assert (new["torch"], new["backend"], new["backend_version"]) == ("2.13.0+cu130", CUDA, "13.0")
    assert new["packages"] == {"jax": "0.7.1"}
    assert "driver 580 or newer" in new["match"]["fix"]
    assert old["why_not"] == "Python 3.8.18 is too old, 3.10 is needed"


def test_the_table_says_the_mismatch_and_the_broken_one_in_words(capsys):
    assert main(["env", "list"]) == 0
    text = capsys.readouterr().out
    assert "NVIDIA driver 550.54, CUDA up to 12.4." in text
    assert "Needs CUDA 13.0; driver 550.54 knows up to 12.4" in text
    assert "/opt/old/bin/python: Python 3.8.18 is too old" in text


def test_what_would_be_made_is_told_with_its_size_and_nothing_is_made(say, home):
    code, told = say("env", "make", "gpu", "--dry-run")
    assert (code, told["backend"], told["base"]) == (0, "cu126", "/opt/new/bin/python")
    assert told["download_bytes"] is None  # nobody measured that build
    assert not (home.root / "environments").exists()


def test_the_size_of_a_folder_of_wheels_is_read_from_the_wheels(say, tmp_path):
    folder = tiny_torch(tmp_path / "wheels")
    _, told = say("env", "make", "--wheels", str(folder), "--dry-run")
    assert told["download_bytes"] == 0
    assert 0 < told["disk_bytes"] < 10_000


def test_without_the_network_making_is_refused_with_what_to_do(say):
    code, words = say("env", "make", "gpu")
    assert code == 2
    assert "Allow it under Settings" in words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("make", "a/b"), "cannot be called"),
        (("make", "--backend", "cu99"), "no build of PyTorch called cu99"),
        (("make", "--wheels", "/nowhere"), "is not a folder"),
        (("make", "--python", "/nowhere/python"), "cannot be used"),
        (("use", "/nowhere/python"), "cannot be used"),
        (("remove", "nosuch"), "made no environment called nosuch"),
    ],
)
def test_a_wrong_wish_is_refused_in_one_sentence(say, words, said):
    code, told = say("env", *words)
    assert code == 2
    assert said in told


def test_a_python_is_used_from_then_on_until_another_or_none_is(say, home):
    code, told = say("env", "use", sys.executable)
    assert (code, told["chosen"]) == (0, sys.executable)
    assert load_settings(home.settings_file).interpreter == sys.executable
    say("env", "use", "auto")
    assert load_settings(home.settings_file).interpreter == ""


def test_a_python_without_torch_fails_the_check(say, monkeypatch):
    monkeypatch.setattr(env, "ask_named", lambda path, _: Found(path, python="3.12.1"))
    code, told = say("env", "check", sys.executable)
    assert (code, told["works"], told["why_not"]) == (1, False, "it has no PyTorch")
