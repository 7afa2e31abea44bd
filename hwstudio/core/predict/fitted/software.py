"""The software a job is taken to run with when nobody states it: the same one for every GPU.

Cards can only be compared like with like: with each card's own nearest measurement one card would
be judged by TensorFlow of 2020 and its neighbour by PyTorch of 2024, and the gap between the two
would be the software's. And who does not choose means software of today: what was measured before
``CURRENT_SINCE`` is taken only for kinds of work that nobody measured enough of since.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.job import UNSTATED, Software, question_for
from hwstudio.core.predict.fitted.model import GROUP_OF, SpeedModel
from hwstudio.core.predict.fitted.software_words import software_words
from hwstudio.core.predict.runs_on import usually_runs
from hwstudio.core.predict.weight_formats import SHORT

CURRENT_SINCE = 2022  # four years before the measurements were gathered
# Enough to compare cards with: three devices, or two with so many supports of the fit.
ENOUGH_DEVICES, ENOUGH_SUPPORTS = 3, 20


@dataclass(frozen=True, slots=True)
class Met:
    """How much one software was measured with in one kind of work.

    ``year``: the newest. ``is_on_cards``: on more than chips that are a computer of their own.
    """

    software: Software
    year: int
    devices: int
    supports: int
    is_on_cards: bool

    def words(self, *, has_year: bool = True) -> str:
        """Return what it is, its version, who ran it and when."""
        name = self.software
        return software_words(name.framework, name.source, self.year if has_year else None)

    @property
    def is_current(self) -> bool:
        """Say whether it is of today and was measured often enough to stand for the work."""
        needed = ENOUGH_DEVICES - (self.supports >= ENOUGH_SUPPORTS)
        is_enough = self.devices >= needed
        return self.year >= CURRENT_SINCE and is_enough and self.is_on_cards


def met_in(model: SpeedModel, kind: str) -> tuple[Met, ...]:
    """Return the software of a kind of work, that measured on most devices first."""
    group = model.groups.get(GROUP_OF[kind])
    found = group.met(kind) if group is not None else {}
    made = []
    for name, (years, devices) in found.items():
        sheets = [model.devices[each] for each in devices if each in model.devices]
        on_cards = not sheets or any(sheet.kind != "soc" for sheet in sheets)
        made.append(Met(Software(*name), round(max(years)), len(devices), len(years), on_cards))
    made.sort(key=lambda met: (-met.devices, -met.supports, met.software.framework))
    return tuple(made)


def software_of(model: SpeedModel, kind: str) -> tuple[Met, ...]:
    """Return the software of a kind of work, each name once: current first, on most devices.

    Of versions that one publisher ran in one year the one on most devices stands for all: they
    would hide the rest of a short list.
    """
    found = sorted(met_in(model, kind), key=lambda met: not met.is_current)
    named = {met.words(has_year=False): met for met in reversed(found)}
    once = [met for met in found if named[met.words(has_year=False)] is met]
    first = {_without_version(met): met for met in reversed(once)}
    return tuple(met for met in once if first[_without_version(met)] is met)


_VERSIONS = re.compile(r" ?\d+(\.\d+)+|, change \d+")


def _without_version(met: Met) -> tuple[str, int]:
    return _VERSIONS.sub("", met.words(has_year=False)), met.year


def _runnable(
    model: SpeedModel, kind: str, workload: Workload
) -> frozenset[tuple[str, str]] | None:
    """Return the measured software that runs the job's format of weights; None = any does."""
    if not workload.writes_text or workload.precision in SHORT:
        return None
    return frozenset(
        (met.software.framework, met.software.source)
        for met in met_in(model, kind)
        if usually_runs(workload.precision, met.software.framework)
    )


def usual_software(model: SpeedModel, workload: Workload) -> Software:
    """Return what the measurements nearest to a job used most often, one for each device.

    Only current software is looked at where there is any. Asked of the devices that this kind of
    work was measured on, one of each at a time, so that the answer is the same whatever card and
    number is looked at.
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
    current = frozenset(
        (met.software.framework, met.software.source)
        for met in met_in(model, kind)
        if met.is_current
    )
    known_here = _runnable(model, kind, workload)
    if known_here is not None:
        current = (current & known_here) or known_here
        if not current:
            return UNSTATED
    counted = Counter(model.software_like(asked, current or None))
    return Software(*counted.most_common(1)[0][0]) if counted else UNSTATED
