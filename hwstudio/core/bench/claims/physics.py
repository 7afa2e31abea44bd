"""What a device cannot do, whoever measured: peak rates, memory, links, units it does not have.

Margins are generous: cards are overclocked and run above their sheet's boost clock (the widest
honest excess among published products is 1.17 times), so a bound may let a wrong number pass but
must not call a right one wrong.
"""

from __future__ import annotations

import re

from hwstudio.core.base.units import si
from hwstudio.core.bench.claims.claim import Claim
from hwstudio.core.bench.claims.finding import (
    ABOVE_WIRE,
    IMPOSSIBLE,
    NO_HARDWARE,
    SUSPECT_HIGH,
    SUSPECT_LOW,
    Finding,
)
from hwstudio.core.bench.claims.sheet import Chip, Has, has_unit, is_superchip, plain_precision

ABOVE_PEAK = 1.3  # times the sheet's rate: more than any boost clock gives
FAR_ABOVE_PEAK = 1.5
FAR_BELOW_PEAK = 0.25  # of the sheet's rate, at a size that fills the device
ABOVE_MEMORY = 1.05
ABOVE_LINK = 1.05  # also of PCIe: encoding is already taken off
# One way, bytes/s per lane after encoding (PCI-SIG base specifications 3.0 to 6.0).
_LANE = {1: 0.25e9, 2: 0.5e9, 3: 0.985e9, 4: 1.969e9, 5: 3.938e9, 6: 7.563e9}
# One way, for modules whose sheet the catalogue lacks (NVIDIA GH200 and GB200 data sheets).
_SUPERCHIP_LINK = {"GH": 450e9, "GB": 900e9}
_CPU_TO_SUPERCHIP = 450e9
_IN_SWITCH = 9.0  # first CUDA capability whose switch adds up by itself (NVLink SHARP, Hopper)
_ADDING = ("all_reduce", "allreduce", "reduce_scatter", "reducescatter")
_GATHERING = ("all_gather", "allgather", "broadcast", "all_to_all", "alltoall", "sendrecv", "p2p")
_IN_ONE_NODE = 8
_NODE_ADAPTERS = 8 * 50e9  # eight 400 Gbit/s adapters: the usual wire of a node of eight GPUs
_DENSE = re.compile(r"\bllama[\s-]*[23](?:\.\d)?[\s:-]*(\d+(?:\.\d+)?)\s*b\b", re.IGNORECASE)
_LEAST_BYTES = {"q4_k_m": 0.55, "q4": 0.5, "q8_0": 1.0, "q8": 1.0, "f16": 2.0, "fp16": 2.0}


def judge_physics(claim: Claim, chip: Chip) -> Finding | None:
    """Return what physics says against a claim; None: nothing."""
    if claim.is_arithmetic:
        return _arithmetic(claim, chip)
    if claim.test == "memory_bandwidth":
        return _memory(claim, chip)
    if claim.test.startswith(("host_to_device", "device_to_host", "h2d", "d2h")):
        return _host_link(claim, chip)
    if claim.test.startswith(_ADDING + _GATHERING):
        return _between_gpus(claim, chip)
    if claim.test.startswith("llm_"):
        return _language(claim, chip)
    return None


def _arithmetic(claim: Claim, chip: Chip) -> Finding | None:
    precision = plain_precision(claim.dtype)
    if has_unit(chip, precision) is Has.NO:
        return Finding(
            NO_HARDWARE,
            f"{claim.device} has no unit for {precision}: the work ran in another precision",
        )
    peak = _peak(chip, precision)
    if peak is None or chip.gpu is None:
        return None
    peak *= claim.count
    ratio = claim.value / peak
    sheet = f"{si(peak, 'FLOP/s')} on the data sheet of {chip.gpu.name}"
    if ratio > ABOVE_PEAK:
        tensor = chip.gpu.tf32_tensor_flop_per_s
        if precision == "fp32" and tensor and claim.value <= tensor * claim.count * ABOVE_PEAK:
            return Finding(
                SUSPECT_HIGH, f"{ratio:.2f} times the {sheet}: this was TF32, not FP32", peak
            )
        word = IMPOSSIBLE if ratio > FAR_ABOVE_PEAK else SUSPECT_HIGH
        return Finding(word, f"{ratio:.2f} times the {sheet}", peak)
    if ratio < FAR_BELOW_PEAK and claim.is_at_full_size:
        return Finding(SUSPECT_LOW, f"only {ratio:.2f} of the {sheet}", peak)
    return None


def _peak(chip: Chip, precision: str) -> float | None:
    """Return the most one GPU can do in a precision; a slower unit is never obligatory."""
    gpu = chip.gpu
    if gpu is None:
        return None
    listed = {
        "fp32": (gpu.fp32_flop_per_s,),
        "tf32": (gpu.tf32_tensor_flop_per_s,),
        "bf16": (gpu.bf16_tensor_flop_per_s,),
        "fp16": (gpu.fp16_tensor_flop_per_s, gpu.fp16_vector_flop_per_s),
        "fp8": (gpu.fp8_tensor_flop_per_s,),
        "fp4": (gpu.fp4_tensor_flop_per_s,),
        "int8": (gpu.int8_tensor_op_per_s,),
    }.get(precision, ())
    rates = [rate for rate in listed if rate]
    if not rates:
        return None
    # Half precision may be calculated in single; adding up in half doubles a GeForce's rate.
    if precision == "fp16":
        doubled = 2.0 if gpu.segment == "consumer" and gpu.fp16_tensor_flop_per_s else 1.0
        rates = [doubled * (gpu.fp16_tensor_flop_per_s or 0.0), *rates]
    return max([*rates, gpu.fp32_flop_per_s or 0.0])


def _memory(claim: Claim, chip: Chip) -> Finding | None:
    rate = chip.gpu.bandwidth_bytes_per_s if chip.gpu else None
    if not rate or claim.value <= rate * claim.count * ABOVE_MEMORY:
        return None
    rate *= claim.count
    return Finding(
        IMPOSSIBLE,
        f"{claim.value / rate:.2f} times the {si(rate, 'B/s')} of its memory: the data was in a "
        "cache",
        rate,
    )


def _host_link(claim: Claim, chip: Chip) -> Finding | None:
    if is_superchip(claim):
        limit, words = _CPU_TO_SUPERCHIP, "the link between its CPU and GPU"
    else:
        found = _pcie(chip)
        if found is None:
            return None
        limit, words = found, "its PCIe slot, one way"
    if claim.value <= limit * claim.count * ABOVE_LINK:
        return None
    return Finding(
        IMPOSSIBLE, f"{claim.value / limit:.2f} times the {si(limit, 'B/s')} of {words}", limit
    )


def _pcie(chip: Chip) -> float | None:
    gpu = chip.gpu
    if gpu is None or gpu.pcie_gen not in _LANE:
        return None
    return _LANE[gpu.pcie_gen] * (gpu.pcie_lanes or 16)


def _wire(claim: Claim, chip: Chip) -> tuple[float, str] | None:
    """Return the rate of the wire between the GPUs, one way, and what it is."""
    if is_superchip(claim):
        name = f"{claim.device} {claim.model}".upper()
        return _SUPERCHIP_LINK["GB" if "GB" in re.sub(r"\d+\s?GB", "", name) else "GH"], "NVLink"
    if chip.gpu is None:
        return None
    if chip.gpu.nvlink_bytes_per_s:
        return chip.gpu.nvlink_bytes_per_s / 2, "the direct link between the GPUs"
    pcie = _pcie(chip)
    return (pcie, "PCIe") if pcie and chip.maker == "nvidia" else None


def _between_gpus(claim: Claim, chip: Chip) -> Finding | None:
    wire = _wire(claim, chip)
    if wire is None:
        return None
    limit, words = wire
    many = claim.count > _IN_ONE_NODE and not is_superchip(claim)
    if many and claim.value > _NODE_ADAPTERS * ABOVE_LINK and claim.value <= limit * ABOVE_LINK:
        limit, words = _NODE_ADAPTERS, "a node's eight 400 Gbit/s adapters"
    both_ways = 2.0 if "bidir" in claim.test else 1.0
    # A plain comparison: even one per cent above the wire deserves the explanation.
    if claim.value <= limit * both_ways * (1.0 if claim.test.startswith(_ADDING) else ABOVE_LINK):
        return None
    ratio = claim.value / limit / both_ways
    said = f"{ratio:.2f} times the {si(limit * both_ways, 'B/s')} of {words}"
    if _can_add_in_switch(claim, chip) and ratio <= 2.0 * (claim.count - 1) / claim.count:
        return Finding(
            ABOVE_WIRE, f"{said}; real, because the switches add up on the way", limit * both_ways
        )
    if ratio <= ABOVE_LINK:
        return None
    return Finding(IMPOSSIBLE, said, limit * both_ways)


def _can_add_in_switch(claim: Claim, chip: Chip) -> bool:
    if not claim.test.startswith(_ADDING) or claim.count < 3:
        return False
    is_new = chip.capability is not None and chip.capability >= _IN_SWITCH
    return is_new and (chip.is_superchip_or_module or is_superchip(claim))


def _language(claim: Claim, chip: Chip) -> Finding | None:
    """A dense model is read whole for each token written, and multiplied whole for each read."""
    dense = _DENSE.search(claim.size)
    if dense is None or chip.gpu is None:
        return None
    weights = float(dense[1]) * 1e9
    if claim.test == "llm_generate":
        rate, each = chip.gpu.bandwidth_bytes_per_s, _LEAST_BYTES.get(claim.dtype)
        if not rate or not each:
            return None
        needed, limit = claim.value * weights * each, rate * claim.count
        words = f"reading the weights that often takes {si(needed, 'B/s')}"
    else:
        peak = max((_peak(chip, each) or 0.0 for each in ("fp16", "bf16", "int8")), default=0.0)
        if not peak:
            return None
        needed, limit = claim.value * weights * 2, peak * claim.count
        words = f"so many tokens take {si(needed, 'FLOP/s')}"
    if needed <= limit * ABOVE_PEAK:
        return None
    unit = "B/s" if claim.test == "llm_generate" else "FLOP/s"
    has = si(limit, unit)
    return Finding(IMPOSSIBLE, f"{words}, the hardware has {has}", claim.value * limit / needed)
