"""Logs keep a bounded size, also while hwstudio runs for months."""

from __future__ import annotations

import logging

import pytest

from hwstudio.core.base import log


@pytest.fixture
def root(monkeypatch):
    """The logger of hwstudio without handlers, as at a start."""
    own = logging.getLogger("hwstudio")
    monkeypatch.setattr(own, "handlers", [])
    yield own
    for handler in own.handlers:
        handler.close()


def test_a_log_never_outgrows_its_files(tmp_path, monkeypatch, root):
    monkeypatch.setattr(log, "LARGE_BYTES", 2_000)
    log.start_log(tmp_path)
    for number in range(1_990):
        log.logger("base").info("line %d", number)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["hwstudio.1.log", "hwstudio.2.log", "hwstudio.3.log", "hwstudio.log"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 60_000
    written = "".join((tmp_path / name).read_text("utf-8") for name in files)
    assert "line 1989\n" in written
