"""Whether NVIDIA's library is there at all, asked before its binding takes 3 MB of memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from hwstudio.core.model.reading import Reading, Status, absent
from hwstudio.core.probe.live import GpuSet
from hwstudio.core.probe.probe import Probe

NO_LIBRARY = (
    "no NVIDIA GPU found: the NVIDIA driver library (NVML) is not installed on this computer"
)
_LOOK_EVERY_S = 60.0
_LIBRARY = "libnvidia-ml.so.1"
# The driver's own files; the last is Windows' driver seen from its Linux subsystem.
_SIGNS = ("/dev/nvidiactl", "/proc/driver/nvidia/version", "/dev/dxg")
_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/lib/wsl/lib",
    "/usr/local/nvidia/lib64",
    "/run/opengl-driver/lib",
)


def has_library() -> bool:
    """Say whether NVIDIA's driver or its library is there; only Linux tells without the binding.

    A look at names instead of loading the library: that would cost the recorder half a megabyte.
    """
    if not sys.platform.startswith("linux"):
        return True
    if any(os.path.exists(sign) for sign in _SIGNS):  # noqa: PTH110 - a look, not a path to keep
        return True
    folders = (*os.environ.get("LD_LIBRARY_PATH", "").split(":"), *_FOLDERS)
    return any(os.path.exists(f"{folder}/{_LIBRARY}") for folder in folders if folder)  # noqa: PTH110


def pass_on(probe: object, pcie_every_s: float | None) -> None:
    """Tell a probe how often PCIe traffic is wanted, if it can sample it."""
    take = getattr(probe, "sample_pcie", None)
    if callable(take):
        take(pcie_every_s)


class AwaitedNvidia:
    """NVIDIA's probe, made once its library is there; a driver may be installed meanwhile."""

    name = "gpus"
    how = "NVML"
    cost_ms = 0.3
    cadence_s = 1.0
    is_slow = True

    def __init__(
        self, make: Callable[[], Probe], is_there: Callable[[], bool] = has_library
    ) -> None:
        self._make = make
        self._is_there = is_there
        self._probe: Probe | None = None
        self._looked_s = float("-inf")
        self._pcie_every_s: float | None = None

    def sample_pcie(self, every_s: float | None) -> None:
        """Sample PCIe traffic that often; None = not at all."""
        self._pcie_every_s = every_s
        pass_on(self._probe, every_s)

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return what the library says, or that there is none."""
        if self._probe is None and now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            if self._is_there():
                self._probe = self._make()
                pass_on(self._probe, self._pcie_every_s)
        if self._probe is None:
            return absent(Status.UNSUPPORTED, self.how, NO_LIBRARY)
        return self._probe.read(now_s)

    def close(self) -> None:
        """Shut the library down."""
        if self._probe is not None:
            self._probe.close()
        self._probe = None
