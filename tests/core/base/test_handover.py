"""One window a home: the second start hands over, and a dead first one is in nobody's way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.handover import claim, leave_wish, take_wishes


def test_a_second_start_hands_its_file_over_and_ends(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    taken: list[str] = []
    with ExitStack() as first, ExitStack() as second:
        assert claim(home, None, first)

        def look() -> None:
            while not taken:
                taken.extend(take_wishes(home.inbox_dir))

        window = threading.Thread(target=look)
        window.start()
        assert not claim(home, "lab.hws", second)
        window.join()
    assert taken == [str(tmp_path / "lab.hws")]  # the other window may be in another folder


def test_a_window_that_does_not_answer_is_told_and_gets_no_late_wish(home):
    with ExitStack() as first, ExitStack() as second:
        claim(home, None, first)
        with pytest.raises(HostError, match="open already and does not answer"):
            claim(home, "lab.hws", second, patience_s=0)
    assert take_wishes(home.inbox_dir) == ()


def test_a_home_whose_window_was_killed_is_free(home):
    held = (
        "import sys; from contextlib import ExitStack\n"
        "from hwstudio.core.base.paths import open_home\n"
        "from hwstudio.core.base.handover import claim\n"
        "stack = ExitStack(); claim(open_home(sys.argv[1]), None, stack)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    root = str(Path(__file__).resolve().parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", held, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with ExitStack() as stack, pytest.raises(HostError):
            claim(home, None, stack, patience_s=0)
        other.kill()
        other.wait()
    with ExitStack() as stack:
        assert claim(home, None, stack, patience_s=0)


def test_old_wishes_and_foreign_files_open_nothing(tmp_path):
    much_later_s = leave_wish(tmp_path, "a.hws").stat().st_mtime + 3600
    (tmp_path / "b.wish").write_text('{"schema": 99, "file": "x"}', "utf-8")
    (tmp_path / "c.wish").write_bytes(b"\xff{")
    assert take_wishes(tmp_path, now_s=lambda: much_later_s) == ()
    assert list(tmp_path.iterdir()) == []
