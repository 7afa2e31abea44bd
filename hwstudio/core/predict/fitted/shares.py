"""How much of what the fit gets wrong two questions have in common: the shares behind ``Offsets``.

A question's error has a part of its device and a part of its own. The device's part is a
multiplier of arithmetic, weighed by how compute-bound the work is, a multiplier of bandwidth,
weighed by the rest, and what the device does with one software. It is no larger than ``CORE``
however wide the interval: a wide one says that the work is hardly known, not the device. The rest
belongs to the model and to the very job.

The shares are searched by ``benchmarks/predict/fit_shares.py``: those with which three observations
of a device that was left out of the fit mend its other rows most. Those of new models are what the
errors of left-out models have in common on two devices (0.36, with the same software all).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.predict.fitted.clues import class_of, ideal_s
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import is_step_shared, work_of

CORE = 0.5  # most of an answer's standard deviation (log) that can be the device's
# ... and where the fit knows the device in this kind of work, so much less: errors of left-out
# models on known devices have nothing in common (-0.03, against 0.35 on left-out devices with one
# software). A little is left to one that is throttled or tuned.
KNOWN_DEVICE = 0.3
NEAR = 1.0  # of the logit of the compute-bound share: how far what a software does carries
# Of the device's part (its standard deviation squared).
ARITHMETIC, BANDWIDTH, ALIKE = 0.1, 0.2, 0.5
# Of the rest, if the fit knows the model, on the device only: the model's, and what it does with
# one software. If it does not, what it is off by is the same wherever it runs: the model's, and
# what it does with one software. The remainder is the very job's (batch, length, count).
MODEL_HERE, RUN_HERE = 0.1, 0.85
# Of that, what one device alone tells of several that share every step (rounded; the slopes of
# left-out rows are 0 to 0.9, 0.3 in the middle). Copies with their own batches share all of it.
SHARED_STEP = 0.5
NEW_MODEL, NEW_RUN = 0.4, 0.45
_EDGE = 0.02


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a question is compared. ``bound``: 0 = all memory traffic, 1 = all arithmetic."""

    device: str
    kind: str
    model: str
    software: tuple[str, str]
    precision: str
    setting: tuple[float | None, float | None, int]
    bound: float
    logit: float
    is_shared: bool = False  # several devices work on one step


def compute_bound(question: Question) -> float:
    """Return arithmetic's share of arithmetic and traffic at the data sheet's rates, 0 to 1."""
    compute, traffic = ideal_s(question, work_of(question))
    return compute / (compute + traffic) if compute or traffic else 0.5


def traits_of(question: Question) -> Traits:
    """Return what of a question is compared."""
    bound = compute_bound(question)
    inside = min(max(bound, _EDGE), 1.0 - _EDGE)
    return Traits(
        device=question.device.name,
        kind=class_of(question),
        model=question.model,
        software=(question.framework, question.source),
        precision=question.precision,
        setting=(question.batch, question.input_size, question.count),
        bound=bound,
        logit=math.log(inside / (1.0 - inside)),
        is_shared=is_step_shared(question),
    )


def carried(*, is_shared: bool, is_other_shared: bool) -> float:
    """Return the share of a job's own error that it keeps with another number of devices."""
    return 1.0 if is_shared == is_other_shared else SHARED_STEP


@dataclass(frozen=True, slots=True)
class Common:
    """What two questions have in common, each 0 to 1; the first two on any device."""

    model: float = 0.0
    run: float = 0.0
    arithmetic: float = 0.0
    bandwidth: float = 0.0
    alike: float = 0.0
    model_here: float = 0.0
    run_here: float = 0.0
    same: float = 0.0


def common(a: Traits, b: Traits) -> Common:
    """Return what two questions have in common."""
    is_kind = a.kind == b.kind
    is_model = is_kind and a.model == b.model
    is_run = is_model and a.software == b.software
    if a.device != b.device:
        return Common(float(is_model), float(is_run))
    is_alike = is_kind and a.software == b.software and a.precision == b.precision
    near = math.exp(-0.5 * ((a.logit - b.logit) / NEAR) ** 2) if is_alike else 0.0
    return Common(
        model=float(is_model),
        run=float(is_run),
        arithmetic=a.bound * b.bound,
        bandwidth=(1.0 - a.bound) * (1.0 - b.bound),
        alike=near,
        model_here=float(is_model),
        run_here=carried(is_shared=a.is_shared, is_other_shared=b.is_shared)
        * float(is_model and is_alike),
        same=float(is_model and is_alike and a.setting == b.setting),
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """The standard deviation (log) of a question's answer, its device's part and the rest."""

    whole: float
    device: float
    rest: float


def spread_of(traits: Traits, whole: float, *, is_device_new: bool = True) -> Spread:
    """Return how the spread of an answer is made up."""
    core = min(whole, CORE) * (1.0 if is_device_new else KNOWN_DEVICE)
    own = core * core * _device_share(common(traits, traits))
    return Spread(whole, core, math.sqrt(max(0.0, whole * whole - own)))


def _device_share(both: Common) -> float:
    return ARITHMETIC * both.arithmetic + BANDWIDTH * both.bandwidth + ALIKE * both.alike


def covariance(both: Common, a: Spread, b: Spread, *, is_new: bool) -> float:
    """Return the covariance (log) of two errors. ``is_new``: the fit does not know the model."""
    if is_new:
        anywhere, here = (NEW_MODEL, NEW_RUN), (0.0, 0.0)
    else:
        anywhere, here = (0.0, 0.0), (MODEL_HERE, RUN_HERE)
    rest = (
        anywhere[0] * both.model
        + anywhere[1] * both.run
        + here[0] * both.model_here
        + here[1] * both.run_here
        + (1.0 - sum(anywhere) - sum(here)) * both.same
    )
    return a.device * b.device * _device_share(both) + a.rest * b.rest * rest
