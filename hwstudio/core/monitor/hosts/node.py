"""node_exporter's metrics: processor, memory, pressure, drives, network, temperatures, battery.

Names and meanings are those of node_exporter 1.5 on Linux. Shares come from the counters of two
looks at the page, as this computer's own probes take them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from hwstudio.core.base.units import gib
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.hosts.node_place import battery, temperatures
from hwstudio.core.monitor.hosts.rule import Draft, Kind, Target
from hwstudio.core.probe.disk import is_drive

_IS_UP = 0x1  # IFF_UP
_IDLE = ("idle", "iowait")
_GUEST = ("guest", "guest_nice")  # already inside user and nice
# Whole-computer numbers: metric -> kind, name, group
_PLAIN = {
    "node_load1": (Kind.VALUE, "cpu.load_1min", ""),
    "node_pressure_cpu_waiting_seconds_total": (Kind.PART_RATE, "cpu", "node.stall"),
    "node_pressure_memory_waiting_seconds_total": (Kind.PART_RATE, "memory", "node.stall"),
    "node_pressure_io_waiting_seconds_total": (Kind.PART_RATE, "disks", "node.stall"),
    "node_memory_MemTotal_bytes": (Kind.PART, "total", "node.memory"),
    "node_memory_MemAvailable_bytes": (Kind.PART, "available", "node.memory"),
    "node_memory_SwapTotal_bytes": (Kind.PART, "swap_total", "node.memory"),
    "node_memory_SwapFree_bytes": (Kind.PART, "swap_free", "node.memory"),
    "node_boot_time_seconds": (Kind.PART, "boot_time_s", "host"),
}
# Numbers with one label that says of what: metric -> label, kind, group
_OF_ONE = {
    "node_cpu_scaling_frequency_hertz": ("cpu", Kind.PART, "node.frequency"),
    "node_disk_read_bytes_total": ("device", Kind.PART_RATE, "node.disk.read_bytes_per_s"),
    "node_disk_written_bytes_total": ("device", Kind.PART_RATE, "node.disk.write_bytes_per_s"),
    "node_disk_io_time_seconds_total": ("device", Kind.PART_RATE, "node.disk.busy_share"),
    "node_network_receive_bytes_total": ("device", Kind.PART_RATE, "node.nic.receive_bytes_per_s"),
    "node_network_transmit_bytes_total": ("device", Kind.PART_RATE, "node.nic.send_bytes_per_s"),
    "node_network_flags": ("device", Kind.PART, "node.nic.flags"),
    "node_network_speed_bytes": ("device", Kind.PART, "node.nic.speed"),
    "node_power_supply_capacity": ("power_supply", Kind.PART, "node.battery.capacity"),
    "node_power_supply_power_watt": ("power_supply", Kind.PART, "node.battery.watt"),
}
# Numbers of one sensor of one chip: metric -> group
_OF_CHIP = {
    "node_hwmon_temp_celsius": "node.chip.now",
    "node_hwmon_temp_max_celsius": "node.chip.max",
    "node_hwmon_temp_crit_celsius": "node.chip.crit",
}
_FACTS = {
    "node_hwmon_chip_names": ("chip",),
    "node_hwmon_sensor_label": ("chip", "sensor"),
    "node_power_supply_info": ("power_supply",),
    "node_uname_info": (),
}


class NodeFamily:
    """What a Linux computer says about itself."""

    metrics = "|".join(
        ("node_cpu_seconds_total", "node_thermal_zone_temp", *_PLAIN, *_OF_ONE, *_OF_CHIP, *_FACTS)
    )

    def target(self, name: str, labels: Mapping[str, str]) -> Target | None:
        """Return where a series goes."""
        if not name.startswith("node_"):
            return None
        if name == "node_cpu_seconds_total":
            mode = labels.get("mode", "")
            if mode in _GUEST:
                return None
            return Target(Kind.PART_RATE, f"{labels.get('cpu', '')}.{mode}", "node.cpu")
        if name in _PLAIN:
            kind, where, group = _PLAIN[name]
            return Target(kind, where, group)
        if name in _OF_ONE:
            label, kind, group = _OF_ONE[name]
            return Target(kind, labels.get(label, ""), group)
        if name in _OF_CHIP:
            where = f"{labels.get('chip', '')}\n{labels.get('sensor', '')}"
            return Target(Kind.PART, where, _OF_CHIP[name])
        if name == "node_thermal_zone_temp":
            where = f"{labels.get('type', '')}\n{labels.get('zone', '')}"
            return Target(Kind.PART, where, "node.zone")
        if name in _FACTS:
            where = "\n".join(labels.get(label, "") for label in _FACTS[name])
            return Target(Kind.FACT, where, name, labels=labels)
        return None

    def finish(self, draft: Draft) -> None:
        """Work out the shares, sums and devices."""
        _processor(draft)
        _memory(draft)
        _drives(draft)
        _network(draft)
        temperatures(draft)
        battery(draft)
        for device, share in draft.group("node.stall").items():
            if share >= 0:
                draft.values[f"{device}.stall_share"] = min(share, 1.0)
        if system := draft.fact("node_uname_info", ""):
            draft.words["host.name"] = system.get("nodename", "")
            words = (system.get("sysname", ""), system.get("release", ""))
            draft.words["host.system"] = " ".join(words).strip()


def _processor(draft: Draft) -> None:
    cores: dict[str, dict[str, float]] = {}
    for where, rate in draft.group("node.cpu").items():
        core, _, mode = where.rpartition(".")
        cores.setdefault(core, {})[mode] = rate
    busy, waiting = {}, []
    for core, modes in cores.items():
        # One counter may step back by itself (iowait does); all of them together never do.
        if sum(modes.values()) <= 0:
            continue
        passed = {mode: max(0.0, rate) for mode, rate in modes.items()}
        total = sum(passed.values())
        busy[core] = 1 - sum(passed.get(mode, 0.0) for mode in _IDLE) / total
        waiting.append(passed.get("iowait", 0.0) / total)
    if busy:
        draft.values["cpu.busy_share"] = sum(busy.values()) / len(busy)
        draft.values["cpu.max_core_share"] = max(busy.values())
        draft.values["cpu.wait_share"] = sum(waiting) / len(waiting)
        for core, share in busy.items():
            draft.values[f"cpu.core.{core}.busy_share"] = share
        draft.device(_cpu(len(busy)))
    if clocks := draft.group("node.frequency"):
        draft.values["cpu.frequency_hz"] = sum(clocks.values()) / len(clocks)


def _memory(draft: Draft) -> None:
    found = draft.group("node.memory")
    total, available = found.get("total"), found.get("available")
    if total is None or available is None:
        return
    draft.values["memory.total_bytes"] = total
    draft.values["memory.available_bytes"] = available
    draft.values["memory.used_bytes"] = total - available
    swap, free = found.get("swap_total"), found.get("swap_free")
    if swap and free is not None:
        draft.values["memory.swap_total_bytes"] = swap
        draft.values["memory.swap_used_bytes"] = swap - free
    draft.device(_all_memory(total, swap or 0.0))


# The same at every look; the numbers of names a page can make up are bounded.
is_whole = lru_cache(4096)(is_drive)


@lru_cache(256)
def _cpu(threads: int) -> Device:
    facts = (("Threads", str(threads)),)
    return Device("cpu", "Processor", "cpu", {"busy_share": 1.0}, facts)


@lru_cache(256)
def _all_memory(total: float, swap: float) -> Device:
    limits = {"used_bytes": total} | ({"swap_used_bytes": swap} if swap else {})
    return Device("memory", "Memory", "memory", limits, (("Size", gib(int(total))),))


@lru_cache(4096)
def drive(name: str) -> Device:
    """Return the device of a drive."""
    return Device(f"disk.{name}", f"Drive {name}", "disk")


@lru_cache(4096)
def interface(name: str, speed: float = 0.0) -> Device:
    """Return the device of a network interface; ``speed`` in bytes/s, 0 or less = not stated."""
    limits = {"receive_bytes_per_s": speed, "send_bytes_per_s": speed} if speed > 0 else {}
    return Device(f"network.{name}", f"Network {name}", "network", limits)


def _drives(draft: Draft) -> None:
    for quantity in ("read_bytes_per_s", "write_bytes_per_s", "busy_share"):
        found = {
            name: rate
            for name, rate in draft.group(f"node.disk.{quantity}").items()
            if rate >= 0 and is_whole(name)
        }
        if not found:
            continue
        is_share = quantity == "busy_share"
        for name, rate in found.items():
            draft.values[f"disk.{name}.{quantity}"] = min(rate, 1.0) if is_share else rate
            draft.device(drive(name))
        total = min(max(found.values()), 1.0) if is_share else sum(found.values())
        draft.values[f"disks.{quantity}"] = total


def _network(draft: Draft) -> None:
    flags, speeds = draft.group("node.nic.flags"), draft.group("node.nic.speed")
    for quantity in ("receive_bytes_per_s", "send_bytes_per_s"):
        found = {
            name: rate
            for name, rate in draft.group(f"node.nic.{quantity}").items()
            if rate >= 0 and name != "lo" and int(flags.get(name, _IS_UP)) & _IS_UP
        }
        for name, rate in found.items():
            draft.values[f"network.{name}.{quantity}"] = rate
            speed = speeds.get(name, 0.0)  # negative where there is none
            draft.device(interface(name, speed))
        if found:
            draft.values[f"network_all.{quantity}"] = sum(found.values())
