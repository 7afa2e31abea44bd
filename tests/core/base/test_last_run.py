"""How the last run ended, and when a start in safe mode is offered."""

from __future__ import annotations

import pytest

from hwstudio.core.base.last_run import LastRun, RunMark


@pytest.fixture
def file(tmp_path):
    return tmp_path / "last-run.json"


def _start(file, *steps: str) -> LastRun:
    mark = RunMark(file)
    last = mark.begin()
    for step in steps:
        getattr(mark, step)()
    return last


def test_a_run_that_was_closed_leaves_nothing_to_tell(file):
    assert _start(file, "stands", "end").ended_well  # the first run of all
    assert _start(file, "stands", "end").ended_well
    assert _start(file).ended_well


def test_a_run_that_died_at_work_is_told_but_is_no_failed_start(file):
    _start(file, "stands")
    last = _start(file)
    assert not last.ended_well
    assert last.starts_failed == 0


def test_safe_mode_is_offered_after_two_failed_starts_in_a_row(file):
    assert not _start(file).offers_safe_mode
    assert not _start(file).offers_safe_mode
    assert _start(file, "stands").offers_safe_mode
    assert not _start(file).offers_safe_mode  # one came up in between


@pytest.mark.parametrize("text", ["", "[]", '{"state": 3, "since": "", "starts_failed": 9}', "{"])
def test_a_file_that_makes_no_sense_is_a_first_run(file, text):
    file.write_text(text, "utf-8")
    assert _start(file) == LastRun()
