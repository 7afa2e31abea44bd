"""The computers of a run as a person types them: one a line, or the text of a hosts file.

A line is ``[user@]address[:port] [name]``. A text with ``[[host]]`` is TOML, one whose first line
names the field ``address`` is CSV; both are described in docs/bench_cluster.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.kept_json import load_kept, save_kept
from hwstudio.core.bench.cluster.host import Host, checked
from hwstudio.core.bench.cluster.hosts_file import MOST_HOSTS, parse_hosts

WHAT = "The list of computers"
LINE = "Write one computer a line, as in ada@10.0.0.1 or ada@node2.lab:2222"
_TABLE = re.compile(r"^\s*\[\[\s*\"?host\"?\s*\]\]", re.MULTILINE)
_HEADING = re.compile(r"^\s*([a-z_]+\s*[,;\t]\s*)*address\s*([,;\t]|$)", re.IGNORECASE)
_LINE = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?:\[(?P<v6>[^\]\s]+)\]|(?P<address>[^\s:]+|[^\s]*:[^\s]*:[^\s]*))"
    r"(?::(?P<port>\d{1,5}))?(?:\s+(?P<name>\S+))?"
)


@dataclass(frozen=True, slots=True)
class TypedHosts:
    """What was typed: the computers, and what holds for all that say nothing else."""

    text: str = ""
    python: str = "python3"
    slots: int = 0  # processes on each; 0: one per GPU, without GPUs one


def hosts_of(typed: TypedHosts) -> tuple[Host, ...]:
    """Return the computers.

    Raises:
        UserError: none is named, or a line cannot be used.
    """
    if not typed.text.strip():
        raise UserError("No computer is named", "", LINE)
    if _TABLE.search(typed.text):
        hosts = parse_hosts(typed.text, WHAT, is_csv=False)
    elif _HEADING.match(_first_line(typed.text)):
        hosts = parse_hosts(typed.text, WHAT, is_csv=True)
    else:
        hosts = _hosts_of_lines(typed.text)
    usual = Host(name="x", address="x")
    return tuple(
        checked(
            replace(
                host,
                python=typed.python.strip() if host.python == usual.python else host.python,
                slots=host.slots or typed.slots,
            )
        )
        for host in hosts
    )


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def _hosts_of_lines(text: str) -> tuple[Host, ...]:
    hosts: list[Host] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].strip()
        if not words:
            continue
        try:
            host = _host_of_line(words)
        except UserError as error:
            raise UserError(f"Line {number}: {error.what}", error.why, error.remedy) from None
        if any(host.name == other.name for other in hosts):
            raise UserError(f"Line {number}: {host.name} stands twice", "", LINE)
        hosts.append(host)
    if not hosts:
        raise UserError("No computer is named", "", LINE)
    if len(hosts) > MOST_HOSTS:
        raise UserError("These are too many computers", f"more than {MOST_HOSTS}")
    return tuple(hosts)


def _host_of_line(words: str) -> Host:
    found = _LINE.fullmatch(words)
    if found is None:
        raise UserError(f"{words!r} cannot be read", "", LINE)
    address = found["v6"] or found["address"]
    port = int(found["port"] or 0)
    if port > 65535:
        raise UserError(f"{port} is no port", "it must be 1 to 65535")
    name = found["name"] or re.sub(r"[:%]", "-", address)
    return checked(Host(name=name, address=address, user=found["user"] or "", port=port))


def load_typed(file: Path) -> TypedHosts:
    """Return what was typed last; nothing where nothing is kept.

    Raises:
        HostError: the file is there and cannot be opened.
    """
    return load_kept(file, WHAT, _typed_of, TypedHosts())


def save_typed(file: Path, typed: TypedHosts) -> None:
    """Keep what was typed.

    Raises:
        HostError: it cannot be written.
    """
    document = {"text": typed.text, "python": typed.python, "slots": typed.slots}
    save_kept(file, WHAT, document)


def _typed_of(document: Any) -> TypedHosts:
    text, python, slots = (document[name] for name in ("text", "python", "slots"))
    if not isinstance(text, str) or not isinstance(python, str) or not isinstance(slots, int):
        raise TypeError("its fields are of the wrong kind")
    return TypedHosts(text, python, slots)
