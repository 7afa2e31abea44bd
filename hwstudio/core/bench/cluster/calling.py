"""The program and arguments that start the worker on another computer.

No shell of this computer sees them. The remote shell sees one line: it is made of a fixed text
without any sign a shell reads as its own, the mark of the run, and the path of Python, quoted.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.paths import worker_root
from hwstudio.core.bench.cluster.host import Host

CONNECT_S = 3
FIRST = "import sys;r=sys.stdin.buffer;exec(r.read(int(r.readline())))"
# Only a path of Windows keeps its backslashes bare: its shell knows no single quotes.
_PLAIN = re.compile(r"[A-Za-z0-9_./:~+@-]+|[A-Za-z]:\\[A-Za-z0-9_./:\\~+@-]+")


def command(host: Host, mark: str = "") -> list[str]:
    """Return what starts Python on a computer; it then takes its program on standard input.

    Args:
        host: the computer.
        mark: a word by which the processes of one run are found again, or "".
    """
    if host.transport == "command":
        return [*host.prefix, host.python, "-I", "-c", FIRST, *([mark] if mark else [])]
    python = host.python if _PLAIN.fullmatch(host.python) else shlex.quote(host.python)
    line = f'{python} -I -c "{FIRST}" {mark}'.strip()
    return [*ssh(host), "--", host.address, line]


def ssh(host: Host) -> list[str]:
    """Return the ssh program with its options, up to the address.

    The user's own configuration (keys, jump hosts, known hosts, shared connections) holds; a
    question can never be asked, and a connection that breaks is noticed.
    """
    words = ["ssh", "-T", "-x", "-a"]
    fixed = (
        "BatchMode=yes",
        f"ConnectTimeout={CONNECT_S}",
        "ConnectionAttempts=1",
        "ServerAliveInterval=1",
        "ServerAliveCountMax=4",
        "ClearAllForwardings=yes",
    )
    for option in (*fixed, *host.ssh_options):  # ssh takes the first of two
        words += ["-o", option]
    if host.port:
        words += ["-p", str(host.port)]
    if host.user:
        words += ["-l", host.user]
    if host.key:
        words += ["-i", str(Path(host.key).expanduser())]
    return words


def sources() -> dict[str, str]:
    """Return the worker's plain source files by their place ("hwstudio/worker/loop.py").

    Raises:
        HostError: they are not there as files (a run kit in one file has none to send).
    """
    root = worker_root()
    if not (root / "hwstudio" / "worker").is_dir():
        raise HostError(
            "hwstudio cannot be sent to other computers from here",
            "its source files are packed into one file",
            "Start the run from an installed hwstudio",
        )
    files = [root / "hwstudio" / "__init__.py", *(root / "hwstudio" / "worker").rglob("*.py")]
    return {
        file.relative_to(root).as_posix(): file.read_text("utf-8")
        for file in sorted(files)
        if file.is_file()
    }
