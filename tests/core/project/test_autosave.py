"""What was open comes back after a crash; a damaged autosave is kept and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.project.autosave import Session, recover, write_autosave
from hwstudio.core.project.file import save_project
from hwstudio.core.project.state import ProjectState


@pytest.mark.parametrize("file", [None, Path("/somewhere/plan.hws")])
@pytest.mark.parametrize("is_saved", [True, False])
def test_a_session_comes_back_as_it_was(tmp_path: Path, file: Path | None, is_saved: bool):
    session = Session(ProjectState(name="Lab PC"), file, is_saved)
    write_autosave(tmp_path / "autosave.hws", session)
    assert recover(tmp_path / "autosave.hws").session == session


def test_a_first_start_recovers_nothing_and_says_nothing(tmp_path: Path):
    found = recover(tmp_path / "autosave.hws")
    assert found.session is None
    assert found.trouble == ""


def test_a_damaged_autosave_is_kept_aside_and_told(tmp_path: Path):
    file = tmp_path / "autosave.hws"
    file.write_bytes(b"half a file")
    found = recover(file)
    assert found.session is None
    assert "could not be restored" in found.trouble
    assert "autosave.damaged.hws" in found.trouble
    assert (tmp_path / "autosave.damaged.hws").read_bytes() == b"half a file"
    assert not file.exists()


def test_a_plain_project_file_serves_as_an_autosave(tmp_path: Path):
    save_project(tmp_path / "autosave.hws", ProjectState(name="Plain"))
    found = recover(tmp_path / "autosave.hws")
    assert found.session == Session(ProjectState(name="Plain"))


@settings(max_examples=40)
@given(cut=st.integers(0, 200))
def test_an_autosave_cut_anywhere_never_raises(tmp_path: Path, cut: int):
    file = tmp_path / "autosave.hws"
    write_autosave(file, Session(ProjectState()))
    file.write_bytes(file.read_bytes()[:cut])
    assert recover(file).session is None
