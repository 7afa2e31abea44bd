"""The project's own sources, parsed once for all the guards."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".venv", "build", "dist", "shots", "__pycache__"}


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands, its text and its syntax tree."""

    where: str  # "hwstudio/core/base/units.py"
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The name it is imported by."""
        return self.where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _project_files() -> list[Path]:
    """Return what git would track: tracked files and new ones that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        files = [ROOT / name for name in listed.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive, or no git
        files = [path for path in ROOT.rglob("*") if not _NOT_OURS & set(path.parts)]
    return sorted(path for path in files if path.is_file())


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file of the project."""
    return _project_files()


@pytest.fixture(scope="session")
def sources() -> list[Source]:
    """Every module of the package."""
    found = []
    for path in sorted((ROOT / "hwstudio").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return found
