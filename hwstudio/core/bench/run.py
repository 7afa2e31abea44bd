"""Runs one benchmark from parameters to a judged Result; the one door for window and terminal."""

from __future__ import annotations

import os
import platform
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.paths import is_frozen
from hwstudio.core.bench.bound import BOUNDS
from hwstudio.core.bench.caps import cpu_caps, gpu_caps, software_caps
from hwstudio.core.bench.conditions import GpuProbe, Watch, load_now, machine_facts
from hwstudio.core.bench.crowd import refuse_crowd
from hwstudio.core.bench.ending import Ending
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.gpu_watch import GpuWatch, faults
from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.scaling.told import forecast_condition
from hwstudio.core.bench.score import Held, Scored, score
from hwstudio.core.bench.scratch import remove_scratch
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.bench.turn import turn
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.result import Outcome, Result

LISTEN_S = 0.3  # how long the machine's load is listened to before a run
NO_PART = "This test gives no number before its end."
MatchGpu = Callable[[str, "int | None"], "Gpu | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run happens: which Python, where its logs go, and who knows the GPUs."""

    interpreter: Interpreter
    log_dir: Path
    match_gpu: MatchGpu | None = None  # the catalogue's; without it there is no peak to check by
    gpu_probe: GpuProbe | None = None
    limits: Limits = field(default_factory=Limits)
    is_forced: bool = False  # start even more processes than the cores can carry


def run_bench(
    bench: Bench,
    params: Mapping[str, Any],
    *,
    on_event: Callable[[Event], None],
    cancel: threading.Event,
    place: Place,
) -> Result:
    """Run and judge. Never raises for what a worker does; a run cut short keeps finished points.

    ``on_event`` is called in the calling thread. ``cancel`` may be set from any thread.

    Raises:
        UserError: more processes are asked for than the cores can carry.
        HostError: something else is being measured on this computer.
    """
    if not place.is_forced:
        refuse_crowd(params)
    with turn(bench.title):
        return _run(bench, params, on_event, cancel, place)


def _run(
    bench: Bench,
    params: Mapping[str, Any],
    on_event: Callable[[Event], None],
    cancel: threading.Event,
    place: Place,
) -> Result:
    run_id = uuid.uuid4().hex
    job = _job(bench, params, place, run_id)
    conditions = {**machine_facts(), "before": load_now(LISTEN_S)}
    heard = _Heard(place)
    limits = replace(place.limits, total_s=min(place.limits.total_s, bench.timeout_s))
    try:
        supervisor = Supervisor(job, heard.hand_on(on_event), cancel, limits, heard.watch.tick)
        ending = supervisor.run()
    finally:
        heard.close()
        remove_scratch(heard.gathered.conditions.get("scratch_file"))
    conditions |= {"after": load_now(None), **_told(heard, place)}
    conditions |= _log_words(job.log_stem.with_suffix(".jsonl"), supervisor.log_fault)
    blank = Result(
        id=run_id,
        bench=bench.id,
        method_version=bench.method_version,
        taken_at=iso_now(),
        machine=platform.node() or "this computer",
        device=str(heard.gathered.device.get("device_name") or conditions.get("cpu", "")),
        params=dict(params),
        outcome=ending.outcome,
        words=ending.words,
        verdict="",
        verdict_reason="",
        samples=_kept_samples(bench, ending, heard.gathered),
        conditions=conditions,
    )
    return _scored(blank, bench, heard)


def _scored(blank: Result, bench: Bench, heard: _Heard) -> Result:
    """Return the result with its numbers, as far as the run came."""
    is_finished = blank.outcome is Outcome.FINISHED
    if blank.outcome is Outcome.COULD_NOT_START:
        return blank
    if not is_finished and bench.scoring == "scaling":
        return replace(blank, words=f"{blank.words} {NO_PART}")
    gpu = heard.watch.gpu
    library = software_caps(bench.computes_with, os.environ)
    held = Held(faults(gpu), gpu_caps(gpu), cpu_caps(), library)
    scored = score(bench, heard.gathered, heard.gpu(), held)
    if is_finished:
        return _judged(blank, scored)
    return _partial(blank, scored, heard.gathered.planned)


class _Heard:
    """What the worker says and the watch sees, put together."""

    def __init__(self, place: Place) -> None:
        self.gathered = Gathered()
        self._own_probe = GpuWatch()
        self._match_gpu = place.match_gpu
        self.watch = Watch(place.gpu_probe or self._own_probe)

    def hand_on(self, on_event: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what takes an event and then hands it on."""

        def take(event: Event) -> None:
            self.gathered.take(event)
            self.watch.gpu_uuid = str(self.gathered.device.get("uuid", ""))
            on_event(event)

        return take

    def gpu(self) -> Gpu | None:
        """Return the catalogue's row of the GPU that ran the job, if it is known."""
        name = self.gathered.device.get("device_name")
        is_drive = self.gathered.device.get("device") == "drive"
        if not name or is_drive or self._match_gpu is None:
            return None
        return self._match_gpu(str(name), self.gathered.device.get("vram_bytes"))

    def close(self) -> None:
        """Give the driver's library back."""
        self._own_probe.close()


def _job(bench: Bench, params: Mapping[str, Any], place: Place, run_id: str) -> Job:
    stamp = iso_now().replace(":", "").replace("-", "")
    return Job(
        command=command(place.interpreter),
        env=clean_environment(os.environ, frozen=is_frozen()),
        kernel=bench.kernel,
        params=params,
        log_stem=place.log_dir / f"{stamp}-{bench.id}-{run_id[:8]}",
    )


def _told(heard: _Heard, place: Place) -> dict[str, Any]:
    """Return what the worker and the watch said about the run."""
    gathered = heard.gathered
    told: dict[str, Any] = {
        "interpreter": place.interpreter.path,
        "python": gathered.hello.get("python", place.interpreter.python),
        **gathered.conditions,
        "series": gathered.evidence(),
    }
    if heard.watch.gpu:
        told["gpu"] = heard.watch.gpu
        told |= {"gpu_driver": heard.watch.gpu[-1].get("driver", "")}
    return told


def _kept_samples(bench: Bench, ending: Ending, gathered: Gathered) -> dict[str, list[float]]:
    """Return the samples; part of a scaling run is no result, it stays in the event log only."""
    if bench.scoring == "scaling" and ending.outcome is not Outcome.FINISHED:
        return {}
    return gathered.samples


def _log_words(log: Path, fault: str) -> dict[str, Any]:
    if not fault:
        return {"event_log": str(log)}
    return {"event_log_fault": f"The log of the run could not be kept: {fault}."}


def _partial(result: Result, scored: Scored, planned: int) -> Result:
    """Return a run that was cut short, with the points that were finished and no verdict."""
    done = len(scored.by_series)
    if not done:
        if result.outcome is Outcome.FAILED and not result.samples:
            return result  # it was refused before anything was measured, and says why
        return replace(result, words=f"{result.words} No point was finished.")
    of_all = f" of {planned}" if planned > 1 else ""
    noun = "points" if max(done, planned) > 1 else "point"
    count = f"{done}{of_all} {noun} {'was' if done == 1 else 'were'}"
    by_series = _by_series(scored)
    return replace(
        result,
        words=f"{result.words} {count} finished before that and kept.",
        metrics=scored.metrics,
        conditions={**result.conditions, "verdicts": by_series, "is_partial": True},
    )


def _by_series(scored: Scored) -> dict[str, dict[str, str]]:
    return {
        name: {"verdict": each.word, "reason": each.reason}
        for name, each in scored.by_series.items()
    }


def _judged(result: Result, scored: Scored) -> Result:
    verdict = scored.verdict
    reason = ". ".join(part for part in (verdict.reason, verdict.remedy) if part)
    by_series = _by_series(scored)
    # A machine too busy for a figure is too busy for a forecast.
    has_answer = any(metric.name == "efficiency" for metric in scored.metrics)
    told = forecast_condition(result.conditions) if has_answer else {}
    if scored.bounds:
        told = {**told, BOUNDS: {name: asdict(each) for name, each in scored.bounds.items()}}
    return replace(
        result,
        verdict=verdict.word,
        verdict_reason=f"{reason}." if reason else "",
        metrics=scored.metrics,
        conditions={**result.conditions, "verdicts": by_series, **told},
    )
