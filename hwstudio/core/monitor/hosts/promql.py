"""Our sensors as expressions of Prometheus: what a server is asked for a computer's history.

A rate needs a window of at least two readings of the server; four are taken, as is usual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from hwstudio.core.monitor.exposition import label_text
from hwstudio.core.monitor.hosts.dcgm import VALUES as DCGM_VALUES
from hwstudio.core.monitor.hosts.page import FAMILIES
from hwstudio.core.monitor.series_name import series_name_of

# Sensor -> expression; M stands for the computer's matches, W for the window of a rate.
_NODE: Mapping[str, str] = MappingProxyType(
    {
        "cpu.busy_share": '1 - avg(sum by (cpu) (rate(node_cpu_seconds_total{M,mode=~"idle|iowait"}'
        "[W])) / sum by (cpu) (rate(node_cpu_seconds_total{M}[W])))",
        "cpu.max_core_share": "1 - min(sum by (cpu) "
        '(rate(node_cpu_seconds_total{M,mode=~"idle|iowait"}[W])) / sum by (cpu) '
        "(rate(node_cpu_seconds_total{M}[W])))",
        "cpu.wait_share": 'avg(sum by (cpu) (rate(node_cpu_seconds_total{M,mode="iowait"}[W])) '
        "/ sum by (cpu) (rate(node_cpu_seconds_total{M}[W])))",
        "cpu.load_1min": "max(node_load1{M})",
        "cpu.frequency_hz": "avg(node_cpu_scaling_frequency_hertz{M})",
        "cpu.stall_share": "max(rate(node_pressure_cpu_waiting_seconds_total{M}[W]))",
        "memory.stall_share": "max(rate(node_pressure_memory_waiting_seconds_total{M}[W]))",
        "disks.stall_share": "max(rate(node_pressure_io_waiting_seconds_total{M}[W]))",
        "memory.total_bytes": "max(node_memory_MemTotal_bytes{M})",
        "memory.available_bytes": "max(node_memory_MemAvailable_bytes{M})",
        "memory.used_bytes": "max(node_memory_MemTotal_bytes{M} - node_memory_MemAvailable_bytes"
        "{M})",
        "memory.swap_total_bytes": "max(node_memory_SwapTotal_bytes{M})",
        "memory.swap_used_bytes": "max(node_memory_SwapTotal_bytes{M} - node_memory_SwapFree_bytes"
        "{M})",
    }
)
_NODE_OF: Mapping[str, str] = MappingProxyType(
    {
        "disk.read_bytes_per_s": "max(rate(node_disk_read_bytes_total{M,device=D}[W]))",
        "disk.write_bytes_per_s": "max(rate(node_disk_written_bytes_total{M,device=D}[W]))",
        "disk.busy_share": "max(rate(node_disk_io_time_seconds_total{M,device=D}[W]))",
        "network.receive_bytes_per_s": "max(rate(node_network_receive_bytes_total{M,device=D}[W]))",
        "network.send_bytes_per_s": "max(rate(node_network_transmit_bytes_total{M,device=D}[W]))",
    }
)
_PLACEHOLDER = re.compile(r"\b[MWD]\b")


def wanted(match: str, window_s: float) -> str:
    """Return the expression for every series of one computer that we understand, over a time."""
    names = "|".join(family.metrics for family in FAMILIES)
    return f'{{__name__=~"{names}",{match}}}[{_seconds(window_s)}]'


def expressions(sensor_id: str, match: str, window_s: float) -> tuple[str, ...]:
    """Return what to ask for a sensor's history, the best source first; the first answer counts.

    Args:
        sensor_id: one of our sensors.
        match: which series are the computer's: ``instance="gpu1:9100"``.
        window_s: for rates; four times what the server's readings are apart.
    """
    name = series_name_of(sensor_id)
    labels = "".join(f',{key}="{label_text(value)}"' for key, value in name.labels)
    found = [f"max({name.metric}{{{match}{labels}}})"]
    kind, _, rest = sensor_id.partition(".")
    device, _, quantity = rest.rpartition(".")
    form = _NODE.get(sensor_id) or _NODE_OF.get(f"{kind}.{quantity}")
    if form is not None:
        filled = {"M": match, "W": _seconds(window_s), "D": f'"{label_text(device)}"'}
        found.append(_PLACEHOLDER.sub(lambda at: filled[at.group()], form))
    if kind == "gpu":
        for field, (ours, scale) in DCGM_VALUES.items():
            if ours == quantity:
                of_gpu = f'{match},gpu="{label_text(device)}"'
                found.append(f'max({field}{{{of_gpu},GPU_I_ID=""}}) * {scale!r}')
    return tuple(found)


def _seconds(window_s: float) -> str:
    return f"{max(1, round(window_s))}s"
