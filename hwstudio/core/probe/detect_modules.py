"""The memory modules: generation, speed now and rated, slots; asked without administrator rights.

On Linux the firmware's own table is closed to users, but systemd's device manager reads it at the
start and keeps the memory part where everybody may read (udev's dmi_memory_id, MEMORY_DEVICE_*).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.machine import MemoryModules
from hwstudio.core.model.memory_module import SOLDERED, MemoryModule
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import mac_facts, smbios, windows_cim
from hwstudio.core.probe.source import Source

_UDEV = "/run/udev/data/+dmi:id"
_TABLE = "/sys/firmware/dmi/tables/DMI"
_EDAC = "/sys/devices/system/edac/mc"
_FIELD = re.compile(r"^E:MEMORY_DEVICE_(\d+)_([A-Z_]+)=(.*)$", re.MULTILINE)
_EDAC_KINDS = re.compile(r"(LPDDR\d|DDR\d|HBM\d?)", re.IGNORECASE)
_ROW_OF_CHIPS = "row of chips"
_UNKNOWN = ("", "Unknown", "RAM", "Other", "<OUT OF SPEC>")


@dataclass(frozen=True, slots=True)
class _Answer:
    """The modules found; ``slots`` where the number of places is stated."""

    modules: tuple[MemoryModule, ...]
    slots: int | None
    how: str


def detect_modules(source: Source) -> MemoryModules:
    """Return what the system tells about the memory modules."""
    if source.system == "Linux":
        answer = _udev(source) or _table(source) or _edac(source)
        return _facts(answer) if answer is not None else _none(*_linux_why(source))
    if source.system == "Darwin":
        found = _mac(source)
        none = _none(mac_facts.PROFILER, mac_facts.NO_ANSWER)
        return _facts(found) if found is not None else none
    if source.system == "Windows":
        found = _windows(source)
        none = _none(windows_cim.HOW, windows_cim.NO_ANSWER)
        return _facts(found) if found is not None else none
    return _none("operating system", f"not looked for on {source.system}")


def _none(how: str, why: str, status: Status = Status.UNSUPPORTED) -> MemoryModules:
    no: Reading[Any] = absent(status, how, why)
    return MemoryModules(
        generation=no,
        speed_mts=no,
        rated_mts=no,
        form=no,
        slots_used=no,
        slots_total=no,
        sizes_bytes=no,
        each=no,
    )


def _linux_why(source: Source) -> tuple[str, str, Status]:
    how = f"{_UDEV}, {_TABLE}, {_EDAC}"
    if source.exists(_TABLE):
        why = "only an administrator may read the firmware's table on this system"
        return how, why, Status.DENIED
    why = "this computer gives no table of its memory modules (usual on ARM boards and in a VM)"
    return how, why, Status.UNSUPPORTED


def _facts(answer: _Answer) -> MemoryModules:
    """Return one value of each kind; modules that differ are said with both."""
    modules, how = answer.modules, answer.how
    why = "the firmware does not state it"
    if modules and all(m.form == SOLDERED for m in modules):
        fixed: Reading[int] = absent(Status.UNSUPPORTED, how, "soldered: there are no slots")
        used = total = fixed
    else:
        used = _stated(len(modules), how, why)
        total = _stated(answer.slots, how, why)
    sizes = tuple(m.size_bytes for m in modules if m.size_bytes)
    return MemoryModules(
        generation=_joined([m.kind for m in modules], how, why),
        speed_mts=_lowest([m.speed_mts for m in modules], how, why),
        rated_mts=_lowest([m.best_mts for m in modules], how, why),
        form=_joined([m.form for m in modules], how, why),
        slots_used=used,
        slots_total=total,
        sizes_bytes=ok(sizes, how) if sizes else absent(Status.UNSUPPORTED, how, why),
        each=ok(modules, how) if modules else absent(Status.UNSUPPORTED, how, why),
    )


def _stated(count: int | None, how: str, why: str) -> Reading[int]:
    return ok(count, how) if count else absent(Status.UNSUPPORTED, how, why)


def _joined(values: list[str], how: str, why: str) -> Reading[str]:
    known = [word for word, _ in Counter(v for v in values if v not in _UNKNOWN).most_common()]
    return ok(" and ".join(known), how) if known else absent(Status.UNSUPPORTED, how, why)


def _lowest(values: list[int | None], how: str, why: str) -> Reading[int]:
    """Return the slowest: all modules run at its speed."""
    known = [value for value in values if value]
    return ok(min(known), how) if known else absent(Status.UNSUPPORTED, how, why)


# --- Linux ----------------------------------------------------------------------------------------


def _udev(source: Source) -> _Answer | None:
    text = source.text(_UDEV) or ""
    slots: dict[int, dict[str, str]] = {}
    for number, name, value in _FIELD.findall(text):
        slots.setdefault(int(number), {})[name] = value.strip()
    if not slots:
        return None
    modules = tuple(
        MemoryModule(
            size_bytes=_whole(row.get("SIZE")),
            kind=row.get("TYPE", ""),
            speed_mts=_whole(row.get("CONFIGURED_SPEED_MTS")),
            rated_mts=_whole(row.get("SPEED_MTS")),
            form=_form(row.get("FORM_FACTOR", "")),
            slot=row.get("LOCATOR", ""),
            part_number=row.get("PART_NUMBER", ""),
        )
        for _, row in sorted(slots.items())
        if row.get("PRESENT") != "0" and _whole(row.get("SIZE"))
    )
    stated = re.search(r"^E:MEMORY_ARRAY_NUM_DEVICES=(\d+)$", text, re.MULTILINE)
    how = "firmware's table, as udev keeps it"
    return _Answer(modules, _whole(stated[1]) if stated else len(slots), how)


def _form(stated: str) -> str:
    return SOLDERED if stated.lower() == _ROW_OF_CHIPS else stated


def _whole(text: str | None) -> int | None:
    return int(text) or None if text and text.isdecimal() and len(text) < 20 else None


def _table(source: Source) -> _Answer | None:
    raw = source.raw(_TABLE)
    slots = smbios.memory_devices(raw) if raw else ()
    if not slots:
        return None
    return _Answer(tuple(slot for slot in slots if slot.size_bytes), len(slots), _TABLE)


def _edac(source: Source) -> _Answer | None:
    """Ask the driver that counts memory errors; it knows the kind, not the speed."""
    modules = []
    for controller in source.names(_EDAC):
        for name in source.names(_EDAC, controller):
            place = (_EDAC, controller, name)
            size = source.number(*place, "size") if name.startswith(("dimm", "rank")) else None
            if size:
                stated = source.text(*place, "dimm_mem_type") or ""
                kind = _EDAC_KINDS.search(stated.replace("-", ""))
                modules.append(
                    MemoryModule(size_bytes=size * 2**20, kind=kind[1].upper() if kind else "")
                )
    return _Answer(tuple(modules), None, _EDAC) if modules else None


# --- macOS and Windows ----------------------------------------------------------------------------


def _mac(source: Source) -> _Answer | None:
    rows = mac_facts.profile(source, "SPMemoryDataType")
    if not rows:
        return None
    if "dimm_type" in rows[0]:  # Apple silicon: one row, the memory is part of the processor
        kind, size = str(rows[0]["dimm_type"]), mac_facts.bytes_in(rows[0].get("SPMemoryDataType"))
        return _Answer(
            (MemoryModule(size_bytes=size, kind=kind, form=SOLDERED),), 1, mac_facts.PROFILER
        )
    slots = [each for row in rows for each in mac_facts.items(row)]
    modules = tuple(
        MemoryModule(
            size_bytes=mac_facts.bytes_in(slot.get("dimm_size")),
            kind=str(slot.get("dimm_type") or ""),
            speed_mts=_whole(str(slot.get("dimm_speed") or "").partition(" ")[0]),
            slot=str(slot.get("_name") or ""),
            part_number=str(slot.get("dimm_part_number") or "").strip(),
        )
        for slot in slots
        if mac_facts.bytes_in(slot.get("dimm_size"))
    )
    return _Answer(modules, len(slots), mac_facts.PROFILER) if slots else None


def _windows(source: Source) -> _Answer | None:
    rows = windows_cim.rows(source, "memory")
    if rows is None:
        return None
    whole = windows_cim.whole
    modules = tuple(
        MemoryModule(
            size_bytes=whole(row.get("Capacity")),
            kind=smbios.KINDS.get(whole(row.get("SMBIOSMemoryType")) or 0, ""),
            speed_mts=whole(row.get("ConfiguredClockSpeed")),
            rated_mts=whole(row.get("Speed")),
            form={8: "DIMM", 12: "SODIMM"}.get(whole(row.get("FormFactor")) or 0, ""),
            slot=str(row.get("DeviceLocator") or ""),
            part_number=str(row.get("PartNumber") or "").strip(),
        )
        for row in rows
        if whole(row.get("Capacity"))
    )
    arrays = windows_cim.rows(source, "arrays") or []
    slots = sum(whole(row.get("MemoryDevices")) or 0 for row in arrays)
    return _Answer(modules, slots or None, windows_cim.HOW)
