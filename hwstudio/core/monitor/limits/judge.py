"""The judge: asks every family of judgement in the order of harm, and takes the first answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hwstudio.core.model.sample import Device, GpuHolder, Missing
from hwstudio.core.monitor.limits import faults, feeding, host, memory, together, working
from hwstudio.core.monitor.limits.evidence import Columns, Limit, Verdict
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.probe.live import ProcessUse

Family = Callable[[Recent], Iterator[Verdict]]
FAMILIES: tuple[Family, ...] = (
    faults.lost,
    faults.braked,
    memory.swapping,
    memory.nearly_full,
    memory.vram_growing,
    faults.hot_cards,
    faults.hot_cpu,
    together.spinning,
    together.turns,
    feeding.waiting,
    together.still,
    together.unequal,
    working.working,
    faults.warm_cards,
    host.disk,
    host.network,
    host.hidden,
    working.light,
    host.processor,
    working.underused,
    host.calm,
    memory.vram_steady,
)
_LOOKED_AT = frozenset(
    {
        *("busy_share", "max_core_share", "wait_share", "frequency_hz", "stall_share"),
        *("total_bytes", "available_bytes", "swap_used_bytes", "celsius_c", "charge_share"),
        *("read_bytes_per_s", "write_bytes_per_s", "receive_bytes_per_s", "send_bytes_per_s"),
        *("memory_busy_share", "vram_used_bytes", "vram_total_bytes", "temperature_c"),
        *("power_w", "power_limit_w", "sm_clock_hz", "max_sm_clock_hz", "throttle_bits"),
        *("pcie_generation", "pcie_width", "pcie_max_generation", "pcie_max_width"),
        *("pcie_receive_bytes_per_s", "pcie_send_bytes_per_s"),
    }
)
_NO_RIVALS = frozenset({Limit.IDLE, Limit.HEALTHY, Limit.UNKNOWN})


def looked_at(names: Iterable[str]) -> list[str]:
    """Return those of the sensors that a judgement may look at, so that only they are cut out."""
    return [
        name
        for name in names
        if name.rpartition(".")[2] in _LOOKED_AT and not name.startswith("cpu.core.")
    ]


def judge(
    window: Columns,
    devices: Sequence[Device],
    missing: Mapping[str, Missing],
    processes: Sequence[ProcessUse] = (),
    holders: Sequence[GpuHolder] = (),
) -> Verdict:
    """Return what limits the machine over the last minute of ``window``.

    Works on the live ring and on history alike. ``processes`` and ``holders`` are optional and
    only make it surer. Never raises for missing sensors or gaps: it says what it cannot see.
    """
    recent = Recent(window, devices, missing, processes, holders)
    if recent.is_too_short:
        return host.starting()
    found: Verdict | None = None
    for family in FAMILIES:
        for verdict in family(recent):
            if found is None:
                found = verdict
                if found.limit == Limit.GPU_LOST:  # nothing else about it can be known
                    return replace(found, unseen=host.unseen(recent))
            elif verdict.limit not in (found.limit, *_NO_RIVALS):
                return replace(found, second=verdict.limit, unseen=host.unseen(recent))
    answer = found or host.starting()
    return replace(answer, unseen=host.unseen(recent))
