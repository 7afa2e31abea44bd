"""What short measurements of a device say of every job on it: two multipliers and two real steps.

A probe reads how fast the device multiplies matrices and how fast it moves data, beside what such
devices usually reach of their data sheets. Both are readings of the device's two multipliers
(``shares``). A training step is an observation of a question, like a job the user measured. All are
weighed together, in closed form, by ``Offsets``.

The usual shares are those of the published matrix products of the catalogue: 0.51 to 1.04 of the
sheet in half precision on 10 devices, their median 0.75; 0.89 in fp32. Of bandwidth one published
figure is known (0.77); the rest is the usual experience with the STREAM rule, hence the wide prior.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hwstudio.core.predict.fitted.model import SpeedAnswer
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.fitted.shares import ARITHMETIC, BANDWIDTH, Spread, Traits

if TYPE_CHECKING:
    from hwstudio.core.predict.fitted.offsets import Observation

Z90 = 1.645  # half-width of a 90 % interval in standard deviations
ARITHMETIC_PROBE, BANDWIDTH_PROBE = "arithmetic", "bandwidth"
# (usual share of the data sheet's rate, its standard deviation as a log), by what is multiplied.
USUAL = {"half": (0.75, 0.20), "fp32": (0.85, 0.15), "bandwidth": (0.85, 0.12)}
USUAL_CPU = {"half": (0.75, 0.30), "fp32": (0.75, 0.25), "bandwidth": (0.75, 0.20)}
# Of how a probe differs from the usual, half is the multiplier that jobs feel; the other half is
# the probe's own (one shape, one library). No published data tell them apart.
FELT = 0.5**0.5
NOISE, DISTURBED_NOISE = 0.04, 0.3  # of a clean probe, and of one taken under load (log)
MOST_OFF = 2.0  # standard deviations; what lies beyond moves nothing further


@dataclass(frozen=True, slots=True)
class SheetDoubt:
    """How sure a sheet is that was reckoned and not read: standard deviations (log).

    ``general``: what all jobs on it have in common, out of what their ranges hold already: the
    device is of a kind the fit hardly knows, so much of what it is off by is the device's.
    """

    arithmetic: float = 0.0
    bandwidth: float = 0.0
    general: float = 0.0


CERTAIN = SheetDoubt()


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """One probe of one device. ``value`` and ``usual`` in FLOP/s or B/s; ``usual_spread`` is a log.

    ``is_clean``: nothing disturbed it. ``measured_at``: ISO date and time.
    """

    device: str
    probe: str  # ARITHMETIC_PROBE | BANDWIDTH_PROBE
    value: float
    usual: float
    usual_spread: float
    measured_at: str
    is_clean: bool = True

    @property
    def off(self) -> float:
        """Return how far it is from the usual (log)."""
        return math.log(self.value / self.usual)


@dataclass(frozen=True, slots=True)
class Probes:
    """Everything that was probed. ``steps``: training steps as questions with their speeds."""

    readings: tuple[ProbeReading, ...] = ()
    steps: tuple[Observation, ...] = ()
    doubts: Mapping[str, SheetDoubt] = field(default_factory=dict)  # by the device's name

    def doubt_of(self, device: str) -> SheetDoubt:
        """Return how sure a device's sheet is."""
        return self.doubts.get(device, CERTAIN)


NO_PROBES = Probes()


def arithmetic_reading(
    sheet: DeviceSheet, flop_per_s: float, rate: str, measured_at: str, *, is_clean: bool
) -> ProbeReading | None:
    """Return the reading of a matrix product; None where the sheet has no such rate.

    Args:
        rate: "half" or "fp32".
    """
    peak = sheet.fp16_flop_per_s if rate == "half" else sheet.fp32_flop_per_s
    return _reading(sheet, ARITHMETIC_PROBE, flop_per_s, peak, rate, measured_at, is_clean)


def bandwidth_reading(
    sheet: DeviceSheet, bytes_per_s: float, measured_at: str, *, is_clean: bool
) -> ProbeReading | None:
    """Return the reading of a triad; None where the sheet has no bandwidth."""
    peak = sheet.bandwidth_bytes_per_s
    return _reading(
        sheet, BANDWIDTH_PROBE, bytes_per_s, peak, BANDWIDTH_PROBE, measured_at, is_clean
    )


def _reading(
    sheet: DeviceSheet, probe: str, value: float, peak: float, word: str, at: str, is_clean: bool
) -> ProbeReading | None:
    if not (value > 0 and peak > 0 and math.isfinite(value)):
        return None
    share, spread = (USUAL_CPU if sheet.kind == "cpu" else USUAL)[word]
    return ProbeReading(sheet.name, probe, value, peak * share, spread, at, is_clean)


def multiplier_of(traits: Traits, spread: Spread, probe: str) -> float:
    """Return a question's weight (log) on a device's multiplier that one deviation stands for."""
    if probe == ARITHMETIC_PROBE:
        return traits.bound * math.sqrt(ARITHMETIC) * spread.device
    return (1.0 - traits.bound) * math.sqrt(BANDWIDTH) * spread.device


def sheet_weight(traits: Traits, probe: str, doubt: SheetDoubt) -> float:
    """Return a question's weight (log) on the error of a reckoned sheet."""
    if probe == ARITHMETIC_PROBE:
        return traits.bound * doubt.arithmetic
    return (1.0 - traits.bound) * doubt.bandwidth


def with_reading(traits: Traits, spread: Spread, reading: ProbeReading, doubt: SheetDoubt) -> float:
    """Return the covariance (log) of a question's error and a reading."""
    if traits.device != reading.device:
        return 0.0
    felt = multiplier_of(traits, spread, reading.probe) * FELT * reading.usual_spread
    own = doubt.arithmetic if reading.probe == ARITHMETIC_PROBE else doubt.bandwidth
    return felt + sheet_weight(traits, reading.probe, doubt) * own


def variance_of(reading: ProbeReading, doubt: SheetDoubt) -> float:
    """Return the variance (log) of a reading before it is taken."""
    own = doubt.arithmetic if reading.probe == ARITHMETIC_PROBE else doubt.bandwidth
    noise = NOISE if reading.is_clean else DISTURBED_NOISE
    return reading.usual_spread**2 + own**2 + noise**2


def between(one: ProbeReading, other: ProbeReading, doubt: SheetDoubt) -> float:
    """Return the covariance (log) of two readings: of one multiplier it is all but the noise."""
    if one.device != other.device or one.probe != other.probe:
        return 0.0
    own = doubt.arithmetic if one.probe == ARITHMETIC_PROBE else doubt.bandwidth
    return FELT**2 * one.usual_spread * other.usual_spread + own**2


def sheet_variance(one: Traits, other: Traits, doubt: SheetDoubt) -> float:
    """Return what two questions on a device share through the error of its reckoned sheet."""
    return sum(
        sheet_weight(one, probe, doubt) * sheet_weight(other, probe, doubt)
        for probe in (ARITHMETIC_PROBE, BANDWIDTH_PROBE)
    )


def widened(answer: SpeedAnswer, traits: Traits, doubt: SheetDoubt) -> SpeedAnswer:
    """Return an answer whose range also holds what is not known of the device's sheet."""
    more = sheet_variance(traits, traits, doubt)
    if not more or answer.median is None or answer.low is None or answer.high is None:
        return answer
    half = math.log(answer.median / answer.low)
    wide = math.sqrt(half * half + Z90 * Z90 * more)
    upper = math.log(answer.high / answer.median)
    return replace(
        answer,
        low=answer.median * math.exp(-wide),
        high=answer.median * math.exp(math.sqrt(upper * upper + Z90 * Z90 * more)),
    )
