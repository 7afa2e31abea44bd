"""One question about speed: this model, done so, with this software, on these devices.

The answer of the fitted model (``fitted``) depends on every field: another framework or another
precision is another question. A field that is not known is None or empty, never a guess.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSheet:
    """What a data sheet says of one device. Dense rates, FP32 accumulation on GeForce."""

    name: str
    vendor: str
    kind: str  # datacenter | workstation | consumer | laptop | soc | cpu
    architecture: str  # Ampere, CDNA3, M2 ...
    year: float | None
    memory_bytes: float
    bandwidth_bytes_per_s: float
    fp32_flop_per_s: float
    fp16_flop_per_s: float
    tf32_flop_per_s: float = 0.0  # 0: it has no such units
    fp8_flop_per_s: float = 0.0
    fp4_flop_per_s: float = 0.0
    board_w: float = 0.0
    link_bytes_per_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. ``metric`` names the unit of the answer for all devices together."""

    id: str
    device: DeviceSheet
    count: int
    model: str
    family: str  # cnn | vit | detection | segmentation | transformer | llm | vlm | diffusion ...
    task: str  # train | finetune | infer | prefill | decode | serve-decode | generate ...
    metric: str
    method: str = ""
    precision: str = ""
    framework: str = ""
    source: str = ""  # who measured so: how a figure is taken differs between publishers
    parallelism: str = ""
    interconnect: str = ""
    batch: float | None = None  # per device
    global_batch: float | None = None
    input_size: float | None = None  # pixels a side, or tokens
    generated: float | None = None  # tokens, or frames of a video
    is_checkpointed: bool | None = None
    params: float | None = None
    active_params: float | None = None
    macs: float | None = None  # one forward pass of one sample
    activations: float | None = None  # elements of one forward pass
    steps: float | None = None  # denoiser calls of one picture
    depth: float | None = None  # tokens in the cache before the measurement begins
    year: float | None = None
    optimiser: str = ""
    trainable: float | None = None  # parameters that are trained beside frozen ones

    def with_memory(self, optimiser: str, trainable: float | None) -> Question:
        """Return the question with what only matters for memory."""
        return replace(self, optimiser=optimiser, trainable=trainable)


_ACTIVE = re.compile(r"(?<![a-z0-9])(\d+)b-a(\d+(?:\.\d+)?)b(?![a-z0-9])")
_EXPERTS = re.compile(r"(?<![a-z0-9])(\d+)b-(\d+)e(?![a-z0-9])")
_KNOWN_ACTIVE = (  # parameters used for one token, as their makers name them; recalled
    ("mixtral-46.7b", 12.9e9),
    ("mixtral-8x7b", 12.9e9),
    ("deepseek-r1", 37e9),
    ("deepseek-v3", 37e9),
    ("deepseekv3", 37e9),
    ("deepseek-v4-flash", 13e9),
    ("gpt-oss-120b", 5.1e9),
    ("gpt-oss-20b", 3.6e9),
    ("nemotron_3_nano", 3.6e9),
    ("hunyuan-a13b", 13e9),
    ("glm-4.5-air", 12e9),
    ("kimi-k2", 32e9),
)
_LARGEST, _MOST_DEVICES = 1e15, 1_000_000
_CONDITIONS = ("steps", "frames", "depth", "active_params_b", "trainable", "global_batch")
# Tokens of a sequence where the column is empty or has those of another task: as the published
# programs have it. Speeds at 384 tokens would be 2.4 times what the arithmetic of a V100 allows.
_LENGTHS = (("transformer-xl", 192.0), ("biobert", 128.0))
# Reviews are cut at the stated length; the mean is half of it, and more would be beyond arithmetic.
_CUT_AT, _OF_CUT = "distilbert-base-512", 0.5
# Some publishers state the longest example of a set of instructions; the others are far shorter.
_LONGEST, _OF_LONGEST = "longest example", 0.1  # rounded, of the set they all used


def device_of(row: Mapping[str, str]) -> DeviceSheet:
    """Return a device from a row in the columns of ``workload_devices.csv``.

    Raises:
        KeyError, ValueError: a column is missing or holds no number.
    """

    def number(name: str, scale: float) -> float:
        text = row[name].strip()
        return _sound(float(text)) * scale if text else 0.0

    return DeviceSheet(
        name=row["device"].strip(),
        vendor=row["vendor"].strip(),
        kind=row["kind"].strip(),
        architecture=row["arch"].strip(),
        year=number("year", 1) or None,
        memory_bytes=number("mem_gb", 1e9),
        bandwidth_bytes_per_s=number("bw_gbs", 1e9),
        fp32_flop_per_s=number("fp32_tflops", 1e12),
        fp16_flop_per_s=number("fp16_tflops", 1e12),
        tf32_flop_per_s=number("tf32_tflops", 1e12),
        fp8_flop_per_s=number("fp8_tflops", 1e12),
        fp4_flop_per_s=number("fp4_tflops", 1e12),
        board_w=number("tdp_w", 1),
        link_bytes_per_s=number("link_gbs", 1e9),
    )


def question_of(row: Mapping[str, str], device: DeviceSheet) -> Question:
    """Return a question from a row in the columns of ``throughput.csv``; answers are not read.

    Raises:
        KeyError, ValueError: a column is missing or holds no number.
    """
    note = noted(row.get("note", ""))
    model = row["model"].strip()
    params = number(row, "num_params_m")
    stated = note.get("active_params_b")
    is_film = row["task"].strip() == "generate" and note.get("frames") is not None
    # A peak of memory is that of the longest; time is that of the mean.
    is_mean = _LONGEST in row.get("note", "") and not row["metric"].startswith("peak ")
    return Question(
        id=row.get("id", ""),
        device=device,
        count=_count(row),
        model=model,
        family=row["family"].strip(),
        task=row["task"].strip(),
        metric=row["metric"].strip(),
        method=row.get("method", "").strip(),
        precision=row.get("precision", "").strip(),
        framework=row.get("framework", "").strip(),
        source=row.get("source", "").strip(),
        parallelism=row.get("parallelism", "").strip(),
        interconnect=row.get("interconnect", "").strip(),
        batch=number(row, "batch_per_device"),
        global_batch=_loose_number(row.get("global_batch", "")),
        input_size=_length_of(row, is_mean=is_mean),
        generated=note.get("frames") if is_film else number(row, "gen_len"),
        is_checkpointed=_yes_no(row.get("act_ckpt", "")),
        params=params * 1e6 if params else None,
        active_params=stated * 1e9 if stated else active_of(model, params),
        macs=_scaled(number(row, "gmacs_per_sample"), 1e9),
        activations=_scaled(number(row, "macts_per_sample"), 1e6),
        steps=note.get("steps"),
        depth=note.get("depth"),
        year=number(row, "year"),
    )


def _length_of(row: Mapping[str, str], *, is_mean: bool) -> float | None:
    """Return the pixels a side or the tokens of a row."""
    stated, model = _side(row.get("input_size", "")), row["model"].strip().lower()
    is_time = not row["metric"].startswith("peak ")
    if is_time and row["task"].strip() in ("train", "finetune"):
        known = next((tokens for word, tokens in _LENGTHS if word in model), None)
        stated = known or stated
    if model == _CUT_AT and is_time:
        return _scaled(stated, _OF_CUT)
    return _scaled(stated, _OF_LONGEST if is_mean else 1.0)


def _count(row: Mapping[str, str]) -> int:
    value = number(row, "num_devices")
    count = 1 if value is None else int(value)
    if not 1 <= count <= _MOST_DEVICES:
        raise ValueError(f"{count} devices")
    return count


def active_of(model: str, params_m: float | None) -> float | None:
    """Return the parameters a token uses in a mixture of experts, as far as its name tells."""
    name = model.lower()
    found = _ACTIVE.search(name)
    if found:
        return float(found[2]) * 1e9
    experts = _EXPERTS.search(name)
    if experts and params_m and params_m > 2e3 * float(experts[1]):
        return float(experts[1]) * 1e9
    return _known(_KNOWN_ACTIVE, model)


def _known(table: tuple[tuple[str, float], ...], model: str) -> float | None:
    name = model.lower()
    return next((value for word, value in table if word in name), None)


def noted(note: str) -> dict[str, float]:
    """Return the numbers a note states as conditions; results that stand there are left out."""
    found = {}
    for part in note.split(";"):
        name, _, text = part.strip().partition("=")
        if name in _CONDITIONS and text:
            try:
                found[name] = _sound(float(text.replace(",", "")))
            except ValueError:
                continue
    return found


def number(row: Mapping[str, str], name: str) -> float | None:
    """Return a column's number; None where it is empty.

    Raises:
        ValueError: it holds something else.
    """
    text = (row.get(name) or "").strip()
    return _sound(float(text)) if text else None


def _sound(value: float) -> float:
    """Return a number that can be one of a run.

    Raises:
        ValueError: it is negative, endless, or larger than anything there is.
    """
    if not 0 <= value <= _LARGEST:
        raise ValueError(f"{value:g} is not from 0 to {_LARGEST:g}")
    return value


def _side(text: str) -> float | None:
    """Return pixels a side or tokens; ``769x512`` counts as the square of the same area."""
    parts = [_sound(float(part)) for part in re.split("[x*]", text.strip()) if part.strip()]
    return math.prod(parts) ** (1 / len(parts)) if parts else None


def _loose_number(text: str) -> float | None:
    """Return a number that may be written ``4M`` or as a list; None where it cannot be told."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*([kKmM]?)", text or "")
    if not found:
        return None
    return _sound(float(found[1])) * {"": 1.0, "k": 1e3, "m": 1e6}[found[2].lower()]


def _yes_no(text: str) -> bool | None:
    text = (text or "").strip()
    return None if not text else text not in ("0", "0.0", "no", "false")


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
