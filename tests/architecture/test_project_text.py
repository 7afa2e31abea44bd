"""What the project's own files say: no machine's paths, the two commands, the right pins."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

# Put together here, so that this file does not hold the words it looks for.
MACHINE_PATHS = tuple(f"/{name}" for name in ("work/", "root/", "farm/", "tmp/hw"))
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (("files", "pythonhosted"), ("registry", "npmjs"), ("deb", "debian"))
)
LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}
MAX_TEXT_BYTES = 5_000_000


def text_of(path: Path) -> str | None:
    """Return a file's text, or None for pictures, databases and the like."""
    if path.stat().st_size > MAX_TEXT_BYTES:
        return None
    raw = path.read_bytes()
    if b"\0" in raw[:8192]:
        return None
    return raw.decode("utf-8", errors="replace")


def test_no_file_names_a_path_or_registry_of_the_machine_it_was_written_on(
    project_files: list[Path], root: Path
) -> None:
    words = re.compile("|".join(map(re.escape, (*MACHINE_PATHS, *REGISTRY_HOSTS))))
    wrong = []
    for path in project_files:
        text = text_of(path)
        found = words.search(text) if text else None
        if found and text:
            line = text.count("\n", 0, found.start()) + 1
            wrong.append(f"{path.relative_to(root)}:{line}: {found.group()}")
    assert wrong == []


def test_the_catalogue_names_no_path_of_the_machine_that_compiled_it(root: Path) -> None:
    raw = (root / "catalog.db").read_bytes()
    assert [path for path in MACHINE_PATHS if path.encode() in raw] == []


def test_no_lock_file_is_part_of_the_project(project_files: list[Path]) -> None:
    assert [path.name for path in project_files if path.name in LOCK_FILES] == []


@pytest.mark.parametrize("command", ["python run.py", "python run.py --test"])
def test_the_readme_gives_the_two_commands(root: Path, command: str) -> None:
    lines = (root / "README.md").read_text(encoding="utf-8").splitlines()
    assert any(re.match(rf"[`\s$]*{re.escape(command)}(?![\w-])", line) for line in lines)


def test_qt_and_torch_are_pinned_below_the_releases_that_break_us(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "PySide6-Essentials>=6.11,<6.12" in project["dependencies"]
    (torch,) = project["optional-dependencies"]["bench"]
    assert re.match(r"torch==\d+\.\d+\.\d+;", torch)


def test_the_installed_qt_is_older_than_6_12() -> None:
    major, minor = version("PySide6-Essentials").split(".")[:2]
    assert (int(major), int(minor)) < (6, 12)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_a_thousand_calls_into_qt_lose_no_reference_to_none() -> None:
    from PySide6.QtGui import QPainterPath

    path = QPainterPath()
    path.moveTo(0.0, 0.0)
    before = sys.getrefcount(None)
    for _ in range(1000):
        path.moveTo(0.0, 0.0)
    lost = before - sys.getrefcount(None)
    assert lost < 100
