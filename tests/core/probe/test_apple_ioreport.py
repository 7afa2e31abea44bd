"""The calls into macOS, on a stand-in for its libraries that counts what must be released."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from hwstudio.core.probe.apple import ReportChannel
from hwstudio.core.probe.apple_ioreport import IoReport, Libraries, load

GPU = {
    "group": "GPU Stats",
    "subgroup": "GPU Performance States",
    "name": "GPUPH",
    "unit": "24Mticks",
    "form": 2,
    "states": [("OFF", 70), ("P1", 30)],
}
ENERGY = {
    "group": "Energy Model",
    "subgroup": None,
    "name": "GPU Energy",
    "unit": "nJ ",
    "form": 1,
    "value": 1234,
}


class Mac:
    """Objects behind numbers, as Core Foundation hands them out."""

    def __init__(self, channels=(GPU, ENERGY), has_channels=True):
        self.things = {}
        self.owned = {}
        self.channels = list(channels)
        self.has_channels = has_channels
        self.services = [("GPU MTR Temp Sensor1", 61.5), ("broken", 0.0), (None, 30.0)]
        self.statistics = {"Device Utilization %": 40, "In use system memory": 9, "other": 1}

    def borrow(self, thing):
        number = len(self.things) + 1
        self.things[number] = thing
        return number if thing is not None else None

    def make(self, thing):
        number = self.borrow(thing)
        self.owned[number] = 1
        return number

    def release(self, number):
        number = getattr(number, "value", number)
        assert self.owned.get(number, 0) == 1, f"{self.things.get(number)} is not ours to release"
        self.owned[number] = 0

    @property
    def leaked(self):
        return [self.things[number] for number, count in self.owned.items() if count]

    def get(self, number, index=None):
        return self.things[getattr(number, "value", number)]

    def libraries(self):
        return Libraries(self._cf(), self._report(), self._iokit())

    def _cf(self):
        def text(number, buffer, size, _encoding):
            buffer.value = self.get(number).encode()[: size - 1]
            return True

        def integer(number, _kind, target):
            target._obj.value = self.get(number)
            return True

        return SimpleNamespace(
            CFRelease=self.release,
            CFStringCreateWithCString=lambda _a, raw, _e: self.make(raw.decode()),
            CFStringGetCString=text,
            CFArrayGetCount=lambda array: len(self.get(array)),
            CFArrayGetValueAtIndex=lambda array, index: self.borrow(self.get(array)[index]),
            CFDictionaryGetValue=lambda d, key: self.borrow(self.get(d).get(self.get(key))),
            CFDictionaryCreateMutable=lambda *_: self.make({}),
            CFDictionaryCreateMutableCopy=lambda _a, _n, d: self.make(dict(self.get(d))),
            CFDictionarySetValue=lambda d, key, value: self.get(d).update(
                {self.get(key): self.get(value)}
            ),
            CFNumberCreate=lambda _a, _k, pointer: self.make(pointer._obj.value),
            CFNumberGetValue=integer,
        )

    def _report(self):
        def subscribe(_a, _wanted, target, _id, _b):
            target._obj.value = self.make({"subscribed": True})
            return self.make("subscription")

        def field(name):
            return lambda item: self.borrow(self.get(item).get(name))

        return SimpleNamespace(
            IOReportCopyChannelsInGroup=lambda *_: self.make({}) if self.has_channels else None,
            IOReportMergeChannels=lambda *_: None,
            IOReportCreateSubscription=subscribe,
            IOReportCreateSamples=lambda *_: self.make({"IOReportChannels": self.channels}),
            IOReportChannelGetGroup=field("group"),
            IOReportChannelGetSubGroup=field("subgroup"),
            IOReportChannelGetChannelName=field("name"),
            IOReportChannelGetUnitLabel=field("unit"),
            IOReportChannelGetFormat=lambda item: self.get(item)["form"],
            IOReportSimpleGetIntegerValue=lambda item, _d: self.get(item)["value"],
            IOReportStateGetCount=lambda item: len(self.get(item)["states"]),
            IOReportStateGetNameForIndex=lambda item, i: self.borrow(
                self.get(item)["states"][i][0]
            ),
            IOReportStateGetResidency=lambda item, i: self.get(item)["states"][i][1],
        )

    def _iokit(self):
        def event(service, _kind, _options, _time):
            return self.make(self.get(service)[1])

        def product(service, _key):
            name = self.get(service)[0]
            return self.make(name) if name else None

        return SimpleNamespace(
            IOServiceMatching=lambda _name: 77,
            IOServiceGetMatchingService=lambda _port, _matching: 5,
            IORegistryEntryCreateCFProperty=lambda *_: self.make(self.statistics),
            IOObjectRelease=lambda _number: 0,
            IOHIDEventSystemClientCreate=lambda _a: self.make("client"),
            IOHIDEventSystemClientSetMatching=lambda _c, match: self.matched(match),
            IOHIDEventSystemClientCopyServices=lambda _c: self.make(self.services),
            IOHIDServiceClientCopyProperty=product,
            IOHIDServiceClientCopyEvent=event,
            IOHIDEventGetFloatValue=lambda event, _field: self.get(event),
        )

    def matched(self, match):
        self.match = dict(self.get(match))
        return 0


def test_channels_are_read_with_states_and_counters():
    mac = Mac()
    reader = IoReport(mac.libraries())
    states, energy = reader.channels()
    assert states.states == (("OFF", 70), ("P1", 30))
    assert energy == ReportChannel("Energy Model", "", "GPU Energy", "nJ", 1234)


def test_statistics_and_temperatures_keep_only_what_is_known_and_possible():
    mac = Mac()
    reader = IoReport(mac.libraries())
    assert reader.statistics() == {"Device Utilization %": 40, "In use system memory": 9}
    assert reader.temperatures() == {"GPU MTR Temp Sensor1": 61.5}
    assert mac.match == {"PrimaryUsagePage": 0xFF00, "PrimaryUsage": 5}


def test_everything_made_is_released_and_nothing_else():
    mac = Mac()
    reader = IoReport(mac.libraries())
    for _ in range(3):
        reader.channels()
        reader.statistics()
        reader.temperatures()
    reader.close()
    assert mac.leaked == []


def test_a_system_without_the_channels_is_refused_in_words():
    mac = Mac(has_channels=False)
    with pytest.raises(OSError, match="does not offer"):
        IoReport(mac.libraries())
    assert mac.leaked == []


@pytest.mark.skipif(sys.platform == "darwin", reason="says what happens elsewhere")
def test_on_another_system_the_libraries_are_missing_and_that_is_an_os_error():
    with pytest.raises(OSError, match=r".+"):
        load()
