"""What one NVIDIA GPU is asked: function, fallback, wish for how often, and what becomes of it.

How often a call is really made decides ``nvml_schedule`` from what the call costs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ONCE_S = float("inf")  # what cannot change while the driver runs
Answer = Callable[[Any], Any]  # raw -> value in SI units, None = the driver has no number
# Bits of nvmlDeviceGetCurrentClocksEventReasons, in words. Idle and the applications clock
# setting (bits 1, 2 and 256) are choices, not limits.
THROTTLE_WORDS = (
    (0x4, "power limit"),
    (0x8, "hardware slowdown"),
    (0x10, "linked with a slower GPU"),
    (0x20, "temperature (driver)"),
    (0x40, "temperature (hardware)"),
    (0x80, "power brake from outside"),
)
_SM, _MEMORY = 1, 2  # nvmlClockType_t
_CORE_SENSOR = 0  # nvmlTemperatureSensors_t
_SHUTDOWN, _SLOWDOWN = 0, 1  # nvmlTemperatureThresholds_t
_CORRECTED, _UNCORRECTED, _SINCE_LOAD = 0, 1, 0  # nvmlMemoryErrorType_t, nvmlEccCounterType_t
_F_MEMORY_TEMPERATURE, _F_POWER_INSTANT = 82, 186  # NVML_FI_DEV_*, the next four as well
_F_LINK_COUNT, _F_LINK_SEND, _F_LINK_RECEIVE = 91, 138, 139
_ALL_LINKS = 0xFFFFFFFF
_VALUE_OF_TYPE = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: the library's function and how it is called with ``(api, handle)``."""

    function: str
    ask: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One question. ``fields``: what its answer fills in; ``needs``: a field that must be > 0."""

    every_s: float
    ways: tuple[Way, ...]
    fields: tuple[tuple[str, Answer], ...]
    needs: str = ""


def plain(function: str, *arguments: int) -> Way:
    """Return the way that calls the binding's function with the handle and the arguments."""
    return Way(function, lambda api, handle: getattr(api, function)(handle, *arguments))


def field_values(api: Any, handle: Any, wanted: tuple[tuple[int, int], ...]) -> list[float]:
    """Return the values of NVML fields, each asked for as (field, scope).

    The driver may touch one entry more than it was asked for when NVLink fields are read, so the
    binding's own array, which has no room to spare, is not used.

    Raises:
        api.NVMLError: the call or one of its fields was refused.
    """
    library = getattr(api, "nvmlLib", None)
    if library is None:  # no C library behind this binding
        values = api.nvmlDeviceGetFieldValues(handle, list(wanted))
    else:
        values = (api.c_nvmlFieldValue_t * (len(wanted) + 1))()
        for entry, (field, scope) in zip(values, wanted, strict=False):
            entry.fieldId, entry.scopeId = field, scope
        code = library.nvmlDeviceGetFieldValues(handle, ctypes.c_int(len(wanted)), values)
        if code:
            raise api.NVMLError(code)
    return [_field(api, values[number]) for number in range(len(wanted))]


def _field(api: Any, entry: Any) -> float:
    if entry.nvmlReturn:
        raise api.NVMLError(entry.nvmlReturn)
    return float(getattr(entry.value, _VALUE_OF_TYPE[entry.valueType]))


def _fields(*wanted: tuple[int, int]) -> Way:
    name = "nvmlDeviceGetFieldValues " + ",".join(str(field) for field, _ in wanted)
    return Way(name, lambda api, handle: field_values(api, handle, wanted))


def _instant(api: Any, handle: Any) -> float:
    return field_values(api, handle, ((_F_POWER_INSTANT, 0),))[0]


def _memory_v2(api: Any, handle: Any) -> Any:
    return api.nvmlDeviceGetMemoryInfo(handle, version=api.nvmlMemory_v2)


def _processes(kind: str) -> tuple[Way, ...]:
    function = f"nvmlDeviceGet{kind}RunningProcesses"

    def ask(api: Any, handle: Any) -> Any:
        if _has_wide_process_entries(api):
            return getattr(api, f"{function}_v2")(handle)
        return getattr(api, function)(handle)

    return Way(function, ask), plain(f"{function}_v2")


def _has_wide_process_entries(api: Any) -> bool:
    """Say whether the driver is of the few whose third process list has longer entries.

    They had a field for protected memory that the next drivers took out again; the binding
    expects the short entries and would read nonsense from the second process on.
    """
    library = getattr(api, "nvmlLib", None)
    return hasattr(library, "nvmlDeviceGetConfComputeMemSizeInfo") and not hasattr(
        library, "nvmlDeviceGetRunningProcessDetailList"
    )


def _active_links(api: Any, handle: Any) -> int:
    (count,) = field_values(api, handle, ((_F_LINK_COUNT, 0),))
    return sum(int(api.nvmlDeviceGetNvLinkState(handle, link)) for link in range(int(count)))


def _each_link(api: Any, handle: Any) -> list[float]:
    (count,) = field_values(api, handle, ((_F_LINK_COUNT, 0),))
    links = range(int(count))
    wanted = [(field, link) for field in (_F_LINK_SEND, _F_LINK_RECEIVE) for link in links]
    found = field_values(api, handle, tuple(wanted))
    return [sum(found[: len(links)]), sum(found[len(links) :])]


def milli(value: float) -> float:
    """Return whole units of thousandths (mW, mJ)."""
    return value / 1e3


def mega(value: float) -> float:
    """Return Hz of MHz."""
    return value * 1e6


def percent(value: float) -> float:
    """Return a share of a percentage."""
    return value / 100


def throttle_words(bits: int) -> tuple[str, ...]:
    """Return what holds the clocks back, in words; nothing = they run freely."""
    return tuple(words for bit, words in THROTTLE_WORDS if bits & bit)


def _one(function: str, field: str, every_s: float, answer: Answer, *arguments: int) -> Call:
    return Call(every_s, (plain(function, *arguments),), ((field, answer),))


CALLS: tuple[Call, ...] = (
    Call(
        1.0,
        (plain("nvmlDeviceGetUtilizationRates"),),
        (
            ("busy_share", lambda found: found.gpu / 100),
            ("memory_busy_share", lambda found: found.memory / 100),
        ),
    ),
    Call(
        1.0,
        (Way("nvmlDeviceGetMemoryInfo_v2", _memory_v2), plain("nvmlDeviceGetMemoryInfo")),
        (
            ("vram_total_bytes", lambda found: int(found.total) or None),
            ("vram_used_bytes", lambda found: int(found.used) if found.total else None),
        ),
    ),
    _one("nvmlDeviceGetTemperature", "temperature_c", 1.0, float, _CORE_SENSOR),
    Call(
        1.0,
        (
            plain("nvmlDeviceGetPowerUsage"),
            Way("nvmlDeviceGetFieldValues 186", _instant),
        ),
        (("power_w", milli),),
    ),
    _one("nvmlDeviceGetTotalEnergyConsumption", "energy_j", 1.0, milli),
    _one("nvmlDeviceGetClockInfo", "sm_clock_hz", 1.0, mega, _SM),
    _one("nvmlDeviceGetClockInfo", "memory_clock_hz", 1.0, mega, _MEMORY),
    Call(
        1.0,
        (
            plain("nvmlDeviceGetCurrentClocksEventReasons"),
            plain("nvmlDeviceGetCurrentClocksThrottleReasons"),
        ),
        (("throttle_bits", int), ("throttle", throttle_words)),
    ),
    _one("nvmlDeviceGetFanSpeed", "fan_share", 2.0, percent),
    # A card without that sensor may answer 0.
    Call(
        2.0,
        (_fields((_F_MEMORY_TEMPERATURE, 0)),),
        (("memory_temperature_c", lambda found: found[0] or None),),
    ),
    _one("nvmlDeviceGetEnforcedPowerLimit", "power_limit_w", 5.0, milli),
    _one("nvmlDeviceGetEncoderUtilization", "encoder_share", 5.0, lambda found: found[0] / 100),
    _one("nvmlDeviceGetDecoderUtilization", "decoder_share", 5.0, lambda found: found[0] / 100),
    _one("nvmlDeviceGetCurrPcieLinkGeneration", "pcie_generation", 5.0, int),
    _one("nvmlDeviceGetCurrPcieLinkWidth", "pcie_width", 5.0, int),
    # The dearest: milliseconds each, under a lock of the driver that holds up work on the GPU.
    Call(5.0, _processes("Compute"), (("compute_processes", list),)),
    Call(5.0, _processes("Graphics"), (("graphics_processes", list),)),
    _one(
        "nvmlDeviceGetTotalEccErrors",
        "ecc_corrected_errors_count",
        10.0,
        int,
        _CORRECTED,
        _SINCE_LOAD,
    ),
    _one(
        "nvmlDeviceGetTotalEccErrors",
        "ecc_uncorrected_errors_count",
        10.0,
        int,
        _UNCORRECTED,
        _SINCE_LOAD,
    ),
    Call(
        60.0,
        (Way("nvmlDeviceGetNvLinkState", _active_links),),
        (("nvlink_active_count", lambda count: count or None),),
    ),
    Call(
        1.0,
        (
            _fields((_F_LINK_SEND, _ALL_LINKS), (_F_LINK_RECEIVE, _ALL_LINKS)),
            Way("nvmlDeviceGetFieldValues each link", _each_link),
        ),
        (("nvlink_kib", tuple),),
        needs="nvlink_active_count",
    ),
    _one("nvmlDeviceGetMigMode", "mig_mode", 60.0, lambda found: found[0]),
    _one("nvmlDeviceGetTemperatureThreshold", "slowdown_c", ONCE_S, float, _SLOWDOWN),
    _one("nvmlDeviceGetTemperatureThreshold", "shutdown_c", ONCE_S, float, _SHUTDOWN),
    _one("nvmlDeviceGetPowerManagementDefaultLimit", "power_default_limit_w", ONCE_S, milli),
    _one("nvmlDeviceGetMaxClockInfo", "max_sm_clock_hz", ONCE_S, mega, _SM),
    _one("nvmlDeviceGetMaxPcieLinkGeneration", "pcie_max_generation", ONCE_S, int),
    _one("nvmlDeviceGetMaxPcieLinkWidth", "pcie_max_width", ONCE_S, int),
)
