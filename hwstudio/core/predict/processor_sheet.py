"""A data sheet reckoned for a processor: nobody publishes its FLOP/s, and few its bandwidth.

What is reckoned is said to be uncertain (``SheetDoubt``); the probes then say how it really is.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.part import Cpu
from hwstudio.core.predict.fitted.calibrate import SheetDoubt
from hwstudio.core.predict.fitted.question import DeviceSheet

# FLOP per cycle and core in float32, two fused multiply-add units of each width (the makers'
# optimisation manuals); one unit on small cores, hence part of the doubt.
FP32_PER_CYCLE = {"AVX512": 64.0, "AVX2": 32.0, "NEON": 16.0, "SVE256": 32.0}
PLAIN_PER_CYCLE = 8.0
USUAL_HZ = 2.8e9  # all cores busy, of a processor whose clock is not known
TRANSFERS = {"DDR5": 4.8e9, "DDR4": 3.2e9, "DDR3": 1.6e9}  # a second, a common speed of each kind
CHANNEL_BYTES = 8.0
BYTES_PER_CORE_S = 12.8e9  # half a DDR4 channel for a core: where channels are not known
MOST_BYTES_S = 200e9
# Three of the 60 measured devices are processors, none of them training: of what is not known of a
# job on one, a factor of 1.65 is taken to be the processor's.
GENERAL = 0.5
KNOWN, UNKNOWN = SheetDoubt(0.25, 0.3, GENERAL), SheetDoubt(0.4, 0.6, GENERAL)


@dataclass(frozen=True, slots=True)
class ProcessorFacts:
    """What a run noted of its processor. ``simd``: AVX512, AVX2, NEON ... as torch names it."""

    name: str
    cores: int
    simd: str
    memory_bytes: float


def processor_sheet(facts: ProcessorFacts, part: Cpu | None) -> tuple[DeviceSheet, SheetDoubt]:
    """Return the sheet and how sure it is.

    Args:
        part: the catalogue's row; one with more cores than were found is the host of a virtual
            machine, and its bandwidth is then not ours.
    """
    is_whole = part is not None and part.cores <= facts.cores
    hertz = USUAL_HZ
    if part is not None and part.base_ghz:
        hertz = (part.base_ghz + max(part.boost_ghz, part.base_ghz)) / 2 * 1e9
    simd = facts.simd.upper()
    per_cycle = next((v for k, v in FP32_PER_CYCLE.items() if simd.startswith(k)), PLAIN_PER_CYCLE)
    flop_per_s = max(1, facts.cores) * hertz * per_cycle
    bandwidth = min(MOST_BYTES_S, max(2, facts.cores) * BYTES_PER_CORE_S)
    if part is not None and is_whole and part.mem_channels:
        rate = max((TRANSFERS.get(kind, 0.0) for kind in part.mem_types), default=0.0)
        bandwidth = part.mem_channels * CHANNEL_BYTES * rate or bandwidth
    sheet = DeviceSheet(
        name=facts.name,
        vendor="CPU",
        kind="cpu",
        architecture=simd,
        year=None,
        memory_bytes=facts.memory_bytes,
        bandwidth_bytes_per_s=bandwidth,
        fp32_flop_per_s=flop_per_s,
        fp16_flop_per_s=flop_per_s,
        board_w=part.tdp_w if part is not None and is_whole else 0.0,
    )
    return sheet, KNOWN if is_whole else UNKNOWN
