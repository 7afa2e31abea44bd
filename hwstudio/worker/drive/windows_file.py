"""Opens a file past the cache on Windows, by the calls that Microsoft documents for it.

CreateFileW with FILE_FLAG_NO_BUFFERING needs offsets, lengths and addresses that are multiples of
the sector size; ours are multiples of 4096. Not run yet: no Windows machine was at hand.
"""

from __future__ import annotations

import ctypes
import importlib
import os
from pathlib import Path
from typing import Any

GENERIC_READ, GENERIC_WRITE = 0x80000000, 0x40000000
SHARE_ALL = 0x1 | 0x2 | 0x4  # read, write, delete
CREATE_NEW, OPEN_EXISTING = 1, 3
NO_BUFFERING, WRITE_THROUGH, DELETE_ON_CLOSE = 0x20000000, 0x80000000, 0x04000000


def create(path: Path) -> int:
    """Make the test file and return a descriptor; the file goes when the last handle closes."""
    return _open(path, CREATE_NEW, NO_BUFFERING | DELETE_ON_CLOSE)


def open_again(path: Path, *, is_direct: bool) -> int:
    """Return one more descriptor of the test file."""
    return _open(path, OPEN_EXISTING, NO_BUFFERING if is_direct else 0)


def _open(path: Path, how: int, flags: int) -> int:
    windll: Any = vars(ctypes)["WinDLL"]("kernel32", use_last_error=True)
    call = windll.CreateFileW
    call.restype = ctypes.c_void_p
    call.argtypes = [
        ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p,
        ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p,
    ]  # fmt: skip
    handle = call(str(path), GENERIC_READ | GENERIC_WRITE, SHARE_ALL, None, how, flags, None)
    if handle in (None, ctypes.c_void_p(-1).value):
        number = int(vars(ctypes)["get_last_error"]())
        raise OSError(0, f"Windows error {number}", str(path))
    msvcrt: Any = importlib.import_module("msvcrt")
    return int(msvcrt.open_osfhandle(handle, os.O_RDWR | vars(os)["O_BINARY"]))


class _Overlapped(ctypes.Structure):
    """Where a request reads or writes; the rest is not used by synchronous handles."""

    _fields_ = (
        ("internal", ctypes.c_size_t),
        ("internal_high", ctypes.c_size_t),
        ("offset_low", ctypes.c_uint32),
        ("offset_high", ctypes.c_uint32),
        ("event", ctypes.c_void_p),
    )


def transfer(descriptor: int, address: int, count: int, offset: int, *, is_write: bool) -> int:
    """Read or write ``count`` bytes at ``offset``; return how many were moved."""
    windll: Any = vars(ctypes)["WinDLL"]("kernel32", use_last_error=True)
    call = windll.WriteFile if is_write else windll.ReadFile
    call.argtypes = [
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    handle = importlib.import_module("msvcrt").get_osfhandle(descriptor)
    moved = ctypes.c_uint32()
    place = _Overlapped(0, 0, offset & 0xFFFFFFFF, offset >> 32, None)
    if not call(handle, address, count, ctypes.byref(moved), ctypes.byref(place)):
        raise OSError(0, f"Windows error {int(vars(ctypes)['get_last_error']())}")
    return moved.value
