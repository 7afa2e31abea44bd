"""Recording to a file: one JSON line a sample."""

from __future__ import annotations

import json

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.monitor.record import record
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.probe.fake import FakeProbe
from hwstudio.core.probe.feed import Feed
from hwstudio.core.probe.live import MemoryUse


def _sampler():
    return Sampler([Feed(FakeProbe("memory", [MemoryUse(10, 4, 6, 0, 0)]))], interval_s=0.02)


def test_every_line_is_a_complete_snapshot(tmp_path):
    heard = []
    done = record(tmp_path / "r", 0.2, 0.02, on_sample=heard.append, sampler=_sampler())
    lines = [json.loads(line) for line in done.path.read_text().splitlines()]
    assert done.samples == len(lines) == len(heard) > 3
    assert lines[0]["memory"]["used_bytes"] == 4
    assert done.gaps == ()


def test_a_folder_that_cannot_be_written_is_the_hosts_refusal(tmp_path):
    (tmp_path / "r").write_text("a file, not a folder")
    with pytest.raises(HostError, match="cannot be written"):
        record(tmp_path / "r", 0.1, 0.02, on_sample=print, sampler=_sampler())
