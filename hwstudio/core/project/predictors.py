"""The predictor of the moment: by the fitted process and what the user measured so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.predictor import Predictor

if TYPE_CHECKING:
    from hwstudio.core.predict.fitted.model import SpeedModel
    from hwstudio.core.predict.fitted.offsets import Offsets


class Predictors:
    """Hands out one predictor until the measured speeds change. Reading is slow the first time.

    Calls may come from several threads, not from the one that paints.
    """

    def __init__(
        self,
        own_speeds_file: Path,
        model: Callable[[], SpeedModel],
        gpus: Callable[[], tuple[Gpu, ...]],
    ) -> None:
        self._file, self._model, self._gpus = own_speeds_file, model, gpus
        self._kept: Predictor | None = None
        self._mark: object = None
        self._lock = threading.Lock()

    def now(self) -> Predictor:
        """Return the predictor of the moment; measured speeds that cannot be read are left out."""
        with self._lock:
            mark = self._marked()
            if self._kept is None or mark != self._mark:
                self._kept, self._mark = self._made(), mark
            return self._kept

    def checked(self) -> Predictor:
        """Return the predictor of the moment, sure to rest on what the user measured.

        Raises:
            HostError: the measured speeds cannot be read.
        """
        from hwstudio.core.project.measured_speeds import observations

        observations(self._file)
        return self.now()

    def is_current(self, predictor: Predictor) -> bool:
        """Say whether a predictor is still the newest; cheap enough for the painting thread."""
        return predictor is self._kept and self._marked() == self._mark

    def _made(self) -> Predictor:
        from hwstudio.core.predict.fitted.predictor import FittedPredictor

        return FittedPredictor(self._model(), self._gpus(), self._offsets())

    def _offsets(self) -> Offsets | None:
        from hwstudio.core.project.measured_speeds import offsets_of

        try:
            return offsets_of(self._model(), self._file)
        except HwstudioError as error:
            logger("predict").warning("%s", error.sentence)
            return None

    def _marked(self) -> object:
        """Return what changes with the file of measured speeds."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
