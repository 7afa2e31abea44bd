"""Training runs in the user's database."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.history.runs import Runs
from hwstudio.core.history.store import History
from hwstudio.core.model.run import Run

SCHEMA_1 = Path(__file__).parent / "data" / "history-schema1.db"
SCHEMA_2 = SCHEMA_1.with_name("history-schema2.db")
RUN = Run(
    id="r1",
    title="Fine-tune",
    started_s=1000.0,
    pid=77,
    process_started_s=900.5,
    devices=("gpu.0", "gpu.1"),
    log_path="/tmp/logs",
    predicted={"seconds": {"low": 1, "median": 2, "high": 3}},
)


@pytest.fixture
def runs(tmp_path):
    history = History.open(tmp_path / "history.db")
    yield Runs(history)
    history.close()


def test_a_run_comes_back_as_it_was_kept(runs):
    runs.put(RUN)
    assert runs.all() == (RUN,)
    assert runs.get("r1") == RUN


def test_ending_a_run_changes_it_in_place(runs):
    runs.put(RUN)
    runs.put(replace(RUN, ended_s=1500.0))
    assert [run.ended_s for run in runs.all()] == [1500.0]
    assert runs.open() == ()


def test_the_newest_run_comes_first(runs):
    for number, start in enumerate((5.0, 9.0, 1.0)):
        runs.put(replace(RUN, id=str(number), started_s=start))
    assert [run.started_s for run in runs.all()] == [9.0, 5.0, 1.0]


def test_a_run_without_a_name_or_with_its_end_before_its_start_is_refused(runs):
    with pytest.raises(UserError, match="name"):
        runs.put(replace(RUN, title="  "))
    with pytest.raises(UserError, match="before it begins"):
        runs.put(replace(RUN, ended_s=1.0))
    assert runs.all() == ()


def test_a_damaged_row_is_passed_over_and_the_others_are_read(runs, tmp_path):
    runs.put(RUN)
    runs.put(replace(RUN, id="r2"))
    other = sqlite3.connect(tmp_path / "history.db")
    other.execute("UPDATE run SET devices = 'no json' WHERE id = 'r2'")
    other.commit()
    other.close()
    assert [run.id for run in runs.all()] == ["r1"]


def test_an_unknown_run_is_said_so_and_deleting_it_is_no_error(runs):
    runs.delete("none")
    with pytest.raises(UserError, match="no run"):
        runs.get("none")


def test_a_history_from_before_runs_keeps_its_results_and_gains_runs(tmp_path):
    file = tmp_path / "history.db"
    shutil.copy(SCHEMA_1, file)
    history = History.open(file)
    try:
        assert [result.id for result in history.results()] == ["kept"]
        Runs(history).put(RUN)
        assert Runs(history).all() == (RUN,)
    finally:
        history.close()
    assert any("schema1" in kept.name for kept in tmp_path.iterdir())


def test_runs_from_before_endings_stay_and_say_nothing_of_how_they_ended(tmp_path):
    file = tmp_path / "history.db"
    shutil.copy(SCHEMA_2, file)
    history = History.open(file)
    try:
        runs = Runs(history)
        (old,) = runs.all()
        assert (old.id, old.note, old.ending) == ("old", "by hand", "")
        runs.put(replace(old, ending="failed"))
        assert runs.get("old").ending == "failed"
    finally:
        history.close()


def test_an_ending_nobody_knows_is_refused(runs):
    with pytest.raises(UserError, match="finished, failed, cancelled"):
        runs.put(replace(RUN, ended_s=1500.0, ending="so so"))
