"""The numbers the fitted model looks at: what the work is, what the device can, how it is done."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from hwstudio.core.predict.fitted.arithmetic import rate_of, rate_with, tuned_share
from hwstudio.core.predict.fitted.launch import launch_s
from hwstudio.core.predict.fitted.need import (
    PEAK,
    is_about_memory,
    memory_clues,
    need_bytes,
)
from hwstudio.core.predict.fitted.picture_models import times_computed
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.fitted.work import (
    PICTURES,
    TEXT,
    TRAINING,
    Work,
    is_adapter,
    is_adapter_method,
    is_timed,
    is_training,
    shape_asked,
    usual_batch,
    work_of,
)

NAN = math.nan

CLASSES = (
    "vision training", "vision inference", "transformer training", "adapter training",
    "prompt reading", "text generation", "serving", "picture generation", "speech training",
    "other training", "time to target",
)  # fmt: skip
MEMORY, POWER = "memory: ", "power: "
WATTS = "average watts"  # of all devices together
_USUAL_SHARE = 0.7  # of the board's limit
_PARTLY = ("fp8", "fp4")
# Of the stated rates when a prompt is read (rounded): else starting kernels would count too much
# beside work, and prompts that wait for them seem the best use of a device.
_OF_STATED = 0.35
FAMILIES = ("cnn", "vit", "cnn-or-vit", "detection", "segmentation", "transformer", "llm", "vlm",
            "diffusion", "speech", "recsys", "other")  # fmt: skip
TASKS = ("train", "finetune", "infer", "prefill", "decode", "serve-decode", "serve-offline",
         "generate", "infer-total")  # fmt: skip
METRICS = ("images/s", "samples/s", "sequences/s", "tokens/s", "microbatches/s", "videos/s",
           "mlperf-samples/s", "output tokens/s", "hw-TFLOP/s/device", "model-TFLOP/s/device",
           "unet-it/s (whole batch)", "audio_samples/s", "mels/s", "minutes-to-target")  # fmt: skip
VENDORS = ("NVIDIA", "AMD", "Intel", "Apple", "Google", "CPU")
KINDS = ("datacenter", "workstation", "consumer", "laptop", "soc", "cpu")
RATES = ("fp32", "tf32", "half", "fp8", "fp4")
STACKS = (  # the first that occurs in the framework's name; order matters
    "tensorrt-llm", "tensorrt", "timm", "torchvision", "llama.cpp", "ollama", "vllm", "sglang",
    "xdit", "diffusers", "exllama", "awq", "gpt-fast", "litgpt", "lit-gpt", "torchtune",
    "torchtitan", "megatron-bridge", "megatron", "nemo", "llm-foundry", "internevo", "maxtext",
    "detectron", "mmdet", "mmseg", "dlperf tensorflow", "dlperf", "ngc pytorch", "ngc mxnet",
    "mxnet", "paddle", "mindspore", "oneflow", "tf-research", "tensorflow2", "tensorflow", "jax",
    "tinygrad", "hugectr", "dgl", "hf", "transformers", "deepspeed", "pytorch", "rocm", "cuda",
)  # fmt: skip
_ARCHITECTURE_YEAR = {
    "Pascal": 2016, "Volta": 2017, "Turing": 2018, "Ampere": 2020, "Ada": 2022, "Hopper": 2022,
    "Blackwell": 2024,
}  # fmt: skip
_TOKENS = (
    "compile", "eager", "nhwc", "xla", "cudnn", "fa", "vulkan", "hip", "rocwmma", "hipblaslt",
    "adamw", "sgd", "zero1", "mps", "flash", "fused", "dataparallel", "fsdp", "tp", "pp",
    "layer-split", "ring", "ulysses",
)  # fmt: skip
_VERSION = re.compile(r"(\d+(?:\.\d+)?)")
_MODEL_WORDS = (
    "50", "101", "152", "x101", "mask", "faster", "retina", "cascade", "dconv", "c4", "dc5",
    "fpn", "large", "base", "small", "tiny", "mobile", "efficient", "dense", "vgg", "regnet",
    "conv", "mixer", "swin", "deit", "vit", "nfnet", "res", "xcit", "cait", "instruct",
    "thinking", "vl", "omni", "fp8", "moe", "xl", "panoptic", "keypoint", "unet", "3d",
)  # fmt: skip


def class_of(question: Question) -> str:
    """Return the kind of work; errors and intervals are kept for each."""
    return _class_of(question.metric, question.family, question.task, question.method)


@lru_cache(maxsize=4096)  # it is asked ten times for every answer
def _class_of(metric: str, family: str, task: str, method: str) -> str:
    kind = _kind_of(metric, family, task, method)
    if metric.startswith(PEAK):
        return MEMORY + kind
    return POWER + kind if metric == WATTS else kind


def is_about_power(question: Question) -> bool:
    """Say whether watts are asked for."""
    return question.metric == WATTS


def _kind_of(metric: str, family: str, task: str, method: str) -> str:
    if metric == "minutes-to-target":
        return "time to target"
    if family in PICTURES:
        return "vision training" if task in TRAINING else "vision inference"
    if task == "generate":
        return "picture generation"
    if family in ("transformer", "llm", "vlm"):
        if is_adapter_method(method):
            return "adapter training"
        if task in TRAINING:
            return "transformer training"
        if task in ("prefill", "infer"):
            return "prompt reading"
        return "text generation" if task == "decode" else "serving"
    return "speech training" if family == "speech" else "other training"


def _log(value: float | None) -> float:
    return math.log(value) if value and value > 0 else NAN


def _over(value: float | None, other: float) -> float | None:
    return value / other if value and other else None


def _place(word: str, words: tuple[str, ...]) -> float:
    return float(words.index(word)) if word in words else NAN


def stack_of(framework: str) -> str:
    """Return the software a framework's name begins with, in one of a few words."""
    name = framework.lower()
    return next((word for word in STACKS if word in name), "")


def ideal_s(question: Question, work: Work) -> tuple[float, float]:
    """Return the seconds of one unit on ONE device at its peak rate and at its full bandwidth."""
    rate = rate_with(question.device, work.arithmetic.rate, question.framework)
    if is_timed(question):
        rate *= tuned_share(question.device, question.framework)
    if is_training(question) and work.arithmetic.rate in _PARTLY:
        # Its largest products alone are done so; about half of the gain (log) is felt.
        rate = math.sqrt(rate * rate_of(question.device, "half"))
    compute = work.flop * work.filled_up / rate if work.flop and rate else 0.0
    if question.family in PICTURES:
        compute *= times_computed(question.model)
    bandwidth = question.device.bandwidth_bytes_per_s
    traffic = work.traffic_bytes / bandwidth if work.traffic_bytes and bandwidth else 0.0
    return compute, traffic


def _busy_s(question: Question, compute: float, traffic: float) -> float:
    """Return the longer of the two, or both where one waits for the other.

    A prompt is read by arithmetic, then its answer is written by bandwidth; about half of the one
    is reached, and most of the other.
    """
    is_in_turn = question.task == "infer-total"
    return 2.0 * compute + traffic if is_in_turn else max(compute, traffic)


def baseline(question: Question, work: Work) -> float:
    """Return the log of the ideal speed: what the fitted model corrects.

    Where the work cannot be told, the device's rate alone stands in, so that the correction is
    about the model and not about the device.
    """
    if is_about_memory(question):
        return math.log(need_bytes(question))
    if is_about_power(question):
        return math.log(max(1.0, question.device.board_w) * question.count * _USUAL_SHARE)
    compute, traffic = ideal_s(question, work)
    if compute or traffic:
        felt = _OF_STATED if class_of(question) == "prompt reading" else 1.0
        one = _busy_s(question, compute, traffic) / felt + launch_s(question, work)
    else:
        rate = rate_of(question.device, work.arithmetic.rate)
        one = 1e11 / max(rate, 1e9) ** 0.5 / max(question.device.bandwidth_bytes_per_s, 1e9) ** 0.5
    if question.metric == "minutes-to-target":
        return math.log(one) - math.log(question.count)
    return math.log(question.count) - math.log(one)


@lru_cache(maxsize=1024)
def _device_clues(device: DeviceSheet) -> dict[str, float]:
    half = device.fp16_flop_per_s or device.fp32_flop_per_s
    year = _ARCHITECTURE_YEAR.get(device.architecture)
    return {
        "bandwidth": _log(device.bandwidth_bytes_per_s),
        "fp32": _log(device.fp32_flop_per_s),
        "half": _log(half),
        "matrix over vector": _log(half / device.fp32_flop_per_s if device.fp32_flop_per_s else 0),
        "tf32": _log(device.tf32_flop_per_s),
        "board power": _log(device.board_w),
        "flop per watt": _log(half / device.board_w if device.board_w else None),
        "memory": _log(device.memory_bytes),
        "link": _log(device.link_bytes_per_s),
        "balance": _log(
            half / device.bandwidth_bytes_per_s if device.bandwidth_bytes_per_s else None
        ),
        "year of the chip": float(year or device.year or NAN),
        "vendor": _place(device.vendor, VENDORS),
        "kind": _place(device.kind, KINDS),
    }


@lru_cache(maxsize=1024)
def _words(name: str) -> dict[str, float]:
    words = set(re.split(r"[^a-z0-9.+-]+", name)) | set(re.split(r"[^a-z]+", name))
    return {f"how {word}": float(word in words) for word in _TOKENS}


def _how_clues(question: Question) -> dict[str, float]:
    name = f"{question.framework} {question.parallelism} {question.optimiser}".lower()
    versions = _VERSION.findall(question.framework)
    is_kept = question.is_checkpointed
    return {
        "stack": _place(stack_of(question.framework), STACKS),
        "version": float(versions[0]) if versions else NAN,
        "year": question.year or NAN,
        "checkpointed": NAN if is_kept is None else float(is_kept),
        "adapter": float(is_adapter(question)),
        "trainable": _log(question.trainable),
        **_words(name),
    }


@lru_cache(maxsize=1024)
def _split(parallelism: str, interconnect: str) -> dict[str, float]:
    text, wire = parallelism.lower(), interconnect.lower()
    found = {}
    for name in ("tp", "pp", "ep", "cp", "ulysses", "ring", "dp"):
        hit = re.search(rf"(?<![a-z]){name}=?(\d+)", text) or re.search(rf"{name}=?(\d+)", text)
        found[f"{name} degree"] = _log(float(hit[1])) if hit and float(hit[1]) else NAN
    found["wire"] = 2.0 if "nvlink" in wire else 1.0 if "pcie" in wire else NAN
    found["between machines"] = float(any(w in wire for w in ("ib", "infini", "roce", "ether")))
    return found


def clues_of(question: Question) -> dict[str, float]:
    """Return every clue by its name; NaN = not known."""
    work = work_of(question)
    names = _name_clues(question.model)
    split = _split(question.parallelism, question.interconnect)
    out = _what_clues(question, work) | _size_clues(question, work) | names
    if is_about_memory(question):
        out |= {name: _log(value) for name, value in memory_clues(question).items()}
    return out | _device_clues(question.device) | _how_clues(question) | split


@lru_cache(maxsize=256)  # a table of devices asks for one model
def _name_clues(model: str) -> dict[str, float]:
    lower = model.lower()
    return {f"name {word}": float(word in lower) for word in _MODEL_WORDS}


def _what_clues(question: Question, work: Work) -> dict[str, float]:
    """Return what is done, as places in lists."""
    return {
        "family": _place(question.family, FAMILIES),
        "task": _place(question.task, TASKS),
        "metric": _place(question.metric, METRICS),
        "class": _place(class_of(question), CLASSES),
        "rate": _place(work.arithmetic.rate, RATES),
        "weight bits": work.arithmetic.weight_bits,
    }


def _launched(question: Question, work: Work, busy_s: float) -> float:
    """Return the log of a step's time over what its work alone would take."""
    return math.log1p(launch_s(question, work) / busy_s) if busy_s else NAN


def _size_clues(question: Question, work: Work) -> dict[str, float]:
    """Return how much is done, and how long that takes an ideal device."""
    compute, traffic = ideal_s(question, work)
    is_told = question.batch or question.global_batch
    batch = usual_batch(question) if is_told else None
    shape = shape_asked(question) if question.family in TEXT else None
    params = shape.params if shape else question.params
    active = shape.active_params if shape else question.active_params or params
    held = params and params * work.arithmetic.weight_bits / 8
    return {
        "count": _log(question.count),
        "batch": _log(batch),
        "all batches": _log(question.global_batch or (batch and batch * question.count)),
        "input": _log(question.input_size),
        "generated": _log(question.generated),
        "steps": _log(question.steps),
        "depth": _log((question.depth or 0) + 1),
        "params": _log(params),
        "active params": _log(active),
        "active share": _log(_over(active, params or 0.0)),
        "layers": _log(shape.layers if shape else None),
        "width": _log(shape.width if shape else None),
        "kept": _log(shape.kept if shape else None),
        "macs": _log(question.macs),
        "activations": _log(question.activations),
        "macs per param": _log(
            question.macs / question.params if question.macs and question.params else None
        ),
        "activations per mac": _log(
            question.activations / question.macs if question.macs and question.activations else None
        ),
        "tokens": _log(work.tokens),
        "compute time": _log(compute),
        "traffic time": _log(traffic),
        "compute over traffic": _log(compute / traffic if compute and traffic else None),
        "step time": _log(max(compute, traffic) * (batch or 1.0)),
        "launch share": _launched(question, work, max(compute, traffic)),
        "weights over memory": _log(_over(held, question.device.memory_bytes * question.count)),
        "weights read time": _log(_over(held, question.device.bandwidth_bytes_per_s)),
    }
