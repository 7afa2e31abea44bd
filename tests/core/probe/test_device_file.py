"""Kernel files kept open: their numbers, and every error in words."""

from __future__ import annotations

import errno
import os
import sys

import pytest

from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.probe.device_file import DeviceFile, DeviceFolder, first_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pread")


def test_an_open_file_shows_the_new_value_without_being_opened_again(tmp_path, monkeypatch):
    place = tmp_path / "busy"
    place.write_text("97\n")
    file = DeviceFile(place)
    assert file.number(0.01).value == pytest.approx(0.97)
    place.write_text("3\n")
    monkeypatch.setattr(os, "open", None)
    assert file.number(0.01).value == pytest.approx(0.03)
    file.close()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        (errno.ENODEV, Status.LOST, "gone"),
        (errno.EIO, Status.LOST, "error"),
        (errno.EBUSY, Status.LOST, "busy"),
        (errno.EPERM, Status.LOST, "busy or resets"),
        (errno.EACCES, Status.DENIED, "administrator"),
        (errno.EOPNOTSUPP, Status.UNSUPPORTED, "does not offer"),
        (errno.ENODATA, Status.UNSUPPORTED, "does not offer"),
    ],
)
def test_each_error_of_the_kernel_has_its_status_and_words(
    tmp_path, monkeypatch, code, status, words
):
    (tmp_path / "x").write_text("1")
    file = DeviceFile(tmp_path / "x", "amdgpu x")

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "pread", refuse)
    found = file.number()
    assert (found.value, found.status, found.how) == (None, status, "amdgpu x")
    assert words in found.why
    file.close()


def test_a_missing_file_is_looked_for_once(tmp_path):
    file = DeviceFile(tmp_path / "none")
    assert file.number().status is Status.UNSUPPORTED
    (tmp_path / "none").write_text("1")
    assert file.number().status is Status.UNSUPPORTED
    assert file.is_missing


def test_a_driver_that_answers_nonsense_is_not_believed(tmp_path):
    (tmp_path / "x").write_text("<garbage>\n")
    folder = DeviceFolder(tmp_path, "xe")
    assert folder.number("x").status is Status.LOST
    assert folder.text("x") == "<garbage>"
    folder.close()


def test_of_several_sources_the_first_good_one_counts_else_the_most_telling_reason():
    none = absent(Status.UNSUPPORTED, "a", "no")
    denied = absent(Status.DENIED, "b", "closed")
    assert first_of(none, ok(2.0), ok(3.0)).value == 2.0
    assert first_of(none, denied).why == "closed"
    assert first_of(none, none).why == "no"


def test_a_kernel_list_handed_out_a_page_at_a_time_is_read_whole(tmp_path, monkeypatch):
    from hwstudio.core.probe.kernel_file import KernelFile

    text = b"".join(b"eth%d: 1 2 3 4 5 6 7 8\n" % n for n in range(600))
    (tmp_path / "dev").write_bytes(text)
    real = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, size, at: real(fd, min(size, 4080), at))
    file = KernelFile(tmp_path / "dev")
    assert file.read() == text
    assert file.read() == text
    file.close()
