"""What the leading process is told about the computers of a run."""

from __future__ import annotations

import base64
import json
import uuid
import zlib
from collections.abc import Sequence
from typing import Any

from hwstudio.core.bench.cluster.calling import command, sources
from hwstudio.core.bench.cluster.host import Host

SECRET = ("hosts", "boot", "payload", "run")  # parameters that are no part of a result


def order_for(hosts: Sequence[Host]) -> dict[str, Any]:
    """Return the parameters of a run: the computers, how to call each, and the sources to send."""
    run = uuid.uuid4().hex[:12]
    texts = sources()
    packed = zlib.compress(json.dumps(texts).encode("utf-8"), 9)
    return {
        "run": run,
        "boot": texts["hwstudio/worker/cluster/boot.py"],
        "payload": base64.b64encode(packed).decode("ascii"),
        "hosts": [_told(host, f"hwstudio-{run}-{index}") for index, host in enumerate(hosts)],
    }


def _told(host: Host, mark: str) -> dict[str, Any]:
    return {
        "name": host.name,
        "address": host.address,
        "python": host.python,
        "interface": host.interface,
        "slots": host.slots,
        "mark": mark,
        "command": command(host, mark),
        "sweep_command": command(host),
    }


def shown(hosts: Sequence[Host]) -> list[dict[str, Any]]:
    """Return what a result keeps of the computers: nothing of keys and users."""
    return [{"name": host.name, "address": host.address, "slots": host.slots} for host in hosts]
