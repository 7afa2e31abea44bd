"""Which logical processors share a core, a socket and a cache, from Linux' own files (sysfs)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hwstudio.core.model.machine import Cache, CoreKind
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.arm_parts import part_name
from hwstudio.core.probe.source import Source

_CPUS = "/sys/devices/system/cpu"
_CPU = re.compile(r"^cpu(\d+)$")
_SIZE = re.compile(r"^(\d+)([KMG]?)$")
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_CACHE_KINDS = {"Data": "data", "Instruction": "instruction", "Unified": "shared"}
# Lists of Intel's kinds of cores, as their performance counters are named.
_INTEL_LISTS = (
    ("cpu_core", "performance"),
    ("cpu_atom", "efficiency"),
    ("cpu_lowpower", "low power"),
)
_KINDS = {1: ("all",), 2: ("performance", "efficiency"), 3: ("performance", "middle", "efficiency")}
_CLOCK_GAP = 0.8  # favoured cores of one kind differ by less; smaller kinds are slower than this


@dataclass(frozen=True, slots=True)
class Cpu:
    """One logical processor that is switched on."""

    number: int
    core: str  # the list of processors on its core, which names the core
    package: str
    max_khz: int | None
    capacity: int | None


def cpus(source: Source) -> tuple[Cpu, ...]:
    """Return the logical processors with a stated topology, in order."""
    numbers = (_CPU.match(name) for name in source.names(_CPUS))
    return tuple(
        cpu
        for number in sorted(int(found[1]) for found in numbers if found)
        if (cpu := _cpu(source, number)) is not None
    )


def _cpu(source: Source, number: int) -> Cpu | None:
    place = f"{_CPUS}/cpu{number}"
    core = source.text(place, "topology/core_cpus_list") or source.text(
        place, "topology/thread_siblings_list"
    )
    if not core:
        return None  # switched off, or a kernel that tells nothing
    return Cpu(
        number,
        core,
        source.text(place, "topology/physical_package_id") or "",
        source.number(place, "cpufreq/cpuinfo_max_freq"),
        source.number(place, "cpu_capacity"),
    )


def numbers_in(text: str | None) -> frozenset[int]:
    """Return the numbers in a kernel list such as "0-3,8"; what cannot be read is left out."""
    found: set[int] = set()
    for part in (text or "").split(","):
        ends = re.fullmatch(r"\s*(\d{1,5})(?:-(\d{1,5}))?\s*", part)
        if ends:
            found.update(range(int(ends[1]), int(ends[2] or ends[1]) + 1))
    return frozenset(found)


# --- kinds of cores -------------------------------------------------------------------------------


def core_kinds(
    source: Source, found: tuple[Cpu, ...], cpuinfo: str
) -> Reading[tuple[CoreKind, ...]]:
    """Return how many cores there are of each kind, the strongest first."""
    if not found:
        return absent(Status.UNSUPPORTED, _CPUS, "the system does not say which cores there are")
    designs = _designs(cpuinfo)
    groups, how = _groups(source, found, designs)
    return ok(tuple(_kind(name, group, designs) for name, group in groups), how)


Groups = list[tuple[str, list[Cpu]]]


def _groups(source: Source, found: tuple[Cpu, ...], designs: dict[int, str]) -> tuple[Groups, str]:
    lists = [
        (word, numbers_in(source.text("/sys/devices", name, "cpus"))) for name, word in _INTEL_LISTS
    ]
    groups = [(word, [cpu for cpu in found if cpu.number in own]) for word, own in lists if own]
    if len(groups) > 1 and sum(len(group) for _, group in groups) == len(found):
        return groups, "/sys/devices/cpu_core and cpu_atom"
    capacities = sorted({cpu.capacity or 0 for cpu in found}, reverse=True)
    if len(capacities) > 1 and all(capacities):
        named = _named(found, capacities, lambda cpu: cpu.capacity or 0)
        return named, f"cpu_capacity in {_CPUS}"
    clocks = _clock_steps(found)
    if len(clocks) > 1:
        named = _named(found, clocks, lambda cpu: _step(cpu, clocks))
        return named, f"the highest clock of each core in {_CPUS}"
    if len({designs.get(cpu.number, "") for cpu in found}) > 1:
        return _by_design(found, designs), "CPU part in /proc/cpuinfo"
    return [("all", list(found))], f"no second kind in {_CPUS}"


def _named(found: tuple[Cpu, ...], steps: list[int], step_of: Callable[[Cpu], int]) -> Groups:
    words = _KINDS.get(len(steps), tuple(f"kind {n}" for n in range(1, len(steps) + 1)))
    return [
        (word, [cpu for cpu in found if step_of(cpu) == step])
        for word, step in zip(words, steps, strict=True)
    ]


def _clock_steps(found: tuple[Cpu, ...]) -> list[int]:
    """Return the clocks at which a new kind begins, the highest first."""
    steps: list[int] = []
    if not all(cpu.max_khz for cpu in found):
        return steps
    before = 0
    for clock in sorted({cpu.max_khz or 0 for cpu in found}, reverse=True):
        if not steps or clock < before * _CLOCK_GAP:
            steps.append(clock)
        before = clock
    return steps


def _step(cpu: Cpu, steps: list[int]) -> int:
    return min(step for step in steps if step >= (cpu.max_khz or 0))


def _by_design(found: tuple[Cpu, ...], designs: dict[int, str]) -> Groups:
    names = dict.fromkeys(designs.get(cpu.number, "") for cpu in found)
    return [
        (name or "other", [cpu for cpu in found if designs.get(cpu.number, "") == name])
        for name in names
    ]


def _kind(name: str, group: list[Cpu], designs: dict[int, str]) -> CoreKind:
    clocks = [cpu.max_khz for cpu in group if cpu.max_khz]
    own = {designs.get(cpu.number, "") for cpu in group}
    return CoreKind(
        kind=name,
        cores=len({(cpu.package, cpu.core) for cpu in group}),
        threads=len(group),
        max_mhz=max(clocks) / 1e3 if clocks else None,
        design=own.pop() if len(own) == 1 else "",
    )


def _designs(cpuinfo: str) -> dict[int, str]:
    """Return the design of each processor that states its maker and part (ARM does)."""
    found: dict[int, str] = {}
    for block in re.split(r"\n\s*\n", cpuinfo):
        rows = {
            k.strip(): v.strip() for k, _, v in (line.partition(":") for line in block.splitlines())
        }
        number = rows.get("processor", "")
        if number.isdigit() and "CPU part" in rows:
            found[int(number)] = part_name(rows.get("CPU implementer", ""), rows["CPU part"])
    return found


# --- caches ---------------------------------------------------------------------------------------


def caches(source: Source, found: tuple[Cpu, ...]) -> Reading[tuple[Cache, ...]]:
    """Return the caches, counted once however many processors share one."""
    how = f"{_CPUS}/cpu*/cache"
    seen: set[tuple[str, str]] = set()
    counts: dict[tuple[int, str, int], int] = {}
    done: set[str] = set()
    for cpu in found:
        if cpu.core in done:
            continue  # threads of one core share every cache
        done.add(cpu.core)
        for key in _caches_of(source, cpu, seen):
            counts[key] = counts.get(key, 0) + 1
    if not counts:
        return absent(Status.UNSUPPORTED, how, "the system does not state the caches")
    rows = sorted(counts.items())
    return ok(
        tuple(Cache(level=n, kind=kind, each_bytes=size, count=c) for (n, kind, size), c in rows),
        how,
    )


def _caches_of(
    source: Source, cpu: Cpu, seen: set[tuple[str, str]]
) -> Iterator[tuple[int, str, int]]:
    place = f"{_CPUS}/cpu{cpu.number}/cache"
    for index in source.names(place):
        if not index.startswith("index"):
            continue
        shared = source.text(place, index, "shared_cpu_list") or f"cpu{cpu.number}"
        if (index, shared) in seen:
            continue
        seen.add((index, shared))
        level = source.number(place, index, "level")
        kind = _CACHE_KINDS.get(source.text(place, index, "type") or "")
        size = _SIZE.match(source.text(place, index, "size") or "")
        if level and kind and size and int(size[1]):
            yield level, kind, int(size[1]) * _UNITS[size[2]]
