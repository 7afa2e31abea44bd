"""A stand-in for the packaged folder, and the packaging scripts as modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
FOLDERS = [str(PACKAGING), *(str(PACKAGING / name) for name in ("linux", "windows", "macos"))]
EPOCH_S = 1_790_000_000


@pytest.fixture(autouse=True)
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests import the scripts by name, as they import each other, at a fixed build time."""
    monkeypatch.setattr(sys, "path", [*FOLDERS, *sys.path])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH_S))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a folder shaped like the packaged app: three programs, libraries, a link."""
    folder = tmp_path / "a build" / "hwstudio"
    inside = folder / "_internal"
    inside.mkdir(parents=True)
    for name in ("hwstudio", "hwstudio-cli", "hwstudio-worker"):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*"\n')
        (folder / name).chmod(0o755)
    (inside / "libone.so.1").write_bytes(b"library")
    (inside / "libone.so.1").chmod(0o775)
    (inside / "libone.so").symlink_to("libone.so.1")
    (inside / "__pycache__").mkdir()  # as a smoke test leaves it
    (inside / "__pycache__" / "loop.cpython-311.pyc").write_bytes(b"compiled")
    return folder
