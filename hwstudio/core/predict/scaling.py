"""How several GPUs share one job, and what their link costs.

A simple communication model, stated so that it can be argued with: data-parallel training adds
one ring all-reduce of the gradients to every step, at a share of the link's rate that was read
off published pairs of one-GPU and many-GPU runs (2026-11-20: two RTX 4090 training BERT reach
14 GB/s, two RTX A6000 about 40 GB/s counting what overlaps with computing).
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.recipe import USUAL_RANK
from hwstudio.core.model.workload import Mode, Workload

PCIE_BYTES_PER_S_PER_LANE = {3: 0.985e9, 4: 1.969e9, 5: 3.938e9}
SHARE_THROUGH_HOST = 0.43  # GeForce has no peer-to-peer: every byte crosses the host's memory
SHARE_PEER_TO_PEER = 0.85
SHARE_NVLINK = 0.70
ADAPTER_SHARE = 0.006  # trained parameters of a typical LoRA (rank 16) against all
LOW_PER_DOUBLING = 0.85  # the band grows downwards with every doubling of the GPU count
BRIDGED_GPUS = 2  # an NVLink bridge joins two cards; modules on one board are all joined


@dataclass(frozen=True, slots=True)
class Link:
    """What carries data between two GPUs of one machine."""

    bytes_per_s: float | None
    words: str


def link_of(gpu: Gpu, count: int, lanes: int | None) -> Link:
    """Return the effective rate between ``count`` GPUs of this model."""
    is_module = gpu.form_factor in ("SXM", "OAM")
    if gpu.nvlink_bytes_per_s and (is_module or count == BRIDGED_GPUS):
        rate = gpu.nvlink_bytes_per_s / 2 * SHARE_NVLINK
        return Link(rate, "NVLink" if is_module else "an NVLink bridge")
    lane_count = min(lanes or gpu.pcie_lanes or 16, gpu.pcie_lanes or 16)
    per_lane = PCIE_BYTES_PER_S_PER_LANE.get(gpu.pcie_gen or 0)
    if per_lane is None:
        return Link(None, "an unknown link")
    is_consumer = gpu.segment == "consumer"
    share = SHARE_THROUGH_HOST if is_consumer else SHARE_PEER_TO_PEER
    words = f"PCIe {gpu.pcie_gen}.0 x{lane_count}"
    return Link(
        per_lane * lane_count * share, words + (" through host memory" if is_consumer else "")
    )


def splits_work(workload: Workload) -> bool:
    """A single chat stream gains no speed from more GPUs, only room."""
    return not workload.writes_text


def exchanged_bytes(workload: Workload, count: int, *, sharded: bool) -> float:
    """Return the bytes each GPU sends per step."""
    if workload.mode in (Mode.INFERENCE, Mode.GENERATE) or count == 1:
        return 0.0
    ring = (count - 1) / count
    if sharded:
        return 3 * ring * workload.weight_bytes  # weights gathered twice, gradients spread once
    each = 2 if workload.precision in ("bf16", "int4") else 4
    is_adapter = workload.mode in (Mode.LORA, Mode.QLORA)
    share = ADAPTER_SHARE * workload.recipe.adapter_rank / USUAL_RANK if is_adapter else 1.0
    return 2 * ring * workload.params_total * share * each
