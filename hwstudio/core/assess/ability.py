"""Which jobs of the library this machine's GPUs hold, from the memory each one needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.assess.parts import GpuGroup, counts
from hwstudio.core.base.units import gib
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.memory import Fit, MemoryPrediction, predict_memory

_RANK = {Fit.FITS: 0, Fit.TIGHT: 1, Fit.UNKNOWN: 2, Fit.NO: 3}
# How sentences name the jobs of the library; any other is named by its title.
_SHORT = {
    "llm_chat_8b": "chat with 8B models",
    "llm_qlora_8b": "fine-tune 8B models with QLoRA",
    "llm_full_finetune_8b": "fine-tune 8B models in full",
    "sd15_generate": "make images",
    "resnet50_train": "train vision models",
    "bert_base_train": "train small text models",
    "gpt2_train": "train GPT-2 small",
}
_ON_PROCESSOR = (Mode.INFERENCE, Mode.GENERATE)


@dataclass(frozen=True, slots=True)
class Ability:
    """One job: fits | tight | no | unknown on the GPUs, why, and the cheapest way out."""

    workload_id: str
    title: str
    verdict: str
    reason: str
    missing_bytes: int = 0  # GPU memory that lacks, on each GPU
    advice: str = ""
    on_processor: bool = False  # no GPU, but main memory holds it: possible, slow


def abilities(
    machine: Machine, groups: Sequence[GpuGroup], workloads: Sequence[Workload]
) -> tuple[Ability, ...]:
    """Return what this machine can do of ``workloads``."""
    return tuple(_ability(machine, groups, workload) for workload in workloads)


def _ability(machine: Machine, groups: Sequence[GpuGroup], workload: Workload) -> Ability:
    tried = [
        (group, n, predict_memory(workload, group.vram_bytes, n))
        for group in groups
        if group.vram_bytes is not None
        for n in counts(group)
    ]
    if not tried:
        return _without_gpu(machine, groups, workload)
    group, count, best = min(tried, key=lambda one: (_RANK[one[2].verdict], _lack(one[2])))
    return Ability(
        workload.id,
        workload.title,
        best.verdict.value,
        _reason(group, count, best),
        max(0, _lack(best)) if best.verdict is Fit.NO else 0,
        best.advice,
    )


def _lack(prediction: MemoryPrediction) -> int:
    return (prediction.need_bytes or 0) - prediction.vram_bytes


def _reason(group: GpuGroup, count: int, prediction: MemoryPrediction) -> str:
    if prediction.need_bytes is None:
        return prediction.refused
    many = f"each of {count} x " if count > 1 else ""
    return (
        f"needs about {gib(prediction.need_bytes)}, {many}{group.info.name.value} has "
        f"{gib(prediction.vram_bytes)}"
    )


def _without_gpu(machine: Machine, groups: Sequence[GpuGroup], workload: Workload) -> Ability:
    if groups:
        why = groups[0].info.vram_bytes.why
        return Ability(
            workload.id, workload.title, "unknown", f"the GPU's memory is not known: {why}"
        )
    need = predict_memory(workload, 0).need_bytes
    if need is None:
        return Ability(workload.id, workload.title, "unknown", "its need is not known")
    ram = machine.memory_bytes.value
    fits_ram = ram is not None and workload.mode in _ON_PROCESSOR and need < 0.8 * ram
    reason = f"needs a GPU with about {gib(need)}"
    if fits_ram:
        reason = "possible on the processor alone, slowly; measure it in the Benchmark tab"
    return Ability(workload.id, workload.title, "no", reason, need, "", fits_ram)


def short_title(workload_id: str, title: str) -> str:
    """Return a job as sentences name it: "chat with 8B models"."""
    return _SHORT.get(workload_id, title[:1].lower() + title[1:])
