"""nvitop-exporter's metrics: NVIDIA GPUs and the computer they are in, in MiB and per cent.

Written after the exporter's published source; it was never run against a real GPU here. It shows
no number as NaN, which is left out like every NaN.
"""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.hosts.node import drive, interface, is_whole
from hwstudio.core.monitor.hosts.rule import Draft, Kind, Target

_MIB = float(2**20)
_GROUP = "nvitop.gpu."
_GPU = {
    "gpu_utilization_Percentage": ("busy_share", 0.01),
    "gpu_memory_utilization_Percentage": ("memory_busy_share", 0.01),
    "gpu_encoder_utilization_Percentage": ("encoder_share", 0.01),
    "gpu_decoder_utilization_Percentage": ("decoder_share", 0.01),
    "gpu_memory_total_MiB": ("vram_total_bytes", _MIB),
    "gpu_memory_used_MiB": ("vram_used_bytes", _MIB),
    "gpu_clock_sm_MHz": ("sm_clock_hz", 1e6),
    "gpu_clock_memory_MHz": ("memory_clock_hz", 1e6),
    "gpu_power_usage_W": ("power_w", 1.0),
    "gpu_power_limit_W": ("power_limit_w", 1.0),
    "gpu_temperature_C": ("temperature_c", 1.0),
    "gpu_fan_speed_Percentage": ("fan_share", 0.01),
    "gpu_pcie_tx_throughput_MiBps": ("pcie_send_bytes_per_s", _MIB),
    "gpu_pcie_rx_throughput_MiBps": ("pcie_receive_bytes_per_s", _MIB),
    "gpu_nvlink_total_tx_throughput_MiBps": ("nvlink_send_bytes_per_s", _MIB),
    "gpu_nvlink_total_rx_throughput_MiBps": ("nvlink_receive_bytes_per_s", _MIB),
}
_HOST = {
    "host_cpu_percent_Percentage": (Kind.VALUE, "cpu.busy_share", 0.01),
    "host_load_average_1m_Percentage": (Kind.VALUE, "cpu.load_1min", 1.0),
    "host_virtual_memory_total_MiB": (Kind.VALUE, "memory.total_bytes", _MIB),
    "host_virtual_memory_percent_Percentage": (Kind.PART, "memory_share", 0.01),
    "host_swap_memory_total_MiB": (Kind.VALUE, "memory.swap_total_bytes", _MIB),
    "host_swap_memory_used_MiB": (Kind.VALUE, "memory.swap_used_bytes", _MIB),
}
# Data since the start, though they are called gauges: metric -> label, group
_FLOWS = {
    "host_net_io_rx_data_MiB": ("interface", "nvitop.network.receive_bytes_per_s"),
    "host_net_io_tx_data_MiB": ("interface", "nvitop.network.send_bytes_per_s"),
    "host_disk_io_read_data_MiB": ("partition", "nvitop.disk.read_bytes_per_s"),
    "host_disk_io_write_data_MiB": ("partition", "nvitop.disk.write_bytes_per_s"),
}
_TOTALS = {"network": "network_all", "disk": "disks"}


class NvitopFamily:
    """One GPU a label ``index``; an index with a colon is a part of one (MIG) and left out."""

    metrics = "|".join((*_GPU, *_HOST, *_FLOWS))

    def target(self, name: str, labels: Mapping[str, str]) -> Target | None:
        """Return where a series goes."""
        if name in _GPU and labels.get("index", "").isdigit():
            quantity, scale = _GPU[name]
            return Target(Kind.PART, quantity, _GROUP + labels["index"], scale, labels)
        if name in _HOST and "hostname" in labels:
            kind, what, scale = _HOST[name]
            return Target(kind, what, "nvitop", scale)
        if name in _FLOWS:
            label, group = _FLOWS[name]
            return Target(Kind.PART_RATE, labels.get(label, ""), group, _MIB)
        return None

    def finish(self, draft: Draft) -> None:
        """Put the GPUs, the sums and what is used of the memory."""
        for group, numbers in draft.groups.items():
            if group.startswith(_GROUP):
                _gpu(draft, group, numbers)
        total, share = draft.values.get("memory.total_bytes"), draft.group("nvitop")
        if total is not None and "memory_share" in share:
            used = total * share["memory_share"]  # its "used" counts otherwise than available does
            draft.values.setdefault("memory.used_bytes", used)
            draft.device(Device("memory", "Memory", "memory", {"used_bytes": total}))
        if "cpu.busy_share" in draft.values:
            draft.device(Device("cpu", "Processor", "cpu", {"busy_share": 1.0}))
        for _label, group in _FLOWS.values():
            _flow(draft, group)


def _gpu(draft: Draft, group: str, numbers: Mapping[str, float]) -> None:
    number = group.removeprefix(_GROUP)
    for quantity, value in numbers.items():
        draft.values.setdefault(f"gpu.{number}.{quantity}", value)
    labels = next(iter(draft.facts.get(group, {}).values()), {})
    pairs = (("power_w", "power_limit_w"), ("vram_used_bytes", "vram_total_bytes"))
    limits = {quantity: numbers[limit] for quantity, limit in pairs if limit in numbers}
    facts = [("Maker", "NVIDIA"), ("Serial (UUID)", labels.get("uuid", ""))]
    known = tuple(fact for fact in facts if fact[1])
    draft.device(
        Device(f"gpu.{number}", labels.get("devicename") or f"GPU {number}", "gpu", limits, known)
    )


def _flow(draft: Draft, group: str) -> None:
    kind, quantity = group.split(".")[1:]
    found = {
        name: rate
        for name, rate in draft.group(group).items()
        if rate >= 0 and name != "lo" and (kind != "disk" or is_whole(name))
    }
    for name, rate in found.items():
        draft.values[f"{kind}.{name}.{quantity}"] = rate
        draft.device(drive(name) if kind == "disk" else interface(name))
    if found:
        draft.values[f"{_TOTALS[kind]}.{quantity}"] = sum(found.values())
