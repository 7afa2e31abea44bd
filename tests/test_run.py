"""The two README commands: what run.py says and when it installs, with nothing installed here."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

RUN_FILE = Path(__file__).resolve().parents[1] / "run.py"


@pytest.fixture
def run(tmp_path: Path) -> ModuleType:
    """Load run.py as if it stood in an empty checkout."""
    copy = tmp_path / "run.py"
    copy.write_bytes(RUN_FILE.read_bytes())
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("run_under_test", copy)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pretend_venv(run: ModuleType, version: str) -> None:
    run.BIN.mkdir(parents=True)
    run.PYTHON.write_bytes(b"")
    (run.VENV / "pyvenv.cfg").write_text(f"home = /x\nversion = {version}\n", encoding="utf-8")


def pretend_stamp(run: ModuleType, extras: str) -> None:
    run.STAMP.write_text(f"{run.fingerprint()}\n{extras}\n", encoding="utf-8")


def this_version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


class FakeRun:
    """Stands in for subprocess.run and remembers the commands."""

    def __init__(self, returncode: int = 0, stderr: str = "") -> None:
        self.commands: list[list[str]] = []
        self.answer = subprocess.CompletedProcess([], returncode, "", stderr)

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        return self.answer


# --- which Python ---------------------------------------------------------------------------------


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_python_3_11_to_3_14_is_accepted(run: ModuleType, minor: int) -> None:
    assert run.python_problem((3, minor), True) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10)])
def test_an_older_python_is_refused_with_the_versions_that_fit(
    run: ModuleType, version: tuple[int, int]
) -> None:
    message = run.python_problem(version, True)
    assert "too old" in message
    assert "3.11, 3.12, 3.13 or 3.14" in message


def test_python_3_15_is_refused_because_torch_has_no_build_for_it(run: ModuleType) -> None:
    assert "torch has no build for it yet" in run.python_problem((3, 15), True)


def test_a_32_bit_python_is_refused(run: ModuleType) -> None:
    assert "32-bit" in run.python_problem((3, 12), False)


def test_a_wrong_python_stops_before_anything_is_made(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(run.StopError, match="too old"):
        run.main([])
    assert not run.VENV.exists()


def test_the_file_parses_under_python_3_8() -> None:
    import ast

    ast.parse(RUN_FILE.read_text(encoding="utf-8"), feature_version=(3, 8))


# --- making .venv ---------------------------------------------------------------------------------


def test_a_python_without_ensurepip_names_the_exact_apt_line(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        run.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object()
    )
    monkeypatch.setattr(run.shutil, "which", lambda tool: tool if tool == "apt" else None)
    with pytest.raises(run.StopError, match="sudo apt install python3-venv"):
        run.make_venv()


def test_a_folder_without_write_permission_is_named(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: object, where: Path) -> None:
        raise PermissionError(13, "Permission denied", str(where))

    monkeypatch.setattr("venv.EnvBuilder.create", refuse)
    with pytest.raises(run.StopError, match="may write there") as caught:
        run.make_venv()
    assert str(run.VENV) in str(caught.value)


@pytest.mark.parametrize(
    ("version", "is_other"), [(this_version(), False), ("3.8.1", True), ("3.110.0", True)]
)
def test_a_venv_of_another_python_is_recognised(
    run: ModuleType, version: str, is_other: bool
) -> None:
    pretend_venv(run, version)
    assert run.is_other_python() is is_other


def test_a_venv_whose_python_is_gone_is_rebuilt(run: ModuleType) -> None:
    pretend_venv(run, this_version())
    run.PYTHON.unlink()
    assert run.is_other_python()


def test_a_venv_of_another_python_is_emptied_and_says_so(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_venv(run, "3.8.1")
    cleared: list[bool] = []
    monkeypatch.setattr("venv.EnvBuilder.create", lambda self, _: cleared.append(self.clear))
    run.make_venv()
    assert cleared == [True]
    assert "Rebuilding" in capsys.readouterr().out


# --- the stamp ------------------------------------------------------------------------------------


def test_a_stamped_environment_is_ready_for_what_it_holds_and_no_more(run: ModuleType) -> None:
    pretend_venv(run, this_version())
    pretend_stamp(run, "bench")
    assert run.is_ready({"bench"})
    assert not run.is_ready({"bench", "test"})


def test_a_changed_pyproject_asks_for_a_new_installation(run: ModuleType) -> None:
    pretend_venv(run, this_version())
    pretend_stamp(run, "bench test")
    (run.ROOT / "pyproject.toml").write_text("[project]\nname = 'y'\n", encoding="utf-8")
    assert not run.is_ready({"bench"})


def test_a_ready_environment_installs_nothing(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_venv(run, this_version())
    pretend_stamp(run, "bench test")
    fake = FakeRun()
    monkeypatch.setattr(run.subprocess, "run", fake)
    run.set_up({"bench"})
    assert fake.commands == []


def test_an_interrupted_installation_leaves_no_stamp_and_is_done_again(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_venv(run, this_version())
    pretend_stamp(run, "bench")
    monkeypatch.setattr("venv.EnvBuilder.create", lambda *_: None)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run.subprocess, "run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.set_up({"bench", "test"})
    assert not run.is_ready({"bench"})

    fake = FakeRun()
    monkeypatch.setattr(run.subprocess, "run", fake)
    run.set_up({"bench", "test"})
    assert fake.commands[0][-2:] == ["--editable", ".[bench,test]"]
    assert run.is_ready({"bench", "test"})


# --- pip ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("HTTPSConnectionPool: Read timed out.", "You seem to be offline"),
        (
            "ERROR: No matching version for hatchling (from versions: none)",
            "You seem to be offline",
        ),
        ("NewConnectionError('<...>: Failed to establish')", "You seem to be offline"),
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "was refused"),
        ("ResolutionImpossible: see topics/dependency-resolution/", "pip's own words"),
    ],
)
def test_what_pip_says_becomes_a_sentence_with_a_next_step(
    run: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: str,
    expected: str,
) -> None:
    monkeypatch.setattr(run.subprocess, "run", FakeRun(1, said))
    with pytest.raises(run.StopError, match=expected) as caught:
        run.pip_install({"bench"})
    assert str(caught.value).endswith("then run the same command again.")
    assert said in capsys.readouterr().err


# --- Qt's system libraries ------------------------------------------------------------------------

NO_EGL = "ImportError: libEGL.so.1: cannot open shared object file: No such file or directory"


def test_a_missing_qt_library_is_named_with_the_exact_apt_line(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.subprocess, "run", FakeRun(1, NO_EGL))
    monkeypatch.setattr(run.shutil, "which", lambda tool: tool if tool == "apt" else None)
    with pytest.raises(run.StopError, match=r"libEGL\.so\.1") as caught:
        run.check_qt({})
    assert "sudo apt install libgl1 libegl1" in str(caught.value)


def test_fedora_gets_a_dnf_line(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.subprocess, "run", FakeRun(1, NO_EGL))
    monkeypatch.setattr(run.shutil, "which", lambda tool: tool if tool == "dnf" else None)
    with pytest.raises(run.StopError, match="sudo dnf install libglvnd-glx"):
        run.check_qt({})


def test_a_working_qt_is_passed_over_in_silence(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.subprocess, "run", FakeRun())
    run.check_qt({})


# --- what is started ------------------------------------------------------------------------------


@pytest.fixture
def started(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Skip the set-up and record the command that would replace this process."""
    commands: list[list[str]] = []

    def take_over(_file: str, command: list[str], _env: dict[str, str]) -> None:
        commands.append(command)
        raise SystemExit(0)

    monkeypatch.setattr(run, "set_up", lambda extras: None)
    monkeypatch.setattr(run, "check_qt", lambda env: None)
    monkeypatch.setattr(run.os, "execve", take_over)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: commands.append(command) or 0)
    return commands


def test_arguments_are_handed_to_hwstudio(run: ModuleType, started: list[list[str]]) -> None:
    with pytest.raises(SystemExit):
        raise SystemExit(run.main(["assess", "--json"]))
    assert started == [[str(run.PYTHON), "-m", "hwstudio", "assess", "--json"]]


def test_shots_without_a_folder_says_what_is_missing(
    run: ModuleType, started: list[list[str]]
) -> None:
    with pytest.raises(run.StopError, match="--shots DIR"):
        run.main(["--shots"])
    assert started == []


def test_test_runs_every_check_in_order(
    run: ModuleType, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["--test", "-k", "rules"]) == 0
    assert [Path(command[0]).stem for command in started] == [
        "ruff",
        "ruff",
        "mypy",
        "lint-imports",
        "pytest",
    ]
    assert started[-1][1:] == ["-n", "2", "--dist", "worksteal", "-k", "rules"]
    assert "All checks passed" in capsys.readouterr().out


def test_test_stops_at_the_first_failure_and_names_it(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []

    def fail_at_mypy(command: list[str], **_: Any) -> int:
        calls.append(Path(command[0]).stem)
        return int(calls[-1] == "mypy")

    monkeypatch.setattr(run.subprocess, "call", fail_at_mypy)
    assert run.run_checks([], {}) == 1
    assert calls == ["ruff", "ruff", "mypy"]
    assert "Stopped at: Types (mypy)" in capsys.readouterr().out


def test_help_lists_every_way_to_run_it(
    run: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["--help"]) == 0
    text = capsys.readouterr().out
    for way in ("python run.py ", "--test", "--shots DIR"):
        assert way in text
