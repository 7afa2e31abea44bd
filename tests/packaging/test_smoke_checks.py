"""What the smoke test counts in a trace, and which system libraries a package can do without."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

HOME = r"/tmp/x/Zo\303\253's \320\236"
TRACE = rf"""
11 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3<UNIX-STREAM:[7]>
11 connect(3<UNIX-STREAM:[7]>, {{sa_family=AF_UNIX, sun_path="/tmp/.X11-unix/X1"}}, 20) = 0
11 openat(AT_FDCWD</tmp>, "{HOME}/settings.json", O_RDONLY|O_CLOEXEC) = 4<{HOME}/settings.json>
11 openat(AT_FDCWD</tmp>, "{HOME}/new.json", O_WRONLY|O_CREAT|O_CLOEXEC, 0600 <unfinished ...>
12 openat(AT_FDCWD</tmp>, "/usr/lib/app/x.pyc", O_WRONLY|O_CREAT, 0644) = -1 EROFS (Read-only)
11 <... openat resumed>)             = 5<{HOME}/new.json>
12 openat(AT_FDCWD</tmp>, "/dev/null", O_RDWR) = 6</dev/null>
"""


def deeds(more: str = ""):
    from checks import traces

    return traces.read(TRACE + more)


def test_a_trace_of_an_app_that_keeps_to_its_home_shows_no_socket_and_no_stray_file() -> None:
    found = deeds()
    assert found.internet_sockets == 0
    assert not found.calls
    assert Path("/tmp/x/Zoë's О/new.json") in map(Path, found.written)
    assert found.written_outside(Path("/tmp/x/Zoë's О")) == []


@pytest.mark.parametrize(
    ("line", "stray"),
    [
        ('12 openat(AT_FDCWD</home/me>, "notes", O_WRONLY|O_CREAT, 0644) = 7<x>', "/home/me/notes"),
        ('12 openat(9</etc>, "app", O_RDWR|O_TRUNC) = 7<x>', "/etc/app"),
        ('12 mkdir("/tmp/x/other", 0777) = 0', "/tmp/x/other"),
        ('12 rename("/tmp/a", "/tmp/b") = 0', "/tmp/a"),
        ('12 unlinkat(AT_FDCWD</tmp>, "c", 0) = 0', "/tmp/c"),
    ],
)
def test_every_kind_of_write_outside_is_named(line: str, stray: str) -> None:
    assert stray in deeds(line + "\n").written_outside(Path("/tmp/x/Zoë's О"))


def test_an_internet_socket_and_a_call_that_failed_are_both_counted() -> None:
    found = deeds(
        "12 socket(AF_INET6, SOCK_STREAM, 0) = 8<TCPv6:[9]>\n"
        "12 connect(8<TCPv6:[9]>, {sa_family=AF_INET6, sin6_port=htons(443)}, 28) = -1 EHOSTDOWN\n"
    )
    assert found.internet_sockets == 1
    assert len(found.calls) == 1


def test_only_system_libraries_that_nothing_reaches_are_taken_out(
    dist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import orphans

    inside = dist / "_internal"
    for name in ("libused.so.1", "libdeep.so.2", "libgone.so.3", "libgone2.so.3", "libpython3.so"):
        (inside / name).write_bytes(b"library")
    (inside / "numpy").mkdir()
    (inside / "numpy" / "core.so").write_bytes(b"library")
    links = {
        "core.so": {"libused.so.1", "libc.so.6"},
        "libused.so.1": {"libdeep.so.2"},
        "libgone.so.3": {"libgone2.so.3", "libused.so.1"},
        "hwstudio": {"libone.so.1"},
    }
    monkeypatch.setattr(orphans, "needs", lambda file: links.get(file.name, set()))
    found = [file.name for file in orphans.orphans(dist)]
    assert found == ["libgone.so.3", "libgone2.so.3"]


def test_the_walk_opens_every_tab_of_the_window_by_its_name() -> None:
    from checks import person

    from hwstudio.gui.shell.tabs import TABS

    assert [name for name, _ in person.WALK] == [tab.title for tab in TABS]


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the packaged worker's start script; what it changes in sys is put back."""
    import entry_worker

    for name in ("argv", "base_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(entry_worker, "is_held", lambda name: name == "torch")
    return entry_worker


def test_the_full_editions_worker_runs_code_as_a_python_of_its_own_environment(
    entry: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; print(sys.argv, sys.prefix == sys.base_prefix)"
    assert entry.as_python(["-I", "-c", code, "mark"]) == 0
    assert capsys.readouterr().out == "['-c', 'mark'] False\n"


def test_a_worker_without_torch_or_without_code_refuses_to_be_a_python(
    entry: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert entry.as_python(["-m", "pip"]) == 2
    assert entry.as_python(["-c"]) == 2
    monkeypatch.setattr(entry, "is_held", lambda name: False)
    assert entry.as_python(["-c", "print(1)"]) == 2
