"""From what was read of a computer to what its page shows; nothing that is old looks like now."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import replace

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Missing, Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source
from hwstudio.core.monitor.limits.evidence import Limit, Verdict
from hwstudio.gui.monitor.facts import absent_of, cores_of, facts_of
from hwstudio.gui.monitor.hosts.standing import HostRow, Standing, clock_words
from hwstudio.gui.monitor.hosts.watched import Watched
from hwstudio.gui.monitor.judging import READING
from hwstudio.gui.monitor.pages import PageSpec, page_of
from hwstudio.gui.monitor.sensors import rows_of
from hwstudio.gui.monitor.state import MonitorState, Picture, TimeRange, Trace
from hwstudio.gui.monitor.tiles import tiles_of
from hwstudio.gui.monitor.viewmodel import Older

# What the tiles look for -> its family in ``Sample.missing``, a sensor of it, why it may be absent
_FAMILIES = (
    ("cpu", "cpu.busy_share", "its page does not show the processor"),
    ("memory", "memory.used_bytes", "its page does not show the memory"),
    ("disks", "disks.read_bytes_per_s", "its page does not show drives"),
    ("network", "network_all.receive_bytes_per_s", "its page does not show the network"),
    ("temperatures", "temperature_all.hottest_c", "its page states no temperature"),
)
_NO_GPU = "no GPU page is read; DCGM exporter serves one at port 9400"
RING_ONLY = "Shown since this window reads it. A Prometheus server keeps more: add it as the source"


def sample_of(row: HostRow, watched: Watched, now_s: float) -> Sample | None:
    """Return the sample for the tiles: the newest, or an empty one that says why it is empty."""
    good = watched.good
    if good is None:
        return None
    if row.has_numbers:
        return _explained(good, watched.entry) if watched.is_settled else good
    status = Status.LOST if row.standing is Standing.GONE else Status.DENIED
    gone = Missing(status, row.words[:1].lower() + row.words[1:])
    names = [family for family, _, _ in _FAMILIES] + ["gpus"]
    names += [device.id for device in good.devices if device.kind == "gpu"]
    return Sample(now_s, {}, dict.fromkeys(names, gone), good.devices)


def _explained(sample: Sample, entry: HostEntry) -> Sample:
    """Return the sample with a reason for every family that will not come."""
    how = ", ".join(entry.urls)
    reasons = {
        family: Missing(Status.UNSUPPORTED, why, how)
        for family, sensor, why in _FAMILIES
        if sensor not in sample.values
    }
    if not any(device.kind == "gpu" for device in sample.devices):
        reasons["gpus"] = Missing(Status.UNSUPPORTED, _NO_GPU, how)
    fresh = {name: why for name, why in reasons.items() if name not in sample.missing}
    return replace(sample, missing={**sample.missing, **fresh}) if fresh else sample


def state_of(
    row: HostRow, watched: Watched, old: MonitorState, now_s: float, *, wants_sensors: bool
) -> MonitorState:
    """Return what the page of a computer shows; ``old`` says which device and which time."""
    sample = sample_of(row, watched, now_s)
    good = watched.good
    if sample is None or good is None:
        verdict, absent = verdict_of(row, watched, now_s), row.why or "Reading the first values."
        return MonitorState(verdict, selected=old.selected, absent=absent, range=old.range)
    tiles = tiles_of(watched.ring, sample)
    known = tuple(tile.id for tile in tiles)
    chosen = old.selected if old.selected in known else _next_best(old.selected, known)
    page = page_of(chosen, good)  # its charts stay while it is away, with a gap
    if page == old.page:
        page = old.page  # the same object: nothing is rebuilt
    return MonitorState(
        verdict=verdict_of(row, watched, now_s),
        sample=sample,
        tiles=tiles,
        selected=chosen,
        page=page,
        absent=absent_of(chosen, page, sample),
        facts=facts_of(chosen, sample),
        cores=cores_of(chosen, sample),
        sensors=rows_of(page.sensors, sample, watched.extremes) if wants_sensors else (),
        range=old.range,
    )


def _next_best(wanted: str, known: tuple[str, ...]) -> str:
    """Return what takes the place of a device that this computer has not."""
    if wanted.startswith("gpu"):
        return next((name for name in known if name.startswith("gpu")), known[0])
    return known[0]


def verdict_of(row: HostRow, watched: Watched, now_s: float) -> Verdict:
    """Return what limits the computer, or why that cannot be said."""
    match row.standing:
        case Standing.GONE:
            state, said = watched.state, "has never answered"
            if state.answered_s is not None and state.changed_s is not None:
                said = f"has not answered since {clock_words(state.changed_s, now_s)}"
            return Verdict("error", Limit.UNKNOWN, "", f"{row.name} {said}.", row.why)
        case Standing.WRONG:
            return Verdict("error", Limit.UNKNOWN, "", f"{row.name} cannot be read.", row.why)
        case Standing.OFF:
            return Verdict("info", Limit.UNKNOWN, "", f"{row.name} is not read.", row.why)
        case Standing.WAITING:
            return READING
    if watched.good is None:
        return READING
    every_s = watched.host.entry.every_s if watched.host is not None else watched.entry.every_s
    found = watched.judge(watched.ring, watched.good, every_s)
    return replace(found, advice=row.why) if row.why else found


def asked_of(
    page: PageSpec, shown: TimeRange, now_s: float
) -> tuple[tuple[str, ...], float, float]:
    """Return sensors, begin and end (Unix seconds) of what the charts show."""
    to_s = shown.to_s if shown.to_s is not None else now_s
    names = tuple(line.sensor for chart in page.charts for line in chart.lines)
    return names, to_s - shown.span_s, to_s


def picture_of(watched: Watched, state: MonitorState, older: Older) -> Picture:
    """Return the lines of the page: what is older, and the ring's behind it."""
    now_s = state.sample.taken_s if state.sample is not None else 0.0
    names, from_s, to_s = asked_of(state.page, state.range, now_s)
    ring = watched.ring.since(0, names)
    traces = {name: _joined(older.traces.get(name), ring.times_s, ring.columns[name])
              for name in names}  # fmt: skip
    return Picture(from_s, to_s, traces, older.gaps, older.note)


def _joined(older: Trace | None, times: array[float], values: array[float]) -> Trace:
    if older is None or not len(older.times_s):
        return Trace(times, values)
    end = bisect_left(older.times_s, times[0]) if len(times) else len(older.times_s)
    return Trace(older.times_s[:end] + times, older.values[:end] + values)


def ring_note(entry: HostEntry) -> str:
    """Return what is said where the ring does not reach back far enough."""
    return "" if entry.source is Source.SERVER else f"{RING_ONLY}."
