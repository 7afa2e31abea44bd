"""`hwstudio assess --after-buying` and `hwstudio env check`: one document each, 1 where amiss."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli import env
from hwstudio.cli.main import main
from hwstudio.core.environment.ask_python import Found
from hwstudio.core.environment.build_of_torch import CPU, CUDA, TorchBuild
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.setup_check import judge
from hwstudio.core.model.machine import MemoryModules
from hwstudio.core.model.reading import Status, absent
from hwstudio.core.project.after import gather

OLD = Drivers(
    nvidia="550.54", cuda=(12, 4), capability=8.9, gpus=("RTX 4090",), capabilities=(8.9,)
)
CU130 = Found("/new/python", "venv", "new", "3.12.1", TorchBuild("2.13.0+cu130", CUDA, "13.0"))
PLAIN = Found("/cpu/python", "venv", "cpu", "3.12.1", TorchBuild("2.13.0+cpu", CPU))


@pytest.fixture
def computer(monkeypatch):
    """No Python is started and nothing of this computer is asked."""
    monkeypatch.setattr(env, "read_drivers", lambda: OLD)
    monkeypatch.setattr(env, "find", lambda *_: (CU130, PLAIN))
    monkeypatch.setattr(
        env, "check_setups", lambda all_, drivers: [judge(p, drivers) for p in all_]
    )
    monkeypatch.setattr(gather, "read_drivers", Drivers)
    monkeypatch.setattr(gather, "with_silent_cards", lambda drivers: drivers)
    monkeypatch.setattr(gather, "find", lambda *_: ())
    monkeypatch.setattr(gather, "_gpus", lambda: ())
    monkeypatch.setattr(gather, "detect_drives", lambda _: ())
    why = absent(Status.DENIED, "firmware", "an administrator only")
    monkeypatch.setattr(gather, "detect_modules", lambda _: MemoryModules(each=why))


@pytest.mark.usefixtures("computer")
def test_the_list_after_buying_is_one_document_and_1_says_that_something_needs_a_look(capsys):
    assert main(["assess", "--after-buying", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    states = {each["id"]: each["state"] for each in told["items"]}
    assert (states["drivers"], states["xmp"], states["link"]) == ("look", "unknown", "not needed")
    assert main(["assess", "--after-buying"]) == 1
    assert "Look at this: Drivers are in" in capsys.readouterr().out


@pytest.mark.usefixtures("computer")
def test_every_python_is_checked_at_once_with_the_fix_of_each(capsys):
    assert main(["env", "check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["count"]) == ("error", 2)
    new, plain = told["pythons"]
    assert new["command"] == "hwstudio env make torch-cu126 --backend cu126"
    assert plain["verdict"] == "warn"
    assert main(["env", "check", "--no-try"]) == 1
    assert "Install NVIDIA driver 580 or newer" in capsys.readouterr().out
