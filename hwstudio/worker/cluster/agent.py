"""The process on each computer of a run: does what the lead says, and ends when the lead is gone.

It is started through ssh and holds the connection: when that closes, or nothing is heard through
it for some seconds, the ranks are killed and the process ends.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
import time
from typing import Any

from hwstudio.worker.channel import SCHEMA, Channel, Stopped
from hwstudio.worker.cluster import dead_man
from hwstudio.worker.cluster.children import Children
from hwstudio.worker.cluster.inspection import inspect
from hwstudio.worker.cluster.neighbours import Neighbours, free_port

TICK_S = 0.5


class Agent:
    """Obeys one order after the other; whatever waits for others runs in a thread."""

    def __init__(self, channel: Channel, hello: dict[str, Any]) -> None:
        self._channel = channel
        self.children = Children(channel, str(hello["mark"]))
        self._neighbours = Neighbours(str(hello["run"]))
        channel.on_stop(self.children.end)

    def obey(self, order: dict[str, Any]) -> bool:
        """Do one order; say whether more may follow."""
        verb = order["do"]
        if verb == "clock":
            self._channel.emit("clock", ticket=order["ticket"], unix_s=time.time())
        elif verb == "inspect":
            self._channel.emit("inspected", about=inspect())
        elif verb == "listen":
            self._listen(str(order["address"]))
        elif verb == "reach":
            for peer in order["peers"]:
                limit_s = float(order["limit_s"])
                threading.Thread(target=self._reach, args=(peer, limit_s), daemon=True).start()
        elif verb == "start":
            self._start(order)
        elif verb == "rank":
            self.children.order(int(order["rank"]), order["order"])
        elif verb == "end":
            self.children.end()
            return False
        return True

    def _listen(self, address: str) -> None:
        try:
            port, spare = self._neighbours.listen(address), free_port(address)
        except OSError as error:
            self._channel.emit("unbound", why=error.strerror or str(error))
        else:
            self._channel.emit("listening", port=port, rendezvous_port=spare)

    def _reach(self, peer: dict[str, Any], limit_s: float) -> None:
        found = self._neighbours.reach(str(peer["address"]), int(peer["port"]), limit_s)
        self._channel.emit("reached", peer=peer["name"], **found)

    def _start(self, order: dict[str, Any]) -> None:
        jobs = [{**job, "dead_after_s": dead_man.LIMIT_S + 2} for job in order["jobs"]]
        self._channel.emit("started", pids=self.children.start(jobs))
        self._neighbours.keep_beating(order["name"], order["peers"], order["interface"])
        threading.Thread(target=self._report, daemon=True).start()

    def _report(self) -> None:
        """Tell the lead, twice a second, how long each neighbour has been silent."""
        while True:
            self._channel.emit("neighbours", **self._neighbours.silence())
            time.sleep(TICK_S)


def main() -> int:
    """Serve the lead."""
    dead_man.die_with_parent()
    channel = Channel()
    channel.start()
    dead_man.watch(lambda: channel.heard_s, channel.end)
    channel.emit("hello", schema=SCHEMA, python=platform.python_version(), pid=os.getpid())
    try:
        agent = Agent(channel, json.loads(channel.read_line()))
        while agent.obey(json.loads(channel.read_line())):
            pass
    except Stopped:
        channel.end()
    sys.stderr.flush()
    os._exit(1 if agent.children.left else 0)
