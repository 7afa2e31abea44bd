"""From a job of the library and a GPU of the catalogue to a question, and back to a prediction."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hwstudio.core.base.units import significant
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.recipe import Shard
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.demand import is_checkpointed
from hwstudio.core.predict.extra_traffic import (
    Extra,
    added_s,
    extra_of,
    saved_s,
    with_extra,
    without_extra,
)
from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import class_of, ideal_s
from hwstudio.core.predict.fitted.kin import is_strange, line_of
from hwstudio.core.predict.fitted.model import GROUP_OF, SpeedAnswer, SpeedModel
from hwstudio.core.predict.fitted.offsets import CALIBRATED_HERE, MEASURED_HERE, Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.fitted.software_words import software_words
from hwstudio.core.predict.fitted.work import work_of
from hwstudio.core.predict.speed import predict_speed, refused
from hwstudio.core.predict.weight_formats import FORMATS

SOURCE = "10,462 published measurements, gathered 2026-11-20"
BETWEEN = "; "  # measurements named one after the other
FORMULA = (
    "ideal speed (the larger of arithmetic and memory traffic at the data sheet's rates) x what "
    "published measurements like it reached"
)
NEW = {
    MEASURED_HERE: "you measured this very job",
    CALIBRATED_HERE: "moved and narrowed by what you measured",
    "seen": "this model and this GPU were both measured, though perhaps not together",
    "model": "nobody measured this model: taken like its relatives",
    "device": "nobody measured this GPU: taken by its data sheet",
    "both": "neither this model nor this GPU was measured: the range is much wider",
}
STRANGE = "nor any GPU of its line ({line}) in such work: the range is wider"
_TASKS = {
    Mode.TRAIN: "train",
    Mode.FINETUNE: "finetune",
    Mode.LORA: "finetune",
    Mode.QLORA: "finetune",
    Mode.GENERATE: "generate",
}
_METHODS = {Mode.LORA: "lora", Mode.QLORA: "qlora", Mode.TRAIN: "full", Mode.FINETUNE: "full"}
_PRECISIONS = {"amp_fp16": "amp-fp16", "bf16": "bf16", "fp32": "fp32", "tf32": "tf32"}
SERVE = "serve-decode"
_ANSWER = {"decode": 128.0, SERVE: 512.0}  # tokens written at a time
_ATTENTION = re.compile(r"vit|deit|swin|beit|cait|xcit|mixer")
# A data sheet is the same card when these differ by no more.
_SAME = (("bandwidth_bytes_per_s", 0.04), ("fp32_flop_per_s", 0.06), ("memory_bytes", 0.09))


@dataclass(frozen=True, slots=True)
class Software:
    """A framework as its publisher names it; both empty = not stated."""

    framework: str = ""
    source: str = ""


UNSTATED = Software()


def sheet_of(gpu: Gpu, known: Iterable[DeviceSheet]) -> DeviceSheet:
    """Return the data sheet of a GPU: the measured device's own where it is the same card.

    Of a card with several GPUs it is that of one of them.
    """
    gpu, _ = chips(gpu)
    made = DeviceSheet(
        name=gpu.name,
        vendor=gpu.maker,
        kind="soc" if gpu.form_factor == "SoC" else gpu.segment,
        architecture=gpu.architecture,
        year=gpu.release_year,
        memory_bytes=gpu.vram_bytes / 2**30 * 1e9,
        bandwidth_bytes_per_s=gpu.bandwidth_bytes_per_s or 0.0,
        fp32_flop_per_s=gpu.fp32_flop_per_s or 0.0,
        fp16_flop_per_s=(
            gpu.fp16_tensor_flop_per_s
            or gpu.bf16_tensor_flop_per_s
            # Pascal's desktop chips have a 64th of the rate in FP16: software then adds in FP32.
            or max(gpu.fp16_vector_flop_per_s or 0.0, gpu.fp32_flop_per_s or 0.0)
        ),
        tf32_flop_per_s=gpu.tf32_tensor_flop_per_s or 0.0,
        fp8_flop_per_s=gpu.fp8_tensor_flop_per_s or 0.0,
        fp4_flop_per_s=gpu.fp4_tensor_flop_per_s or 0.0,
        board_w=gpu.tdp_w,
        link_bytes_per_s=gpu.nvlink_bytes_per_s / 2 or _pcie(gpu),
    )
    alike = [sheet for sheet in known if _is_same(made, sheet)]
    return min(alike, key=lambda sheet: abs(sheet.board_w - made.board_w), default=made)


def _pcie(gpu: Gpu) -> float:
    return 1e9 * 2.0 ** ((gpu.pcie_gen or 3) - 3) * (gpu.pcie_lanes or 16)


def _is_same(a: DeviceSheet, b: DeviceSheet) -> bool:
    if a.vendor != b.vendor or not all(
        abs(getattr(a, name) - getattr(b, name)) <= share * max(getattr(b, name), 1.0)
        for name, share in _SAME
    ):
        return False
    words = set(re.split(r"\W+", a.name.lower())), set(re.split(r"\W+", b.name.lower()))
    numbers = [{w for w in each if re.search(r"\d", w) and not w.endswith("gb")} for each in words]
    is_laptop = "laptop" in words[0] or "mobile" in words[0]
    return bool(numbers[0] & numbers[1]) and is_laptop == (b.kind == "laptop")


def question_for(
    workload: Workload, sheet: DeviceSheet, count: int = 1, software: Software = UNSTATED
) -> Question | None:
    """Return the question of a job on ``count`` devices; None for kinds nobody published so."""
    asked = _asked(workload)
    if asked is None:
        return None
    family, task, metric = asked
    batch = float(max(1, workload.batch))
    is_decode = task in ("decode", SERVE)
    if task == "decode" and workload.recipe.tensor_split == 1:
        count = 1  # one stream of text runs through the GPUs in turn: more room, not more speed
    recipe = workload.recipe
    copies = max(1, count // (recipe.tensor_split * recipe.pipeline_split))
    whole = batch if is_decode else batch * copies * recipe.accumulation
    return Question(
        id=workload.id,
        device=sheet,
        count=count,
        model=workload.model_id.removeprefix("timm-"),
        family=family,
        task=task,
        metric=metric,
        method=_METHODS.get(workload.mode, ""),
        precision=_precision(workload, is_decode=is_decode),
        framework=software.framework,
        source=software.source,
        parallelism=_parallelism(workload, count, copies),
        interconnect="nvlink" if count > 1 and sheet.link_bytes_per_s > 70e9 else "",
        batch=batch,
        global_batch=whole,
        input_size=_input_size(workload, is_picture=family in _PICTURE),
        generated=_ANSWER[task] if is_decode else None,
        is_checkpointed=_checkpointed(workload),
        params=float(workload.params_total),
        active_params=float(workload.params_active),
        macs=workload.macs_per_sample if family in _PICTURE else None,
        activations=workload.activations_per_sample if family in _PICTURE else None,
        steps=float(workload.steps) if task == "generate" else None,
    )


_PICTURE = ("cnn", "vit")
_USUAL_SIDE = 224.0  # pixels


def _input_size(workload: Workload, *, is_picture: bool) -> float | None:
    """Return the tokens of a text, or the pixels of a side."""
    if workload.sequence_tokens:
        return float(workload.sequence_tokens)
    return float(workload.image_px or _USUAL_SIDE) if is_picture else None


def _asked(workload: Workload) -> tuple[str, str, str] | None:
    if workload.group == "vision":
        family = "vit" if _ATTENTION.search(workload.model_id.lower()) else "cnn"
        return family, _TASKS.get(workload.mode, "infer"), "images/s"
    if workload.group != "language":
        return None
    is_bert = "bert" in workload.model_id
    family = "transformer" if is_bert else "llm"
    if workload.mode is Mode.INFERENCE and not workload.writes_text:
        return "transformer", "infer", "sequences/s"
    if workload.mode is Mode.INFERENCE:
        return family, SERVE if workload.batch > 1 else "decode", "tokens/s"
    unit = "sequences/s" if workload.unit == "sequences" and is_bert else "tokens/s"
    return family, _TASKS[workload.mode], unit


def _precision(workload: Workload, *, is_decode: bool) -> str:
    if is_decode:
        told = FORMATS.get(workload.precision)
        return workload.precision if told is None else told.published_as
    if workload.mode is Mode.QLORA:
        return "bnb.nf4"
    return _PRECISIONS.get(workload.precision, workload.precision)


def _checkpointed(workload: Workload) -> bool | None:
    if workload.group != "language" or workload.mode is Mode.INFERENCE:
        return None
    return is_checkpointed(workload)


# Gradients are shared out by the very exchange that adds them up: the second stage costs no more
# than the first, and few published it by itself.
_SHARED = {Shard.ALL: "fsdp", Shard.OPTIMISER: "dp zero1", Shard.GRADIENTS: "dp zero1"}


def _parallelism(workload: Workload, count: int, copies: int) -> str:
    """Return how devices share the work, as publishers write it."""
    recipe = workload.recipe
    if count == 1:
        return ""
    if workload.writes_text:
        return f"tp{recipe.tensor_split if recipe.tensor_split > 1 else count}"
    words = [f"tp{recipe.tensor_split}"] if recipe.tensor_split > 1 else []
    words += [f"pp{recipe.pipeline_split}"] if recipe.pipeline_split > 1 else []
    if copies > 1:
        words.append(_SHARED.get(recipe.shard, "dp"))
    return " ".join(words)


def _refused(unit: str, why: str) -> Prediction:
    return replace(refused(unit, why), formula=FORMULA)


def limit_words(compute_share: float, traffic_share: float) -> str:
    """Say what an ideal device would need of the predicted time, and which of the two is more.

    The two overlap: they may add up to more than the whole.
    """
    if not compute_share and not traffic_share:
        return ""
    is_compute = compute_share >= traffic_share
    first = "arithmetic" if is_compute else "memory traffic"
    other = "memory traffic" if is_compute else "arithmetic"
    shares = sorted((compute_share, traffic_share), reverse=True)
    return (
        f"Limited most by {first}: by the data sheet that is {min(shares[0], 1):.0%} of this time, "
        f"{other} {min(shares[1], 1):.0%}"
    )


def _tokens_each(workload: Workload, question: Question) -> float:
    """Return how many units of the question one unit of the job is."""
    is_tokens = question.metric == "tokens/s" and workload.unit != "tokens"
    return float(workload.sequence_tokens or 1) if is_tokens else 1.0


def ideal_unit_s(workload: Workload, question: Question) -> tuple[float, float]:
    """Return the seconds one unit of the job takes ONE ideal device: arithmetic, memory traffic."""
    each = _tokens_each(workload, question)
    compute_s, traffic_s = ideal_s(question, work_of(question))
    more_s = added_s(workload, question) - saved_s(workload, question)
    return compute_s * each, max(0.0, traffic_s * each + more_s)


def _extra(model: SpeedModel, workload: Workload, question: Question) -> Extra:
    """Return what settings the fit does not know change of the time."""
    if not (added_s(workload, question) or saved_s(workload, question)):
        return Extra()
    kind = class_of(question)
    met = model.groups[GROUP_OF[kind]].met(kind)
    years, _ = met.get((question.framework, question.source), ((), ()))
    return extra_of(workload, question, max(years, default=math.nan))


def _ground(model: SpeedModel, question: Question, answer: SpeedAnswer) -> str:
    """Return what of the question was measured, in words."""
    words = NEW[answer.case]
    known = model.groups[GROUP_OF[class_of(question)]].known
    if answer.case in ("device", "both") and is_strange(question, known, model.devices):
        return f"{words}; {STRANGE.format(line=line_of(question.device))}"
    return words


def speed_of(
    workload: Workload, question: Question, answer: SpeedAnswer, ground: str
) -> Prediction:
    """Return the answer as units of the job per second. ``ground``: what backs it, in words."""
    unit = f"{workload.unit}/s"
    if answer.median is None or answer.low is None or answer.high is None:
        return _refused(unit, answer.refused)
    each = _tokens_each(workload, question)
    ideal = ideal_s(question, work_of(question))
    near = BETWEEN.join(dict.fromkeys(each.words() for each in answer.nearest))
    inputs = {
        "model": f"{significant(workload.params_total, 4)} parameters ({workload.source})",
        "batch": f"{workload.batch} per GPU, {workload.precision}",
        "software": software_words(question.framework, question.source)
        if question.framework
        else "not stated: the range covers the usual ones",
        "ground": ground,
        "nearest measurements": near,
        "limit": limit_words(*(share * answer.median / question.count for share in ideal)),
        "fitted on": SOURCE,
    }
    return Prediction(
        median=answer.median / each,
        low=answer.low / each,
        high=answer.high / each,
        unit=unit,
        evidence=(Evidence.MEASURED_HERE if answer.case == MEASURED_HERE else Evidence.ESTIMATED),
        formula=FORMULA,
        inputs=inputs,
        bottleneck="compute" if ideal[0] > ideal[1] else "memory bandwidth",
    )


def asked_of(
    model: SpeedModel, workload: Workload, gpu: Gpu, count: int, software: Software
) -> Question | None:
    """Return the question behind the speed of ``count`` cards; None = no question."""
    seen = chips(gpu, count)[1]
    sheet = sheet_of(gpu, model.devices.values())
    found = question_for(workload, sheet, seen, software)
    return None if found is None else model.twin(found)


def observed(
    model: SpeedModel,
    workload: Workload,
    sheet: DeviceSheet,
    count: int,
    software: Software,
    units_per_s: float,
) -> tuple[Question, float] | None:
    """Return the question and the value in its unit for a speed the user saw; None = no question.

    Args:
        units_per_s: in the job's unit, of all devices together.
    """
    asked = question_for(workload, sheet, count, software)
    if asked is None:
        return None
    question = model.twin(asked)
    plain_per_s = without_extra(units_per_s, _extra(model, workload, question))
    return question, plain_per_s * _tokens_each(workload, question)


def speeds(
    model: SpeedModel,
    workload: Workload,
    sheets: Sequence[DeviceSheet],
    count: int | Sequence[int] = 1,
    software: Software = UNSTATED,
    offsets: Offsets | None = None,
) -> list[Prediction]:
    """Return the expected speed of one job on many devices at once.

    ``count``: of each device, or one for all. ``offsets``: what the user measured; it moves and
    narrows the answers near it.
    """
    counts = [count] * len(sheets) if isinstance(count, int) else list(count)
    asked = [
        question_for(workload, sheet, number, software)
        for sheet, number in zip(sheets, counts, strict=True)
    ]
    told = [model.twin(question) for question in asked if question is not None]
    found = model.answer(told)
    if offsets is not None:
        found = [offsets.applied(q, answer) for q, answer in zip(told, found, strict=True)]
    answers = iter(found)
    out = []
    for question in asked:
        why = f"Nobody published how fast networks like {workload.model_name} run"
        if question is not None:
            answer = next(answers)
            why = _missing(question)
            if not why:
                speed = speed_of(workload, question, answer, _ground(model, question, answer))
                extra = _extra(model, workload, question)
                log_most = ceiling(question, work_of(question))
                most = math.exp(log_most) / _tokens_each(workload, question)
                out.append(with_extra(workload, speed, extra, most))
                continue
        out.append(_refused(f"{workload.unit}/s", why))
    return out


def _missing(question: Question) -> str:
    """Return which fact of the device an estimate needs and its data sheet lacks."""
    device = question.device
    if not device.bandwidth_bytes_per_s:
        return f"The memory bandwidth of {device.name} is not known"
    has_rate = device.fp32_flop_per_s or device.fp16_flop_per_s
    if not has_rate and question.task != "decode":
        return f"The arithmetic rate of {device.name} is not known"
    return ""


def job_speeds(
    model: SpeedModel,
    workload: Workload,
    hardware: Sequence[tuple[Gpu, DeviceSheet]],
    count: int,
    software: Software,
    offsets: Offsets | None = None,
) -> list[Prediction]:
    """Return the expected speed of one job on GPUs with their data sheets, all at once.

    Making pictures is counted exactly and has an efficiency of its own (``predict.speed``).
    """
    if hardware and question_for(workload, hardware[0][1], count) is None:
        return [predict_speed(workload, gpu, count=count) for gpu, _ in hardware]
    seen = [chips(gpu, count)[1] for gpu, _ in hardware]  # a card may hold several GPUs
    return speeds(model, workload, [sheet for _, sheet in hardware], seen, software, offsets)
