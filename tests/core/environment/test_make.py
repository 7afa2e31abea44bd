"""Environments are made whole or not at all, online only through the door, and removed again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.network_log import read_calls
from hwstudio.core.environment.ask_python import Checked, Found
from hwstudio.core.environment.build_of_torch import CPU, TorchBuild
from hwstudio.core.environment.child import Stopped, guarded, run_child
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.find import find
from hwstudio.core.environment.installer import PIP, UV, Source, Tool, install_command, make_command
from hwstudio.core.environment.make import Hands, Wish, make
from hwstudio.core.environment.managed import BEING_MADE, INTERRUPTED, python_in
from hwstudio.core.environment.wanted import choice_named
from hwstudio.core.environment.wheels import read_wheels
from tests.core.environment.conftest import tiny_torch

CPU_BUILD = choice_named("cpu", Drivers())
ONLINE = Wish("torch", sys.executable, CPU_BUILD)
TOOL = Tool(UV, "/usr/bin/uv")
SOUND = Checked("2.13.0")
WORKS = TorchBuild("2.13.0+cpu", CPU)


class Border:
    """Stands for uv and pip: makes a folder, or fails as it is told to."""

    def __init__(self, *, says=(), fails=False, check=SOUND, then=None):
        self.lines, self.environments, self.says, self.fails = [], [], says, fails
        self._then = then
        self.hands = Hands(self.run, lambda path: Found(path, torch=WORKS), lambda *_: check)

    def run(self, line, env, say, stopped):
        self.lines.append(line)
        self.environments.append(env)
        if "venv" in line:
            python = python_in(Path(line[-1]))
            python.parent.mkdir(parents=True)
            python.write_text("")
            return 0
        for words in self.says:
            say(words)
        if self._then:
            self._then(stopped)
        return 1 if self.fails else 0


def do(border, managed, network, wish=ONLINE, tool=TOOL):
    heard = []
    stopped = threading.Event()
    return make(wish, managed, tool, network, say=heard.append, stopped=stopped, hands=border.hands)


def left(managed):
    return {each.name for each in managed.root.iterdir()} if managed.root.exists() else set()


def test_shut_means_nothing_is_started_and_the_refusal_is_logged(managed, network):
    border = Border()
    with pytest.raises(UserError, match="may not use the network"):
        do(border, managed, network)
    assert border.lines == []
    (call,) = read_calls(network.log_file)
    assert (call.state, call.host, call.method) == ("refused", "download.pytorch.org", UV)
    assert managed.all() == ()


def test_an_open_door_lends_the_network_and_logs_who_was_asked_for_what(managed, network):
    network.open_it()
    made = do(Border(), managed, network)
    assert (made.name, made.kind, made.why_not) == ("torch", "hwstudio", "")
    (call,) = read_calls(network.log_file)
    assert (call.state, call.where) == ("done", "download.pytorch.org/whl/cpu")
    assert [each.why_not for each in managed.all()] == [""]


@pytest.mark.skipif(sys.platform == "darwin", reason="Macs take the one build of the usual index")
@pytest.mark.parametrize("backend", ["cpu", "cu126", "cu130", "rocm7.2"])
def test_both_programs_are_told_the_same_index_and_packages(managed, network, backend):
    network.open_it()
    wish = replace(ONLINE, choice=choice_named(backend, Drivers()))
    ends = []
    for tool in (TOOL, Tool(PIP)):
        border = Border()
        do(border, managed, network, wish, tool)
        managed.remove("torch")
        ends.append(border.lines[-1][-4:])
    index = f"https://download.pytorch.org/whl/{backend}"
    assert ends == [["--index-url", index, "torch==2.13.0", "numpy"]] * 2


def test_from_a_folder_neither_program_can_reach_a_network(managed, network, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://example.invalid")
    monkeypatch.setenv("UV_INDEX", "https://example.invalid")
    border = Border()
    wish = replace(ONLINE, wheels=read_wheels(tiny_torch(tmp_path / "wheels")))
    do(border, managed, network, wish)
    assert not network.log_file.exists()
    assert {"--no-index", "--offline", "--no-config"} <= set(border.lines[-1])
    env = border.environments[-1]
    assert not {"PIP_EXTRA_INDEX_URL", "UV_INDEX"} & set(env)
    assert env["PIP_CONFIG_FILE"] == os.devnull
    pip = install_command(Tool(PIP), tmp_path, Source(wheels=tmp_path), ("torch",))
    assert "--no-index" in pip
    assert "--no-python-downloads" in make_command(TOOL, sys.executable, tmp_path)


def test_what_the_programs_write_lies_under_the_home(managed, network):
    network.open_it()
    border = Border()
    do(border, managed, network)
    env = border.environments[-1]
    for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR", "TMPDIR", "TEMP"):
        assert env[name].startswith(str(managed.root))


def test_a_failure_leaves_nothing_and_says_the_programs_own_reason(managed, network):
    network.open_it()
    says = ("Looking", "ERROR: No matching distribution found for torch==2.13.0", "hint: no")
    with pytest.raises(HostError, match="No matching distribution found for torch"):
        do(Border(says=says, fails=True), managed, network)
    assert managed.all() == ()
    assert read_calls(network.log_file)[0].state == "failed"
    assert do(Border(), managed, network).name == "torch"  # try again


def test_uvs_hint_for_people_is_handed_on(managed, network):
    network.open_it()
    says = (
        "error: No solution found",
        "cause: torch has no wheels",
        "hint: You require CPython 3.12",
    )
    with pytest.raises(HostError, match=r"No solution found\. You require CPython 3"):
        do(Border(says=says, fails=True), managed, network)


@pytest.mark.parametrize("sign", ["NewConnectionError('...')", "dns error: failed to lookup"])
def test_an_index_nobody_reaches_is_said_so_with_the_way_around(managed, network, sign):
    network.open_it()
    says = (f"WARNING: Retrying after {sign}", "ERROR: No matching distribution found")
    with pytest.raises(HostError, match=r"cannot be reached.*folder of wheels"):
        do(Border(says=says, fails=True), managed, network)


def test_debians_python_without_venv_gets_the_line_that_helps(managed, network):
    network.open_it()
    says = ("ensurepip is not available",)
    with pytest.raises(HostError, match="sudo apt install python3-venv"):
        do(Border(says=says, fails=True), managed, network)


def test_stopping_leaves_nothing_at_all(managed, network):
    network.open_it()

    def stop(_stopped):
        raise Stopped

    with pytest.raises(Stopped):
        do(Border(then=stop), managed, network)
    assert left(managed) == set()
    assert read_calls(network.log_file)[0].error == "stopped"


@pytest.mark.skipif(os.name == "nt", reason="a shell is asked for a child of its own")
def test_stopping_ends_the_program_with_all_it_started(tmp_path):
    note, stopped = tmp_path / "pid", threading.Event()
    line = ["/bin/sh", "-c", f"sleep 300 & echo $! > '{note}'; echo up; wait"]
    timer = threading.Thread(target=lambda: (_wait_for(note.exists), stopped.set()))
    timer.start()
    with pytest.raises(Stopped):
        run_child(line, dict(os.environ), lambda _: None, stopped)
    timer.join()
    _wait_for(lambda: not _runs(int(note.read_text())))


@pytest.mark.skipif(os.name == "nt", reason="a shell is asked for a child of its own")
def test_a_program_ends_once_hwstudio_is_gone(tmp_path):
    note = tmp_path / "pid"
    script = f"sleep 300 & echo $! > '{note}'; wait"
    line = guarded(sys.executable, ["/bin/sh", "-c", script])
    with subprocess.Popen(line, stdin=subprocess.PIPE, start_new_session=True) as process:
        _wait_for(lambda: note.exists() and note.read_text())
        process.stdin.close()
        assert process.wait(30) != 0
    _wait_for(lambda: not _runs(int(note.read_text())))


def test_a_guarded_program_keeps_its_words_and_its_exit_code():
    heard = []
    line = guarded(sys.executable, [sys.executable, "-c", "print('hello'); raise SystemExit(7)"])
    assert run_child(line, dict(os.environ), heard.append, threading.Event()) == 7
    assert heard == ["hello"]


def _wait_for(is_so):
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:  # one that ended and nobody has asked for yet is no longer running
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def test_what_an_interrupted_making_left_says_so_and_is_made_anew(managed, network):
    network.open_it()
    (managed.root / "torch" / "bin").mkdir(parents=True)
    assert [each.why_not for each in managed.all()] == [INTERRUPTED]
    with managed.held("torch"):
        assert [each.why_not for each in managed.all()] == [BEING_MADE]
    do(Border(), managed, network)
    assert [each.why_not for each in managed.all()] == [""]


def test_one_that_is_there_is_never_overwritten(managed, network):
    network.open_it()
    do(Border(), managed, network)
    with pytest.raises(UserError, match="There is an environment called torch"):
        do(Border(), managed, network)
    assert len(managed.all()) == 1


def test_a_torch_that_cannot_compute_is_kept_and_says_why(managed, network):
    network.open_it()
    why = "ImportError: libcudart.so.13: cannot open shared object file"
    made = do(Border(check=Checked(why_not=why)), managed, network)
    assert made.why_not == why
    assert managed.all()[0].why_not == why


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", "a b", "-x", "x" * 41, "x."])
def test_a_name_that_is_no_plain_folder_is_refused(managed, name):
    with pytest.raises(UserError):
        managed.folder(name)


def test_only_what_hwstudio_made_is_removed(managed, tmp_path):
    foreign = tmp_path / "mine"
    foreign.mkdir()
    for name in ("mine", "../../mine", str(foreign)):
        with pytest.raises(UserError):
            managed.remove(name)
    assert foreign.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_removing_a_link_spares_what_it_leads_to(managed, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("years")
    managed.root.mkdir(parents=True)
    (managed.root / "link").symlink_to(tmp_path / "mine")
    managed.remove("link")
    assert (tmp_path / "mine" / "thesis").exists()


def test_a_folder_without_torch_and_a_damaged_wheel_are_refused_before_anything_is_made(tmp_path):
    with pytest.raises(UserError, match="no wheel of torch"):
        read_wheels(tmp_path)
    (tmp_path / "torch-2.13.0-py3-none-any.whl").write_bytes(b"half a file")
    with pytest.raises(UserError, match="damaged"):
        read_wheels(tmp_path)


def test_too_little_space_is_said_before_anything_is_made(managed, network, tmp_path):
    wheels = replace(read_wheels(tiny_torch(tmp_path / "wheels")), unpacked_bytes=10**18)
    border = Border()
    with pytest.raises(HostError, match="too little free space"):
        do(border, managed, network, replace(ONLINE, wheels=wheels))
    assert border.lines == []


def test_a_real_environment_is_made_from_a_folder_without_a_network(managed, network, tmp_path):
    pytest.importorskip("ensurepip")
    wheels = read_wheels(tiny_torch(tmp_path / "räder und mehr"))
    heard, stopped = [], threading.Event()
    wish = replace(ONLINE, wheels=wheels)
    made = make(wish, managed, Tool(PIP), network, say=heard.append, stopped=stopped)
    assert (made.torch.version, made.torch.title, made.why_not) == ("2.13.0+cpu", "CPU only", "")
    assert heard[-1] == "Trying PyTorch"
    assert left(managed) == {"torch", ".torch.lock"}
    assert next(each for each in find("", managed) if each.name == "torch").why_not == ""
    managed.remove("torch")
    assert left(managed) == set()
