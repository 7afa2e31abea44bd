"""Project folders are written once and never over anything."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.project.learn.folders import create_folders
from hwstudio.core.project.learn.tree import WORDS


def test_the_whole_tree_is_written(tmp_path):
    made = create_folders(tmp_path / "new" / "project")
    assert not made.kept
    for path in WORDS:
        assert (made.folder / path).exists()
    assert len(made.written) == len(WORDS)


def test_what_is_there_stays_as_it_is_and_is_named(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    made = create_folders(tmp_path)
    assert made.kept == ("README.md",)
    assert (tmp_path / "README.md").read_text() == "mine"
    assert "1 was there already" in made.sentence
    assert create_folders(tmp_path).written == ()


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path):
    (tmp_path / "README.md").symlink_to(tmp_path / "elsewhere")
    assert create_folders(tmp_path).kept == ("README.md",)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_place_of_the_folder_or_of_one_inside_is_told(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(UserError, match="it is a file"):
        create_folders(file)
    (tmp_path / "configs").write_text("mine")
    with pytest.raises(HostError, match="stands in the way"):
        create_folders(tmp_path)
    assert (tmp_path / "configs").read_text() == "mine"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_git_leaves_data_out_and_keeps_the_words_about_them(tmp_path):
    create_folders(tmp_path)
    (tmp_path / "data" / "raw" / "large.bin").write_bytes(b"x")
    (tmp_path / "runs" / "one").mkdir()
    (tmp_path / "runs" / "one" / "log.txt").write_text("x")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    asked = ["git", "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "data/raw/README.md" in seen.stdout
    assert "large.bin" not in seen.stdout
    assert "log.txt" not in seen.stdout
