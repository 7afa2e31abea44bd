"""The pictures of every tab: what is said about them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from hwstudio.gui import shots


def test_a_pipe_that_lacks_the_letters_of_the_folder_does_not_end_the_pictures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def draw(folder: Path, home: str) -> int:
        sys.stdout.write(f"{folder}\n")
        return 0

    pipe = io.BytesIO()
    monkeypatch.setattr(shots, "_shoot", draw)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, encoding="cp1252"))
    assert shots.main([str(tmp_path / "Ордер")]) == 0
    sys.stdout.flush()
    assert pipe.getvalue().rstrip().endswith(b"?????")
