"""What a goal asks of each part: where points begin and where they are full.

The yardsticks of speed are hwstudio's own choice (how long people wait gladly, and at most); the
memory figures follow from the predictor. Both are shown beside the score.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import GIB, duration, significant
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.memory import predict_memory

DAY_S = 86400.0
# Share of the need at which GPU memory and RAM begin to earn points (smaller models run).
LEAST_SHARE = 0.25
ROOM = 1.25  # full points need this much more than the prediction
SYSTEM_BYTES = 8 * GIB
FULL_STORAGE_BYTES = 500e9
LEAST_STORAGE_BYTES = 20e9
LEAST_CORES, FULL_CORES = 1.0, 8.0
VISION_CORES = 12.0  # decoding images keeps the processor busy


@dataclass(frozen=True, slots=True)
class Span:
    """Points grow with the logarithm from ``least`` (0) to ``full`` (all)."""

    least: float
    full: float


@dataclass(frozen=True, slots=True)
class Need:
    """A goal's demands; ``weights`` are the points of each part and add to 100."""

    goal: Workload
    vram: Span  # bytes on one GPU
    speed: Span  # units of the job per second
    speed_words: str
    ram: Span
    storage: Span
    cores: Span
    weights: dict[str, int]


# Seconds for the whole job: gladly, at most.
_PATIENCE: dict[str, tuple[float, float]] = {
    "resnet50_train": (2 * DAY_S, 30 * DAY_S),
    "bert_base_train": (14 * DAY_S, 180 * DAY_S),
    "gpt2_train": (14 * DAY_S, 365 * DAY_S),
    "llm_full_finetune_8b": (0.5 * DAY_S, 7 * DAY_S),
    "llm_qlora_8b": (0.125 * DAY_S, 3 * DAY_S),
}
# Units per second where people wait for each one: full points, least.
_PACE: dict[Mode, tuple[float, float]] = {
    Mode.INFERENCE: (40.0, 4.0),
    Mode.GENERATE: (0.5, 1 / 60),
}
_WEIGHTS = {
    "vision": {"GPU memory": 25, "GPU speed": 35, "Memory": 12, "Storage": 13, "Processor": 15},
    "language": {"GPU memory": 35, "GPU speed": 30, "Memory": 15, "Storage": 10, "Processor": 10},
    "image_generation": {
        "GPU memory": 30,
        "GPU speed": 35,
        "Memory": 13,
        "Storage": 12,
        "Processor": 10,
    },
}


def vram_need(goal: Workload, count: int = 1) -> int | None:
    """Return bytes per GPU in the layout that needs least, whatever the card holds."""
    return predict_memory(goal, 1, count).need_bytes


def need_of(goal: Workload) -> Need:
    """Return what the goal asks of each part."""
    vram = float(vram_need(goal) or goal.weight_bytes or 8 * GIB)
    ram = SYSTEM_BYTES + 2 * vram
    speed, words = _speed(goal)
    return Need(
        goal=goal,
        vram=Span(vram * LEAST_SHARE, vram * ROOM),
        speed=speed,
        speed_words=words,
        ram=Span(ram * LEAST_SHARE, ram),
        storage=Span(LEAST_STORAGE_BYTES, FULL_STORAGE_BYTES),
        cores=Span(LEAST_CORES, VISION_CORES if goal.group == "vision" else FULL_CORES),
        weights=_WEIGHTS.get(goal.group, _WEIGHTS["language"]),
    )


def _speed(goal: Workload) -> tuple[Span, str]:
    pace = _PACE.get(goal.mode)
    if pace is not None:
        full, least = pace
        return Span(least, full), f"{significant(full, 2)} {goal.unit}/s"
    gladly, at_most = _PATIENCE.get(goal.id, (DAY_S, 30 * DAY_S))
    span = Span(goal.job_units / at_most, goal.job_units / gladly)
    return span, f"{goal.job_title} in {duration(gladly)}"
