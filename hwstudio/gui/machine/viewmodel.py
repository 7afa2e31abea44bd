"""Looks at this machine in the background and judges it for the chosen goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.assess.goal import usable_weights
from hwstudio.core.assess.readiness import Terms, assess
from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.model.machine import Machine
from hwstudio.gui.kit.task import Task
from hwstudio.gui.machine.state import Look, MachineState, Shelf

LOOKING = "Looking at processor, memory, GPUs and drives …"
JUDGING_AGAIN = "Judging with your measured speed …"
JUDGING = "Judging for the new goal …"
JUDGING_WEIGHTS = "Judging with your weights …"

Asked = tuple[str, str]  # goal and weights


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
        weights: str = "",
    ) -> None:
        super().__init__(parent)
        self._shelf, self._detect = shelf, detect
        self.state = MachineState(goal, weights)
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)

    def look(self) -> None:
        """Detect and judge; the old answer stays until the new one is there."""
        self._set(is_busy=True, step=LOOKING, error="")
        asked = self.state.goal, self.state.weights
        self._task.start(partial(_look, self._shelf, self._detect, asked))

    def set_goal(self, goal: str) -> None:
        """Judge the machine that was found for another goal."""
        if goal != self.state.goal:
            self._set(goal=goal)
            self._judge_again(JUDGING)

    def set_weights(self, weights: str) -> None:
        """Judge the machine that was found with other weights of the groups."""
        if weights != self.state.weights:
            self._set(weights=weights)
            self._judge_again(JUDGING_WEIGHTS)

    def _judge_again(self, step: str) -> None:
        look = self.state.look
        if look is None:
            self.look()
            return
        self._set(is_busy=True, step=step, error="")
        asked = self.state.goal, self.state.weights
        self._task.start(partial(_judge, self._shelf, look.machine, asked))

    @Slot()
    def refresh(self) -> None:
        """Judge the machine that was found again, with what was measured meanwhile."""
        look = self.state.look
        if self.state.is_busy:
            self.look()  # what runs may have begun without it
        elif look is not None:
            self._judge_again(JUDGING_AGAIN)

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


def _look(shelf: Callable[[], Shelf], detect: Callable[[], Machine], asked: Asked) -> Look:
    began_s = monotonic_s()
    return _judge(shelf, detect(), asked, began_s)


def _judge(
    shelf: Callable[[], Shelf], machine: Machine, asked: Asked, began_s: float | None = None
) -> Look:
    began_s = monotonic_s() if began_s is None else began_s
    goods = shelf()
    known = {workload.id: workload for workload in goods.workloads}
    # A goal that a newer catalogue no longer has falls back to the first of the library.
    chosen = known.get(asked[0]) or goods.workloads[0]
    weights = usable_weights(asked[1], goods.jobs)
    judged = assess(
        machine,
        chosen,
        gpus=goods.gpus,
        workloads=goods.workloads,
        parts=goods.parts,
        terms=Terms(goods.jobs, weights, goods.find_cpu, goods.predictor),
        facts=None if goods.facts is None else goods.facts(machine),
    )
    return Look(machine, judged, monotonic_s() - began_s)
