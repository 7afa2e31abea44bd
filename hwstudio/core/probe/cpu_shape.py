"""The shape of a processor: sockets, cores, threads, their kinds and caches, on each system."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.model.machine import Cache, CoreKind
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import cpu_topology, windows_processors
from hwstudio.core.probe.mac_facts import SYSCTL, sysctl, sysctl_number
from hwstudio.core.probe.source import Source

_CPUINFO = "/proc/cpuinfo"
_BOARD = "/sys/firmware/devicetree/base/model"
_SYSFS = "/sys/devices/system/cpu"
_WINDOWS = "GetLogicalProcessorInformationEx"
_MAC_LEVELS = {"Performance": "performance", "Efficiency": "efficiency", "Super": "performance"}
_MOST_LEVELS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is known of it; the rest says why not."""

    cores: Reading[int]
    threads: Reading[int]
    sockets: Reading[int]
    kinds: Reading[tuple[CoreKind, ...]]
    caches: Reading[tuple[Cache, ...]]


def shape_of(source: Source, system: str) -> Shape:
    """Return the shape as ``system`` tells it."""
    if system == "Linux":
        return _linux(source)
    if system == "Darwin":
        return _mac(sysctl(source))
    if system == "Windows":
        return _windows(source)
    return _unknown("operating system", f"not looked for on {system or 'this system'}")


def _unknown(how: str, why: str, status: Status = Status.UNSUPPORTED) -> Shape:
    none: Reading[Any] = absent(status, how, why)
    return Shape(cores=none, threads=none, sockets=none, kinds=none, caches=none)


# --- Linux ----------------------------------------------------------------------------------------


def _linux(source: Source) -> Shape:
    text = source.once(_CPUINFO) or ""
    found = cpu_topology.cpus(source)
    blocks = _blocks(text)
    cores = {(cpu.package, cpu.core) for cpu in found}
    packages = {cpu.package for cpu in found if cpu.package and cpu.package != "-1"}
    if source.exists(_BOARD):
        packages = set()  # such boards number the clusters of one chip like packages
    pairs = {(b.get("physical id"), b["core id"]) for b in blocks if "core id" in b}
    return Shape(
        cores=_stated(len(cores), _SYSFS) if cores else _stated(len(pairs), _CPUINFO),
        threads=_stated(len(found), _SYSFS) if found else _stated(len(blocks), _CPUINFO),
        sockets=_stated(len(packages), _SYSFS),
        kinds=cpu_topology.core_kinds(source, found, text),
        caches=cpu_topology.caches(source, found),
    )


def _blocks(text: str) -> list[dict[str, str]]:
    found = []
    for block in re.split(r"\n\s*\n", text):
        rows = dict(_row(line) for line in block.splitlines())
        if "processor" in rows:
            found.append(rows)
    return found


def _row(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.strip(), value.strip()


def _stated(count: int | None, how: str) -> Reading[int]:
    return ok(count, how) if count else absent(Status.UNSUPPORTED, how, "not stated there")


# --- macOS ----------------------------------------------------------------------------------------


def _mac(facts: dict[str, str]) -> Shape:
    if not facts:
        return _unknown(SYSCTL, "no answer", Status.LOST)
    cores = sysctl_number(facts, "hw.physicalcpu")
    threads = sysctl_number(facts, "hw.logicalcpu")
    return Shape(
        cores=_stated(cores, SYSCTL),
        threads=_stated(threads, SYSCTL),
        sockets=_stated(sysctl_number(facts, "hw.packages"), SYSCTL),
        kinds=_mac_kinds(facts, cores, threads),
        caches=_mac_caches(facts),
    )


def _levels(facts: dict[str, str]) -> range:
    return range(min(sysctl_number(facts, "hw.nperflevels") or 0, _MOST_LEVELS))


def _mac_kinds(
    facts: dict[str, str], cores: int | None, threads: int | None
) -> Reading[tuple[CoreKind, ...]]:
    kinds = []
    for level in _levels(facts):
        own = f"hw.perflevel{level}"
        count = sysctl_number(facts, f"{own}.physicalcpu")
        if count:
            name = facts.get(f"{own}.name", "")
            kind = _MAC_LEVELS.get(name, name.lower() or f"kind {level + 1}")
            logical = sysctl_number(facts, f"{own}.logicalcpu") or count
            kinds.append(CoreKind(kind=kind, cores=count, threads=logical))
    if not kinds and cores and threads:
        kinds.append(CoreKind(kind="all", cores=cores, threads=threads))
    if len(kinds) == 1:
        kinds[0] = replace(kinds[0], kind="all")
    return ok(tuple(kinds), f"{SYSCTL} hw.perflevel") if kinds else _nothing("the kinds of cores")


def _nothing(what: str) -> Reading[Any]:
    return absent(Status.UNSUPPORTED, SYSCTL, f"macOS does not state {what}")


def _mac_caches(facts: dict[str, str]) -> Reading[tuple[Cache, ...]]:
    found = []
    for level in _levels(facts):
        own = f"hw.perflevel{level}"
        cores = sysctl_number(facts, f"{own}.physicalcpu") or 0
        together = sysctl_number(facts, f"{own}.cpusperl2") or cores
        found += [
            _cache(facts, f"{own}.l1dcachesize", 1, "data", cores),
            _cache(facts, f"{own}.l1icachesize", 1, "instruction", cores),
            _cache(facts, f"{own}.l2cachesize", 2, "shared", -(-cores // together) if cores else 0),
        ]
    if not found:
        cores = sysctl_number(facts, "hw.physicalcpu") or 0
        sockets = sysctl_number(facts, "hw.packages") or 1
        found = [
            _cache(facts, "hw.l1dcachesize", 1, "data", cores),
            _cache(facts, "hw.l1icachesize", 1, "instruction", cores),
            _cache(facts, "hw.l2cachesize", 2, "shared", cores),
            _cache(facts, "hw.l3cachesize", 3, "shared", sockets),
        ]
    known = [cache for cache in found if cache is not None]
    known.sort(key=lambda cache: (cache.level, cache.kind, -cache.each_bytes))
    return ok(tuple(known), SYSCTL) if known else _nothing("the caches")


def _cache(facts: dict[str, str], name: str, level: int, kind: str, count: int) -> Cache | None:
    size = sysctl_number(facts, name)
    if not size or not count:
        return None
    return Cache(level=level, kind=kind, each_bytes=size, count=count)


# --- Windows --------------------------------------------------------------------------------------


def _windows(source: Source) -> Shape:
    try:
        raw = bytes.fromhex(str(source.call("processors")))
    except (OSError, ValueError) as error:
        return _unknown(_WINDOWS, str(error), Status.LOST)
    kinds = windows_processors.core_kinds_in(raw)
    caches = windows_processors.caches_in(raw)
    none: Reading[Any] = absent(Status.LOST, _WINDOWS, "its records could not be read")
    return Shape(
        cores=_stated(sum(kind.cores for kind in kinds), _WINDOWS),
        threads=_stated(sum(kind.threads for kind in kinds), _WINDOWS),
        sockets=_stated(windows_processors.sockets_in(raw), _WINDOWS),
        kinds=ok(kinds, _WINDOWS) if kinds else none,
        caches=ok(caches, _WINDOWS) if caches else none,
    )
