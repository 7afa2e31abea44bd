"""`hwstudio predict memory --module --fit-vram-gb`: the largest batch, reckoned on both sides."""

from __future__ import annotations

import json
import sys

import pytest

from hwstudio.core.base.errors import UserError
from tests.cli.test_predict_module import ask, needs_torch

__all__ = ["ask"]
CONV = """
from torch import nn
def net():
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(64, 10))
"""


@pytest.mark.torch
@needs_torch
def test_the_largest_batch_fits_and_one_more_does_not(ask, tmp_path):
    file = tmp_path / "conv.py"
    file.write_text(CONV, "utf-8")
    words = ["--module", f"{file}:net", "--input", "3x64x64", "--interpreter", sys.executable]
    code, said = ask(*words, "--fit-vram-gb", 1, "--batch", 64, is_json=True)
    told = json.loads(said.out)
    largest = told["largest_batch"]
    assert code == 0
    assert largest["next_batch"] == largest["batch"] + 1 == told["batch"] + 1
    verdicts = {each["batch"]: each["fits"] for each in largest["reckoned"]}
    assert verdicts[largest["batch"]] is True
    assert verdicts[largest["next_batch"]] is False
    assert 2 <= len(verdicts) <= 6
    assert largest["evidence"].startswith("exact")
    assert "fits" in said.err


@pytest.mark.parametrize("room", ["0", "-1", "nan"])
def test_a_memory_no_card_has_is_refused_before_anything_runs(ask, room):
    with pytest.raises(UserError, match="no memory of a card"):
        ask("--module", "net.py", "--fit-vram-gb", room)


def test_it_goes_with_a_module(ask):
    with pytest.raises(UserError, match="--fit-vram-gb goes with --module"):
        ask("--cases", "x.csv", "--fit-vram-gb", "24")
