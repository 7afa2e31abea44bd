"""The history as the recorder asks it: nothing is made, and a stamp tells of every change."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.history.each_time import EachTime
from hwstudio.core.history.runs import Runs
from hwstudio.core.history.store import History
from hwstudio.core.model.run import Run

RUN = Run(id="r", title="A run", started_s=100.0, note="Mine", predicted={"a": 1})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "history.db"


@pytest.fixture
def kept(file):
    history = History.open(file)
    Runs(history).put(RUN)
    yield Runs(history)
    history.close()


def test_where_there_is_no_history_none_is_begun(file):
    each = EachTime(file)
    assert each.stamp() is None
    with pytest.raises(HostError, match="could not be read"):
        Runs(each).open()
    assert not file.exists()


def test_every_change_by_others_changes_the_stamp(file, kept):
    each = EachTime(file)
    before = each.stamp()
    assert Runs(each).open() == (RUN,)
    assert each.stamp() == before  # reading is no change
    kept.put(Run(id="s", title="Another", started_s=200.0))
    assert each.stamp() != before


def test_a_run_ends_once_and_keeps_everything_else(file, kept):
    done = Runs(EachTime(file)).end("r", 150.0, "Ended about then")
    assert done == kept.get("r")
    assert (done.ended_s, done.note, done.predicted) == (150.0, "Mine\nEnded about then", {"a": 1})
    assert kept.end("r", 170.0) is None
    assert kept.end("none", 170.0) is None
    assert kept.get("r").ended_s == 150.0


def test_no_run_ends_before_it_begins(kept):
    assert kept.end("r", 5.0).ended_s == 100.0


def test_an_end_is_corrected_only_while_it_is_what_was_seen(kept):
    was = kept.end("r", 150.0)
    assert kept.correct_end(was, 155.0, "Mine")
    assert not kept.correct_end(was, 190.0, "Mine")
    assert kept.get("r").ended_s == 155.0
