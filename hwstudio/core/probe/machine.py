"""Looks at this computer once, in well under a second, and says how each thing was found."""

from __future__ import annotations

import platform
from typing import Any

from hwstudio.core.model.machine import Machine
from hwstudio.core.probe import mac_facts, windows_cim
from hwstudio.core.probe.detect_board import detect_board
from hwstudio.core.probe.detect_cpu import detect_cpu
from hwstudio.core.probe.detect_drive import detect_drives
from hwstudio.core.probe.detect_gpu import Match, detect_gpus
from hwstudio.core.probe.detect_modules import detect_modules
from hwstudio.core.probe.detect_npu import detect_accelerators
from hwstudio.core.probe.detect_power import detect_battery, detect_power_mode
from hwstudio.core.probe.detect_system import detect_memory, detect_os, detect_torch
from hwstudio.core.probe.detect_virtual import detect_limits, detect_virtual
from hwstudio.core.probe.mount import Mount
from hwstudio.core.probe.source import Source


def detect_machine(
    catalog_match: Match | None = None,
    source: Source | None = None,
    *,
    nvml: Any = None,
    mounts: tuple[Mount, ...] | None = None,
) -> Machine:
    """Return this machine; ``catalog_match(name, vram_bytes)`` finds a GPU's catalogue row.

    ``source``, ``nvml`` and ``mounts`` stand in for the real system (recorded machines, tests).
    """
    where = source or Source()
    begin(where)
    memory, swap = detect_memory(where)
    gpus, gpus_looked = detect_gpus(where, catalog_match, nvml)
    accelerators, accelerators_looked = detect_accelerators(where)
    return Machine(
        host=platform.node() or "this computer",
        os=detect_os(where),
        virtual=detect_virtual(where),
        python=platform.python_version(),
        cpu=detect_cpu(where),
        memory_bytes=memory,
        swap_bytes=swap,
        gpus=tuple(gpus),
        gpus_looked=tuple(gpus_looked),
        drives=detect_drives(where, mounts),
        accelerators=accelerators,
        accelerators_looked=accelerators_looked,
        battery=detect_battery(where),
        torch=detect_torch(),
        modules=detect_modules(where),
        power_mode=detect_power_mode(where),
        limits=detect_limits(where),
        board=detect_board(where),
    )


def begin(source: Source) -> None:
    """Start the slow questions at once; Linux needs none."""
    if source.system == "Windows":
        source.begin(windows_cim.COMMAND, windows_cim.ANSWER_S)
    elif source.system == "Darwin":
        for command in mac_facts.COMMANDS:
            source.begin(command, mac_facts.ANSWER_S)
