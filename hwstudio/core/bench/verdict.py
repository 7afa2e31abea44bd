"""Judges a measurement, not the machine: may this number be believed, and if not, why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hwstudio.core.base.units import duration, per_second, percent
from hwstudio.core.bench.peak import MARGIN, Peak
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.statistics import Summary

OK, BUSY, THROTTLED, UNSTABLE = "ok", "busy", "throttled", "unstable"
CAPPED = "capped"
IMPOSSIBLE, CACHED, WRONG_PRECISION = "impossible", "cached", "wrong precision"
NO_ROOM, CUT_SHORT = "no room", "cut short"  # of a search for the last value that goes well
# The worst first: what makes a number wrong comes before what makes it uncertain.
ORDER = (
    IMPOSSIBLE, WRONG_PRECISION, CACHED, BUSY, NO_ROOM, THROTTLED, CAPPED, UNSTABLE, CUT_SHORT, OK,
)  # fmt: skip

RATIO = "1"  # the unit of what is a share or so many times something
MIN_CLEAN = 3  # fewer undisturbed samples give no number at all
UNSTABLE_HALF_WIDTH = 0.03
MIN_CLEAN_SHARE = 0.10
MAX_STOLEN_SHARE = 0.02
MAX_LEFT_SHARE = 0.05  # a result that was waited for is there at once
CLOSE_OTHERS = "Close other programs and run it again"
MAX_EFFICIENCY = 1.2  # N processes cannot do more than N times one; caches explain a little
SUSPECT_EFFICIENCY = 1.08

TITLES = {
    OK: "Clean measurement",
    BUSY: "Machine was busy",
    THROTTLED: "Hardware slowed itself down",
    CAPPED: "Held back by a setting",
    UNSTABLE: "Unsteady",
    IMPOSSIBLE: "Impossible number",
    CACHED: "Ran from the cache",
    WRONG_PRECISION: "Wrong precision",
    NO_ROOM: "Does not fit",
    CUT_SHORT: "Time was up",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word, the reason, and what to do."""

    word: str
    reason: str = ""
    remedy: str = ""
    has_number: bool = True  # whether a value may be shown as a result at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about one series. ``summary`` is of the clean samples, None without any."""

    name: str
    unit: str
    summary: Summary | None
    count: int
    clean_share: float = 1.0
    stolen_share: float | None = None  # time the host of a virtual machine gave to others
    best: float = 0.0  # the best single sample: a lower bound on a busy machine
    precision_asked: str = ""
    precision_seen: str = ""
    is_cached: bool = False
    cached_why: str = ""  # in words; "" where it is the processor's cache
    cached_remedy: str = ""
    throttle: Sequence[str] = field(default_factory=tuple)
    slowed_part: str = "The GPU"  # what the reasons in ``throttle`` are about
    caps: Sequence[str] = field(default_factory=tuple)  # limits that somebody set
    capped_part: str = "The GPU"
    left_share: float | None = None  # waited for after the clock had stopped, of the time measured
    peak: Peak | None = None
    what: str = ""  # what was sampled, in words: "rounds"
    disturbed_by: str = "Other programs took the processor away"

    @property
    def subject(self) -> str:
        """Return what the samples are, for a sentence."""
        return self.what or f"samples of {self.name}"


def judge(evidence: Evidence) -> Verdict:
    """Return the verdict on one series."""
    for check in (_wrong, _disturbed, _throttled, _capped, _unsteady):
        verdict = check(evidence)
        if verdict is not None:
            return verdict
    return Verdict(OK)


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a whole run: that of its worst series, and how many share it."""
    found = min(verdicts, key=lambda each: ORDER.index(each.word), default=Verdict(OK))
    others = sum(each.word == found.word for each in verdicts) - 1
    if found.word in (OK, THROTTLED, CAPPED) or others < 1:
        return found
    points = "one other point" if others == 1 else f"{others} other points"
    return replace(found, reason=f"{found.reason}; {points} likewise")


def _wrong(evidence: Evidence) -> Verdict | None:
    value = evidence.summary.median if evidence.summary else evidence.best
    if evidence.precision_seen and evidence.precision_seen != evidence.precision_asked:
        return Verdict(
            WRONG_PRECISION,
            f"{evidence.precision_asked} was asked for, but the errors of the result of "
            f"{evidence.name} are those of {evidence.precision_seen}",
            f"Ask for {evidence.precision_seen}, or choose another build of torch",
            has_number=False,
        )
    if evidence.is_cached:
        return Verdict(
            CACHED,
            evidence.cached_why or f"The arrays of {evidence.name} fit into the processor's cache",
            evidence.cached_remedy or "Choose a larger array, or leave the size to hwstudio",
            has_number=False,
        )
    if (evidence.left_share or 0.0) > MAX_LEFT_SHARE:
        return Verdict(
            IMPOSSIBLE,
            f"The device was still working on {evidence.name} when the clock was stopped: another "
            f"{percent(evidence.left_share or 0.0)} of the measured time went by until its result "
            "was there",
            "Report this as a fault of the measurement",
            has_number=False,
        )
    peak = evidence.peak
    # A single ratio of two disturbed times says nothing: then the machine was busy, no more.
    has_value = evidence.summary is not None or evidence.unit != RATIO
    if peak is not None and has_value and value > peak.value * MARGIN:
        return Verdict(
            IMPOSSIBLE,
            f"The {_figure(value, evidence.unit)} of {evidence.name} are more than the hardware "
            f"can do ({_figure(peak.value, evidence.unit)}: {peak.words})",
            "Report this as a fault of the measurement",
            has_number=False,
        )
    return None


def _figure(value: float, unit: str) -> str:
    if unit == "s":
        return duration(value)
    return f"{value:.2f} times" if unit == RATIO else per_second(value, unit)


def _disturbed(evidence: Evidence) -> Verdict | None:
    summary = evidence.summary
    if summary is None:
        side = "an upper" if evidence.unit == "s" else "a lower"
        bound = (
            f"; the fastest, {_figure(evidence.best, evidence.unit)}, is {side} bound"
            if evidence.unit != RATIO
            else ""
        )
        return Verdict(
            BUSY,
            f"{evidence.disturbed_by} during nearly all of {evidence.count} "
            f"{evidence.subject}{bound}",
            CLOSE_OTHERS,
            has_number=False,
        )
    # A tenth of the samples is enough for a good median of the clean ones, if they agree.
    is_vague = summary.half_width > UNSTABLE_HALF_WIDTH
    if evidence.clean_share < MIN_CLEAN_SHARE or (evidence.clean_share < 0.5 and is_vague):
        return Verdict(
            BUSY,
            f"Only {percent(evidence.clean_share)} of {evidence.count} {evidence.subject} ran "
            "undisturbed by other programs",
            CLOSE_OTHERS,
            has_number=not is_vague,
        )
    if (evidence.stolen_share or 0.0) > MAX_STOLEN_SHARE:
        return Verdict(
            BUSY,
            f"The host of this virtual machine gave {percent(evidence.stolen_share or 0.0)} of "
            f"the time of {evidence.name} to others",
            "Run it again later, or on a machine of your own",
        )
    return None


def _throttled(evidence: Evidence) -> Verdict | None:
    if not evidence.throttle:
        return None
    return Verdict(
        THROTTLED,
        f"{evidence.slowed_part} slowed itself down during the run: {', '.join(evidence.throttle)}",
        "Check its cooling and its power supply",
    )


def _capped(evidence: Evidence) -> Verdict | None:
    if not evidence.caps:
        return None
    return Verdict(
        CAPPED,
        f"{evidence.capped_part} was held back by a setting: {', '.join(evidence.caps)}",
        "Lift the limit and run it again, or read the number as the speed under that limit",
    )


def _unsteady(evidence: Evidence) -> Verdict | None:
    summary = evidence.summary
    if summary is None or summary.half_width <= UNSTABLE_HALF_WIDTH:
        return None
    return Verdict(
        UNSTABLE,
        f"The median of {evidence.name} is known only to "
        f"±{percent(summary.half_width, 1)} after {summary.n} {evidence.what or 'samples'}",
        "Run it again for longer, on mains power, with nothing else running",
    )


def judge_edge(name: str, data: Mapping[str, Any]) -> Verdict:
    """Return the verdict on a search for the last value that goes well."""
    tried = [each for each in data.get("tried") or () if isinstance(each, Mapping)]
    went_well = [int(each.get("batch", 0)) for each in tried if each.get("trained")]
    if not went_well:
        return Verdict(
            NO_ROOM,
            f"Not even one sample of {_network(name)} fits into the memory allowed",
            "Allow more memory, or close other programs",
            has_number=False,
        )
    if not data.get("is_edge"):
        beyond = data.get("next_batch")
        upper = f"and less than {beyond}" if beyond else "and perhaps far more"
        return Verdict(
            CUT_SHORT,
            f"The time was over before the edge of {_network(name)} was found: it is at least "
            f"{max(went_well)} {upper}",
            "Run it again with more time for each network",
        )
    return Verdict(OK)


def _network(series: str) -> str:
    return name_text(series).removesuffix(", training")


def judge_scaling(efficiency: Summary, processes: int) -> Verdict:
    """Return the verdict on a scaling efficiency."""
    if efficiency.median > MAX_EFFICIENCY:
        return Verdict(
            IMPOSSIBLE,
            f"{processes} processes did {efficiency.median:.2f} times what {processes} times one "
            "process can do: the single process was disturbed",
            CLOSE_OTHERS,
            has_number=False,
        )
    if efficiency.median > SUSPECT_EFFICIENCY:
        return Verdict(
            UNSTABLE,
            f"An efficiency of {efficiency.median:.2f} is more than expected: the single process "
            "was slowed by something else",
            CLOSE_OTHERS,
        )
    if efficiency.half_width > UNSTABLE_HALF_WIDTH:
        half = percent(efficiency.half_width, 1)
        return Verdict(
            UNSTABLE,
            f"The rounds differ: the efficiency is known only to ±{half}",
            "Close other programs and run it again with more rounds",
        )
    return Verdict(OK)
