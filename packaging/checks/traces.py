"""What a program did to files and the network, as strace saw it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "socket,connect,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,"
    "symlink,symlinkat,link,linkat,truncate"
)
LINE = re.compile(r"^(?P<pid>\d+)\s+(?P<rest>.*)$")
CALL = re.compile(r"^(?P<name>\w+)\((?P<given>.*)\)\s+=\s+(?P<answer>-?\d+)")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\.\.\.)?')
FOLDER = re.compile(r"^(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>")
WRITES = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC")
KERNEL = ("/dev/", "/proc/", "/sys/")  # devices and settings, not files
INTERNET = ("AF_INET", "AF_INET6")


@dataclass
class Deeds:
    """What was done: sockets by family, internet addresses called, files written."""

    sockets: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    written: set[str] = field(default_factory=set)

    @property
    def internet_sockets(self) -> int:
        return sum(count for family, count in self.sockets.items() if family in INTERNET)

    def written_outside(self, *allowed: Path) -> list[str]:
        """Return the files written that lie in none of these folders."""
        roots = tuple(str(folder) for folder in allowed)
        return sorted(
            file
            for file in self.written
            if not file.startswith(KERNEL)
            and not any(file == root or file.startswith(f"{root}/") for root in roots)
        )


def tracing(file: Path) -> list[str]:
    """Return the words before a command that have it traced, children too.

    [] without strace, and where the system lets nobody trace (some containers).
    """
    tool = shutil.which("strace")
    if tool is None:
        return []
    words = [tool, "-f", "-qq", "-y", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o"]
    tried = subprocess.run([*words, os.devnull, "true"], capture_output=True, check=False)
    return [] if tried.returncode else [*words, str(file)]


def read(text: str) -> Deeds:
    """Add up a trace; a call that failed did nothing and does not count."""
    deeds = Deeds()
    begun: dict[str, str] = {}
    for line in text.splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        pid, rest = found["pid"], found["rest"]
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>").rstrip()
            continue
        if rest.startswith("<..."):
            rest = begun.pop(pid, "") + rest.partition("resumed>")[2]
        call = CALL.match(rest)
        if call is not None:
            _take(deeds, call["name"], call["given"], int(call["answer"]))
    return deeds


def _take(deeds: Deeds, name: str, given: str, answer: int) -> None:
    if name == "connect":  # counts even when refused: it tried to call
        if given.partition("sa_family=")[2].startswith("AF_INET"):
            deeds.calls.append(given)
        return
    if answer < 0:
        return
    if name == "socket":
        family = given.partition(",")[0]
        deeds.sockets[family] = deeds.sockets.get(family, 0) + 1
    elif name not in ("open", "openat") or any(word in given for word in WRITES):
        deeds.written.update(paths(given))


def paths(given: str) -> list[str]:
    """Return the full paths named in a call's arguments."""
    folder = FOLDER.match(given)
    base = unescaped(folder[1]) if folder else "/"
    named = [unescaped(word) for word in QUOTED.findall(given)]
    return [name if name.startswith("/") else f"{base.rstrip('/')}/{name}" for name in named]


def unescaped(word: str) -> str:
    """Return a path as it is; strace writes bytes outside ASCII as octal numbers."""
    raw = word.encode("ascii", "replace").decode("unicode_escape").encode("latin-1")
    return raw.decode("utf-8", "replace")
