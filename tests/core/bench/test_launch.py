"""Finding a Python with torch, and starting the worker in it without leaking ourselves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.bench import launch
from hwstudio.core.bench.launch import (
    Interpreter,
    candidates,
    choose_interpreter,
    clean_environment,
    command,
    probe,
)


def test_a_frozen_parent_gives_its_child_the_loader_path_it_found_itself():
    leaked = {
        "LD_LIBRARY_PATH": "/opt/app",
        "LD_LIBRARY_PATH_ORIG": "/usr/lib/mine",
        "_PYI_ARCHIVE_FILE": "x",
        "PYTHONPATH": "/p",
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": "/h",
    }
    assert clean_environment(leaked, frozen=True) == {
        "HOME": "/h",
        "LD_LIBRARY_PATH": "/usr/lib/mine",
    }


def test_a_frozen_parent_without_a_former_loader_path_leaves_none():
    assert "LD_LIBRARY_PATH" not in clean_environment({"LD_LIBRARY_PATH": "/app"}, frozen=True)


def test_from_source_the_users_loader_path_stays():
    assert clean_environment({"LD_LIBRARY_PATH": "/cuda"}, frozen=False) == {
        "LD_LIBRARY_PATH": "/cuda"
    }


def test_this_python_is_probed_by_its_version():
    found = probe(sys.executable)
    assert found.python == ".".join(map(str, sys.version_info[:3]))


def test_something_that_is_no_python_says_so(tmp_path):
    file = tmp_path / "python"
    file.write_text("no program")
    assert "not a Python" in probe(str(file)).why_not


def test_the_users_own_choice_is_asked_first(monkeypatch):
    asked = []
    monkeypatch.setattr(launch, "candidates", lambda chosen: [chosen, "second"])
    monkeypatch.setattr(
        launch, "probe", lambda path: asked.append(path) or Interpreter(path, "3.12", "2.13")
    )
    assert choose_interpreter(setting="mine").path == "mine"
    assert asked == ["mine"]


def test_no_python_with_torch_is_the_hosts_refusal_with_the_install_line(monkeypatch):
    monkeypatch.setattr(
        launch, "probe", lambda path: Interpreter(path, "3.12", "", launch.NO_TORCH)
    )
    with pytest.raises(HostError, match=r"pip install \"hwstudio\[bench\]\""):
        choose_interpreter()


def test_a_named_python_without_torch_is_refused_and_no_other_is_taken(monkeypatch):
    monkeypatch.setattr(
        launch, "probe", lambda path: Interpreter(path, "3.12", "", launch.NO_TORCH)
    )
    with pytest.raises(HostError, match="other-python cannot run benchmarks"):
        choose_interpreter("other-python")


@pytest.mark.parametrize("name", ["/nonexist", __file__])
def test_a_named_program_that_is_no_python_is_wrong_input_and_named(name):
    with pytest.raises(UserError, match="is not a Python that can be started") as refused:
        choose_interpreter(name)
    assert refused.value.what.startswith(name)


def test_the_worker_starts_isolated_and_our_folder_leaves_its_import_path():
    line = command(Interpreter(sys.executable, "3.12", "2.13"))
    assert line[1] == "-I"
    assert "sys.path.remove" in line[3]


def test_a_package_is_found_by_the_name_its_build_has(monkeypatch, tmp_path):
    """tensorflow-cpu is tensorflow; a module without any known name has an unknown version."""
    for module, files in {"tensorflow": "tensorflow_cpu-2.21.dist-info", "jax": ""}.items():
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("raise SystemExit('imported')")
        if files:
            (tmp_path / files).mkdir()
            (tmp_path / files / "METADATA").write_text("Name: tensorflow-cpu\nVersion: 2.21\n")
    monkeypatch.setattr(
        launch, "_PROBE", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{launch._PROBE}"
    )
    found = probe(sys.executable)
    assert found.packages["tensorflow"] == "2.21"
    assert found.packages["jax"] == "unknown version"


def test_what_a_python_lacks_is_named_torch_or_not():
    bare = Interpreter("py", "3.12", "", launch.NO_TORCH, "2.4", packages={"jax": "0.10"})
    assert bare.lacks(("jax", "numpy")) == ""
    assert bare.lacks(("tensorflow", "numpy")) == "this Python has no tensorflow"
    assert bare.lacks(("torch",)) == launch.NO_TORCH


def test_a_second_python_runs_what_the_first_lacks_a_library_for():
    jax = Interpreter("py2", "3.12", "", launch.NO_TORCH, "2.4", packages={"jax": "0.10"})
    first = Interpreter("py1", "3.12", "2.13", "", "2.4", others=(jax,))
    assert first.lacks(("jax", "numpy")) == ""
    assert first.serving(("jax", "numpy")).path == "py2"
    assert first.serving(("torch",)).path == "py1"
    assert first.lacks(("tensorflow",)) == "this Python has no tensorflow"


def test_a_missing_package_is_the_hosts_refusal_with_its_own_pip_line(monkeypatch):
    monkeypatch.setattr(launch, "probe", lambda path: Interpreter(path, "3.12", "2.13", "", "2.4"))
    with pytest.raises(HostError, match="pip install jax numpy"):
        choose_interpreter(needs=("jax", "numpy"))


@pytest.mark.parametrize("has_torch", [True, False])
def test_the_packaged_app_measures_with_its_own_worker_only_where_that_holds_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_torch: bool
) -> None:
    own = tmp_path / ("hwstudio-worker.exe" if os.name == "nt" else "hwstudio-worker")
    own.touch()
    (tmp_path / "inside" / ("torch" if has_torch else "numpy")).mkdir(parents=True)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "inside"), raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "hwstudio"))
    found = candidates(str(own.parent / "chosen"))
    assert (str(own) in found) is has_torch
    assert command(Interpreter(str(own), "3.11", "2.13")) == [str(own)]
