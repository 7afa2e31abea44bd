"""The network addresses of this computer, and the interface behind each."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import socket
import struct
import sys
from dataclasses import asdict, dataclass
from typing import Any

IFF_UP, IFF_RUNNING = 0x1, 0x40
_GET_FLAGS, _GET_MTU = (0x8913, 0x8921) if sys.platform != "darwin" else (0xC0206911, 0xC0206933)


@dataclass(frozen=True)
class Interface:
    """One address of one interface. ``mtu_bytes`` is 0 where it cannot be asked."""

    name: str
    address: str
    family: int  # 4 or 6
    mtu_bytes: int
    state: str  # "" works | "down" switched off | "no link" no cable or the other end is down


class _Entry(ctypes.Structure):
    """The head of C's struct ifaddrs; what follows is not needed."""


_Entry._fields_ = [
    ("next", ctypes.POINTER(_Entry)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.c_void_p),
]


def _ask(name: str, request: int) -> int | None:
    """Return the number an ioctl gives for an interface."""
    import fcntl

    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        answer = fcntl.ioctl(asked, request, struct.pack("16sI20x", name.encode()[:15], 0))
        return int(struct.unpack_from("I", answer, 16)[0])
    return None


def state_of(name: str) -> str:
    """Return "" for an interface that works, "down", "no link", or "gone"."""
    flags = _ask(name, _GET_FLAGS)
    if flags is None:
        return "gone"
    flags &= 0xFFFF
    if not flags & IFF_UP:
        return "down"
    return "" if flags & IFF_RUNNING else "no link"


def mtu_of(name: str) -> int:
    """Return the largest packet of an interface in bytes, 0 where it cannot be asked."""
    return (_ask(name, _GET_MTU) or 0) & 0xFFFFFFFF


def _text(pointer: int) -> tuple[str, int]:
    """Return the address a C struct sockaddr holds and its family, ("", 0) for other kinds."""
    head = ctypes.string_at(pointer, 2)
    # The BSD systems, macOS among them, put a length before a family of one byte.
    family = head[1] if sys.platform == "darwin" else int.from_bytes(head, sys.byteorder)
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, ctypes.string_at(pointer + 4, 4)), 4
    if family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, ctypes.string_at(pointer + 8, 16)), 6
    return "", 0


def interfaces() -> list[Interface]:
    """Return every IPv4 and IPv6 address; empty where the system cannot be asked (Windows)."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        first = ctypes.POINTER(_Entry)()
        if library.getifaddrs(ctypes.byref(first)) != 0:
            return []
    except (OSError, AttributeError, TypeError):
        return []
    found: list[Interface] = []
    entry = first
    try:
        while entry:
            one = entry.contents
            text, family = _text(one.address) if one.address else ("", 0)
            if text:
                name = one.name.decode("utf-8", "replace")
                found.append(Interface(name, text, family, mtu_of(name), state_of(name)))
            entry = one.next
    finally:
        library.freeifaddrs(first)
    return found


def as_rows() -> list[dict[str, Any]]:
    """Return the addresses as plain rows."""
    return [asdict(each) for each in interfaces()]
