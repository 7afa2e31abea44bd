"""`hwstudio predict job --software`: the framework, chosen by name as the window's list has it."""

from __future__ import annotations

import argparse

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.job import UNSTATED, Software, question_for
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.software import Met, software_of, usual_software

NONE = "any"
MOST_LISTED = 12


def add_software(verb: argparse.ArgumentParser) -> None:
    """Add the option."""
    verb.add_argument(
        "--software",
        metavar="NAME",
        help=f'with which framework, "vLLM"; {NONE}: not stated, a wider range (a usual one)',
    )


def software_asked(text: str | None, model: SpeedModel, workload: Workload) -> Software:
    """Return the software of a name; the usual one where none is given.

    A name may be shortened: of several that begin or go on with it, the first of the window's list
    is taken, which is the one measured on most devices of those that are current.

    Raises:
        UserError: no measurement of this kind of work used such software; the known are listed.
    """
    if text is None:
        return usual_software(model, workload)
    if text.strip().casefold() == NONE:
        return UNSTATED
    known = _known(model, workload)
    sought = text.strip().casefold()
    for is_meant in (_is_named, _begins, _holds):
        found = next((met for met in known if sought and is_meant(met, sought)), None)
        if found is not None:
            return found.software
    raise _unknown(text, workload, known)


def _known(model: SpeedModel, workload: Workload) -> tuple[Met, ...]:
    question = question_for(workload, next(iter(model.devices.values())))
    return () if question is None else software_of(model, class_of(question))


def _is_named(met: Met, sought: str) -> bool:
    return sought in (met.software.framework.casefold(), met.words().casefold())


def _begins(met: Met, sought: str) -> bool:
    return met.words().casefold().startswith(sought)


def _holds(met: Met, sought: str) -> bool:
    return sought in met.words().casefold()


def _unknown(text: str, workload: Workload, known: tuple[Met, ...]) -> UserError:
    what = f"There is no software {text!r} for this job"
    if not known:
        why = f"no software was measured in work like: {workload.title}"
        return UserError(what, why, "Leave --software out")
    names = "; ".join(met.words() for met in known[:MOST_LISTED])
    why = "published measurements of this kind of work did not use it"
    return UserError(what, why, f"Choose from {names}, or {NONE}")
