"""Everything a face says about one run: its summary, how much of it was recorded, why not all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hwstudio.core.model.run import Run
from hwstudio.core.model.sensor import device_of, quantity_of
from hwstudio.core.monitor.runs.energy import Span
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.monitor.runs.summary import RunSummary, Stats, summarize
from hwstudio.core.monitor.runs.tracks import Missing, Reader, Recorded, tracks_of

_SIZES = ("vram_total_bytes", "memory.total_bytes")
_UNEXPLAINED = "nothing was recording"
_WORTH_SAYING_S = 5.0
LATE_S = 20.0  # so long after it was taken every reading is written


@dataclass(frozen=True, slots=True)
class Hole:
    """Seconds of a run of which nothing is known, and why."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run and what was recorded of it up to ``span.end_s``: about now, for one that goes on.

    ``basis_s``: means and percentiles are made of means over so many seconds (1 = of samples).
    ``sizes`` are bytes of memory by device. ``recorded_share`` is 0..1.
    """

    run: Run
    span: Span
    summary: RunSummary
    recorded_share: float
    holes: tuple[Hole, ...]
    sizes: Mapping[str, float]
    basis_s: int
    tariff: Tariff | None

    @property
    def gpus(self) -> tuple[str, ...]:
        """Return the GPUs of which anything was recorded, in order."""
        found = {device_of(name) for name in self.summary.stats} | set(
            self.summary.energy_by_device
        )
        return tuple(sorted((d for d in found if d.startswith("gpu.")), key=_number))

    @property
    def has_readings(self) -> bool:
        """Say whether anything at all was recorded."""
        return bool(self.summary.stats)


def facts_of(run: Run, reader: Reader, now_s: float, tariff: Tariff | None = None) -> RunFacts:
    """Return what was recorded of a run.

    Raises whatever the reader raises where it cannot read.
    """
    span = Span(run.started_s, run.ended_s if run.ended_s is not None else now_s)
    recorded = tracks_of(reader, span, run.devices)
    if run.is_open:
        span = _as_far_as_written(span, recorded)
    tracks = {n: t for n, t in recorded.tracks.items() if not n.endswith(_SIZES)}
    summary = summarize(tracks, span, tariff)
    summary = replace(summary, stats=_with_ends(summary.stats, recorded))
    share = max((each.covered_share for each in summary.stats.values()), default=0.0)
    return RunFacts(
        run=run,
        span=span,
        summary=summary,
        recorded_share=share,
        holes=_holes(
            span,
            (1 - share) * span.seconds - _to_come_s(run, span, recorded, now_s),
            reader.gaps(span.start_s, span.end_s),
        ),
        sizes=_sizes(recorded),
        basis_s=recorded.basis_s,
        tariff=tariff,
    )


def _as_far_as_written(span: Span, recorded: Recorded) -> Span:
    """Return the span of a run that goes on up to its last reading, if that is not long ago.

    A recorder writes a few seconds late; these are no hole.
    """
    lasts = [track.times_s[-1] for track in recorded.tracks.values() if len(track.times_s)]
    last_s = min(max(lasts, default=0.0), span.end_s)
    is_near = span.end_s - last_s <= max(LATE_S, 1.5 * recorded.basis_s)
    return Span(span.start_s, last_s) if is_near and last_s > span.start_s else span


def _to_come_s(run: Run, span: Span, recorded: Recorded, now_s: float) -> float:
    """Return the last seconds of a run that ended just now: they are no hole, only not written."""
    if run.is_open or now_s - span.end_s > LATE_S:
        return 0.0
    return span.end_s - _as_far_as_written(span, recorded).end_s


def _with_ends(stats: Mapping[str, Stats], recorded: Recorded) -> dict[str, Stats]:
    """Return the numbers with true extremes where the tracks are made of means."""
    out = {}
    for name, each in stats.items():
        low, high = recorded.ends.get(name, (each.lowest, each.peak))
        out[name] = replace(each, lowest=min(low, each.lowest), peak=max(high, each.peak))
    return out


def _holes(span: Span, missing_s: float, gaps: Sequence[Missing]) -> tuple[Hole, ...]:
    if missing_s < _WORTH_SAYING_S:
        return ()
    by_reason: dict[str, float] = {}
    for gap in _clipped(span, gaps):
        seconds = min(gap.seconds, missing_s - sum(by_reason.values()))
        if seconds > 0:
            by_reason[gap.why] = by_reason.get(gap.why, 0.0) + seconds
    rest = missing_s - sum(by_reason.values())
    if rest >= _WORTH_SAYING_S:
        by_reason[_UNEXPLAINED] = by_reason.get(_UNEXPLAINED, 0.0) + rest
    return tuple(Hole(seconds, why) for why, seconds in by_reason.items())


def _clipped(span: Span, gaps: Sequence[Missing]) -> list[Hole]:
    found = (
        Hole(min(gap.to_s, span.end_s) - max(gap.from_s, span.start_s), gap.why) for gap in gaps
    )
    return [hole for hole in found if hole.seconds > 0]


def _sizes(recorded: Recorded) -> dict[str, float]:
    return {
        device_of(name): max(track.values)
        for name, track in recorded.tracks.items()
        if quantity_of(name) in ("vram_total_bytes", "total_bytes") and len(track.values)
    }


def _number(device: str) -> tuple[int, str]:
    digits = device.rpartition(".")[2]
    return (int(digits) if digits.isdigit() else 1 << 30, device)
