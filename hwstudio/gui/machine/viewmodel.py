"""Looks at this machine in the background and judges it for the chosen goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.assess.readiness import assess
from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.model.machine import Machine
from hwstudio.gui.kit.task import Task
from hwstudio.gui.machine.state import Look, MachineState, Shelf

LOOKING = "Looking at processor, memory, GPUs and drives …"
JUDGING_AGAIN = "Judging with your measured speed …"
JUDGING = "Judging for the new goal …"


class MachineViewModel(QObject):
    """``changed`` is sent when ``state`` is new; ``detected`` carries a newly found machine."""

    changed = Signal()
    detected = Signal(object)

    def __init__(
        self,
        shelf: Callable[[], Shelf],
        detect: Callable[[], Machine],
        goal: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shelf, self._detect = shelf, detect
        self.state = MachineState(goal)
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)

    def look(self) -> None:
        """Detect and judge; the old answer stays until the new one is there."""
        self._set(is_busy=True, step=LOOKING, error="")
        self._task.start(partial(_look, self._shelf, self._detect, self.state.goal))

    def set_goal(self, goal: str) -> None:
        """Judge the machine that was found for another goal."""
        if goal == self.state.goal:
            return
        self._set(goal=goal)
        look = self.state.look
        if look is None:
            self.look()
            return
        self._set(is_busy=True, step=JUDGING, error="")
        self._task.start(partial(_judge, self._shelf, look.machine, goal))

    @Slot()
    def refresh(self) -> None:
        """Judge the machine that was found again, with what was measured meanwhile."""
        look = self.state.look
        if self.state.is_busy:
            self.look()  # what runs may have begun without it
        elif look is not None:
            self._set(is_busy=True, step=JUDGING_AGAIN, error="")
            self._task.start(partial(_judge, self._shelf, look.machine, self.state.goal))

    @Slot(object)
    def _on_done(self, look: Look) -> None:
        old = self.state.look
        self._set(is_busy=False, step="", look=look)
        if old is None or old.machine is not look.machine:
            self.detected.emit(look.machine)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(is_busy=False, step="", error=sentence)

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()


def _look(shelf: Callable[[], Shelf], detect: Callable[[], Machine], goal: str) -> Look:
    began_s = monotonic_s()
    return _judge(shelf, detect(), goal, began_s)


def _judge(
    shelf: Callable[[], Shelf], machine: Machine, goal: str, began_s: float | None = None
) -> Look:
    began_s = monotonic_s() if began_s is None else began_s
    goods = shelf()
    known = {workload.id: workload for workload in goods.workloads}
    # A goal that a newer catalogue no longer has falls back to the first of the library.
    chosen = known.get(goal) or goods.workloads[0]
    judged = assess(
        machine,
        chosen,
        gpus=goods.gpus,
        workloads=goods.workloads,
        parts=goods.parts,
        predictor=goods.predictor,
        facts=None if goods.facts is None else goods.facts(machine),
    )
    return Look(machine, judged, monotonic_s() - began_s)
