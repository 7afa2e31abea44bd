"""A Python is asked in a process of its own; a broken one says why."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from hwstudio.core.environment import ask_python
from hwstudio.core.environment.ask_python import ask, check
from hwstudio.core.environment.child import Stopped
from hwstudio.core.environment.find import places, resolve
from hwstudio.core.environment.managed import python_in

OF_3_8 = '{"python": [3, 8, 1], "prefix": "/", "base": "/", "conda": false, "program": "/p"}'
posix = pytest.mark.skipif(os.name == "nt", reason="scripts stand for Pythons here")


@pytest.fixture
def script(tmp_path):
    """A program that does what a shell script says."""

    def write(text):
        file = tmp_path / "python"
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return str(file)

    return write


def test_this_python_tells_its_version_and_torch_is_not_imported_here():
    before = "torch" in sys.modules
    found = ask(sys.executable)
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.why_not == ""
    assert ("torch" in sys.modules) == before


@posix
def test_one_whose_base_was_uninstalled_says_what_is_gone(tmp_path):
    link = tmp_path / "python"
    link.symlink_to("/gone/bin/python3.11")
    assert ask(str(link)).why_not == "the Python it was made from is gone: /gone/bin/python3.11"


@posix
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("echo 'ModuleNotFoundError: No module named encodings' >&2; exit 1", "encodings"),
        ("echo hello", "not a Python"),
        ("kill -11 $$", "signal 11"),
        ('[ "$1" = -V ] && echo Python 2.7.18 && exit; exit 2', "2.7.18 is too old"),
        (f"echo '{OF_3_8}'", "Python 3.8.1 is too old"),
    ],
)
def test_a_broken_one_says_why(script, text, why):
    assert why in ask(script(text)).why_not


@posix
def test_one_that_hangs_is_given_up(script, monkeypatch):
    monkeypatch.setattr(ask_python, "ASK_LIMIT_S", 0.3)
    assert "did not answer" in ask(script("exec sleep 60")).why_not


@posix
def test_a_torch_that_cannot_be_imported_fails_the_check_with_its_own_last_words(script):
    why = "OSError: libcublas.so.12: cannot open shared object file"
    assert check(script(f"echo trace; echo '{why}'; exit 1")).why_not == why


@posix
def test_a_check_can_be_stopped(script):
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(Stopped):
        check(script("exec sleep 60"), stopped)


def test_conda_pyenv_and_kept_environments_are_looked_for_where_they_lie(tmp_path):
    far = tmp_path / "far" / "env"
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda" / "environments.txt").write_text(f"{far}\n")
    for folder in ("miniforge3/envs/ai", ".pyenv/versions/3.12.1", ".virtualenvs/old"):
        (tmp_path / folder).mkdir(parents=True)
    found = set(places(tmp_path, {}))
    wanted = (far, *(tmp_path / each for each in ("miniforge3/envs/ai", ".virtualenvs/old")))
    assert {python_in(each) for each in wanted} <= found
    assert python_in(tmp_path / ".pyenv/versions/3.12.1") in found


def test_one_is_named_by_its_folder_its_path_or_its_name(managed, tmp_path):
    (managed.root / "torch").mkdir(parents=True)
    (tmp_path / "env").mkdir()
    assert resolve("torch", managed) == str(python_in(managed.root / "torch"))
    assert resolve(str(tmp_path / "env"), managed) == str(python_in(tmp_path / "env"))
    assert resolve(sys.executable, managed) == sys.executable
