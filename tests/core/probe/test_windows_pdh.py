"""The calls into pdh.dll and the registry, on stand-ins for both."""

from __future__ import annotations

import ctypes
import sys

import pytest

from hwstudio.core.probe.windows_gpu import ADAPTER_MEMORY, ENGINES
from hwstudio.core.probe.windows_pdh import PdhReader, _Item, _load

MORE, NO_DATA = -2147481646, -2147481643  # as signed numbers, as ctypes gives them


class Pdh:
    """Counters by path; sizes grow between the question for them and the data."""

    def __init__(self, values, refused=(), grows=False):
        self.values = values
        self.refused = refused
        self.grows = grows
        self.paths = []
        self.kept = []
        self.is_closed = False

    def PdhOpenQueryW(self, _source, _user, query):
        query._obj.value = 1
        return 0

    def PdhAddEnglishCounterW(self, _query, path, _user, counter):
        if path in self.refused:
            return -1073738824
        self.paths.append(path)
        counter._obj.value = len(self.paths)
        return 0

    def PdhCollectQueryData(self, _query):
        return 0

    def PdhGetFormattedCounterArrayW(self, counter, _form, size, count, buffer):
        rows = self.values.get(self.paths[counter.value - 1])
        if rows is None:
            return NO_DATA
        if self.grows and buffer is not None:
            rows = self.values[ENGINES] = (*rows, ("late", 0, 1.0))
            self.grows = False
        need = ctypes.sizeof(_Item) * len(rows)
        count._obj.value = len(rows)
        if buffer is None or ctypes.sizeof(buffer) < need:
            size._obj.value = need
            return MORE
        items = ctypes.cast(buffer, ctypes.POINTER(_Item))
        for index, (name, status, value) in enumerate(rows):
            text = ctypes.c_wchar_p(name)
            self.kept.append(text)
            items[index].name = text
            items[index].counter.status = status
            items[index].counter.value = value
        return 0

    def PdhCloseQuery(self, _query):
        self.is_closed = True
        return 0


class Key:
    """A registry key as a context."""

    def __init__(self, node):
        self.node = node

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


class Registry:
    """A registry from nested dictionaries."""

    HKEY_LOCAL_MACHINE = None

    def __init__(self, adapters):
        self.adapters = adapters

    def OpenKey(self, parent, name):
        if parent is None:
            return Key(self.adapters)
        return Key(parent.node[name])

    def EnumKey(self, key, index):
        names = list(key.node)
        if index >= len(names):
            raise OSError
        return names[index]

    def QueryValueEx(self, key, name):
        if name not in key.node:
            raise OSError
        return key.node[name], 11


def test_values_come_by_counter_and_bad_ones_are_left_out():
    pdh = Pdh({ENGINES: (("a", 0, 12.5), ("b", 1, 3.0), ("gone", 0x800007D1, 0.0))})
    reader = PdhReader(pdh, Registry({}))
    assert reader.read() == {ENGINES: (("a", 12.5), ("b", 3.0))}
    reader.close()
    assert pdh.is_closed


def test_processes_that_start_in_between_do_not_break_the_read():
    pdh = Pdh({ENGINES: (("a", 0, 1.0),)}, grows=True)
    assert PdhReader(pdh, Registry({})).read() == {ENGINES: (("a", 1.0), ("late", 1.0))}


def test_an_old_windows_lacks_some_counters_and_shows_the_rest():
    pdh = Pdh({ADAPTER_MEMORY: (("luid", 0, 5.0),)}, refused=(ENGINES,))
    assert PdhReader(pdh, Registry({})).read() == {ADAPTER_MEMORY: (("luid", 5.0),)}


def test_a_windows_without_any_is_refused_in_words_and_the_query_closed():
    from hwstudio.core.probe.windows_gpu import COUNTERS

    pdh = Pdh({}, refused=COUNTERS)
    with pytest.raises(OSError, match="no counters for GPUs"):
        PdhReader(pdh, Registry({}))
    assert pdh.is_closed


def test_adapters_come_from_directx_without_software_and_old_entries_of_one_number():
    keys = {
        "{1}": {
            "AdapterLuid": 0xE5F1,
            "Description": "Intel(R) Iris(R) Xe Graphics",
            "VendorId": 0x8086,
            "DedicatedVideoMemory": 2**27,
        },
        "{2}": {
            "AdapterLuid": 0xD1A2,
            "Description": "AMD Radeon RX 7900 XTX",
            "VendorId": 0x1002,
            "DedicatedVideoMemory": 24 * 2**30,
            "DriverVersion": 31 << 48 | 0 << 32 | 24027 << 16 | 1012,
        },
        "{3}": {"AdapterLuid": 1, "Description": "Microsoft Basic Render", "VendorId": 0x1414},
        "{4}": {"Description": "no number"},
    }
    radeon, iris = PdhReader(Pdh({}), Registry(keys)).adapters()
    assert (radeon.name, radeon.luid, radeon.driver) == (
        "AMD Radeon RX 7900 XTX",
        0xD1A2,
        "31.0.24027.1012",
    )
    assert (iris.vendor_id, iris.memory_bytes) == (0x8086, 2**27)


@pytest.mark.skipif(sys.platform == "win32", reason="says what happens elsewhere")
def test_on_another_system_the_library_is_missing_and_that_is_an_os_error():
    with pytest.raises(OSError, match=r".+"):
        _load()
