"""Machines in the Benchmark tab: files in, the slowest first, others' runs never shown as ours."""

from __future__ import annotations

import pytest

from hwstudio.core.bench.result_file import write_result_file
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.gui.bench.machines import MACHINE_COLUMNS, MachinesModel, _Look


def result(machine, number, value):
    name = f"fp32 {1024 * (number + 1)}"
    return Result(
        id=f"{machine}-{number}", bench="torch_matmul", method_version=1,
        taken_at=f"2026-11-2{number}T10:00:00Z", machine=machine, device="GPU X", params={},
        outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=(Metric(name, "FLOP/s", value, value * 0.999, value * 1.001, 20),),
    )  # fmt: skip


@pytest.fixture
def history(tmp_path):
    opened = History.open(tmp_path / "history.db")
    yield opened
    opened.close()


@pytest.fixture
def files(tmp_path):
    made = []
    for machine, factor in (("lab1", 1.0), ("lab2", 1.001), ("lab3", 0.9), ("lab4", 0.999)):
        file = tmp_path / f"{machine}.json"
        write_result_file(file, [result(machine, n, factor * 1e12) for n in range(4)], machine)
        made.append(file)
    return tuple(made)


def test_the_slowest_machine_comes_first_and_says_what_to_look_at(history, files):
    found = _Look(history, files)()
    assert found.rows[0].machine.machine == "lab3"
    assert MACHINE_COLUMNS[1].shown(found.rows[0]) == "slow"
    assert MACHINE_COLUMNS[-1].shown(found.rows[0]).startswith("90.")
    assert found.sentence.startswith("lab3:")
    assert "16 results added" in found.message.text


def test_a_bad_file_is_named_and_the_rest_is_taken(history, files):
    files[0].write_text("no", "utf-8")
    message = _Look(history, files)().message
    assert message.kind == "warn"
    assert "12 results added" in message.text
    assert "lab1.json" in message.text


def test_one_machine_alone_says_what_to_do(history):
    history.add_result(result("mine", 0, 1e12))
    found = _Look(history, ())()
    assert found.rows == ()
    assert "export" in found.sentence


def test_files_are_taken_in_off_the_windows_thread(qtbot, history, files):
    model = MachinesModel(history)
    with qtbot.waitSignal(model.found, timeout=10_000) as caught:
        model.take_in(files)
    assert caught.args[0].rows


def test_runs_of_other_machines_are_not_shown_as_this_computers(history, files):
    from hwstudio.gui.bench.viewmodel import _own_results

    history.add_result(result("mine", 0, 1e12))
    _Look(history, files)()
    assert [each.machine for each in _own_results(history)] == ["mine"]
