"""What a save may not replace unasked, and an autosave that waits for no disk."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.project import autosave_writer
from hwstudio.core.project.autosave import Session, recover
from hwstudio.core.project.autosave_writer import AutosaveWriter
from hwstudio.core.project.file import load_project, read_project, save_project
from hwstudio.core.project.on_disk import KnownFiles
from hwstudio.core.project.state import ProjectState


def test_only_another_content_is_a_change_not_another_date(tmp_path: Path):
    file, known = tmp_path / "a.hws", KnownFiles()
    known.note(file, save_project(file, ProjectState()), ProjectState())
    os.utime(file, (1, 1))
    assert not known.is_changed_outside(file)
    save_project(file, ProjectState(name="by another"))
    assert known.is_changed_outside(file)
    known.note(file, read_project(file)[1])
    assert not known.is_changed_outside(file)
    file.unlink()
    assert not known.is_changed_outside(file)
    assert not known.is_changed_outside(file / "below a file")


def test_a_file_never_read_may_not_be_replaced_unasked(tmp_path: Path):
    save_project(tmp_path / "a.hws", ProjectState())
    assert KnownFiles().is_changed_outside(tmp_path / "a.hws")


def test_saving_through_a_link_keeps_the_link_and_the_rights(tmp_path: Path):
    real, link = tmp_path / "real.hws", tmp_path / "link.hws"
    save_project(real, ProjectState())
    real.chmod(0o640)
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this account may not make links")
    save_project(link, ProjectState(name="new"))
    assert link.is_symlink()
    assert load_project(real).name == "new"
    if os.name == "posix":
        assert real.stat().st_mode & 0o777 == 0o640


def test_a_write_protected_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "a.hws"
    save_project(file, ProjectState(name="old"))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(HostError, match="write-protected"):
        save_project(file, ProjectState(name="new"))
    assert load_project(file).name == "old"


def test_no_place_to_write_is_told_whatever_is_wrong_with_it(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HostError, match="could not be saved"):
        save_project(tmp_path / "file" / "a.hws", ProjectState())
    long = tmp_path / ("ü" * 120 + ".hws")  # 244 bytes: a file may be called so
    save_project(long, ProjectState(name="long"))
    assert load_project(long).name == "long"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_and_a_folder_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.hws")
    for path in (tmp_path, tmp_path / "pipe.hws"):
        with pytest.raises(UserError, match="cannot be opened"):
            load_project(path)


def test_of_many_waiting_states_the_last_one_is_kept(tmp_path: Path, monkeypatch):
    file, gate, written = tmp_path / "autosave.hws", threading.Event(), []
    write = autosave_writer.write_autosave

    def slow(file: Path, session: Session) -> None:
        gate.wait(5)
        written.append(session.state.name)
        write(file, session)

    monkeypatch.setattr(autosave_writer, "write_autosave", slow)
    told: list[str] = []
    writer = AutosaveWriter(file, None, told.append)
    first = Session(ProjectState(name="0"))
    for number in range(20):
        writer.put(replace(first, state=ProjectState(name=str(number))))
    gate.set()
    assert writer.flush(5)
    assert written[-1] == "19"
    assert len(written) <= 2
    assert set(told) == {""}
    assert recover(file).session == Session(ProjectState(name="19"))


def test_a_failed_autosave_is_told_and_the_next_one_still_comes(tmp_path: Path):
    told: list[str] = []
    writer = AutosaveWriter(tmp_path / "home" / "autosave.hws", None, told.append)
    writer.put(Session(ProjectState()))
    writer.flush(5)
    (tmp_path / "home").mkdir()
    writer.put(Session(ProjectState()))
    writer.flush(5)
    assert "Your changes are not kept" in told[0]
    assert told[1] == ""


def test_files_put_aside_do_not_overwrite_each_other(tmp_path: Path):
    for content in (b"one", b"two"):
        (tmp_path / "autosave.hws").write_bytes(content)
        recover(tmp_path / "autosave.hws")
    assert {each.read_bytes() for each in tmp_path.iterdir()} == {b"one", b"two"}
