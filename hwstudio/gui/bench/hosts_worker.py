"""Checks several computers or trains over them, in a thread of its own; it only waits and tells.

The work is done by a process of its own here and by one on each computer. Cancel is the event, set
directly from any thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.bench.cluster.host import Host
from hwstudio.core.bench.cluster.run import check_hosts, run_on_hosts
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.bench.run import MatchGpu, Place
from hwstudio.core.bench.suites import bench

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


class HostsWorker(QObject):
    """``told`` carries every event that says how far it is or what was found; then ``checked`` a
    Preflight, ``measured`` a Result, or ``failed`` a sentence; ``finished`` always comes.
    """  # fmt: skip

    told = Signal(object)
    checked = Signal(object)
    measured = Signal(object)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, order: HostsOrder) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self._order = order

    @Slot()
    def run(self) -> None:
        """Do it, then tell."""
        try:
            self._work()
        except HwstudioError as error:
            self.failed.emit(error.sentence)
        except Exception as error:  # noqa: BLE001 - the border of a worker thread
            logger("bench").error("a run over several computers failed", exc_info=error)
            self.failed.emit(
                f"Something went wrong inside hwstudio: {error}. The log has the details."
            )
        finally:
            self.finished.emit()

    def _work(self) -> None:
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
