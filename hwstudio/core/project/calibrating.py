"""Runs the probes one after the other, and says what they changed for a few well-known jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.suites import bench
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.fitted.calibrate import NO_PROBES, Probes
from hwstudio.core.predict.fitted.job import speeds
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.project.calibration import (
    BANDWIDTH,
    KNOWN_STEPS,
    MATMUL,
    PROBE_BENCHES,
    STEP,
    Calibration,
)

TITLES = {
    BANDWIDTH: "Moving data in memory",
    MATMUL: "Multiplying large matrices",
    STEP: "Training two small networks",
}
LONGEST_S = 60.0  # all probes together; what is not measured by then is left out
USUAL_S = {BANDWIDTH: 8.0, MATMUL: 10.0, STEP: 16.0}  # loading torch included
_CAPS: dict[str, dict[str, Any]] = {
    BANDWIDTH: {"cap_s": 2.5, "warmup_s": 0.3},
    MATMUL: {"cap_s": 2.0, "warmup_s": 0.3},
    STEP: {"cap_s": 5.0, "warmup_s": 0.5},
}
REFERENCE_JOBS = (
    ("timm-resnet50", Mode.TRAIN),
    ("bert-base", Mode.FINETUNE),
    ("llama-3.2-1b", Mode.INFERENCE),
)
Heard = Callable[[str, int, int, float], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """One well-known job before and after; both in the job's unit per second."""

    job: Workload
    before: Prediction
    after: Prediction


def probe_params(name: str, device: str) -> dict[str, Any]:
    """Return the parameters of a probe. ``device``: the worker's name for it; a CPU has less to do.

    Raises:
        UserError: the device's name cannot be one.
    """  # fmt: skip
    given: dict[str, Any] = {"device": device, **_CAPS[name]}
    if name == MATMUL:
        is_cpu = device == "cpu"
        half = "fp16" if device == "mps" else "bf16"
        given["sizes"] = [2048] if is_cpu else [4096, 8192]
        given["precisions"] = ["fp32"] if is_cpu else [half, "fp32"]
    if name == STEP:
        given["networks"] = list(KNOWN_STEPS)
    return bench(name).settle(given)


def run_probes(
    place: Place,
    device: str,
    *,
    heard: Heard,
    keep: Callable[[Result], None],
    cancel: threading.Event,
) -> list[Result]:
    """Run the probes and hand each result on as it comes; a cancelled one ends the row.

    Args:
        device: auto, cpu, cuda:0 ...
        heard: takes the title, which probe it is (from 0), how many there are, and seconds left.

    Raises:
        UserError, HostError: as ``run_bench`` and ``keep``.
    """
    found: list[Result] = []
    end_s = monotonic_s() + LONGEST_S
    for number, name in enumerate(PROBE_BENCHES):
        left_s = end_s - monotonic_s()
        if cancel.is_set() or left_s < 1.0:
            break
        rest = sum(USUAL_S[each] for each in PROBE_BENCHES[number:])
        heard(TITLES[name], number, len(PROBE_BENCHES), rest)
        limits = replace(place.limits, total_s=left_s)
        result = run_bench(
            bench(name),
            probe_params(name, device),
            on_event=_deaf,
            cancel=cancel,
            place=replace(place, limits=limits),
        )
        found.append(result)
        if result.outcome is Outcome.COULD_NOT_START:
            break
        keep(result)
        about = result.conditions.get("device")
        if isinstance(about, dict) and about.get("device"):
            device = str(about["device"])  # what "auto" became
    return found


def _deaf(event: Event) -> None:
    del event


def reference_jobs(catalog: Catalog) -> tuple[Workload, ...]:
    """Return a few jobs people know, as far as the library has them."""
    models = {model.id: model for model in catalog.ai_models()}
    return tuple(
        job_of(models[name], usual_wish(models[name], mode))
        for name, mode in REFERENCE_JOBS
        if name in models
    )


def moved(
    model: SpeedModel,
    jobs: Sequence[Workload],
    sheet: DeviceSheet,
    found: Calibration,
    seen: Sequence[Observation] = (),
) -> tuple[Moved, ...]:
    """Return what a calibration changes for jobs on a device; what is refused is left out.

    Args:
        seen: the speeds the user told; they count before and after.
    """
    plain = Offsets(model, seen, replace(NO_PROBES, doubts=found.probes.doubts))
    full = Offsets(model, seen, found.probes)
    out = []
    for job in jobs:
        software = usual_software(model, job)
        before, after = (
            speeds(model, job, [sheet], 1, software, offsets)[0] for offsets in (plain, full)
        )
        if before.median is not None and after.median is not None:
            out.append(Moved(job, before, after))
    return tuple(out)


def on_device(probes: Probes, name: str) -> Probes:
    """Return what was probed of one device."""
    return Probes(
        tuple(each for each in probes.readings if each.device == name),
        tuple(each for each in probes.steps if each.question.device.name == name),
        {key: doubt for key, doubt in probes.doubts.items() if key == name},
    )
