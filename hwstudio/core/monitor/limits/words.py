"""Evidence in one line of words each, for a face to show below the sentence."""

from __future__ import annotations

from hwstudio.core.base.units import duration, gib, percent, rate, si, significant, watts
from hwstudio.core.monitor.limits.evidence import Evidence, Verdict


def lines(verdict: Verdict) -> tuple[str, ...]:
    """Return what a verdict rests on, and what could not be seen, a line each."""
    seen = tuple(line(piece) for piece in verdict.evidence)
    return (*seen, *(f"Not seen: {what}" for what in verdict.unseen))


def line(evidence: Evidence) -> str:
    """Return one piece of evidence: "Temperature 93 °C: its own limit is 95 °C"."""
    value = amount(evidence.value, evidence.unit)
    head = f"{evidence.label} {value}".rstrip()
    if evidence.words:
        return f"{head}: {evidence.words}"
    if evidence.threshold is None:
        return head
    return f"{head} (compared with {amount(evidence.threshold, evidence.unit)})"


def amount(value: float, unit: str) -> str:
    """Return a number of a sensor's unit in words; reasons given as bits have none."""
    if unit == "share":
        return percent(value)
    if unit == "bytes":
        return gib(value)
    if unit == "bytes_per_s":
        return rate(value)
    if unit == "c":
        return f"{value:.0f} °C"
    if unit == "w":
        return watts(value)
    if unit == "hz":
        return si(value, "Hz")
    if unit == "s":
        return duration(value)
    if unit == "bits":
        return ""
    return significant(value, 2)
