"""The real reader of Windows' performance counters: pdh.dll through ctypes, adapters of DirectX."""

from __future__ import annotations

import ctypes
from typing import Any

from hwstudio.core.probe.windows_gpu import COUNTERS, GpuAdapter
from hwstudio.core.probe.windows_registry import open_registry, subkeys, value_of

_DIRECTX = r"SOFTWARE\Microsoft\DirectX"
_DOUBLE = 0x00000200 | 0x00008000  # PDH_FMT_DOUBLE | PDH_FMT_NOCAP100
_MORE_DATA = 0x800007D2
_MICROSOFT = 0x1414  # the maker of adapters that are only software
_VALID, _NEW = 0, 1  # CStatus of a good value
_TRIES = 4


class _Value(ctypes.Structure):
    """PDH_FMT_COUNTERVALUE with a double in its union."""

    _fields_ = (("status", ctypes.c_uint32), ("value", ctypes.c_double))


class _Item(ctypes.Structure):
    """PDH_FMT_COUNTERVALUE_ITEM_W."""

    _fields_ = (("name", ctypes.c_wchar_p), ("counter", _Value))


class PdhReader:
    """One query with all counters. New instances appear in it by themselves."""

    def __init__(self, pdh: Any = None, registry: Any = None) -> None:
        self._pdh = pdh if pdh is not None else _load()
        self._registry = registry
        self._query = ctypes.c_void_p()
        self._counters: dict[str, ctypes.c_void_p] = {}
        self._check(self._pdh.PdhOpenQueryW(None, None, ctypes.byref(self._query)), "open")
        for path in COUNTERS:
            counter = ctypes.c_void_p()
            status = self._pdh.PdhAddEnglishCounterW(self._query, path, None, ctypes.byref(counter))
            if _code(status) == 0:
                self._counters[path] = counter
        if not self._counters:
            self.close()
            raise OSError("this Windows has no counters for GPUs (they came with version 1709)")

    def read(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """Return the present values of every counter that has some.

        Raises:
            OSError: Windows does not answer.
        """
        self._check(self._pdh.PdhCollectQueryData(self._query), "read")
        found = {path: self._rows(counter) for path, counter in self._counters.items()}
        return {path: rows for path, rows in found.items() if rows is not None}

    def adapters(self) -> tuple[GpuAdapter, ...]:
        """Return the adapters that DirectX has written down, without those made of software."""
        api = self._registry if self._registry is not None else open_registry()
        try:
            with api.OpenKey(api.HKEY_LOCAL_MACHINE, _DIRECTX) as root:
                found = [_adapter(api, root, name) for name in subkeys(api, root)]
        except OSError:
            return ()
        real = {a.luid: a for a in found if a is not None and a.vendor_id != _MICROSOFT}
        return tuple(sorted(real.values(), key=lambda a: (-a.memory_bytes, a.name, a.luid)))

    def close(self) -> None:
        """Close the query."""
        if self._query:
            self._pdh.PdhCloseQuery(self._query)
            self._query = ctypes.c_void_p()

    def _rows(self, counter: ctypes.c_void_p) -> tuple[tuple[str, float], ...] | None:
        """Return name and value of each instance, None while there is no value yet."""
        size, count = ctypes.c_uint32(0), ctypes.c_uint32(0)
        buffer: Any = None
        for _ in range(_TRIES):  # processes come and go between asking for the size and the data
            status = self._pdh.PdhGetFormattedCounterArrayW(
                counter, _DOUBLE, ctypes.byref(size), ctypes.byref(count), buffer
            )
            if _code(status) == 0 and buffer is not None:
                items = ctypes.cast(buffer, ctypes.POINTER(_Item))
                rows = (items[index] for index in range(count.value))
                return tuple(
                    (row.name, row.counter.value)
                    for row in rows
                    if row.counter.status in (_VALID, _NEW)
                )
            if _code(status) != _MORE_DATA:
                return None
            buffer = ctypes.create_string_buffer(size.value)
        return None

    def _check(self, status: int, what: str) -> None:
        if _code(status) != 0:
            raise OSError(f"Windows could not {what} its counters (0x{_code(status):08X})")


def _code(status: int) -> int:
    return status & 0xFFFFFFFF


def _load() -> Any:
    """Return pdh.dll with the forms of its calls.

    Raises:
        OSError: this is no Windows.
    """
    pdh = getattr(ctypes, "WinDLL", ctypes.CDLL)("pdh.dll")
    pointer, dword = ctypes.c_void_p, ctypes.c_uint32
    pdh.PdhOpenQueryW.argtypes = [ctypes.c_wchar_p, pointer, pointer]
    pdh.PdhAddEnglishCounterW.argtypes = [pointer, ctypes.c_wchar_p, pointer, pointer]
    pdh.PdhCollectQueryData.argtypes = [pointer]
    pdh.PdhGetFormattedCounterArrayW.argtypes = [pointer, dword, pointer, pointer, pointer]
    pdh.PdhCloseQuery.argtypes = [pointer]
    return pdh


def _adapter(api: Any, root: Any, name: str) -> GpuAdapter | None:
    try:
        with api.OpenKey(root, name) as key:
            luid = value_of(api, key, "AdapterLuid")
            title = value_of(api, key, "Description")
            if not isinstance(luid, int) or not title:
                return None
            return GpuAdapter(
                luid=luid,
                name=str(title),
                vendor_id=int(value_of(api, key, "VendorId") or 0),
                memory_bytes=int(value_of(api, key, "DedicatedVideoMemory") or 0),
                driver=_version(value_of(api, key, "DriverVersion")),
            )
    except OSError:
        return None


def _version(packed: Any) -> str:
    """Return a driver's version from its four 16-bit parts in one number."""
    if not isinstance(packed, int):
        return ""
    return ".".join(str(packed >> shift & 0xFFFF) for shift in (48, 32, 16, 0))
