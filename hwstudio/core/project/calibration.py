"""Calibration by what this machine measured: the newest valid probe of each kind and device.

Nothing is stored twice. The probes are ordinary benchmark results of the history, whoever started
them, so every later benchmark counts at once. Only the moment up to which they are to be forgotten
is kept in a file of its own; the results themselves stay.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Metric, Result
from hwstudio.core.predict.fitted.calibrate import (
    NO_PROBES,
    ProbeReading,
    Probes,
    SheetDoubt,
    arithmetic_reading,
    bandwidth_reading,
)
from hwstudio.core.predict.fitted.job import sheet_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.processor_sheet import ProcessorFacts, processor_sheet

MATMUL, BANDWIDTH, STEP = "torch_matmul", "memory_bandwidth", "training_step"
PROBE_BENCHES = (BANDWIDTH, MATMUL, STEP)
KNOWN_STEPS = ("pictures", "text")  # the networks whose questions the estimates know
SCHEMA = 1
_HALF = ("bf16", "fp16")
LEAST_SIZE = {"cpu": 1024, "gpu": 4096}  # smaller products do not fill the device
_PRECISIONS = {"bf16": "amp-bf16", "fp16": "amp-fp16"}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the history says of this machine's devices. ``sheets`` by the device's name."""

    probes: Probes = NO_PROBES
    sheets: tuple[DeviceSheet, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was probed."""
        return not self.probes.readings and not self.probes.steps


NOTHING = Calibration()


def calibration(history: History, catalog: Catalog, model: SpeedModel, since: str) -> Calibration:
    """Return what the newest valid results after ``since`` (ISO, or empty) say.

    Raises:
        HostError: the history cannot be read.
    """
    found: list[Result] = []
    for name in PROBE_BENCHES:
        results = history.results(name, with_samples=False)
        found += newest(each for each in results if each.taken_at > since)
    return of_results(found, catalog, model)


def newest(results: Iterable[Result]) -> list[Result]:
    """Return the first valid result of each device; results come newest first."""
    kept: dict[str, Result] = {}
    for each in results:
        key = str(_about(each).get("uuid") or each.device)
        if key not in kept and is_usual(each):
            kept[key] = each
    return list(kept.values())


def is_usual(result: Result) -> bool:
    """Say whether a result tells of this machine as its jobs will find it: ours, whole, by today's
    method, with numbers.
    """  # fmt: skip
    return (
        bool(result.metrics)
        and not is_imported(result)
        and result.machine == (platform.node() or "this computer")
        and result.method_version == bench(result.bench).method_version
        and not result.params.get("threads")
        and not result.params.get("array_mib")
        and (result.bench != MATMUL or bool(large_products(result)))
    )


def large_products(result: Result) -> list[Metric]:
    """Return the products ("fp32 2048") that are large enough to fill the device."""
    least = LEAST_SIZE["cpu" if _about(result).get("device") == "cpu" else "gpu"]
    found = []
    for metric in result.metrics:
        size = metric.name.partition(" ")[2]
        if size.isdigit() and int(size) >= least:
            found.append(metric)
    return found


def of_results(results: Sequence[Result], catalog: Catalog, model: SpeedModel) -> Calibration:
    """Return what results say; one of a device without a data sheet says nothing."""
    readings: list[ProbeReading] = []
    steps: list[Observation] = []
    sheets: dict[str, DeviceSheet] = {}
    doubts: dict[str, SheetDoubt] = {}
    for result in results:
        found = sheet_for(result, catalog, model)
        if found is None:
            continue
        sheet, doubt = found
        sheet = sheets.setdefault(sheet.name, sheet)
        if doubt is not None:
            doubts[sheet.name] = doubt
        if result.bench == STEP:
            steps += steps_of(result, sheet, model)
        else:
            readings += [each for each in (_reading(result, sheet),) if each is not None]
    return Calibration(Probes(tuple(readings), tuple(steps), doubts), tuple(sheets.values()))


def sheet_for(
    result: Result, catalog: Catalog, model: SpeedModel
) -> tuple[DeviceSheet, SheetDoubt | None] | None:
    """Return the sheet of what ran a result, and how sure it is; None: nothing is known of it."""
    about, conditions = _about(result), result.conditions
    if about.get("device") == "cpu":
        name = str(conditions.get("cpu", ""))
        cores = conditions.get("cpu_cores") or conditions.get("cpu_threads") or 1
        facts = ProcessorFacts(
            name, int(cores), str(about.get("simd", "")), float(conditions.get("memory_bytes", 0))
        )
        return processor_sheet(facts, catalog.match_cpu(name))
    name = str(about.get("device_name") or conditions.get("cpu", ""))  # Apple names the chip
    gpu = catalog.match_gpu(name, about.get("vram_bytes"))
    return None if gpu is None else (sheet_of(gpu, model.devices.values()), None)


def _about(result: Result) -> dict[str, Any]:
    about = result.conditions.get("device")
    return about if isinstance(about, dict) else {}


def is_clean(result: Result, series: str) -> bool:
    """Say whether nothing disturbed one point of a run."""
    verdicts = result.conditions.get("verdicts")
    told = verdicts.get(series) if isinstance(verdicts, dict) else None
    return isinstance(told, dict) and told.get("verdict") == "ok"


def _reading(result: Result, sheet: DeviceSheet) -> ProbeReading | None:
    if result.bench == BANDWIDTH:
        best = result.metrics[0]
        clean = is_clean(result, best.name)
        return bandwidth_reading(sheet, best.median, result.taken_at, is_clean=clean)
    rate, best_product = fastest_product(result, is_cpu=sheet.kind == "cpu")
    if best_product is None:
        return None
    clean = is_clean(result, best_product.name)
    return arithmetic_reading(sheet, best_product.median, rate, result.taken_at, is_clean=clean)


def fastest_product(result: Result, *, is_cpu: bool) -> tuple[str, Metric | None]:
    """Return the fastest product and whether it is "half" or "fp32"; a CPU counts in fp32."""
    for rate, words in (("half", _HALF), ("fp32", ("fp32",))):
        found = [m for m in large_products(result) if m.name.partition(" ")[0] in words]
        if found and not (is_cpu and rate == "half"):
            return rate, max(found, key=lambda metric: metric.median)
    return "fp32", None


def steps_of(result: Result, sheet: DeviceSheet, model: SpeedModel) -> list[Observation]:
    """Return the training steps of a result as questions with the speed measured."""
    series = result.conditions.get("series")
    found = []
    for metric in result.metrics:
        about = series.get(metric.name) if isinstance(series, dict) else None
        is_known = metric.name in KNOWN_STEPS
        if not is_known or not isinstance(about, dict) or not about.get("parameters"):
            continue
        question = step_question(metric.name, about, sheet)
        framework, source = model.software_like([question])[0]
        question = replace(question, framework=framework, source=source)
        found.append(Observation(question, metric.median, result.taken_at))
    return found


def step_question(name: str, about: dict[str, Any], sheet: DeviceSheet) -> Question:
    """Return the question a training step answers. ``about``: what the kernel told of it."""
    is_text = name == "text"
    size = float(about["tokens"] if is_text else about["side_px"])
    batch = float(about["batch"])
    each_flop = float(about["flop_per_unit"])
    precision = str(about.get("precision_asked", ""))
    return Question(
        id=f"training step, {name}",
        device=sheet,
        count=1,
        model="small gpt" if is_text else "resnet18",
        family="llm" if is_text else "cnn",
        task="train",
        method="full" if is_text else "",
        metric="tokens/s" if is_text else "images/s",
        precision=_PRECISIONS.get(precision, precision),
        batch=batch,
        global_batch=batch,
        input_size=size,
        params=float(about["parameters"]),
        macs=None if is_text else each_flop / 6.0,  # forward, and twice as much backward
        activations=None if is_text else RESNET18_ACTIVATIONS_224 * (size / 224.0) ** 2,
        optimiser="adamw" if is_text else "sgd",
    )


RESNET18_ACTIVATIONS_224 = 2.485e6  # elements of one forward pass, as the model library counts


def forgotten_until(file: Path) -> str:
    """Return the moment up to which results do not count, or nothing.

    A damaged file counts as none: it holds nothing that could be lost.
    """
    try:
        raw = json.loads(file.read_text("utf-8"))
        found = raw["forgotten_until"] if raw["schema"] == SCHEMA else ""
        return found if isinstance(found, str) else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def forget(file: Path, now: str) -> None:
    """Let no result up to ``now`` (ISO) calibrate anything; the results themselves stay.

    Raises:
        HostError: it cannot be kept.
    """
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"schema": SCHEMA, "forgotten_until": now}), "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(
            "The calibration could not be forgotten",
            error.strerror or str(error),
            f"Check {file}",
        ) from error
