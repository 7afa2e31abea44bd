"""Speeds where software is not known to run: none if it was chosen, a stand-in if it was not.

A table of all hardware compares one software with itself everywhere. Where nobody chose it, its
speed stands for that of its like, and is said to; who chose TensorRT-LLM does not want to read how
fast it would be on a card it does not start on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.job import Software
from hwstudio.core.predict.runs_on import source_of, why_not
from hwstudio.core.predict.speed import refused

STAND_IN = "Its speed stands for that of software which does"


def as_it_runs(
    workload: Workload,
    gpus: Sequence[Gpu],
    speeds: Sequence[Prediction],
    software: Software,
    *,
    is_chosen: bool,
) -> list[Prediction]:
    """Return the speeds, each as far as the software is known to run there.

    Args:
        speeds: one for each of ``gpus``, of the job with ``software``.
        is_chosen: a person asked for this software; else it is the usual one.
    """
    out = []
    for gpu, speed in zip(gpus, speeds, strict=True):
        why = why_not(workload, software.framework, gpu)
        if not why or speed.median is None:
            out.append(speed)
        elif is_chosen:
            words = f"The chosen software does not run there: {why}"
            out.append(replace(refused(speed.unit, words), formula=speed.formula))
        else:
            source = source_of(workload, software.framework, gpu)
            told = f"{speed.inputs.get('software', '')}. {why} ({source}). {STAND_IN}"
            out.append(replace(speed, inputs={**speed.inputs, "software": told}))
    return out
