"""What stands out in the curves of a log, each judged beside the training loss it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.monitor.curves.follow import Log
from hwstudio.core.monitor.curves.marks import Mark, marks_of
from hwstudio.core.monitor.curves.role import Role
from hwstudio.core.monitor.curves.series import Series


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of one run of a log."""

    run: str
    series: Series


def curves_of(log: Log) -> tuple[Curve, ...]:
    """Return every curve of a log, run by run."""
    return tuple(Curve(run.name, series) for run in log.runs for series in log.series(run))


def training_loss_of(curve: Curve, every: tuple[Curve, ...]) -> Series | None:
    """Return the training loss a validation loss belongs to; None where there is none.

    It is in the same run, or in a run beside it: Keras writes "train" and "validation" apart.
    """
    if curve.series.role is not Role.VALIDATION_LOSS:
        return None
    losses = [each for each in every if each.series.role is Role.LOSS]
    same = [each for each in losses if each.run == curve.run]
    if same:
        return same[0].series
    folder = curve.run.rpartition("/")[0]
    near = [each for each in losses if each.run.rpartition("/")[0] == folder]
    return near[0].series if len(near) == 1 else None


def marks_in(curve: Curve, every: tuple[Curve, ...]) -> tuple[Mark, ...]:
    """Return what stands out in one curve."""
    return marks_of(curve.series, training_loss_of(curve, every))
