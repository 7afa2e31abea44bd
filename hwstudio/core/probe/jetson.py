"""The GPU of NVIDIA's Jetson boards from their own files in sysfs; no further tool is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.device_file import NOT_OFFERED, DeviceFile, DeviceFolder, first_of
from hwstudio.core.probe.gpu_fields import GpuIdentity, gpu_use
from hwstudio.core.probe.hwmon import CLASS as HWMON
from hwstudio.core.probe.hwmon_chip import channels
from hwstudio.core.probe.live import GpuSet, GpuUse
from hwstudio.core.probe.source import Source
from hwstudio.core.probe.thermal_zone import Zone, zones

HOW = "Jetson sysfs"
_MODEL = "/proc/device-tree/model"
_DEVFREQ = "/sys/class/devfreq"
_CHIPS = ("gp10b", "gv11b", "ga10b", "gb10b", "gpu")
# Where the load is on boards whose devfreq folder does not lead to it.
_LOADS = ("/sys/devices/gpu.0/load", "/sys/devices/platform/gpu.0/load")
_SHARED = "shares the main memory"


def is_jetson(source: Source) -> bool:
    """Say whether this is a Jetson board."""
    return "jetson" in (source.text(_MODEL) or "").lower()


class JetsonProbe:
    """The one GPU of the board."""

    name = "gpus"
    how = HOW
    cost_ms = 1.0
    cadence_s = 1.0
    is_slow = True

    def __init__(self, source: Source | None = None) -> None:
        self._source = source or Source()
        self._devfreq: DeviceFolder | None = None
        self._loads: list[DeviceFile] = []
        self._zone: Zone | None = None
        self._rail: tuple[str, DeviceFile, DeviceFile] | None = None
        self._identity = GpuIdentity("jetson-gpu", "Jetson GPU", "NVIDIA", "nvgpu")

    def read(self, _now_s: float) -> Reading[GpuSet]:
        """Return load, clock, temperature and the power of the rail that feeds the GPU."""
        if self._devfreq is None and not self._open():
            return absent(Status.UNSUPPORTED, HOW, "no Jetson GPU found")
        return ok(GpuSet((self._gpu(),), ()), HOW)

    def close(self) -> None:
        """Close every file."""
        if self._devfreq is not None:
            self._devfreq.close()
        rail = self._rail[1:] if self._rail is not None else ()
        for file in (*self._loads, *rail):
            file.close()
        if self._zone is not None:
            self._zone.file.close()
        self._devfreq = self._rail = self._zone = None
        self._loads = []

    def _open(self) -> bool:
        folder = next((n for n in self._source.names(_DEVFREQ) if n.endswith(_CHIPS)), None)
        if folder is None:
            return False
        path = self._source.path
        self._devfreq = DeviceFolder(path(_DEVFREQ, folder), HOW)
        places = (path(_DEVFREQ, folder, "device", "load"), *(path(place) for place in _LOADS))
        self._loads = [DeviceFile(place, f"{HOW} load") for place in places]
        own = (zone for zone in zones(self._source) if zone.name.lower().startswith("gpu"))
        self._zone = next(own, None)
        self._rail = self._gpu_rail()
        model = self._source.text(_MODEL) or "Jetson"
        self._identity = replace(self._identity, name=f"{model} GPU")
        return True

    def _gpu_rail(self) -> tuple[str, DeviceFile, DeviceFile] | None:
        """Return label, voltage and current of the rail with the GPU in its name."""
        for chip in self._source.names(HWMON):
            if self._source.text(HWMON, chip, "name") != "ina3221":
                continue
            for channel in channels(self._source, f"{HWMON}/{chip}"):
                if channel.kind == "in" and "GPU" in channel.label:
                    place = self._source.path(HWMON, chip)
                    amperes = place / f"curr{channel.number}_input"
                    return channel.label, DeviceFile(place / channel.file), DeviceFile(amperes)
        return None

    def _gpu(self) -> GpuUse:
        devfreq = self._devfreq
        shared = absent(Status.UNSUPPORTED, HOW, _SHARED)
        known: dict[str, Reading[Any]] = {
            "busy_share": first_of(*(load.number(1e-3) for load in self._loads)),
            "vram_total_bytes": shared,
            "vram_used_bytes": shared,
            "power_w": self._power(),
            "temperature_c": self._celsius(),
            "slowdown_c": self._trip("passive_c"),
            "shutdown_c": self._trip("critical_c"),
        }
        if devfreq is not None:
            known["sm_clock_hz"] = devfreq.number("cur_freq")
            known["max_sm_clock_hz"] = devfreq.number("max_freq")
        return gpu_use(self._identity, absent(Status.UNSUPPORTED, HOW, NOT_OFFERED), known)

    def _power(self) -> Reading[float]:
        if self._rail is None:
            return absent(Status.UNSUPPORTED, HOW, "this board does not measure the GPU's rail")
        label, volts, amperes = self._rail
        how = f"rail {label}, which also feeds what else its name says"
        voltage, current = volts.number(1e-3), amperes.number(1e-3)
        if voltage.value is None or current.value is None:
            why = voltage.why or current.why
            return absent(voltage.status if voltage.value is None else current.status, how, why)
        return ok(voltage.value * current.value, how)

    def _celsius(self) -> Reading[float]:
        if self._zone is None:
            return absent(Status.UNSUPPORTED, HOW, "this board has no thermal zone of the GPU")
        return self._zone.file.number(1e-3)

    def _trip(self, name: str) -> Reading[float]:
        value = getattr(self._zone, name) if self._zone is not None else None
        if value is None:
            return absent(Status.UNSUPPORTED, HOW, "the board states no such limit")
        return ok(float(value), "thermal zone of the GPU")
