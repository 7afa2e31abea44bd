"""One job on several kinds of hardware, by the predictor: a story, three sizes, usual tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hwstudio.core.base.units import duration, si, significant
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.fitted.job import job_speeds
from hwstudio.core.predict.fitted.more_devices import PREFIX, Device
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.fitted.software_words import software_words
from hwstudio.core.predict.job import predict_job_time
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.memory import Fit, memory_on
from hwstudio.core.project.expected.steps import WIDEST
from hwstudio.core.project.page_blocks.ground import Ground, table

PRECISION_WORDS = {
    "fp32": "32-bit numbers",
    "amp_fp16": "16-bit numbers, summed in 32 bits",
    "bf16": "16-bit numbers (bfloat16)",
    "int8": "8-bit weights",
    "int4": "4-bit weights",
}
CPU, BASIC, STRONG = "measured-core-i9-10940x", "gpu-geforce-rtx-3060-12-gb", "gpu-geforce-rtx-4090"
RENTED, TPU = "gpu-h100-sxm5-80-gb", "measured-tpu-v5p"
UNSTATED = "not stated"
NO_FIT = "does not fit"
RANGES = "Ranges hold in 9 of 10 cases; none was measured for this page."


@dataclass(frozen=True, slots=True)
class Asked:
    """A job of a page: a model of the library and how much there is to do (None: as usual)."""

    title: str
    model_id: str
    mode: Mode
    samples: float | None = None
    epochs: float | None = None
    batch: int | None = None


CATS = Asked("", "timm-resnet18", Mode.TRAIN, 25_000, 10, 32)
SIZES = (
    Asked("Small: ResNet-18, 12 million", "timm-resnet18", Mode.TRAIN, 50_000, 10, 32),
    Asked("Medium: ViT-B/16, 87 million", "timm-vit_base_patch16_224", Mode.TRAIN, 50_000, 10, 32),
    Asked("Large: ViT-H/14, 632 million", "timm-vit_huge_patch14_224", Mode.TRAIN, 50_000, 10, 8),
)
TASKS = (
    Asked("Train a network for pictures (ResNet-50)", "timm-resnet50", Mode.TRAIN),
    Asked("Use it (ResNet-50, 32 at once)", "timm-resnet50", Mode.INFERENCE),
    Asked("Fine-tune BERT", "bert-base", Mode.FINETUNE),
    Asked("Write text (Llama 3.1 8B, one answer at a time)", "llama-3.1-8b", Mode.INFERENCE),
)
_STORY = (
    ("A processor alone", CPU),
    ("A basic graphics card", BASIC),
    ("A strong graphics card", STRONG),
    ("A card of a data centre, rented", RENTED),
)
KINDS = (("Processor", CPU), ("GPU", STRONG), ("TPU, rented", TPU))


def story_times(ground: Ground) -> str:
    """Return how long one named job takes on four machines and on this one."""
    job = job_for(ground, CATS)
    if job is None:
        return _UNKNOWN
    rows: list[tuple[str, ...]] = []
    for words, device_id in _STORY:
        found = ground.device(device_id)
        if found is not None:
            rows.append((words, found[0][0].name, _time(ground, job, *found)))
    rows.append(("**This computer**", *_here(ground, job)))
    about = f"{job.job_title}, {job.batch} at once, {_software(ground, job)}. {RANGES}"
    return f"{table(('Computer', 'With', 'Takes'), rows)}\n\n{about}"


def size_times(ground: Ground) -> str:
    """Return how long three sizes of network take on a processor, a GPU, a TPU, and here."""
    kinds = [(words, found) for words, key in KINDS if (found := ground.device(key)) is not None]
    rows: list[tuple[str, ...]] = []
    for asked in SIZES:
        job = job_for(ground, asked)
        if job is None:
            continue
        times = [_time(ground, job, *found) for _, found in kinds]
        rows.append((asked.title, *times, _here(ground, job)[1]))
    heads = tuple(f"{words}: {found[0][0].name}" for words, found in kinds)
    return f"{table(('Network', *heads, 'This computer'), rows)}\n\n{RANGES}" if rows else _UNKNOWN


def task_speeds(ground: Ground) -> str:
    """Return how fast usual tasks run on a processor, a GPU and a TPU."""
    kinds = [(words, found) for words, key in KINDS if (found := ground.device(key)) is not None]
    rows: list[tuple[str, ...]] = []
    for asked in TASKS:
        job = job_for(ground, asked)
        if job is not None:
            speeds = (_speed_words(speed_on(ground, job, *found)) for _, found in kinds)
            rows.append((f"{asked.title}, {job.unit}/s", *speeds))
    heads = tuple(f"{words}: {found[0][0].name}" for words, found in kinds)
    return f"{table(('Task', *heads), rows)}\n\n{RANGES}" if rows else _UNKNOWN


def sheet_rates(ground: Ground) -> str:
    """Return the rate of products and of memory of each kind by data sheet, and of this one."""
    found = [(words, ground.device(key)) for words, key in KINDS]
    found.append(("**This computer**", ground.here()))
    rows: list[tuple[str, ...]] = []
    for words, known in found:
        if known is None:
            continue
        gpu, sheet = known[0]
        half, single = sheet.fp16_flop_per_s, sheet.fp32_flop_per_s
        bits = "16 bits" if half > single else "32 bits"
        product = f"{si(max(half, single), 'FLOP/s')} in {bits}" if half or single else UNSTATED
        speed = sheet.bandwidth_bytes_per_s
        memory = si(speed, "B/s") if speed else UNSTATED
        rows.append((words, gpu.name, product, memory, source_of(gpu)))
    return table(("Device", "", "Products", "Its memory", "Where that is from"), rows)


def source_of(gpu: Gpu) -> str:
    """Return source and date; that of measured devices names its date itself."""
    return gpu.source if gpu.id.startswith(PREFIX) else f"{gpu.source}, {gpu.source_date}"


_UNKNOWN = "The library has none of these models."


def job_for(ground: Ground, asked: Asked) -> Workload | None:
    """Return what is asked for as a job; None: the library has no such model."""
    models = ground.studio.catalog.ai_models()
    model = next((each for each in models if each.id == asked.model_id), None)
    if model is None:
        return None
    wish = usual_wish(model, asked.mode)
    wish = replace(
        wish,
        samples=asked.samples or wish.samples,
        epochs=asked.epochs or wish.epochs,
        batch=asked.batch or wish.batch,
    )
    return job_of(model, wish)


def _software(ground: Ground, job: Workload) -> str:
    used = usual_software(ground.studio.speed_model, job)
    return software_words(used.framework, used.source)


def as_run_on(job: Workload, device: Device) -> Workload:
    """Return the job in the number format that this kind of device runs it in.

    Processors train and answer in 32 bits: mixed precision is of the units of a GPU or TPU.
    """
    is_whole = job.precision == "amp_fp16" or job.group == "vision"
    return replace(job, precision="fp32") if device[1].kind == "cpu" and is_whole else job


def speed_on(ground: Ground, job: Workload, device: Device, offsets: Offsets) -> Prediction:
    """Return how fast a job runs on a device, with the software usual for it."""
    model = ground.studio.speed_model
    job = as_run_on(job, device)
    return job_speeds(model, job, [device], 1, usual_software(model, job), offsets)[0]


def _time(ground: Ground, job: Workload, device: Device, offsets: Offsets) -> str:
    if memory_on(job, device[0], 1, is_advised=False).verdict is Fit.NO:
        return NO_FIT
    time = predict_job_time(job, speed_on(ground, job, device, offsets))
    if time.low is None or time.high is None:
        return "no estimate"
    return f"{duration(time.low)} to {duration(time.high)}"


def _here(ground: Ground, job: Workload) -> tuple[str, str]:
    found = ground.here()
    if found is None:
        return "not recognised", "not known"
    return found[0][0].name, _time(ground, job, *found)


def _speed_words(speed: Prediction) -> str:
    if speed.low is None or speed.high is None:
        return "no estimate"
    if speed.high > WIDEST * speed.low:
        return f"not known to within {WIDEST:.0f} times"
    return f"{significant(speed.low, 2)} to {significant(speed.high, 2)}"
