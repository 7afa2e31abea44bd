"""Windows' own functions and registry values that detection asks; each needs no rights."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hwstudio.core.probe.windows_adapters import video_adapters
from hwstudio.core.probe.windows_registry import open_registry, value_of

_CPU_KEY = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
_BIOS_KEY = r"HARDWARE\DESCRIPTION\System\BIOS"
_FILES_KEY = r"SYSTEM\CurrentControlSet\Control\FileSystem"
_EVERY = 0xFFFF  # RelationAll
_MOST_FEATURES = 128


def _kernel() -> Any:
    try:
        return getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows only
    except AttributeError as error:
        raise OSError("this is not Windows") from error


def _value(place: str, name: str) -> Any:
    try:
        api = open_registry()
    except ImportError as error:
        raise OSError("this is not Windows") from error
    with api.OpenKey(api.HKEY_LOCAL_MACHINE, place) as key:
        return value_of(api, key, name)


def _processor_name() -> str:
    return str(_value(_CPU_KEY, "ProcessorNameString") or "").strip()


def _processor_features() -> list[int]:
    """Return the numbers that IsProcessorFeaturePresent says yes to."""
    ask = _kernel().IsProcessorFeaturePresent
    return [number for number in range(_MOST_FEATURES) if ask(number)]


def _state_features() -> int:
    """Return the register states Windows saves, which is the proof that a program may use them."""
    ask = _kernel().GetEnabledXStateFeatures
    ask.restype = ctypes.c_uint64
    return int(ask())


def _processors() -> str:
    """Return the records of GetLogicalProcessorInformationEx in hexadecimal digits."""
    ask = _kernel().GetLogicalProcessorInformationEx
    size = ctypes.c_uint32(0)
    ask(_EVERY, None, ctypes.byref(size))
    buffer = ctypes.create_string_buffer(size.value)
    if not size.value or not ask(_EVERY, buffer, ctypes.byref(size)):
        raise OSError("GetLogicalProcessorInformationEx gave no answer")
    return buffer.raw[: size.value].hex()


def _maker() -> list[str]:
    names = ("SystemManufacturer", "SystemProductName", "BIOSVendor")
    return [str(_value(_BIOS_KEY, name) or "") for name in names]


def _trim() -> Any:
    """Return 0 where Windows tells drives what is free, 1 where that was switched off."""
    return _value(_FILES_KEY, "DisableDeleteNotification")


def _video_adapters() -> list[dict[str, Any]]:
    rows, why = video_adapters()
    if why:
        raise OSError(why)
    return [asdict(row) for row in rows]


CALLS: dict[str, Callable[[], Any]] = {
    "processor_name": _processor_name,
    "processor_features": _processor_features,
    "state_features": _state_features,
    "processors": _processors,
    "maker": _maker,
    "trim": _trim,
    "video_adapters": _video_adapters,
}
