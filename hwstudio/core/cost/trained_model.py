"""What one trained model costs (F14): time from a measured speed, retries, storage, transfer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import ONE, Number, above_zero, exact

_SECONDS_PER_HOUR = Decimal(3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """``samples_per_s`` is measured on the machine whose hour costs ``per_hour``."""

    per_hour: Number
    samples: Number  # of one epoch
    epochs: Number
    samples_per_s: Number
    extra_share: Number = 0  # evaluation and retries, 0.1 = a tenth more
    storage: Number = 0  # money, for the whole of it
    egress: Number = 0


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """Hours include evaluation and retries."""

    hours: Decimal
    compute: Decimal
    total: Decimal


def training_cost(job: Training) -> TrainingCost:
    """Return ``c (samples epochs) / (3600 speed) (1 + extra) + storage + egress`` (F14)."""
    work = exact(job.samples, "The samples") * exact(job.epochs, "The epochs")
    speed = above_zero(job.samples_per_s, "The measured speed")
    extra = ONE + exact(job.extra_share, "The share of evaluation and retries")
    hours = work / (_SECONDS_PER_HOUR * speed) * extra
    compute = exact(job.per_hour, "The price per hour") * hours
    rest = exact(job.storage, "The storage cost") + exact(job.egress, "The transfer cost")
    return TrainingCost(hours, compute, compute + rest)
