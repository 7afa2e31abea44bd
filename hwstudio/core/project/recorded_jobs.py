"""The runs of the last days as jobs to replay, with their measured energy where there is any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hwstudio.core.assess.routing.replay import DAYS, RecordedJob
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.facts import facts_of
from hwstudio.core.monitor.runs.predicted import predicted_of

if TYPE_CHECKING:
    from hwstudio.core.base.paths import Home
    from hwstudio.core.history.store import History
    from hwstudio.core.monitor.runs.tracks import Reader

_SECONDS = DAYS * 86400.0


def recorded_jobs(home: Home, history: History, now_s: float) -> tuple[RecordedJob, ...]:
    """Return the ended runs of the last days, newest first. Reads files: not for the GUI thread.

    Raises:
        HostError: the runs cannot be read.
    """
    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.history.runs import Runs

    runs = [run for run in Runs(history).all() if is_recent(run, now_s)]
    if not runs:
        return ()
    readings = ReadingHistory.open(home.monitor_file)
    try:
        return jobs_of(runs, readings, now_s)
    finally:
        readings.close()


def is_recent(run: Run, now_s: float) -> bool:
    """Say whether a run has ended within the last days."""
    return run.ended_s is not None and now_s - _SECONDS <= run.ended_s <= now_s + 60


def jobs_of(runs: Iterable[Run], reader: Reader, now_s: float) -> tuple[RecordedJob, ...]:
    """Return runs as jobs; energy that cannot be read is not measured."""
    return tuple(_job(run, reader, now_s) for run in runs if (run.ended_s or 0) > run.started_s)


def _job(run: Run, reader: Reader, now_s: float) -> RecordedJob:
    predicted = predicted_of(run.predicted)
    asked = predicted.asked if predicted else None
    return RecordedJob(
        title=run.title,
        started_s=run.started_s,
        hours=((run.ended_s or run.started_s) - run.started_s) / 3600,
        gpu_kwh=_kwh(run, reader, now_s),
        workload_id=asked.workload_id if asked else "",
    )


def _kwh(run: Run, reader: Reader, now_s: float) -> float | None:
    try:
        facts = facts_of(run, reader, now_s)
    except HwstudioError as error:
        logger("routing").warning("the energy of %s cannot be read: %s", run.title, error)
        return None
    # Energy of half a run would make home look cheap.
    return facts.summary.energy_kwh.value if facts.recorded_share >= 0.9 else None
