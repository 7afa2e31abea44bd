"""The average draw of a job's GPUs, from published averages of such work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.fitted.clues import WATTS
from hwstudio.core.predict.fitted.job import Software, question_for
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.power import usual_power

FORMULA = "the power limit x what published runs of such work drew"
SOURCE = "1,289 published averages, gathered 2026-11-20"


def powers(
    model: SpeedModel,
    workload: Workload,
    gpus: Sequence[tuple[Gpu, DeviceSheet]],
    count: int,
    software: Software,
) -> list[Prediction]:
    """Return watts of all ``count`` GPUs together, for every kind of GPU.

    Work nobody published watts of draws the usual share of the limit.
    """
    usual = [usual_power(gpu, count) for gpu, _ in gpus]
    first = question_for(workload, gpus[0][1], count, software) if gpus else None
    if first is None or model.answer([replace(first, metric=WATTS)])[0].median is None:
        return usual
    asked = [question_for(workload, sheet, chips(gpu, count)[1], software) for gpu, sheet in gpus]
    told = [model.twin(replace(q, metric=WATTS)) for q in asked if q is not None]
    out = []
    for answer, plain, (gpu, _) in zip(model.answer(told), usual, gpus, strict=True):
        if answer.median is None or answer.low is None or answer.high is None or gpu.tdp_w <= 0:
            out.append(plain)
            continue
        limit = gpu.tdp_w * count
        made = Prediction(
            median=min(answer.median, limit),
            low=min(answer.low, limit),
            high=min(answer.high, limit),
            unit="W",
            evidence=Evidence.ESTIMATED,
            formula=FORMULA,
            inputs={**plain.inputs, "fitted on": SOURCE},
        )
        out.append(made)
    return out
