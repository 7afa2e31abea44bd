"""What Slurm starts once per rank: it calls the lead, starts the rank, and carries their words.

It ends when the lead is gone, and takes the rank with it: nothing outlives a run.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.launch_line import rank_command

CALL_LIMIT_S = 45.0  # the lead starts first; a node may be slow to load Python from a far disk
TRY_S = 3.0
LAST_WORDS_S = 2.0
HOSTS, PORT, TOKEN = "HWSTUDIO_LEAD_HOSTS", "HWSTUDIO_LEAD_PORT", "HWSTUDIO_LEAD_TOKEN"
_SIOCGIFADDR = 0x8915  # Linux: the IPv4 address of an interface


def main() -> int:
    """Serve one rank from its start to its end; the exit code is the rank's own."""
    line = call_lead(os.environ)
    if line is None:
        sys.stderr.write("hwstudio: this node cannot reach the node that leads the run\n")
        return 4
    with line, line.makefile("r", encoding="utf-8") as heard:
        send(line, about_task(os.environ, line.getsockname()[0]))
        job = heard.readline()
        if not job:
            return 0
        return _serve(line, heard, job)


def call_lead(env: Any, limit_s: float = CALL_LIMIT_S) -> socket.socket | None:
    """Return a line to the lead, by the first of its addresses that answers."""
    # Slurm tells each task the address of the node that started it; that is where the lead is.
    hosts = [env.get("SLURM_LAUNCH_NODE_IPADDR", ""), *env.get(HOSTS, "").split(",")]
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        for host in dict.fromkeys(each for each in hosts if each):
            with contextlib.suppress(OSError):
                line = socket.create_connection((host, int(env[PORT])), timeout=TRY_S)
                line.settimeout(None)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return line
        time.sleep(0.5)
    return None


def about_task(env: Any, address: str) -> dict[str, Any]:
    """Return what the lead must know of this task."""
    cpus = env.get("SLURM_CPUS_PER_TASK", "")
    return {
        "token": env.get(TOKEN, ""),
        "rank": int(env.get("SLURM_PROCID", "0")),
        "local_rank": int(env.get("SLURM_LOCALID", "0")),
        "node": env.get("SLURMD_NODENAME") or socket.gethostname(),
        "address": address,
        "interface": interface_of(address),
        "port": free_port(address),
        "cores": usable_cores(),
        "cpus_per_task": int(cpus) if cpus.isdigit() else 0,
    }


def interface_of(address: str) -> str:
    """Return the name of the interface that holds an IPv4 address, "" where nobody says."""
    try:
        import fcntl
    except ImportError:
        return ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):
                told = fcntl.ioctl(probe, _SIOCGIFADDR, name.encode()[:15].ljust(40, b"\0"))
                if socket.inet_ntoa(told[20:24]) == address:
                    return name
    return ""


def free_port(address: str) -> int:
    """Return a TCP port that is free on an address of ours right now, 0 where there is none."""
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
    return 0


def send(line: socket.socket, message: dict[str, Any]) -> None:
    """Send one message; a line that is gone is noticed by who reads it."""
    with contextlib.suppress(OSError):
        line.sendall(json.dumps(message).encode() + b"\n")


def _serve(line: socket.socket, heard: Any, job: str) -> int:
    rank = subprocess.Popen(
        rank_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    threading.Thread(target=_hand_down, args=(heard, rank, job), daemon=True).start()
    with contextlib.suppress(OSError, ValueError):
        for words in rank.stdout or ():
            line.sendall(words.encode())
    _end(rank)
    code = rank.wait()
    send(line, {"event": "gone", "code": code})
    return code if code >= 0 else 128 - code


def _hand_down(heard: Any, rank: subprocess.Popen[str], job: str) -> None:
    """Carry the lead's words to the rank; when the lead is gone the rank is ended."""
    stdin = rank.stdin
    with contextlib.suppress(OSError, ValueError):
        if stdin is not None:
            stdin.write(job)
            stdin.flush()
            for words in heard:
                stdin.write(words)
                stdin.flush()
    _end(rank)


def _end(rank: subprocess.Popen[str]) -> None:
    """Let it end by itself (its input is closed), then end it."""
    with contextlib.suppress(OSError, ValueError):
        if rank.stdin is not None:
            rank.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        rank.wait(LAST_WORDS_S)
        return
    rank.kill()
