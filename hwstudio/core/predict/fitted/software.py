"""The software a job is taken to run with when nobody states it: the same one for every GPU.

Cards can only be compared like with like: with each card's own nearest measurement one card would
be judged by TensorFlow of 2020 and its neighbour by PyTorch of 2024, and the gap between the two
would be the software's.
"""

from __future__ import annotations

from collections import Counter

from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.job import UNSTATED, Software, question_for
from hwstudio.core.predict.fitted.model import GROUP_OF, SpeedModel


def usual_software(model: SpeedModel, workload: Workload) -> Software:
    """Return what the measurements nearest to a job used most often, one for each device.

    Asked of the devices that this kind of work was measured on, one of each at a time, so that
    the answer is the same whatever card and number is looked at.
    """
    any_sheet = next(iter(model.devices.values()))
    question = question_for(workload, any_sheet)
    if question is None:
        return UNSTATED
    kind = class_of(question)
    group = model.groups.get(GROUP_OF[kind])
    known = group.known.get(kind, {}).get("device", frozenset()) if group else frozenset()
    asked = [
        model.twin(found)
        for name, sheet in model.devices.items()
        if name in known and (found := question_for(workload, sheet)) is not None
    ]
    counted = Counter(model.software_like(asked))
    return Software(*counted.most_common(1)[0][0]) if counted else UNSTATED
