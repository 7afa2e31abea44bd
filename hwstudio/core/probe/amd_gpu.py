"""AMD GPUs through the files of amdgpu in sysfs; no library is needed.

``pcie_bw`` is never read: the driver sleeps a second in it. A GPU that runtime power management
has switched off is not touched, since most of these files would wake it.
"""

from __future__ import annotations

import re
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.amd_metrics import HOW as METRICS
from hwstudio.core.probe.amd_metrics import Held, held_between, metrics_of
from hwstudio.core.probe.device_file import NOT_OFFERED, DeviceFolder, absent_of, first_of
from hwstudio.core.probe.drm import Card, card_name, is_asleep, link_of, link_place
from hwstudio.core.probe.fdinfo import Client
from hwstudio.core.probe.gpu_fields import GpuIdentity, asleep, gpu_use, whole
from hwstudio.core.probe.hwmon_chip import channels, chip_of
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.probe.source import Source

HOW = "amdgpu"
_LINK_EVERY_S = 5.0
_LEVEL = re.compile(r"^\s*\d+:\s*([\d.]+)\s*mhz", re.IGNORECASE | re.MULTILINE)
_LEVEL_NOW = re.compile(r"^\s*\d+:\s*([\d.]+)\s*mhz.*\*", re.IGNORECASE | re.MULTILINE)
_SHARED_VIDEO = "AMD counts coding and decoding together, and not in every driver"


class AmdGpu:
    """One card; its files stay open."""

    def __init__(self, source: Source, card: Card) -> None:
        self.card = card
        self.identity = GpuIdentity(
            uuid=f"pci-{card.slot}",
            name=card_name(source, card),
            vendor="AMD",
            driver=card.driver,
            bus_id=card.slot,
        )
        self._source = source
        self._files = DeviceFolder(source.path(card.device), HOW)
        self._link = link_place(source, card)
        self._chip: DeviceFolder | None = None
        self._temperatures: dict[str, int] = {}
        self._fixed: dict[str, Reading[Any]] = {}
        self._residency: tuple[int, ...] = ()
        self._is_apu = False
        self._link_due_s = float("-inf")
        self._link_now: dict[str, Reading[int]] = {}

    def read(self, now_s: float, _clients: tuple[Client, ...], _is_complete: bool) -> GpuUse:
        """Return every reading of this moment."""
        if is_asleep(self._source, self.card.device):
            return asleep(self.identity, HOW)
        if self._chip is None:
            self._open()
        held, energy = self._metrics()
        known: dict[str, Reading[Any]] = {
            "busy_share": self._files.number("gpu_busy_percent", 0.01),
            "memory_busy_share": self._files.number("mem_busy_percent", 0.01),
            "energy_j": energy,
            "encoder_share": absent(Status.UNSUPPORTED, HOW, _SHARED_VIDEO),
            "decoder_share": absent(Status.UNSUPPORTED, HOW, _SHARED_VIDEO),
            "throttle": _part(held, "words"),
            "throttle_bits": _part(held, "bits"),
        }
        known |= self._memory() | self._sensors() | self._pcie(now_s) | self._fixed
        return gpu_use(self.identity, absent(Status.UNSUPPORTED, HOW, NOT_OFFERED), known)

    def memory_of(self, client: Client) -> int | None:
        """Return the bytes a client holds; a processor's graphics use the main memory too."""
        if client.local_bytes is None:
            return client.shared_bytes
        return client.local_bytes + (client.shared_bytes or 0 if self._is_apu else 0)

    def close(self) -> None:
        """Close every file."""
        self._files.close()
        if self._chip is not None:
            self._chip.close()
        self._chip = None

    # --- once ------------------------------------------------------------------------------

    def _open(self) -> None:
        """Learn what does not change; done when the card is awake, since it reads the card."""
        place = chip_of(self._source, self.card.device)
        self._chip = DeviceFolder(self._source.path(place or f"{self.card.device}/hwmon"), HOW)
        found = channels(self._source, place) if place else ()
        self._temperatures = {
            channel.label or "edge": channel.number for channel in found if channel.kind == "temp"
        }
        limits = DeviceFolder(self._chip.place, HOW)
        number = self._headline()
        self._fixed = {
            "slowdown_c": limits.number(f"temp{number}_crit", 1e-3),
            "shutdown_c": limits.number(f"temp{number}_emergency", 1e-3),
            "power_default_limit_w": limits.number("power1_cap_default", 1e-6),
            "max_sm_clock_hz": self._top_clock(),
            "pcie_max_generation": link_of(self._link, "max")["generation"],
            "pcie_max_width": link_of(self._link, "max")["width"],
        }
        limits.close()

    def _headline(self) -> int:
        """Return the number of the sensor other tools show: the edge, else the hot spot."""
        for label in ("edge", "junction"):
            if label in self._temperatures:
                return self._temperatures[label]
        return 1

    def _top_clock(self) -> Reading[float]:
        levels = [float(mhz) for mhz in _LEVEL.findall(self._files.text("pp_dpm_sclk") or "")]
        if not levels:
            return absent(Status.UNSUPPORTED, f"{HOW} pp_dpm_sclk", NOT_OFFERED)
        return ok(max(levels) * 1e6, f"{HOW} pp_dpm_sclk")

    # --- every second ----------------------------------------------------------------------

    def _sensors(self) -> dict[str, Reading[Any]]:
        chip = self._chip
        if chip is None:
            return {}
        memory = self._temperatures.get("mem")
        known: dict[str, Reading[Any]] = {
            "temperature_c": chip.number(f"temp{self._headline()}_input", 1e-3),
            # On graphics inside a processor both state the whole package, CPU included.
            "power_w": first_of(
                chip.number("power1_average", 1e-6), chip.number("power1_input", 1e-6)
            ),
            "power_limit_w": chip.number("power1_cap", 1e-6),
            "sm_clock_hz": chip.number("freq1_input"),
            "memory_clock_hz": first_of(chip.number("freq2_input"), self._memory_level()),
            "fan_share": self._fan(chip),
        }
        if memory is not None:
            known["memory_temperature_c"] = chip.number(f"temp{memory}_input", 1e-3)
        return known

    def _memory_level(self) -> Reading[float]:
        """Return the memory clock of the level in use, where no sensor states it."""
        match = _LEVEL_NOW.search(self._files.text("pp_dpm_mclk") or "") if self._is_apu else None
        if match is None:
            return absent(Status.UNSUPPORTED, f"{HOW} pp_dpm_mclk", NOT_OFFERED)
        return ok(float(match[1]) * 1e6, f"{HOW} pp_dpm_mclk")

    def _fan(self, chip: DeviceFolder) -> Reading[float]:
        """Return the drive of the fan, or its speed as a part of its top speed."""
        drive = chip.number("pwm1", 1 / 255)
        if drive.is_ok:
            return drive
        speed, top = chip.number("fan1_input"), chip.number("fan1_max")
        if not speed.is_ok or not top.value:
            return speed if not speed.is_ok else absent(Status.UNSUPPORTED, top.how, NOT_OFFERED)
        return ok(min((speed.value or 0.0) / top.value, 1.0), speed.how)

    def _memory(self) -> dict[str, Reading[Any]]:
        """Return total and used memory; graphics inside a processor also use its main memory."""
        total = self._files.number("mem_info_vram_total")
        used = self._files.number("mem_info_vram_used")
        if self._is_apu:
            total = _sum(total, self._files.number("mem_info_gtt_total"))
            used = _sum(used, self._files.number("mem_info_gtt_used"))
        return {"vram_total_bytes": whole(total), "vram_used_bytes": whole(used)}

    def _metrics(self) -> tuple[Reading[Held], Reading[float]]:
        try:
            found = metrics_of(self._files.file("gpu_metrics").raw())
        except OSError as error:
            reason = absent_of(error, METRICS)
            return absent(reason.status, METRICS, reason.why), reason
        if found is None:
            broken = absent(Status.LOST, METRICS, "the driver answered with something else")
            return broken, broken
        self._is_apu = found.is_apu
        held = found.held
        if found.residency:
            held = held_between(self._residency, found.residency)
            self._residency = found.residency
        return held, found.energy_j

    def _pcie(self, now_s: float) -> dict[str, Reading[Any]]:
        if now_s >= self._link_due_s:
            self._link_now = link_of(self._link, "current")
            self._link_due_s = now_s + _LINK_EVERY_S
        slow = absent(Status.UNSUPPORTED, HOW, "the driver would stop for a second in each reading")
        return {
            "pcie_generation": self._link_now["generation"],
            "pcie_width": self._link_now["width"],
            "pcie_receive_bytes_per_s": slow,
            "pcie_send_bytes_per_s": slow,
        }


def _part(held: Reading[Held], name: str) -> Reading[Any]:
    if held.value is None:
        return held
    return ok(getattr(held.value, name), held.how)


def _sum(one: Reading[float], other: Reading[float]) -> Reading[float]:
    if one.value is None or other.value is None:
        return one if one.value is None else other
    return ok(one.value + other.value, "amdgpu: own memory and main memory (GTT)")
