"""Check my setup: what is said of each recorded pair of driver and torch, and what mends it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.environment.ask_python import Found, checked_of
from hwstudio.core.environment.build_of_torch import torch_build
from hwstudio.core.environment.driver import Drivers, nvidia_drivers
from hwstudio.core.environment.gpu_code import has_code_for, span_words
from hwstudio.core.environment.setup_check import (
    fix_lines,
    gpu_lines,
    judge,
    setup_document,
    summary,
)

FILE = Path(__file__).parents[2] / "data" / "setups.json"
SETUPS = json.loads(FILE.read_text("utf-8"))["setups"]


def _drivers(row):
    told = Drivers()
    if row["smi"]:

        def ask(command):
            return f"{row['smi']}\n" if len(command) > 1 else row["head"]

        told = nvidia_drivers(ask, "nvidia-smi")
    cards = tuple(row.get("silent_cards", ()))
    return replace(told, is_apple=row.get("is_apple", False), silent_cards=cards)


def _setup(row):
    found = Found("/opt/py/bin/python", "venv", "py", "3.12.1", torch_build(row["torch"]))
    return judge(found, _drivers(row), checked_of(row["tried"]) if row["tried"] else None)


@pytest.mark.parametrize("row", SETUPS, ids=[row["id"] for row in SETUPS])
def test_a_recorded_setup_is_explained_with_the_command_that_mends_it(row, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    setup = _setup(row)
    assert setup.kind == row["kind"]
    assert row["words"] in setup.words
    assert row["fix"] in setup.fix
    assert setup.command == row["command"]
    assert setup.in_place == row.get("in_place", setup.in_place)
    assert [each.is_supported for each in setup.gpus] == (
        [row["supported"]] * len(setup.gpus) if "supported" in row else []
    )
    assert bool(fix_lines(setup)) is (setup.kind in ("warn", "error"))
    told = setup_document(setup, _drivers(row), "")
    assert (told["verdict"], told["tried"]) == (row["kind"], row["tried"] is not None)


def test_each_gpu_that_computed_tells_its_memory_in_gib_and_to_the_byte():
    row = next(each for each in SETUPS if each["tried"] and len(each["tried"]["devices"]) == 2)
    tried = {**row["tried"], "memory_bytes": [25_386_352_640, None]}
    setup = _setup({**row, "tried": tried})
    assert gpu_lines(setup) == (
        "NVIDIA L40S: 23.6 GiB of memory (25,386,352,640 bytes)",
        "NVIDIA H100 PCIe: no memory of its own",
    )
    assert setup_document(setup, _drivers(row), "")["memory_bytes"] == [25_386_352_640, None]
    assert gpu_lines(_setup(row)) == ()  # an older answer told none


def test_the_whole_computer_is_answered_by_the_python_that_measures():
    rows = {row["id"]: row for row in SETUPS}
    wrong, fine = (
        _setup(rows["cpu build beside an NVIDIA card"]),
        _setup(rows["all fits, two cards"]),
    )
    fine = replace(fine, found=replace(fine.found, path="/opt/other/python"))
    kind, words = summary((wrong, fine), Drivers())
    assert (kind, "1 other Python fits" in words) == ("warn", True)
    assert summary((wrong, fine), Drivers(), "/opt/other/python")[0] == "ok"
    assert summary((), Drivers())[0] == "warn"


@given(
    major=st.integers(5, 12),
    built=st.integers(0, 9),
    gpu=st.integers(0, 9),
)
def test_code_of_one_generation_runs_on_its_later_members_only(major, built, gpu):
    assert has_code_for([f"sm_{major}{built}"], (major, gpu)) is (built <= gpu)
    assert has_code_for([f"sm_{major}{built}"], (major + 1, gpu)) is False
    assert has_code_for([f"compute_{major}{built}"], (major + 1, gpu)) is True
    assert has_code_for([f"sm_{major}{built}a"], (major, gpu)) is (built == gpu)


def test_a_build_for_amd_says_nothing_of_nvidia_gpus():
    assert has_code_for(["gfx90a"], (8, 9)) is None
    assert span_words(["gfx90a"]) == ""
