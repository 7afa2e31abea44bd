"""Where hwstudio writes, and what it says when it may not."""

from __future__ import annotations

import os

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import open_home, resource_dir


def test_the_home_folder_is_made_and_holds_everything(tmp_path):
    home = open_home(tmp_path / "a" / "b")
    for file in (home.settings_file, home.history_file, home.overlay_file, home.autosave_file):
        assert file.parent == home.root


def test_a_home_that_is_a_file_is_refused_with_words(tmp_path):
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    with pytest.raises(HostError) as caught:
        open_home(file)
    assert "--home" in caught.value.sentence


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_an_unwritable_home_is_refused_with_words(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(HostError):
            open_home(tmp_path / "x")
    finally:
        tmp_path.chmod(0o700)


def test_the_resources_are_found():
    assert (resource_dir() / "icons" / "cpu.svg").is_file()


def test_an_error_reads_as_what_why_and_what_to_do():
    error = UserError("The budget is 0", "a build costs money", "Enter at least $300.")
    assert str(error) == "The budget is 0: a build costs money. Enter at least $300."


@pytest.mark.parametrize("name", ["", "  "])
def test_a_home_without_a_name_is_refused(name):
    with pytest.raises(UserError, match="--home"):
        open_home(name)
