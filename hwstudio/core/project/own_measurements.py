"""Everything this machine measured, as answers take it: speeds that were told, and probes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.history.store import History
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.project.calibration import NOTHING, Calibration, calibration, forgotten_until
from hwstudio.core.project.scoring import predict_and_check


def readable_calibration(
    open_history: Callable[[], History], catalog: Catalog, model: SpeedModel, file: Path
) -> Calibration:
    """Return the calibration, or none where the history cannot be used: estimates go on.

    Args:
        file: where is kept up to when results are forgotten.
    """
    try:
        return calibration(open_history(), catalog, model, forgotten_until(file))
    except HwstudioError as error:
        logger("predict").warning("%s", error.sentence)
        return NOTHING


def check_steps(
    log: Path, model: SpeedModel, seen: Sequence[Observation], found: Calibration
) -> None:
    """Score what was expected of the newest training steps, without them, by what they reached.

    Raises:
        HostError: the log cannot be read or written.
    """
    for step in found.probes.steps:
        predict_and_check(log, model, Offsets(model, seen), step)
