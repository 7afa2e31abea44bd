"""Looks at this computer for the list after buying; seconds, so never in the window's thread."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.environment.driver import Drivers, read_drivers, with_silent_cards
from hwstudio.core.environment.find import find
from hwstudio.core.environment.managed import Managed
from hwstudio.core.environment.setup_check import Setup, check_setups, judge, measuring
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.store import History
from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.model.result import Result
from hwstudio.core.monitor.once import take_snapshot
from hwstudio.core.monitor.recorder_control import is_recording
from hwstudio.core.probe.detect_drive import detect_drives
from hwstudio.core.probe.detect_modules import detect_modules
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.probe.machine import begin
from hwstudio.core.probe.nvml import NvmlOptions, NvmlProbe
from hwstudio.core.probe.pcie_link import link_at
from hwstudio.core.probe.source import Source
from hwstudio.core.project.after.ground import Ground, Load
from hwstudio.core.project.after.load import load_of

_IN_FULL = NvmlOptions(budget=1.0)  # seconds of the driver's time a second: no limit
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are kept: the home, the results (None: none yet), the Python chosen."""

    home: Home
    history: History | None
    chosen: str = ""


def gather(
    places: Places, tell: Tell = lambda _step: None, stopped: threading.Event | None = None
) -> Ground:
    """Look at everything; ``tell`` gets each step in words.

    Raises:
        Stopped: ``stopped`` was set while PyTorch was tried.
        HostError: the results cannot be read.
    """
    host, source = platform.node() or "this computer", Source()
    tell("Looking at memory and drives …")
    begin(source)
    modules, drives = detect_modules(source), detect_drives(source)
    tell("Looking at the graphics cards …")
    gpus = _gpus()
    tell("Reading what was measured and recorded …")
    results = _results(places.history, host)
    load, recorded_s = _load(places.home, results)
    tell("Trying PyTorch; this can take a minute …")
    drivers = with_silent_cards(read_drivers())
    return Ground(
        host=host,
        checked_at=iso_now(),
        drivers=drivers,
        setups=_setups(places, drivers, stopped),
        modules=modules,
        chosen=places.chosen,
        is_recording=is_recording(places.home),
        recorded_s=recorded_s,
        load=load,
        gpus=gpus,
        card_links=_card_links(source, gpus),
        drives=drives,
        results=results,
    )


def _setups(places: Places, drivers: Drivers, stopped: threading.Event | None) -> tuple[Setup, ...]:
    """Judge every Python, and try the torch of the one that measures."""
    found = find(places.chosen, Managed(places.home))
    quick = tuple(judge(each, drivers) for each in found)
    used = measuring(quick, places.chosen)
    if used is None:
        return quick
    tried = tuple(check_setups([used.found], drivers, stopped))
    return (*tried, *(each for each in quick if each is not used))


def _gpus() -> tuple[GpuUse, ...]:
    found = take_snapshot().gpus
    if found.value is None:
        return ()
    gpus = found.value.gpus
    has_nvidia = any(each.vendor == "NVIDIA" for each in gpus)
    return in_full(gpus, NvmlProbe(options=_IN_FULL)) if has_nvidia else gpus


def in_full(gpus: Sequence[GpuUse], probe: NvmlProbe) -> tuple[GpuUse, ...]:
    """Return the GPUs with every reading of NVIDIA's driver.

    Watching each second spares the driver and asks for what hardly changes later; here it is asked
    once, as if ten seconds were saved up.
    """
    try:
        probe.read(0.0)
        found = probe.read(10.0).value
    finally:
        probe.close()
    full = {each.uuid: each for each in found.gpus} if found is not None else {}
    return tuple(full.get(each.uuid, each) for each in gpus)


def _card_links(source: Source, gpus: Sequence[GpuUse]) -> dict[str, PcieLink]:
    """Return the links the kernel states by PCI address; the driver writes it with eight digits."""
    found = {}
    for gpu in gpus:
        domain, _, rest = gpu.bus_id.lower().partition(":")
        link = link_at(source, "/sys/bus/pci/devices", f"{domain[-4:]}:{rest}") if rest else None
        if link is not None and link.max_width is not None:
            found[gpu.uuid] = link
    return found


def _results(history: History | None, host: str) -> tuple[Result, ...]:
    if history is None:
        return ()
    found = history.results(with_samples=False)
    return tuple(each for each in found if each.machine == host and not is_imported(each))


def _load(home: Home, results: Sequence[Result]) -> tuple[Load, float]:
    """Return the load and the seconds between first and last reading kept."""
    if not home.monitor_file.exists():
        return load_of(results, None), 0.0
    try:
        recorded = ReadingHistory.open(home.monitor_file)
        try:
            span = recorded.span()
            return load_of(results, recorded), span[1] - span[0] if span else 0.0
        finally:
            recorded.close()
    except HwstudioError as error:
        logger("after").warning("The recorder's history was left out: %s", error.sentence)
        return load_of(results, None), 0.0
