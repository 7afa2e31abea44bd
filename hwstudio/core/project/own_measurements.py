"""Everything this machine measured, as answers take it: speeds that were told, and probes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.bench.run import Place
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.project.calibrating import Heard, Moved, moved, reference_jobs, run_probes
from hwstudio.core.project.calibration import (
    NOTHING,
    Calibration,
    calibration,
    forgotten_until,
    is_usual,
    of_results,
)
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


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a calibration reads and writes."""

    history: History
    catalog: Catalog
    model: SpeedModel
    prediction_log: Path
    seen: Sequence[Observation] = ()  # the speeds the user told


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came of a calibration. ``changes``: a few well-known jobs before and after."""

    results: tuple[Result, ...]
    found: Calibration = NOTHING
    changes: tuple[Moved, ...] = ()

    @property
    def why_not(self) -> str:
        """Return why nothing was measured at all, or nothing."""
        last = self.results[-1] if self.results else None
        if last is not None and last.outcome is Outcome.COULD_NOT_START:
            return last.words
        return ""


def calibrate(
    place: Place, device: str, keeping: Keeping, *, heard: Heard, cancel: threading.Event
) -> Calibrated:
    """Run the probes, keep their results, and say what they change.

    Raises:
        UserError, HostError: the device's name is none, or something cannot be read or written.
    """
    results = run_probes(place, device, heard=heard, keep=keeping.history.add_result, cancel=cancel)
    model, catalog = keeping.model, keeping.catalog
    found = of_results([each for each in results if is_usual(each)], catalog, model)
    check_steps(keeping.prediction_log, model, keeping.seen, found)
    changes: tuple[Moved, ...] = ()
    if found.sheets and not found.is_empty:
        jobs = reference_jobs(catalog)
        changes = moved(model, jobs, found.sheets[0], found, keeping.seen)
    return Calibrated(tuple(results), found, changes)
