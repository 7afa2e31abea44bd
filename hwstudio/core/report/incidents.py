"""What went wrong in a period: alerts, slow-downs by reason, lost devices, hours not recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.report.period import HOUR_S, Period

# NVML's clock event reasons. The first two and the last are no loss.
REASONS: tuple[tuple[int, str, bool], ...] = (
    (0x1, "idle", False),
    (0x2, "clocks set by an application", False),
    (0x4, "power limit", True),
    (0x8, "hardware slow-down", True),
    (0x10, "kept in step with another GPU", True),
    (0x20, "heat, slowed by the driver", True),
    (0x40, "heat, slowed by the hardware", True),
    (0x80, "power supply (power brake)", True),
    (0x100, "display clocks", False),
)
POWER_LIMIT = 0x4


@dataclass(frozen=True, slots=True)
class AlertSum:
    """What became of one rule on one subject. Hours are seen, not waited."""

    title: str
    subject: str
    severity: str
    count: int
    hours: float
    first_s: float
    is_open: bool


def alert_sums(events: Sequence[AlertEvent]) -> tuple[AlertSum, ...]:
    """Return the alerts by rule and subject, most hours first; tests are left out."""
    groups: dict[tuple[str, str], list[AlertEvent]] = {}
    for event in sorted(events, key=lambda e: e.at_s):
        if event.kind is not Kind.TEST:
            groups.setdefault(event.key, []).append(event)
    sums = [_sum(group) for group in groups.values()]
    return tuple(sorted(sums, key=lambda s: (-s.hours, s.first_s, s.subject)))


def _sum(group: list[AlertEvent]) -> AlertSum:
    held_s, open_s = 0.0, 0.0
    for event in group:
        if event.kind is Kind.CLEARED:
            held_s, open_s = held_s + event.held_s, 0.0
        else:
            open_s = max(open_s, event.held_s)
    last = group[-1]
    raised = sum(event.kind is Kind.RAISED for event in group)
    return AlertSum(
        title=last.title,
        subject=last.subject,
        severity=last.severity.value,
        count=max(raised, 1),
        hours=(held_s + open_s) / HOUR_S,
        first_s=group[0].at_s,
        is_open=last.kind is not Kind.CLEARED,
    )


@dataclass(frozen=True, slots=True)
class SlowDown:
    """For how long one GPU was slowed by one reason; ``share`` of the time reasons were read."""

    device: str
    reason: str
    bit: int
    hours: float
    share: float
    is_loss: bool


def slow_downs(period: Period) -> tuple[SlowDown, ...]:
    """Return the slow-down reasons of every GPU, longest first; several may hold at once."""
    found = []
    for device, spans in period.slowed_s.items():
        read_s = sum(spans.values())
        for bit, words, is_loss in REASONS:
            held_s = sum(seconds for bits, seconds in spans.items() if bits & bit)
            if held_s > 0:
                found.append(
                    SlowDown(device, words, bit, held_s / HOUR_S, held_s / read_s, is_loss)
                )
    return tuple(sorted(found, key=lambda s: (-s.hours, s.device, s.bit)))


def unrecorded_h(period: Period) -> float:
    """Return the hours of the period without readings."""
    return max(0.0, period.length_s - period.recorded_s) / HOUR_S
