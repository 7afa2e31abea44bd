"""What was asked before of other models, so that going back to one loses nothing."""

from __future__ import annotations

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import JobWish, carried, usual_wish
from hwstudio.core.predict.module.result import ModuleMemory
from hwstudio.gui.workload.state import Wish


class Remembered:
    """The models opened from files, the last wish of every kind, the last job of every model."""

    def __init__(self) -> None:
        self._opened: dict[str, AiModel] = {}
        self._exact: dict[str, ModuleMemory] = {}
        self._of_kind: dict[str, Wish] = {}
        self._jobs: dict[tuple[str, Mode], JobWish] = {}

    def take_opened(self, model: AiModel, exact: ModuleMemory | None = None) -> None:
        """Take in a model of the user's; ``exact``: the step of it that was reckoned."""
        self._opened[model.id] = model
        self._exact.pop(model.id, None)
        if exact is not None:
            self._exact[model.id] = exact

    def take_wish(self, wish: Wish) -> None:
        """Take in a wish that is being left."""
        self._of_kind[wish.kind] = wish
        self._jobs[wish.model.id, wish.job.mode] = wish.job

    @property
    def opened(self) -> tuple[AiModel, ...]:
        """Return the models opened, the newest first."""
        return tuple(reversed(self._opened.values()))

    @property
    def lasting(self) -> tuple[AiModel, ...]:
        """Return those that can be kept for another day, the oldest first."""
        return tuple(m for m in self._opened.values() if m.id not in self._exact)

    def exact_of(self, model: AiModel) -> ModuleMemory | None:
        """Return the step of a module that was reckoned."""
        return self._exact.get(model.id)

    def last_of(self, kind: str) -> Wish | None:
        """Return what was last asked of a kind of model."""
        return self._of_kind.get(kind)

    def job_for(self, now: Wish, model: AiModel, mode: Mode) -> JobWish:
        """Return the job with what was set so far: for the model at hand, or the last time."""
        moved = carried(now.model, now.job, model, mode)
        return moved or self._jobs.get((model.id, mode)) or usual_wish(model, mode)
