"""The predictor of the moment: by the fitted process and what the user measured so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.predictor import Predictor

if TYPE_CHECKING:
    from hwstudio.core.predict.fitted.calibrate import Probes
    from hwstudio.core.predict.fitted.model import SpeedModel
    from hwstudio.core.predict.fitted.offsets import Observation, Offsets


@dataclass(frozen=True, slots=True)
class Measured:
    """Where what this machine measured is kept: speeds that were told, and probes."""

    own_speeds_file: Path
    watched: tuple[Path, ...]  # files that may hold other probes once they change
    probes: Callable[[], Probes]


class Predictors:
    """Hands out one predictor until what was measured changes. Reading is slow the first time.

    Calls may come from several threads, not from the one that paints.
    """

    def __init__(
        self,
        measured: Measured,
        model: Callable[[], SpeedModel],
        gpus: Callable[[], tuple[Gpu, ...]],
    ) -> None:
        self._measured, self._model, self._gpus = measured, model, gpus
        self._kept: Predictor | None = None
        self._offsets: Offsets | None = None
        self._known: object = None
        self._mark: object = None
        self._lock = threading.Lock()

    def now(self) -> Predictor:
        """Return the predictor of the moment; measured speeds that cannot be read are left out."""
        with self._lock:
            mark = self._marked()
            if self._kept is None or mark != self._mark:
                self._kept, self._mark = self._made(), mark
            return self._kept

    def offsets(self) -> Offsets:
        """Return what the predictor of the moment knows of this machine's measurements."""
        self.now()
        if self._offsets is None:
            raise RuntimeError("a predictor is made with its offsets")
        return self._offsets

    def checked(self) -> Predictor:
        """Return the predictor of the moment, sure to rest on what the user measured.

        Raises:
            HostError: the measured speeds cannot be read.
        """
        from hwstudio.core.project.measured_speeds import observations

        observations(self._measured.own_speeds_file)
        return self.now()

    def is_current(self, predictor: Predictor) -> bool:
        """Say whether a predictor is still the newest; cheap enough for the painting thread."""
        return predictor is self._kept and self._marked() == self._mark

    def _made(self) -> Predictor:
        """Return a new predictor, or the old one where nothing that counts was measured since."""
        from hwstudio.core.predict.fitted.offsets import Offsets
        from hwstudio.core.predict.fitted.predictor import FittedPredictor

        seen, probes = self._seen(), self._measured.probes()
        if self._kept is not None and (seen, probes) == self._known:
            return self._kept
        self._known = seen, probes
        self._offsets = Offsets(self._model(), seen, probes)
        return FittedPredictor(self._model(), self._gpus(), self._offsets)

    def _seen(self) -> tuple[Observation, ...]:
        from hwstudio.core.project.measured_speeds import observations

        try:
            return observations(self._measured.own_speeds_file)
        except HwstudioError as error:
            logger("predict").warning("%s", error.sentence)
            return ()

    def _marked(self) -> object:
        """Return what changes with the files of what was measured."""
        return tuple(
            _stamp(file) for file in (self._measured.own_speeds_file, *self._measured.watched)
        )


def _stamp(file: Path) -> object:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
