"""The border detection asks through: folders, programs asked once, Windows' functions, SMBIOS."""

from __future__ import annotations

import struct
import sys

import pytest

from hwstudio.core.probe import source as border
from hwstudio.core.probe.smbios import memory_devices
from hwstudio.core.probe.source import Source
from hwstudio.core.probe.windows_calls import CALLS
from hwstudio.core.probe.windows_cim import COMMAND


def test_a_slow_program_started_ahead_is_asked_only_once(monkeypatch):
    asked = []

    def answer(command, _seconds, *, check):
        asked.append(command)
        return "answer"

    monkeypatch.setattr(border, "output_of", answer)
    source = Source()
    source.begin(("slow",), 5.0)
    assert [source.output(("slow",), 5.0) for _ in range(3)] == ["answer"] * 3
    assert asked == [("slow",)]


def test_a_program_that_is_missing_is_no_answer_and_is_not_asked_again(monkeypatch):
    source = Source()
    assert source.output(("no-such-program-here",), 1.0) is None
    monkeypatch.setattr(border, "output_of", lambda *_, **__: pytest.fail("asked again"))
    assert source.output(("no-such-program-here",), 1.0) is None


def test_links_are_followed_inside_the_folder_and_circles_are_no_place(tmp_path):
    (tmp_path / "devices" / "card").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "devices" / "card")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    source = Source(tmp_path)
    assert source.real("/link") == "/devices/card"
    assert source.real("/circle") == ""
    assert source.real("/missing") == ""
    assert not source.exists("/circle")


@pytest.mark.skipif(sys.platform == "win32", reason="there the functions do answer")
@pytest.mark.parametrize("name", CALLS)
def test_windows_functions_elsewhere_are_refused_and_no_crash(name):
    with pytest.raises(OSError, match=r"\w"):
        CALLS[name]()
    with pytest.raises(OSError, match="not a running Windows"):
        Source().call(name)


def test_the_question_to_windows_needs_no_escaping():
    assert '"' not in COMMAND[-1]
    assert "\n" not in COMMAND[-1]


def _device(size: int, kind: int, rated: int, speed: int, large: int = 0, form: int = 9) -> bytes:
    """Return a memory device of SMBIOS 2.8, 34 bytes, and its empty strings."""
    values = (17, 34, 1, 0, 0, 64, 64, size, form, 0, 0, 0, kind, 0, rated, 0, 0, 0, 0, 0)
    body = struct.pack("<BBHHHHHHBBBBBHHBBBBBIH", *values, large, speed)
    return body + b"\0\0"


def test_the_firmwares_own_table_gives_modules_and_empty_slots():
    other = struct.pack("<BBH", 16, 4, 0) + b"\0\0"
    table = (
        other
        + _device(0x7FFF, 0x22, 6400, 6000, large=49152)
        + _device(0, 2, 0, 0)
        + _device(16384, 0x1A, 3200, 0xFFFF, form=13)
        + struct.pack("<BBH", 127, 4, 0)
        + b"\0\0"
    )
    large, empty, small = memory_devices(table)
    assert (large.size_bytes, large.kind, large.rated_mts, large.speed_mts, large.form) == (
        48 * 2**30, "DDR5", 6400, 6000, "DIMM",
    )  # fmt: skip
    assert empty.size_bytes is None
    assert (small.size_bytes, small.kind, small.speed_mts, small.form) == (
        16 * 2**30, "DDR4", None, "SODIMM",
    )  # fmt: skip
    for end in range(len(table)):
        memory_devices(table[:end])
