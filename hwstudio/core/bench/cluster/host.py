"""One computer of a run, as the user describes it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError

TRANSPORTS = ("ssh", "command")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,62}\.?)*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@$-]{0,63}")
_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Where it is, how to get in, and what it gives. ``slots`` 0: one per GPU, or one."""

    name: str
    address: str
    user: str = ""
    port: int = 0  # 0: what the ssh configuration says, else 22
    key: str = ""
    ssh_options: tuple[str, ...] = ()  # each as ssh -o takes it: "ProxyJump=gate"
    python: str = "python3"
    slots: int = 0
    interface: str = ""
    transport: str = "ssh"
    prefix: tuple[str, ...] = ()  # for the transport "command": what stands before python


def checked(host: Host) -> Host:
    """Return the computer if it can be used.

    Raises:
        UserError: one of its fields cannot, with the name of the field.
    """
    if not _is_address(host.address):
        raise _bad("address", host.address, "it is no IP address and no name of a computer")
    _text("name", host.name, _NAME, "letters, digits, dot, dash and underscore")
    if host.user:
        _text("user", host.user, _USER, "the characters of a user's name")
    if host.interface and not _is_address(host.interface):
        _text("interface", host.interface, _INTERFACE, "the characters of an interface's name")
    if host.transport not in TRANSPORTS:
        raise _bad("transport", host.transport, f"choose from {', '.join(TRANSPORTS)}")
    if host.transport == "ssh" and host.prefix:
        raise _bad("prefix", " ".join(host.prefix), "it belongs to the transport command")
    _line("python", host.python)
    _line("key", host.key)
    for option in host.ssh_options:
        _option(option)
    return host


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return bool(_HOST_NAME.fullmatch(text))
    return True


def _text(field: str, value: str, shape: re.Pattern[str], allowed: str) -> None:
    if not shape.fullmatch(value):
        raise _bad(field, value, f"it may hold {allowed}, and must not begin with a dash")


def _line(field: str, value: str) -> None:
    if value.startswith("-") or any(ord(sign) < 32 for sign in value):
        raise _bad(field, value, "it must not begin with a dash or hold a line break")
    if field == "python" and not value.strip():
        raise _bad(field, value, "it is empty")


def _option(option: str) -> None:
    name, sign, _ = option.partition("=")
    if not sign or not re.fullmatch(r"[A-Za-z]+", name) or any(ord(s) < 32 for s in option):
        raise _bad("ssh_options", option, "write each as Name=value, as in ProxyJump=gate")


def _bad(field: str, value: str, why: str) -> UserError:
    return UserError(f"{field} cannot be {value!r}", why)
