"""The computer is read with psutil and without it; what is unknown is absent, never zero."""

from __future__ import annotations

import sys

import psutil
import pytest

from hwstudio.core.bench import whole_machine
from hwstudio.core.bench.conditions import load_now, machine_facts


@pytest.fixture
def bare(monkeypatch):
    monkeypatch.setattr(whole_machine, "psutil", None)


def test_without_psutil_the_facts_have_fewer_entries_and_no_made_up_ones(bare):
    facts = machine_facts()
    assert "cpu_cores" not in facts
    assert "on_battery" not in facts
    assert all(value not in (None, "", 0) for value in facts.values())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="read from /proc")
def test_without_psutil_the_memory_is_the_one_psutil_reads(bare):
    total, available = whole_machine.memory_bytes()
    assert total == psutil.virtual_memory().total
    assert available == pytest.approx(psutil.virtual_memory().available, rel=0.2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="read from /proc")
def test_without_psutil_the_load_is_a_share_of_the_time_listened_to(bare, tmp_path, monkeypatch):
    ticks = iter(["cpu 100 0 0 900 0 0 0 0\n", "cpu 130 0 0 970 0 0 0 0\n"])

    class Stat:
        def read_text(self, _encoding):
            return next(ticks)

    monkeypatch.setattr(whole_machine, "STAT", Stat())
    assert whole_machine.cpu_percent(0.0) == 30.0


def test_a_system_that_tells_nothing_gives_nothing(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(whole_machine, "STAT", tmp_path / "none")
    assert whole_machine.cpu_percent(0.0) is None
    assert "cpu_percent" not in load_now(None)
