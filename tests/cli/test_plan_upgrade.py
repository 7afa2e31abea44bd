"""``hwstudio plan upgrade`` and ``plan inventory``: fields, flags and exit codes."""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path

import pytest

from hwstudio.cli.output import Output
from hwstudio.cli.plan import add
from hwstudio.core.base.errors import UserError

_KIT = Path(__file__).parents[1] / "core" / "assess" / "upgrade_kit.py"
_SPEC = importlib.util.spec_from_file_location("kit", _KIT)
kit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(kit)


@pytest.fixture
def run(home, capsys, monkeypatch, catalog):
    """Run a verb of the noun on a machine with 24 GiB of GPU memory."""
    rows = {gpu.name: gpu for gpu in catalog.gpus()}
    found = kit.machine([rows["GeForce RTX 3090"]])
    few = kit.some_parts(catalog)
    monkeypatch.setattr("hwstudio.core.probe.machine.detect_machine", lambda _match: found)
    monkeypatch.setattr("hwstudio.core.project.upgrade_ground.parts_of", lambda _catalog: few)

    def go(*words):
        parser = argparse.ArgumentParser()
        add(parser.add_subparsers())
        args = parser.parse_args(["plan", *words, "--json"])
        out = Output(is_json=True, home=str(home.root))
        out._studio = kit.opened(catalog, home)
        try:
            code = args.run(args, out)
        finally:
            out.close()
        return code, json.loads(capsys.readouterr().out)

    return go


def test_less_gpu_memory_needs_the_flag(run, catalog):
    card = next(c for c in catalog.cards() if c.price and c.vram_bytes == 12 * 2**30)
    code, plan = run("upgrade", "--take", f"{card.id}@6")
    assert code == 1
    held = [step for step in plan["held"] if step["planned_by_you"]]
    assert held[0]["needs_confirmation"]
    assert held[0]["less_vram_bytes"] == 12 * 2**30
    code, plan = run("upgrade", "--take", f"{card.id}@6", "--allow-less-vram")
    assert code == 0
    assert any(step["planned_by_you"] for step in plan["phases"][1]["steps"])
    assert [each["key"] for each in plan["thresholds"] if not each["why"]] == []


def test_the_inventory_is_kept_and_a_wrong_line_is_refused(run):
    code, found = run("inventory", "--add", "psu", "--name", "my supply", "--bought", "2017-03")
    assert (code, found["count"]) == (0, 1)
    assert found["items"][0]["overdue"]
    assert found["items"][0]["support"] == "no date known"
    with pytest.raises(UserError, match="no date"):
        run("inventory", "--change", "1", "--bought", "yesterday")
    with pytest.raises(UserError, match="no line 7"):
        run("inventory", "--remove", "7")
    assert run("inventory", "--remove", "1")[1]["count"] == 0
