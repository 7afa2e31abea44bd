"""What the time of one job on one kind of GPU goes to, by the fitted model."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.job import Software, ideal_unit_s, question_for, speeds
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.time_parts import TimePart, time_parts


def parts_of(
    model: SpeedModel,
    workload: Workload,
    sheet: DeviceSheet,
    count: int,
    software: Software,
    speed: Prediction,
    offsets: Offsets | None = None,
) -> tuple[TimePart, ...]:
    """Return the parts, the largest first; empty where there is no estimate.

    Args:
        speed: of the job on all devices together, in units of the job.
    """
    asked = question_for(workload, sheet, count, software)
    if asked is None or speed.median is None:
        return ()
    one = speed
    if asked.count > 1:
        whole = replace(workload.recipe, tensor_split=1, pipeline_split=1)
        alone = replace(workload, recipe=whole)
        one = speeds(model, alone, [sheet], 1, software, offsets)[0]
    return time_parts(workload, speed, one, asked.count, ideal_unit_s(workload, model.twin(asked)))
