"""`hwstudio predict`: how fast, how long, how much memory, power and money a job takes."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from hwstudio.cli.output import Output, common
from hwstudio.cli.predict_calibrate import add_calibrate, add_score
from hwstudio.cli.predict_cases import add_memory, add_time
from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.money import money
from hwstudio.core.base.settings import Settings
from hwstudio.core.base.units import duration, gib, percent, significant, watts
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.job import asked_of, job_speed
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.job import (
    GPU_POWER_SHARE,
    GPU_POWER_SHARE_HIGH,
    GPU_POWER_SHARE_LOW,
    predict_job_energy,
    predict_job_time,
)
from hwstudio.core.predict.memory import MemoryPrediction, predict_memory
from hwstudio.core.predict.speed import time_shares
from hwstudio.core.project.measured_speeds import observations
from hwstudio.core.project.own_measurements import readable_calibration
from hwstudio.core.project.scoring import fit_of, note

EXAMPLE = "Example: hwstudio predict job --workload llm_qlora_8b --device gpu-geforce-rtx-4090"
REST_OF_MACHINE_W = 100.0  # processor, memory, drives and fans beside busy GPUs
MOST_GPUS = 64
NEAREST = 3


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun ``predict``."""
    noun = commands.add_parser("predict", help="expected time, memory, power and cost of a job")
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    words = "what a whole job takes on a GPU"
    job = verbs.add_parser(
        "job",
        help=words,
        description=f"Estimate {words}: time, memory, power, energy and cost, each as a range.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    job.add_argument("--workload", required=True, metavar="ID", help="the job, e.g. llm_qlora_8b")
    job.add_argument("--device", required=True, metavar="ID", help='GPU id or name, "RTX 4090"')
    job.add_argument("--count", type=_count, default=1, metavar="N", help="how many GPUs (1)")
    common(job)
    job.set_defaults(run=run_job)
    add_time(verbs)
    add_memory(verbs)
    add_calibrate(verbs)
    add_score(verbs)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST_GPUS:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to {MOST_GPUS}")
    return int(text)


def device_of(catalog: Catalog, text: str) -> Gpu:
    """Return the GPU behind an id or a name.

    Raises:
        UserError: nothing is called so (near matches are named), or it is no GPU.
    """
    matched = catalog.match_gpu(text)
    if matched is not None:
        return matched
    part = catalog.part(text)
    if isinstance(part, GpuCard):
        return part.gpu
    if isinstance(part, Gpu):
        return part
    raise UserError(
        f"{part.name} is not a GPU",
        "there is no estimate for running a job on the processor alone",
        "Give a GPU, or measure this machine with: hwstudio bench run",
    )


def run_job(args: argparse.Namespace, out: Output) -> int:
    """Print the prediction; 1 when it has to be refused."""
    catalog = out.studio.catalog
    workload, gpu = catalog.workload(args.workload), device_of(catalog, args.device)
    studio = out.studio
    found = readable_calibration(
        lambda: studio.history, catalog, studio.speed_model, studio.home.calibration_file
    )
    measured = Offsets(studio.speed_model, observations(studio.home.own_speeds_file), found.probes)
    speed = job_speed(studio.speed_model, workload, gpu, args.count, offsets=measured)
    _log(workload, gpu, args.count, measured, out)
    memory = predict_memory(workload, gpu.vram_bytes, args.count)
    time = predict_job_time(workload, speed)
    energy = predict_job_energy(time, gpu.tdp_w * args.count, REST_OF_MACHINE_W)
    if out.is_json:
        out.document(
            {
                "workload": workload.id,
                "job": workload.job_title,
                "device": gpu.id,
                "count": args.count,
                "speed": speed,
                "time": time,
                "memory": memory,
                "power": _power(speed, gpu, args.count),
                "energy": energy,
                "cost": _cost(energy, out.studio.settings),
                "bottleneck": speed.bottleneck,
                "shares": time_shares(workload, gpu, count=args.count),
                "neighbours": _neighbours(catalog, gpu),
            }
        )
    else:
        _print(workload, gpu, (speed, time, energy), memory, out)
    return 0 if speed.median is not None else 1


def _log(workload: Workload, gpu: Gpu, count: int, measured: Offsets, out: Output) -> None:
    """Keep what was answered, so that a measurement can check it; the answer goes on without."""
    model = out.studio.speed_model
    asked = asked_of(model, workload, gpu, count)
    if asked is None:
        return
    answer = measured.applied(asked, model.answer([asked])[0])
    try:
        note(out.studio.home.prediction_log, asked, answer, iso_now(), fit_of(model))
    except HostError as error:
        logger("predict").warning("%s", error.sentence)


def _power(speed: Prediction, gpu: Gpu, count: int) -> Prediction:
    """Return the average draw of the GPUs while the job runs."""
    limit = gpu.tdp_w * count
    return replace(
        speed,
        median=limit * GPU_POWER_SHARE,
        low=limit * GPU_POWER_SHARE_LOW,
        high=limit * GPU_POWER_SHARE_HIGH,
        unit="W",
        formula="share of the power limit that published runs drew on average",
        inputs={"GPU power limit": f"{gpu.tdp_w:.0f} W x {count} ({gpu.source})"},
        refused="",
    )


def _cost(energy: Prediction, settings: Settings) -> Prediction:
    """Return what the electricity of the job costs."""
    price = settings.electricity_per_kwh

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * price

    return replace(
        energy,
        median=scaled(energy.median),
        low=scaled(energy.low),
        high=scaled(energy.high),
        unit=settings.currency,
        formula="energy x price of electricity",
        inputs={
            "price of electricity": f"{price} {settings.currency}/kWh "
            f"({settings.electricity_source})"
        },
    )


def _neighbours(catalog: Catalog, gpu: Gpu) -> list[dict[str, Any]]:
    """Return published measurements of this very GPU that ship with the catalogue."""
    found = [r for r in catalog.reference_results() if r.gpu_id == gpu.id]
    return [
        {
            "device": r.device,
            "count": r.device_count,
            "test": r.test,
            "dtype": r.dtype,
            "size": r.size_or_batch,
            "value": r.value,
            "unit": r.unit,
            "measured": r.measured,
            "source": r.source,
        }
        for r in found[:NEAREST]
    ]


def _print(
    workload: Workload,
    gpu: Gpu,
    predicted: tuple[Prediction, Prediction, Prediction],
    memory: MemoryPrediction,
    out: Output,
) -> None:
    speed, time, energy = predicted
    out.line(f"{workload.title} on {gpu.name}: {workload.job_title}")
    if memory.need_bytes is not None:
        out.line(
            f"Memory   about {gib(memory.need_bytes)} a GPU, {memory.layout}: {memory.verdict}"
        )
    if memory.advice:
        out.line(f"         {memory.advice}")
    if speed.median is None:
        out.line(f"No estimate: {speed.refused}.")
        return
    settings = out.studio.settings
    cost = _cost(energy, settings)
    out.line(f"Speed    {_range(speed)} {speed.unit}, estimated")
    out.line(
        f"Time     about {duration(time.median or 0)} "
        f"({duration(time.low or 0)} to {duration(time.high or 0)})"
    )
    out.line(f"Energy   {_range(energy)} kWh, {money(cost.median or 0, settings.currency)}")
    out.line(f"Power    up to {watts(gpu.tdp_w)} a GPU")
    out.line(
        f"Limited by {speed.bottleneck}. Software: {speed.inputs.get('software', 'not stated')}"
    )
    for words in ("ground", "nearest measurements", "fitted on"):
        if words in speed.inputs:
            out.line(f"{words.capitalize()}: {speed.inputs[words]}")
    shares = time_shares(workload, gpu)
    out.line(", ".join(f"{name.replace('_', ' ')} {percent(s)}" for name, s in shares.items()))


def _range(p: Prediction) -> str:
    low, high = significant(p.low or 0, 2), significant(p.high or 0, 2)
    return f"about {significant(p.median or 0, 2)} ({low} to {high})"
