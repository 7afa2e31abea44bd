"""How a computer is called: nothing a user writes is read by a shell as its own."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hwstudio.core.bench.cluster.calling import FIRST, command, sources
from hwstudio.core.bench.cluster.host import Host
from hwstudio.worker.cluster import boot


def test_ssh_is_never_allowed_to_ask_and_notices_a_broken_line():
    words = command(Host(name="a", address="a", port=2222, user="ada", key="/k"), "mark")
    assert {"BatchMode=yes", "ConnectTimeout=3", "ServerAliveInterval=1"} <= set(words)
    assert words[words.index("-p") + 1] == "2222"
    assert words[words.index("-l") + 1] == "ada"


def test_a_hosts_own_option_cannot_switch_the_questions_on_again():
    words = command(Host(name="a", address="a", ssh_options=("BatchMode=no",)))
    assert words.index("BatchMode=yes") < words.index("BatchMode=no")  # ssh takes the first


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=30))
@example("\\")
def test_the_remote_shell_sees_the_path_of_python_as_one_word(python):
    assume(python[1:3] != ":\\")  # of Windows, which has another shell
    line = command(Host(name="a", address="a", python=python), "hwstudio-1-0")[-1]
    assert shlex.split(line) == [python, "-I", "-c", FIRST, "hwstudio-1-0"]


def test_a_path_of_windows_stands_bare_for_a_shell_without_single_quotes():
    line = command(Host(name="a", address="a", python="C:\\Python311\\python.exe"))[-1]
    assert line.startswith("C:\\Python311\\python.exe -I -c ")


def test_the_first_program_holds_no_sign_of_a_shell():
    assert not set(FIRST) & set("\"'`$\\!#&|<>*?~{}")


def test_the_core_and_the_worker_start_python_with_the_same_words():
    assert boot.FIRST == FIRST


def test_only_the_workers_own_sources_are_sent():
    names = set(sources())
    assert {"hwstudio/__init__.py", "hwstudio/worker/cluster/agent.py"} <= names
    assert all(name.startswith("hwstudio/worker/") for name in names - {"hwstudio/__init__.py"})


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
def test_a_shell_starts_the_program_as_it_was_sent(tmp_path):
    odd = tmp_path / "a b'c"
    odd.mkdir()
    python = odd / "py thon"
    python.symlink_to(sys.executable)
    host = Host(name="a", address="a", python=str(python))
    text = b"print(sys.argv[1], r.readline().decode())"
    done = subprocess.run(
        ["sh", "-c", command(host, "mark")[-1]],
        input=b"%d\n%srest\n" % (len(text), text),
        capture_output=True,
        check=False,
    )
    assert done.stdout.split() == [b"mark", b"rest"], done.stderr
