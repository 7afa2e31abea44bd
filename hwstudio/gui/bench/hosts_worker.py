"""Checks several computers or trains over them, in a thread of its own; it only waits and tells.

The work is done by a process of its own here and by one on each computer. Cancel is the event, set
directly from any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal

from hwstudio.core.bench.cluster.host import Host
from hwstudio.core.bench.cluster.run import check_hosts, run_on_hosts
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.bench.run import MatchGpu, Place
from hwstudio.core.bench.suites import bench
from hwstudio.gui.kit.long_job import LongJob

FILL_SLOTS = 0  # as many processes as the computers have room for


@dataclass(frozen=True, slots=True)
class HostsOrder:
    """What is asked of the computers."""

    hosts: tuple[Host, ...]
    is_run: bool  # else they are only checked
    interpreter: str  # this computer's, "" to find one; the leading process needs no PyTorch
    log_dir: Path
    match_gpu: MatchGpu
    params: dict[str, Any] = field(default_factory=dict)


class HostsWorker(LongJob):
    """``told`` carries every event that says how far it is or what was found; then ``checked`` a
    Preflight, or ``measured`` a Result.
    """

    told = Signal(object)
    checked = Signal(object)
    measured = Signal(object)
    room = "bench"

    def __init__(self, order: HostsOrder) -> None:
        super().__init__()
        self._order = order

    def work(self) -> None:
        """Check or train, then tell."""
        order = self._order
        place = Place(
            interpreter=choose_interpreter("", order.interpreter, ()),
            log_dir=order.log_dir,
            match_gpu=order.match_gpu,
        )
        if not order.is_run:
            found = check_hosts(order.hosts, on_event=self._take, cancel=self.cancel, place=place)
            self.checked.emit(found)
            return
        ddp = bench("ddp")
        params = {**ddp.settle(order.params, is_quick=True), "nproc": FILL_SLOTS}
        self.measured.emit(
            run_on_hosts(
                ddp, params, order.hosts, on_event=self._take, cancel=self.cancel, place=place
            )
        )

    def _take(self, event: Event) -> None:
        if event.kind == "progress" or (
            event.kind == "condition" and event.data.get("name") in ("preflight", "failure")
        ):
            self.told.emit(event)
