"""The real reader of Apple silicon: IOReport, I/O registry and HID sensors through ctypes.

None of these calls is documented by Apple for other programs; their forms are those that open
programs use and that Apple's published source of IOHIDFamily shows. Nothing here ran on a Mac.
Objects from calls named Create or Copy are ours to release, those from Get are not.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hwstudio.core.probe.apple import ReportChannel

_CF = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_IOKIT = "/System/Library/Frameworks/IOKit.framework/IOKit"
_IOREPORT = "/usr/lib/libIOReport.dylib"
_UTF8 = 0x08000100
_SINT32, _SINT64 = 3, 4  # CFNumberType
_SIMPLE, _STATE = 1, 2  # form of a channel
_APPLE_PAGE, _TEMPERATURE_USAGE = 0xFF00, 5
_TEMPERATURE_EVENT = 15
_WANTED = (("Energy Model", None), ("GPU Stats", "GPU Performance States"))

_P, _I32, _I64, _U32, _U64 = (
    ctypes.c_void_p,
    ctypes.c_int32,
    ctypes.c_int64,
    ctypes.c_uint32,
    ctypes.c_uint64,
)
# Function -> (result, arguments), by library.
_CF_CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "CFRelease": (None, (_P,)),
    "CFStringCreateWithCString": (_P, (_P, ctypes.c_char_p, _U32)),
    "CFStringGetCString": (ctypes.c_bool, (_P, ctypes.c_char_p, ctypes.c_long, _U32)),
    "CFArrayGetCount": (ctypes.c_long, (_P,)),
    "CFArrayGetValueAtIndex": (_P, (_P, ctypes.c_long)),
    "CFDictionaryGetValue": (_P, (_P, _P)),
    "CFDictionaryCreateMutable": (_P, (_P, ctypes.c_long, _P, _P)),
    "CFDictionaryCreateMutableCopy": (_P, (_P, ctypes.c_long, _P)),
    "CFDictionarySetValue": (None, (_P, _P, _P)),
    "CFNumberCreate": (_P, (_P, ctypes.c_long, _P)),
    "CFNumberGetValue": (ctypes.c_bool, (_P, ctypes.c_long, _P)),
}
_REPORT_CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "IOReportCopyChannelsInGroup": (_P, (_P, _P, _U64, _U64, _U64)),
    "IOReportMergeChannels": (None, (_P, _P, _P)),
    "IOReportCreateSubscription": (_P, (_P, _P, ctypes.POINTER(_P), _U64, _P)),
    "IOReportCreateSamples": (_P, (_P, _P, _P)),
    "IOReportChannelGetGroup": (_P, (_P,)),
    "IOReportChannelGetSubGroup": (_P, (_P,)),
    "IOReportChannelGetChannelName": (_P, (_P,)),
    "IOReportChannelGetUnitLabel": (_P, (_P,)),
    "IOReportChannelGetFormat": (_I32, (_P,)),
    "IOReportSimpleGetIntegerValue": (_I64, (_P, _I32)),
    "IOReportStateGetCount": (_I32, (_P,)),
    "IOReportStateGetNameForIndex": (_P, (_P, _I32)),
    "IOReportStateGetResidency": (_I64, (_P, _I32)),
}
_IOKIT_CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "IOServiceMatching": (_P, (ctypes.c_char_p,)),
    "IOServiceGetMatchingService": (_U32, (_U32, _P)),
    "IORegistryEntryCreateCFProperty": (_P, (_U32, _P, _P, _U32)),
    "IOObjectRelease": (_I32, (_U32,)),
    "IOHIDEventSystemClientCreate": (_P, (_P,)),
    "IOHIDEventSystemClientSetMatching": (_I32, (_P, _P)),
    "IOHIDEventSystemClientCopyServices": (_P, (_P,)),
    "IOHIDServiceClientCopyProperty": (_P, (_P, _P)),
    "IOHIDServiceClientCopyEvent": (_P, (_P, _I64, _I32, _I64)),
    "IOHIDEventGetFloatValue": (ctypes.c_double, (_P, _I32)),
}
_STATISTICS = ("Device Utilization %", "In use system memory", "Alloc system memory")


@dataclass(frozen=True, slots=True)
class Libraries:
    """The three libraries, ready to be called."""

    cf: Any
    report: Any
    iokit: Any


def load() -> Libraries:
    """Open the libraries and say what their functions take and return.

    Raises:
        OSError: this is no macOS on Apple silicon, or Apple removed a function.
    """
    try:
        return Libraries(
            _declared(ctypes.CDLL(_CF), _CF_CALLS),
            _declared(ctypes.CDLL(_IOREPORT), _REPORT_CALLS),
            _declared(ctypes.CDLL(_IOKIT), _IOKIT_CALLS),
        )
    except AttributeError as error:
        raise OSError(f"this macOS lacks a function that is needed ({error})") from error


def _declared(library: Any, calls: dict[str, tuple[Any, tuple[Any, ...]]]) -> Any:
    for name, (result, arguments) in calls.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, list(arguments)
    return library


class IoReport:
    """Reads the counters; strings it needs again and again are made once."""

    def __init__(self, libraries: Libraries | None = None) -> None:
        self._lib = libraries or load()
        self._strings: dict[str, Any] = {}
        self._wanted: Any = None
        self._subscribed = _P()
        self._subscription: Any = None
        self._accelerator = 0
        self._sensors: Any = None
        self._subscribe()

    def channels(self) -> tuple[ReportChannel, ...]:
        """Return the present counters of the groups that were asked for.

        Raises:
            OSError: macOS gives no sample.
        """
        cf = self._lib.cf
        sample = self._lib.report.IOReportCreateSamples(self._subscription, self._subscribed, None)
        if not sample:
            raise OSError("macOS gives no IOReport sample")
        try:
            items = cf.CFDictionaryGetValue(sample, self._string("IOReportChannels"))
            return tuple(self._channel(item) for item in self._items(items))
        finally:
            cf.CFRelease(sample)

    def statistics(self) -> dict[str, int]:
        """Return the graphics driver's statistics that are known here."""
        iokit, cf = self._lib.iokit, self._lib.cf
        if not self._accelerator:
            matching = iokit.IOServiceMatching(b"IOAccelerator")  # given away by the next call
            self._accelerator = iokit.IOServiceGetMatchingService(0, matching)
        if not self._accelerator:
            return {}
        name = self._string("PerformanceStatistics")
        found = iokit.IORegistryEntryCreateCFProperty(self._accelerator, name, None, 0)
        if not found:
            return {}
        try:
            pairs = ((key, self._integer(found, key)) for key in _STATISTICS)
            return {key: value for key, value in pairs if value is not None}
        finally:
            cf.CFRelease(found)

    def temperatures(self) -> dict[str, float]:
        """Return the chip's temperature sensors by their names."""
        iokit, cf = self._lib.iokit, self._lib.cf
        if self._sensors is None:
            self._sensors = self._sensor_client()
        services = iokit.IOHIDEventSystemClientCopyServices(self._sensors)
        if not services:
            return {}
        try:
            found = {}
            for service in self._items(services):
                name, celsius = self._sensor(service)
                if name and celsius is not None:
                    found[name] = celsius
            return found
        finally:
            cf.CFRelease(services)

    def chip(self) -> str:
        """Return the chip's name."""
        return _sysctl(b"machdep.cpu.brand_string").decode("utf-8", "replace") or "Apple silicon"

    def memory_bytes(self) -> int:
        """Return the size of the main memory."""
        return int.from_bytes(_sysctl(b"hw.memsize", text=False), "little")

    def close(self) -> None:
        """Release everything that was made."""
        cf = self._lib.cf
        made = (self._subscription, self._subscribed.value, self._wanted, self._sensors)
        for thing in (*made, *self._strings.values()):
            if thing:
                cf.CFRelease(thing)
        if self._accelerator:
            self._lib.iokit.IOObjectRelease(self._accelerator)
        self._strings.clear()
        self._subscription = self._wanted = self._sensors = None
        self._subscribed, self._accelerator = _P(), 0

    # --- the small things --------------------------------------------------------------------

    def _subscribe(self) -> None:
        report, cf = self._lib.report, self._lib.cf
        for group, subgroup in _WANTED:
            within = self._string(subgroup) if subgroup else None
            found = report.IOReportCopyChannelsInGroup(self._string(group), within, 0, 0, 0)
            if not found:
                continue
            if self._wanted is None:
                self._wanted = cf.CFDictionaryCreateMutableCopy(None, 0, found)
            else:
                report.IOReportMergeChannels(self._wanted, found, None)
            cf.CFRelease(found)
        if self._wanted is not None:
            self._subscription = report.IOReportCreateSubscription(
                None, self._wanted, ctypes.byref(self._subscribed), 0, None
            )
        if not self._subscription:
            self.close()
            raise OSError("macOS does not offer its IOReport channels")

    def _channel(self, item: Any) -> ReportChannel:
        report = self._lib.report
        form = report.IOReportChannelGetFormat(item)
        return ReportChannel(
            group=self._text(report.IOReportChannelGetGroup(item)),
            subgroup=self._text(report.IOReportChannelGetSubGroup(item)),
            name=self._text(report.IOReportChannelGetChannelName(item)),
            unit=self._text(report.IOReportChannelGetUnitLabel(item)).strip(),
            value=report.IOReportSimpleGetIntegerValue(item, 0) if form == _SIMPLE else 0,
            states=tuple(self._states(item)) if form == _STATE else (),
        )

    def _states(self, item: Any) -> Iterator[tuple[str, int]]:
        report = self._lib.report
        for index in range(report.IOReportStateGetCount(item)):
            name = self._text(report.IOReportStateGetNameForIndex(item, index))
            yield name, report.IOReportStateGetResidency(item, index)

    def _sensor_client(self) -> Any:
        cf, iokit = self._lib.cf, self._lib.iokit
        match = cf.CFDictionaryCreateMutable(None, 0, None, None)
        numbers = []
        for key, value in (
            ("PrimaryUsagePage", _APPLE_PAGE),
            ("PrimaryUsage", _TEMPERATURE_USAGE),
        ):
            number = cf.CFNumberCreate(None, _SINT32, ctypes.byref(_I32(value)))
            cf.CFDictionarySetValue(match, self._string(key), number)
            numbers.append(number)
        client = iokit.IOHIDEventSystemClientCreate(None)
        iokit.IOHIDEventSystemClientSetMatching(client, match)
        for thing in (match, *numbers):
            cf.CFRelease(thing)
        return client

    def _sensor(self, service: Any) -> tuple[str, float | None]:
        cf, iokit = self._lib.cf, self._lib.iokit
        event = iokit.IOHIDServiceClientCopyEvent(service, _TEMPERATURE_EVENT, 0, 0)
        name = iokit.IOHIDServiceClientCopyProperty(service, self._string("Product"))
        text, celsius = self._text(name), None
        if event:
            celsius = iokit.IOHIDEventGetFloatValue(event, _TEMPERATURE_EVENT << 16)
            cf.CFRelease(event)
        if name:
            cf.CFRelease(name)
        return text, celsius if celsius is not None and 0.0 < celsius < 150.0 else None

    def _items(self, array: Any) -> Iterator[Any]:
        cf = self._lib.cf
        for index in range(cf.CFArrayGetCount(array) if array else 0):
            yield cf.CFArrayGetValueAtIndex(array, index)

    def _integer(self, dictionary: Any, key: str) -> int | None:
        cf = self._lib.cf
        number = cf.CFDictionaryGetValue(dictionary, self._string(key))
        value = _I64()
        if not number or not cf.CFNumberGetValue(number, _SINT64, ctypes.byref(value)):
            return None
        return value.value

    def _string(self, text: str) -> Any:
        if text not in self._strings:
            make = self._lib.cf.CFStringCreateWithCString
            self._strings[text] = make(None, text.encode(), _UTF8)
        return self._strings[text]

    def _text(self, string: Any) -> str:
        buffer = ctypes.create_string_buffer(256)
        if not string or not self._lib.cf.CFStringGetCString(string, buffer, 256, _UTF8):
            return ""
        return buffer.value.decode("utf-8", "replace")


def _sysctl(name: bytes, *, text: bool = True) -> bytes:
    """Return a system value; b"" when there is none."""
    libc = ctypes.CDLL(None)
    buffer, size = ctypes.create_string_buffer(256), ctypes.c_size_t(256)
    if libc.sysctlbyname(name, buffer, ctypes.byref(size), None, ctypes.c_size_t(0)) != 0:
        return b""
    return buffer.value if text else buffer.raw[: size.value]
