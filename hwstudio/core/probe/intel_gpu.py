"""Intel GPUs through the files of i915 and xe in sysfs, and the kernel's account of processes.

Neither driver states the load of the whole GPU to ordinary programs: the busiest engine is
summed up from the processes that may be seen (all of them for an administrator, else one's own).
Time outside the sleep state would be easy to read but says 100 % for any GPU kept awake.
"""

from __future__ import annotations

from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.device_file import NOT_OFFERED, DeviceFolder, first_of
from hwstudio.core.probe.drm import Card, card_name, is_asleep, link_of, link_place
from hwstudio.core.probe.fdinfo import Client, EngineMeter
from hwstudio.core.probe.gpu_fields import GpuIdentity, asleep, gpu_use
from hwstudio.core.probe.hwmon_chip import Channel, channels, chip_of
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.probe.source import Source

_LINK_EVERY_S = 5.0
POWER, THERMAL, HARDWARE = 0x4, 0x20, 0x40  # the equal bits of NVML
# What the drivers' files are called, the equal bit of NVML (0 = there is none), words.
_REASONS = (
    ("pl1", POWER, "power limit"),
    ("pl2", POWER, "power limit"),
    ("psys_pl1", POWER, "power limit"),
    ("psys_pl2", POWER, "power limit"),
    ("pl4", 0, "current limit"),
    ("vr_tdc", 0, "current limit"),
    ("iccmax", 0, "current limit"),
    ("thermal", THERMAL, "temperature (driver)"),
    ("soc_thermal", THERMAL, "temperature (driver)"),
    ("soc_avg_thermal", THERMAL, "temperature (driver)"),
    ("ratl", THERMAL, "temperature (driver)"),
    ("mem_thermal", THERMAL, "temperature (memory)"),
    ("vr_thermal", THERMAL, "temperature (voltage regulator)"),
    ("vr_thermalert", HARDWARE, "temperature (hardware)"),
    ("prochot", HARDWARE, "temperature (hardware)"),
)
_OTHER = "another limit of the firmware"
_NO_TOTAL = "the driver does not state its size to ordinary programs"
_SHARED = "shares the main memory"


class IntelGpu:
    """One card or processor graphics; its files stay open."""

    def __init__(self, source: Source, card: Card) -> None:
        self.card = card
        self.how = card.driver
        self.identity = GpuIdentity(
            uuid=f"pci-{card.slot}",
            name=card_name(source, card),
            vendor="Intel",
            driver=card.driver,
            bus_id=card.slot,
        )
        # Graphics inside the processor always have this address.
        self.is_integrated = card.slot.endswith(":00:02.0")
        self._source = source
        self._link = link_place(source, card)
        self._meter = EngineMeter()
        self._energy: dict[str, tuple[float, float]] = {}
        self._chip: DeviceFolder | None = None
        self._channels: tuple[Channel, ...] = ()
        self._gt = DeviceFolder(source.path(card.place), self.how)
        self._fixed: dict[str, Reading[Any]] = {}
        self._link_due_s = float("-inf")
        self._link_now: dict[str, Reading[int]] = {}
        self._seen = False

    def read(self, now_s: float, clients: tuple[Client, ...], is_complete: bool) -> GpuUse:
        """Return every reading; ``is_complete``: the clients are those of all processes."""
        if is_asleep(self._source, self.card.device):
            self._energy.clear()
            return asleep(self.identity, self.how)
        if self._chip is None:
            self._open()
        known: dict[str, Reading[Any]] = {
            "busy_share": self._busy(now_s, clients, is_complete),
            "sm_clock_hz": self._clock("act"),
            "fan_share": absent(
                Status.UNSUPPORTED, self.how, "the driver states turns, not a part of the top speed"
            ),
        }
        known |= self._power(now_s) | self._temperatures() | self._throttle()
        known |= self._memory(clients, is_complete) | self._pcie(now_s) | self._fixed
        return gpu_use(self.identity, absent(Status.UNSUPPORTED, self.how, NOT_OFFERED), known)

    def memory_of(self, client: Client) -> int | None:
        """Return the bytes a client holds on the card, or in main memory where there is no card."""
        return client.shared_bytes if client.local_bytes is None else client.local_bytes

    def close(self) -> None:
        """Close every file."""
        self._gt.close()
        if self._chip is not None:
            self._chip.close()
        self._chip = None

    # --- once ------------------------------------------------------------------------------

    def _open(self) -> None:
        device = self.card.device
        place = self._own_chip()
        self._chip = DeviceFolder(self._source.path(place or f"{device}/hwmon"), self.how)
        self._channels = channels(self._source, place) if place else ()
        top = link_of(self._link, "max")
        limits = DeviceFolder(self._chip.place, self.how)
        package = self._temperature_number("pkg", 1 if self.how == "i915" else 2)
        self._fixed = {
            "max_sm_clock_hz": self._clock("top"),
            "slowdown_c": limits.number(f"temp{package}_crit", 1e-3),
            "shutdown_c": limits.number(f"temp{package}_emergency", 1e-3),
            "power_default_limit_w": first_of(
                limits.number("power1_rated_max", 1e-6), limits.number("power2_rated_max", 1e-6)
            ),
            **({} if self.is_integrated else {"pcie_max_generation": top["generation"]}),
            **({} if self.is_integrated else {"pcie_max_width": top["width"]}),
        }
        limits.close()

    def _own_chip(self) -> str | None:
        """Return the folder of the whole card; i915 has further ones for its parts."""
        device = self.card.device
        for name in self._source.names(device, "hwmon"):
            if self._source.text(device, "hwmon", name, "name") == self.how:
                return f"{device}/hwmon/{name}"
        return chip_of(self._source, device)

    def _temperature_number(self, label: str, otherwise: int) -> int:
        for channel in self._channels:
            if channel.kind == "temp" and channel.label == label:
                return channel.number
        return otherwise

    # --- every second ----------------------------------------------------------------------

    def _busy(self, now_s: float, clients: tuple[Client, ...], is_complete: bool) -> Reading[float]:
        use = self._meter.update(clients, now_s)
        was_seen, self._seen = self._seen, True
        how = "busiest engine, all processes" if is_complete else "busiest engine, own processes"
        if not was_seen:
            return absent(Status.STALE, how, "a share needs two reads")
        if not clients and not is_complete:
            why = "none of your own processes uses it; an administrator would see all of them"
            return absent(Status.DENIED, how, why)
        return ok(use.by_slot.get(self.card.slot, 0.0), how)

    def _clock(self, which: str) -> Reading[float]:
        """Return the present or top clock of the graphics part, in Hz."""
        xe, i915 = ("act_freq", "act") if which == "act" else ("rp0_freq", "RP0")
        names = (
            f"device/tile0/gt0/freq0/{xe}",
            f"gt/gt0/rps_{i915}_freq_mhz",
            f"gt_{i915}_freq_mhz",  # before Linux 5.19
        )
        return first_of(*(self._gt.number(name, 1e6) for name in names))

    def _power(self, now_s: float) -> dict[str, Reading[Any]]:
        """Return power (from the energy counter where no sensor states it), limit and counter."""
        chip = self._chip
        if chip is None:
            return {}
        name = "energy1_input"
        energy = chip.number(name, 1e-6)
        if not energy.is_ok:  # newer cards count the package only
            name = "energy2_input"
            energy = first_of(chip.number(name, 1e-6), energy)
        stated = chip.number("power1_input", 1e-6)
        limit = first_of(chip.number("power1_max", 1e-6), chip.number("power2_max", 1e-6))
        if limit.value == 0:
            limit = absent(Status.UNSUPPORTED, limit.how, "its power limit is switched off")
        return {
            "power_w": stated if stated.is_ok else self._mean_power(name, energy, now_s),
            "power_limit_w": limit,
            "energy_j": energy,
        }

    def _mean_power(self, name: str, energy: Reading[float], now_s: float) -> Reading[float]:
        if energy.value is None:
            return energy
        before = self._energy.get(name)
        self._energy = {name: (energy.value, now_s)}
        if before is None or now_s <= before[1] or energy.value < before[0]:
            return absent(Status.STALE, energy.how, "power needs two reads of the energy counter")
        return ok((energy.value - before[0]) / (now_s - before[1]), energy.how)

    def _temperatures(self) -> dict[str, Reading[Any]]:
        chip = self._chip
        if chip is None:
            return {}
        package = self._temperature_number("pkg", 1 if self.how == "i915" else 2)
        memory = self._temperature_number("vram", 3)
        return {
            "temperature_c": chip.number(f"temp{package}_input", 1e-3),
            "memory_temperature_c": chip.number(f"temp{memory}_input", 1e-3),
        }

    def _throttle(self) -> dict[str, Reading[Any]]:
        """Return what slows it down; one reading where nothing does."""
        form = "device/tile0/gt0/freq0/throttle/{}" if self.how == "xe" else "gt/gt0/throttle_{}"
        name = "status" if self.how == "xe" else "reason_status"
        status = self._gt.number(form.format(name))
        if status.value is None:
            gone: Reading[Any] = absent(status.status, status.how, status.why)
            return {"throttle": gone, "throttle_bits": gone}
        bits, words = 0, dict[str, None]()
        for reason, bit, word in _REASONS if status.value else ():
            if self._gt.number(form.format(f"reason_{reason}")).value:
                bits |= bit
                words[word] = None
        if status.value and not words:
            words[_OTHER] = None
        return {"throttle": ok(tuple(words), self.how), "throttle_bits": ok(bits, self.how)}

    def _memory(self, clients: tuple[Client, ...], is_complete: bool) -> dict[str, Reading[Any]]:
        if self.is_integrated:
            shared: Reading[Any] = absent(Status.UNSUPPORTED, self.how, _SHARED)
            return {"vram_total_bytes": shared, "vram_used_bytes": shared}
        used: Reading[int]
        if is_complete:
            held = sum(client.local_bytes or 0 for client in clients)
            used = ok(held, "memory of all processes")
        else:
            why = "only an administrator sees the memory of every process"
            used = absent(Status.DENIED, "memory of all processes", why)
        total = absent(Status.UNSUPPORTED, self.how, _NO_TOTAL)
        return {"vram_total_bytes": total, "vram_used_bytes": used}

    def _pcie(self, now_s: float) -> dict[str, Reading[Any]]:
        if self.is_integrated:
            inside = absent(Status.UNSUPPORTED, self.how, "it is inside the processor")
            names = ("pcie_generation", "pcie_width", "pcie_max_generation", "pcie_max_width")
            return dict.fromkeys(names, inside)
        if now_s >= self._link_due_s:
            self._link_now = link_of(self._link, "current")
            self._link_due_s = now_s + _LINK_EVERY_S
        return {
            "pcie_generation": self._link_now["generation"],
            "pcie_width": self._link_now["width"],
        }
