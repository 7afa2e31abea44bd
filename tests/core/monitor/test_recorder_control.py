"""A recorder of another version: the lock and the live file say all, no process is needed."""

from __future__ import annotations

import errno
import os
import signal
import struct
import sys
import time
from array import array
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.version import VERSION
from hwstudio.core.model.sample import Sample, numbers_of, shape_of
from hwstudio.core.monitor import recorder_control
from hwstudio.core.monitor.live_channel import LiveWriter
from hwstudio.core.monitor.recorder_control import RecorderView, begin_recording


def _document(version):
    said = {"pid": 7, "started_s": 1.0, "interval_s": 2.0, "size_bytes": 0, "notice": ""}
    sample = Sample(time.time(), {"cpu.busy_share": 0.5})
    made = {**said, "costs": {}, "sample": shape_of(sample), "version": version}
    return made, numbers_of(sample)


@pytest.mark.parametrize(("version", "is_other"), [(VERSION, False), ("0.0.1", True), (None, True)])
def test_a_recorder_of_another_version_is_followed_and_told_apart(home, version, is_other):
    writer = LiveWriter(home.monitor_live_file)
    writer.publish(*_document(version))
    state = RecorderView(home).look()
    writer.close()
    assert (state.is_running, state.is_other_version) == (True, is_other)


def test_one_that_cannot_be_read_is_told_while_it_runs_and_not_for_what_it_left(home):
    layout_before = struct.pack("<8sQII", b"hwslive1", 2, 2, 0) + b"{}" + bytes(100)
    home.monitor_live_file.write_bytes(layout_before)
    with file_lock(home.recorder_lock, wait_s=0):
        state = RecorderView(home).look()
    assert (state.is_running, state.is_other_version) == (False, True)
    assert RecorderView(home).look() == recorder_control.STOPPED


def test_a_document_without_what_this_version_reads_is_another_version_too(home):
    writer = LiveWriter(home.monitor_live_file)
    writer.publish({"version": "9.9"}, array("d", [1.0]))
    with file_lock(home.recorder_lock, wait_s=0):
        assert RecorderView(home).look().is_other_version
    writer.close()


def test_a_recorder_that_ends_at_once_says_its_last_words(home, monkeypatch):
    monkeypatch.setattr(
        recorder_control,
        "recorder_command",
        lambda *_: [*_python(), "import sys; sys.exit('Oh no')"],
    )
    with pytest.raises(HostError, match="did not start") as caught:
        begin_recording(home)
    assert "Oh no" in caught.value.sentence


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_recorder_on_a_disk_that_became_read_only_is_seen_and_can_be_ended(home, monkeypatch):
    def refuse(file, *_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(file))

    real, asked = os.open, []

    def read_only(file, flags, *rest):
        return refuse(file) if flags & os.O_RDWR else real(file, flags, *rest)

    made, numbers = _document(VERSION)
    writer = LiveWriter(home.monitor_live_file)
    writer.publish({**made, "pid": 4711}, numbers)
    with file_lock(home.recorder_lock, wait_s=0):
        monkeypatch.setattr(os, "open", read_only)
        monkeypatch.setattr(Path, "write_bytes", refuse)
        monkeypatch.setattr(os, "kill", lambda *words: asked.append(words))
        assert recorder_control.is_recording(home)
        recorder_control.ask_to_stop(home)
        monkeypatch.undo()
    assert asked == [(4711, signal.SIGTERM)]
    writer.close()


def test_one_that_runs_without_a_reading_is_told_apart_with_its_own_words(home, monkeypatch):
    home.log_dir.mkdir(parents=True)
    (home.log_dir / "recorder.log").write_text("of yesterday\n", "utf-8")
    script = "import sys, time; print('the disk is full', flush=True); time.sleep(60)"
    monkeypatch.setattr(recorder_control, "recorder_command", lambda *_: [*_python(), script])
    monkeypatch.setattr(recorder_control, "_START_S", 1.0)
    try:
        with pytest.raises(HostError, match="runs but shows no reading: the disk is full"):
            begin_recording(home)
        monkeypatch.setattr(recorder_control, "_START_S", 0.0)
        with pytest.raises(HostError, match="had none in time"):  # its words are no longer new
            begin_recording(home)
        with monkeypatch.context() as full:  # its log cannot say it then
            full.setattr(Path, "write_bytes", _no_room)
            with pytest.raises(HostError, match="No space left"):
                begin_recording(home)
    finally:
        for child in recorder_control._CHILDREN:
            child.kill()
            child.wait()


def _no_room(file, _data):
    raise OSError(errno.ENOSPC, "No space left on device", str(file))


def _python():
    return [sys.executable, "-c"]
