"""Earlier versions: few, well spread, and whole whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.project import versions
from hwstudio.core.project.autosave import Session, recover, write_autosave
from hwstudio.core.project.state import Choice, ProjectState
from hwstudio.core.project.version_words import age_words, compared
from hwstudio.core.project.versions import VersionStore, read_version

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store whose clock moves on a minute with each version."""
    ticks = iter(range(10_000))
    monkeypatch.setattr(versions, "utc_now", lambda: NOW + timedelta(minutes=next(ticks)))
    return VersionStore(tmp_path / "versions")


def _kept(store, tmp_path, name: str, file: Path | None = None) -> Session:
    session = Session(ProjectState(name=name), file)
    write_autosave(tmp_path / "autosave.hws", session)
    store.keep(tmp_path / "autosave.hws", file)
    return session


def test_each_change_is_a_version_and_saving_the_same_again_is_none(store, tmp_path):
    first = _kept(store, tmp_path, "a")
    second = _kept(store, tmp_path, "b")
    _kept(store, tmp_path, "b")
    _kept(VersionStore(tmp_path / "versions"), tmp_path, "b")  # the next start
    assert [read_version(each) for each in store.of(None)] == [second, first]


def test_projects_keep_their_versions_apart_the_newest_first(store, tmp_path):
    _kept(store, tmp_path, "unsaved")
    _kept(store, tmp_path, "lab", tmp_path / "lab.hws")
    assert [kept.file for kept in store.projects()] == [tmp_path / "lab.hws", None]


def test_a_long_day_of_edits_leaves_fifty_versions_with_the_first_and_the_last(store, tmp_path):
    for number in range(70):
        _kept(store, tmp_path, str(number))
    names = [read_version(each).state.name for each in store.of(None)]
    assert len(names) == versions.MOST
    assert names[:10] == [str(number) for number in range(69, 59, -1)]
    assert names[-1] == "0"


def test_large_projects_keep_fewer_versions(store, tmp_path, monkeypatch):
    _kept(store, tmp_path, "a")
    size = store.of(None)[0].file.stat().st_size
    monkeypatch.setattr(versions, "MOST_BYTES", 4 * size)
    for name in "bcdefgh":
        _kept(store, tmp_path, name)
    assert 1 <= len(store.of(None)) <= 4
    assert read_version(store.of(None)[0]).state.name == "h"


@given(st.lists(st.floats(0, 1e8), min_size=3, max_size=80, unique=True).map(sorted))
def test_thinning_never_takes_the_newest_or_the_oldest(ages_s):
    assert 0 < versions._least_missed(ages_s) < len(ages_s) - 1


def test_a_damaged_version_is_listed_and_refused_in_words(store, tmp_path):
    _kept(store, tmp_path, "a")
    _kept(store, tmp_path, "b")
    store.of(None)[0].file.write_bytes(b"torn")
    assert len(store.projects()[0].versions) == 2
    with pytest.raises(UserError, match="cannot be opened"):
        read_version(store.of(None)[0])


def test_what_differs_stands_first():
    card = Choice("gpu_card", "x", "RTX 5090", 2)
    old, new = ProjectState(budget=Decimal(3000)), ProjectState(parts=(card,), notes="for the lab")
    rows = compared(old, new, str)
    assert [(r.what, r.then, r.now) for r in rows if r.differs] == [
        ("Graphics card", "none", "2x RTX 5090"),
        ("Notes", "none", "for the lab"),
    ]
    assert [r.differs for r in rows] == sorted((r.differs for r in rows), reverse=True)
    hidden = compared(old, ProjectState(budget=Decimal(3000), ticked=("bios",)), str)
    assert sum(row.differs for row in hidden) == 1


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(-5, "0 s ago"), (40, "40 s ago"), (200, "3 min ago"), (2e4, "6 h ago"), (1e6, "12 days ago")],
)
def test_an_age_is_told_in_the_unit_that_fits(age_s, words):
    assert age_words(NOW - timedelta(seconds=age_s), NOW) == words


_WRITER = """
import sys
from pathlib import Path
from hwstudio.core.project.autosave import Session, write_autosave
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.versions import VersionStore
folder, number = Path(sys.argv[1]), 0
store = VersionStore(folder / "versions")
while True:
    number += 1
    write_autosave(folder / "autosave.hws", Session(ProjectState(name=str(number))))
    store.keep(folder / "autosave.hws", None)
    print(number, flush=True)
"""


def test_a_kill_while_saving_loses_nothing_that_was_saved(tmp_path):
    root = str(Path(__file__).resolve().parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as writer:
        assert writer.stdout is not None
        for _ in range(8):
            told = int(writer.stdout.readline())
        writer.kill()
        told = max(told, *(int(line) for line in writer.stdout if line.strip()), told)
    found = recover(tmp_path / "autosave.hws")
    assert found.session is not None
    assert int(found.session.state.name) >= told
    kept = VersionStore(tmp_path / "versions").of(None)
    assert int(read_version(kept[0]).state.name) >= told
    assert all(read_version(each).state.name for each in kept)
