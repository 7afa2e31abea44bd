"""Windows video adapters from the registry key of the display device class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwstudio.core.probe.windows_registry import open_registry, subkeys, value_of

_CLASS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
_SCREEN_ONLY = ("Microsoft", "Remote", "Virtual", "VMware", "Parsec", "Citrix")


@dataclass(frozen=True, slots=True)
class VideoAdapter:
    """One adapter with a driver."""

    key: str
    name: str
    memory_bytes: int
    driver: str


def video_adapters(registry: Any = None) -> tuple[tuple[VideoAdapter, ...], str]:
    """Return the adapters, and why there are none."""
    try:
        api = registry if registry is not None else open_registry()
        with api.OpenKey(api.HKEY_LOCAL_MACHINE, _CLASS) as root:
            names = subkeys(api, root)
            found = [_adapter(api, root, name) for name in names if name.isdigit()]
    except (ImportError, OSError) as error:
        return (), f"could not be read ({error})"
    return tuple(a for a in found if a is not None and not a.name.startswith(_SCREEN_ONLY)), ""


def _adapter(api: Any, root: Any, name: str) -> VideoAdapter | None:
    try:
        with api.OpenKey(root, name) as key:
            title = str(value_of(api, key, "DriverDesc") or "")
            size = value_of(api, key, "HardwareInformation.qwMemorySize") or 0
            version = str(value_of(api, key, "DriverVersion") or "")
    except OSError:
        return None  # keys of other users' devices are closed to us
    if isinstance(size, bytes):
        size = int.from_bytes(size, "little")
    return VideoAdapter(name, title, int(size), version) if title else None
