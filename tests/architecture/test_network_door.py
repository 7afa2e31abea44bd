"""hwstudio goes online through one module alone: no other may open an outgoing connection."""

from __future__ import annotations

import ast
from typing import Any

DOOR = "hwstudio/core/base/network.py"
# What can open a connection. A name matches with everything below it.
CAN_CONNECT = (
    *("socket", "_socket", "ssl", "socketserver", "asyncio", "http.client", "http.server"),
    *("urllib.request", "ftplib", "smtplib", "imaplib", "poplib", "nntplib", "telnetlib"),
    *("xmlrpc", "webbrowser", "requests", "httpx", "aiohttp", "urllib3", "websockets"),
    *("PySide6.QtNetwork", "PySide6.QtWebSockets", "PySide6.QtWebEngineCore"),
)
# Local uses, each with what it may do and why; nothing here leaves the machine.
LOCAL = {
    "hwstudio/gui/shell/screen_check.py": "calls the Wayland compositor's socket file",
    "hwstudio/worker/ranks.py": "asks for a free port and the name of the loopback interface",
}
# A run over several computers: only between those the user wrote into the hosts file.
CLUSTER = {
    "hwstudio/worker/cluster/neighbours.py": "connects the computers of a run to each other",
    "hwstudio/worker/cluster/interfaces.py": "asks the system for its own addresses",
    "hwstudio/worker/cluster/inspection.py": "asks what the computer's own name leads to",
}
# Start ssh to those computers, or name it as one of the ways to reach them.
NAMES_SSH = {"hwstudio/core/bench/cluster/calling.py", "hwstudio/core/bench/cluster/host.py"}
# Answers when it is asked, at an address the user chose; it opens no connection to anywhere.
SERVES = {
    "hwstudio/core/monitor/serve.py": "hwstudio monitor serve: the metrics page, loopback first",
}
# Between the nodes of a job the user submitted to their own cluster, with a word only they know.
SLURM = {
    "hwstudio/worker/slurm/task.py": "calls the node of the same Slurm job that leads the run",
    "hwstudio/worker/slurm/far_ranks.py": "is that node, and answers its own tasks only",
    "hwstudio/worker/slurm/far_process.py": "holds the line of one task",
}
# Install PyTorch once the user clicks for it, as programs of their own; the door lends the network
# and logs whom they were told to ask. From a folder of wheels they are told to ask nobody.
NAMES_INSTALLERS = {"hwstudio/core/environment/installer.py"}
PROGRAMS = {"uv", "pip", "curl", "wget", "aria2c", "scp", "rsync", "nc", "ncat", "ssh"}


def imported(tree: ast.AST) -> set[str]:
    """Return the dotted names a module imports, anywhere in it, or asks for by name."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            names |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return names


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def connecting(tree: ast.AST) -> list[str]:
    """Return the imports of a module that can open a connection."""
    return sorted(
        name
        for name in imported(tree)
        if any(name == way or name.startswith(f"{way}.") for way in CAN_CONNECT)
    )


def calls(tree: ast.AST, method: str) -> list[ast.Call]:
    """Return the calls of a method of that name."""
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _called(n) == method]


def test_only_the_door_and_the_named_local_uses_can_connect(sources: list[Any]) -> None:
    found = {source.where: connecting(source.tree) for source in sources}
    wrong = {
        where: names
        for where, names in found.items()
        if names and where not in {DOOR, *LOCAL, *SERVES, *CLUSTER, *SLURM}
    }
    assert wrong == {}, f"go through {DOOR}, which asks the user first and keeps the log"


def test_every_exception_is_still_needed(sources: list[Any]) -> None:
    using = {source.where for source in sources if connecting(source.tree)}
    assert {DOOR, *LOCAL, *SERVES, *CLUSTER, *SLURM} <= using


def test_the_local_uses_stay_on_the_machine(sources: list[Any]) -> None:
    trees = {source.where: source.tree for source in sources}
    compositor = trees["hwstudio/gui/shell/screen_check.py"]
    kinds = {ast.unparse(argument) for c in calls(compositor, "socket") for argument in c.args}
    assert kinds == {"socket.AF_UNIX", "socket.SOCK_STREAM"}
    ranks = trees["hwstudio/worker/ranks.py"]
    assert calls(ranks, "connect") == calls(ranks, "create_connection") == []
    assert [ast.unparse(c.args[0]) for c in calls(ranks, "bind")] == ["('127.0.0.1', 0)"]


def test_only_the_neighbours_of_a_run_connect_to_each_other(sources: list[Any]) -> None:
    trees = {source.where: source.tree for source in sources}
    for where in CLUSTER:
        ways = [
            call for way in ("connect", "create_connection") for call in calls(trees[where], way)
        ]
        targets = {ast.unparse(call.args[0]) for call in ways}
        told = {"(address, port)", "(peer['address'], peer['port'])"}
        assert targets == (told if where.endswith("neighbours.py") else set())


def test_what_serves_only_answers(sources: list[Any]) -> None:
    trees = {source.where: source.tree for source in sources}
    for where in SERVES:
        assert connecting(trees[where]) == ["asyncio"]
        for way in ("connect", "create_connection", "open_connection", "create_datagram_endpoint"):
            assert calls(trees[where], way) == [], f"{where} may not go anywhere itself"
        (bound,) = calls(trees[where], "create_server")
        assert "bind" in ast.unparse(bound), "it binds where it was told to"


def test_no_module_starts_a_program_that_fetches(sources: list[Any]) -> None:
    wrong = [
        f"{source.where}:{node.lineno}: {node.value}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and node.value in PROGRAMS
        and not (node.value == "ssh" and source.where in NAMES_SSH)
        and not (node.value in {"uv", "pip"} and source.where in NAMES_INSTALLERS)
    ]
    assert wrong == []


def test_what_installs_runs_only_inside_what_the_door_lends(sources: list[Any]) -> None:
    users = {s.where: s.tree for s in sources if calls(s.tree, "install_command")}
    (where,) = users
    (lent,) = calls(users[where], "lend")
    assert ast.unparse(lent.func) == "network.lend"
    inside = [
        node
        for node in ast.walk(users[where])
        if isinstance(node, ast.With) and "_door(" in ast.unparse(node.items[0])
    ]
    assert [calls(node, "_fill") != [] for node in inside] == [True]
    assert len(calls(users[where], "_fill")) == 1


def test_the_guard_sees_what_it_forbids() -> None:
    code = (
        "import urllib.request\nfrom http import client\nfrom urllib.parse import quote\n"
        "def f():\n    import socket\n    importlib.import_module('requests')\n"
    )
    assert connecting(ast.parse(code)) == ["http.client", "requests", "socket", "urllib.request"]
