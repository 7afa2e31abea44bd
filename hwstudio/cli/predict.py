"""`hwstudio predict`: how fast, how long, how much memory, power and money a job takes."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.cli.output import Output, common
from hwstudio.cli.predict_calibrate import add_calibrate, add_score
from hwstudio.cli.predict_cases import add_memory, add_time
from hwstudio.cli.predict_classic import add_classic, refuse_without_method, run_classic
from hwstudio.cli.predict_software import add_software, software_asked
from hwstudio.cli.predict_wish import add_wish, check_groups, workload_of
from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.money import money
from hwstudio.core.base.settings import Settings
from hwstudio.core.base.units import duration, gib, significant
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.fitted.detail import parts_of
from hwstudio.core.predict.fitted.job import BETWEEN, asked_of, job_speeds, sheet_of
from hwstudio.core.predict.fitted.latency import Latency, latency_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.more_devices import Device, more_devices, stands_alone
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.watts import powers
from hwstudio.core.predict.job import predict_job_time, share_at_work
from hwstudio.core.predict.memory import MemoryPrediction, memory_on
from hwstudio.core.predict.picture_parts import picture_parts
from hwstudio.core.predict.power import job_energy
from hwstudio.core.predict.smallest import smallest_card
from hwstudio.core.predict.time_parts import TimePart, parts_words
from hwstudio.core.predict.where_it_runs import as_it_runs
from hwstudio.core.project.own_limits import TriedBatch, own_limits
from hwstudio.core.project.scoring import fit_of, note

EXAMPLE = """Examples: hwstudio predict job --workload llm_qlora_8b --device gpu-geforce-rtx-4090
          hwstudio predict job --method random_forest --rows 100000 --columns 50"""
REST_OF_MACHINE_W = 100.0  # processor, memory, drives and fans beside busy GPUs
MOST_GPUS = 64
CENT = 0.01
NO_NETWORK = "; the way over a network is not counted"
NEAREST = 3
NEAR = "nearest measurements"


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
    add_classic(job, add_wish(job))
    job.add_argument(
        "--device", metavar="ID", help='GPU id or name, "RTX 4090"; with --method a processor'
    )
    job.add_argument("--count", type=_count, default=1, metavar="N", help="how many GPUs (1)")
    add_software(job)
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


def hardware_of(catalog: Catalog, model: SpeedModel, text: str) -> Device:
    """Return the hardware behind an id or a name: a GPU of the catalogue, or a measured device.

    Raises:
        UserError: nothing is called so.
    """
    known = model.devices.values()
    try:
        gpu = device_of(catalog, text)
    except UserError:
        listed = [sheet_of(gpu, known) for gpu in catalog.gpus()]
        wanted = text.casefold()
        for device in more_devices(model, listed):
            if wanted in (device[0].id, device[0].name.casefold()):
                return device
        raise
    return gpu, sheet_of(gpu, known)


def run_job(args: argparse.Namespace, out: Output) -> int:
    """Print the prediction; 1 when it has to be refused."""
    if args.method is not None:
        return run_classic(args, out)
    refuse_without_method(args)
    catalog, studio = out.studio.catalog, out.studio
    model, count = studio.speed_model, args.count
    workload, (gpu, sheet) = workload_of(catalog, args), hardware_of(catalog, model, args.device)
    if count > 1 and stands_alone(gpu):
        what = f"There are no {count} of {gpu.name} in a computer"
        raise UserError(what, "it is one chip", "Leave --count out")
    check_groups(args.tensor * args.pipeline, chips(gpu, count)[1])
    studio.predictors.checked()
    measured, software = studio.predictors.offsets(), software_asked(args.software, model, workload)
    found = job_speeds(model, workload, [(gpu, sheet)], count, software, measured)
    is_chosen = args.software is not None
    speed = as_it_runs(workload, [gpu], found, software, is_chosen=is_chosen)[0]
    _log(asked_of(model, workload, gpu, count, software), measured, out)
    time = predict_job_time(workload, speed)
    power = powers(model, workload, [(gpu, sheet)], count, software)[0]
    told = Told(
        workload=workload,
        gpu=gpu,
        count=count,
        speed=speed,
        time=time,
        memory=memory_on(workload, gpu, count),
        power=power,
        energy=job_energy(time, power, REST_OF_MACHINE_W, share_at_work(workload, speed)),
        parts=parts_of(model, workload, sheet, chips(gpu, count)[1], software, speed, measured)
        or picture_parts(workload, gpu, count, speed),
        latency=latency_of(model, workload, sheet, chips(gpu, count)[1], software, speed, measured),
        least=smallest_card(workload, catalog.gpus(), count),
        tried=_tried(workload, out),
    )
    if out.is_json:
        out.document(_document(told, catalog, studio.settings))
    else:
        _print(told, out)
    return 0 if speed.median is not None else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that is said of one job on one kind of GPU."""

    workload: Workload
    gpu: Gpu
    count: int
    speed: Prediction
    time: Prediction
    memory: MemoryPrediction
    power: Prediction
    energy: Prediction
    parts: tuple[TimePart, ...]
    latency: Latency
    least: Gpu | None
    tried: TriedBatch | None  # on this computer


def _document(told: Told, catalog: Catalog, settings: Settings) -> dict[str, Any]:
    least = told.least
    return {
        "workload": told.workload.id,
        "job": told.workload.job_title,
        "device": told.gpu.id,
        "count": told.count,
        "speed": told.speed,
        "time": told.time,
        "memory": told.memory,
        "smallest_card": least and {"id": least.id, "vram_bytes": least.vram_bytes},
        "tried_here": told.tried,
        "latency": told.latency,
        "power": told.power,
        "energy": told.energy,
        "cost": _cost(told.energy, settings),
        "bottleneck": told.speed.bottleneck,
        "shares": {part.name.replace(" ", "_"): part.share for part in told.parts},
        "neighbours": _neighbours(catalog, told.gpu),
        "nearest_measurements": [
            words for words in told.speed.inputs.get(NEAR, "").split(BETWEEN) if words
        ],
    }


def _tried(workload: Workload, out: Output) -> TriedBatch | None:
    """Return the largest batch that was tried here, of what is trained; a new home has none."""
    home = out.studio.home
    if workload.mode not in (Mode.TRAIN, Mode.FINETUNE) or not home.history_file.exists():
        return None
    try:
        return own_limits(out.studio.history).batches.get(workload.model_id)
    except HostError as error:
        logger("predict").warning("%s", error.sentence)
        return None


def _log(asked: Question | None, measured: Offsets, out: Output) -> None:
    """Keep what was answered, so that a measurement can check it; the answer goes on without."""
    if asked is None:
        return
    model = out.studio.speed_model
    answer = measured.applied(asked, model.answer([asked])[0])
    try:
        note(out.studio.home.prediction_log, asked, answer, iso_now(), fit_of(model))
    except HostError as error:
        logger("predict").warning("%s", error.sentence)


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


def _print(told: Told, out: Output) -> None:
    workload, speed = told.workload, told.speed
    out.line(f"{workload.title} on {told.gpu.name}: {workload.job_title}")
    _print_memory(told, out)
    if told.tried is not None:
        out.line(f"Batch    {told.tried.words}")
    if speed.median is None:
        out.line(f"No estimate: {speed.refused}.")
        return
    settings = out.studio.settings
    cost, time = _cost(told.energy, settings), told.time
    out.line(f"Speed    {_range(speed)} {speed.unit}, estimated")
    out.line(
        f"Time     about {duration(time.median or 0)} "
        f"({duration(time.low or 0)} to {duration(time.high or 0)})"
    )
    for words, part in (
        ("First    token after", told.latency.first_token),
        ("Then     a token every", told.latency.each_token),
        (f"Batch    of {_batch_of(workload)} in", told.latency.batch),
    ):
        if part is not None and part.median:
            low, middle, high = (duration(s or 0) for s in (part.low, part.median, part.high))
            out.line(f"{words} about {middle} ({low} to {high}){NO_NETWORK}")
    if told.power.median is None:
        out.line(f"Power    not known: {told.power.refused}")
    else:
        out.line(f"Energy   {_range(told.energy)} kWh, {_paid(cost)}")
        out.line(f"Power    {_range(told.power)} W: {told.power.formula}")
    out.line(f"{parts_words(told.parts) or 'Limited by ' + speed.bottleneck}.")
    out.line(f"Software: {speed.inputs.get('software', 'not stated')}")
    for words in ("ground", NEAR, "fitted on"):
        if words in speed.inputs:
            out.line(f"{words.capitalize()}: {speed.inputs[words]}")


def _batch_of(workload: Workload) -> str:
    return "texts" if workload.group == "language" else "pictures"


def _print_memory(told: Told, out: Output) -> None:
    memory = told.memory
    if memory.need_bytes is None:
        out.line(f"Memory   not known: {memory.refused}.")
        return
    shown = f"{gib(memory.low or 0)} to {gib(memory.high or 0)}"
    need = f"about {gib(memory.need_bytes)} a GPU ({shown})"
    out.line(f"Memory   {need}, {memory.layout}: {memory.verdict}")
    least = "none" if told.least is None else f"{gib(told.least.vram_bytes)}, {told.least.name}"
    out.line(
        f"         tensors alone {gib(memory.live_bytes or 0)}; smallest card it fits: {least}"
    )
    if memory.advice:
        out.line(f"         {memory.advice}")


def _paid(cost: Prediction) -> str:
    """Return money as a range; what is less than a cent is said so, not to be nothing."""
    low, high = cost.low or 0.0, cost.high or 0.0
    if high < CENT:
        return f"under {money(CENT, cost.unit)}"
    return f"{money(low, cost.unit)} to {money(high, cost.unit)}"


def _range(p: Prediction) -> str:
    low, high = significant(p.low or 0, 2), significant(p.high or 0, 2)
    return f"about {significant(p.median or 0, 2)} ({low} to {high})"
