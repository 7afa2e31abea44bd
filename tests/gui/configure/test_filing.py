"""The file a project belongs to: never the wrong one, never another's work."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from hwstudio.core.project.autosave import Session, recover
from hwstudio.core.project.file import load_project, save_project
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure import saving
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from tests.gui.configure.scene import START, InlineRunner

OTHER = ProjectState(name="Other", budget=Decimal(900))


@pytest.fixture
def model(qtbot, tools):
    made = ConfigureViewModel(tools, START)
    made.start()
    yield made
    made.save_now()


@pytest.fixture
def mine(model, tmp_path) -> Path:
    """The open project's file."""
    model.rename("Mine")
    model.save_file(tmp_path / "mine.hws")
    return tmp_path / "mine.hws"


@pytest.fixture
def other(tmp_path) -> Path:
    save_project(tmp_path / "other.hws", OTHER)
    return tmp_path / "other.hws"


def _other_taken(model, other, how: str) -> Path | None:
    if how == "open":
        model.open_file(other)
        return other
    if how == "version":
        model.take_version(Session(OTHER, other))
        return other
    model.new_project()
    return None


@pytest.mark.parametrize("how", ["open", "version", "new"])
def test_undo_gives_back_the_file_with_the_project_so_save_hits_the_right_one(
    model, mine, other, how
):
    theirs = other.read_bytes()
    file = _other_taken(model, other, how)
    assert model.state.file == file
    model.undo()
    assert (model.state.file, model.state.project.name) == (mine, "Mine")
    assert model.state.is_saved
    model.rename("Mine again")
    assert model.save_file(model.state.file)
    assert load_project(mine).name == "Mine again"
    assert other.read_bytes() == theirs


def test_redo_gives_back_the_name_a_project_was_saved_under_after_it_was_opened(
    model, mine, other, tmp_path
):
    model.open_file(other)
    model.save_file(tmp_path / "copy.hws")
    model.undo()
    assert model.state.file == mine
    model.redo()
    assert model.state.file == tmp_path / "copy.hws"


def test_a_file_changed_by_another_is_not_replaced_until_that_is_agreed(model, mine):
    save_project(mine, OTHER)
    model.rename("Mine again")
    assert not model.save_file(mine)
    assert "mine.hws was not saved" in model.state.trouble.text
    assert load_project(mine) == OTHER
    assert model.save_file(mine, replaces=True)
    assert load_project(mine).name == "Mine again"
    assert model.save_file(mine)


def test_a_change_while_hwstudio_was_closed_is_noticed_too(model, mine, tools):
    model.save_now()
    save_project(mine, OTHER)
    again = ConfigureViewModel(
        replace(tools, solve=InlineRunner(), look=InlineRunner(), curve=InlineRunner()), START
    )
    again.start()
    assert again.state.file == mine
    assert not again.save_file(mine)
    assert load_project(mine) == OTHER


def test_a_version_of_a_file_this_window_never_read_is_not_saved_over_it_unasked(model, other):
    model.take_version(Session(replace(OTHER, name="Older"), other))
    assert not model.save_file(other)
    assert load_project(other) == OTHER


@pytest.mark.parametrize("is_agreed", [True, False])
def test_save_asks_once_before_it_replaces_what_another_wrote(
    model, mine, monkeypatch, is_agreed, qtbot
):
    asked: list[str] = []
    monkeypatch.setattr(saving, "may_replace", lambda _, words: asked.append(words) or is_agreed)
    assert saving.save(model, None)
    save_project(mine, OTHER)
    assert saving.save(model, None) is is_agreed
    assert len(asked) == 1
    assert load_project(mine).name == ("Mine" if is_agreed else "Other")


def test_a_name_typed_without_its_ending_is_asked_for_where_the_file_is_there(
    model, other, monkeypatch
):
    typed = str(other.with_suffix(""))
    monkeypatch.setattr(saving.QFileDialog, "getSaveFileName", lambda *_: (typed, ""))
    monkeypatch.setattr(saving, "may_replace", lambda *_: False)
    assert not saving.save_as(model, None)
    assert load_project(other) == OTHER


def test_a_name_no_file_may_have_is_suggested_as_one_it_may(model):
    model.rename("GPU/CPU: " + "x" * 180)
    name = Path(saving.suggested(model, ".hws")).name
    assert name.startswith("GPU-CPU- x")
    assert len(name) < 70


def test_a_home_that_cannot_be_written_is_told_and_nothing_is_lost(model, tools, qtbot):
    tools.autosave_file.unlink(missing_ok=True)
    tools.autosave_file.mkdir()  # as good as any place that cannot be written
    model.rename("Kept")
    model.save_now()
    qtbot.waitUntil(lambda: model.state.trouble is not None)
    assert "Your changes are not kept" in model.state.trouble.text
    tools.autosave_file.rmdir()
    model.save_now()
    qtbot.waitUntil(lambda: model.state.trouble.kind == "ok")
    assert recover(tools.autosave_file).session.state.name == "Kept"
