"""Per-process use of a GPU from /proc/PID/fdinfo, the kernel's own account of its clients.

Each open graphics file of a process shows counters: nanoseconds (amdgpu, i915) or clock cycles
(xe) that each engine worked for it, and the memory it holds. One client may be open in several
files and processes; it is counted once, for the process with the lowest number. Without
administrator's rights only one's own processes can be seen: then every sum is a lower bound.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hwstudio.core.probe.device_file import DeviceFile
from hwstudio.core.probe.source import Source

_NODES = "/dev/dri/"
_SIZE = 16384
_LOOK_EVERY_S = 5.0  # at processes that use a GPU, and at young ones
_LOOK_AT_ALL_EVERY_S = 30.0  # has the number of open files changed?
_LOOK_INSIDE_EVERY_S = 300.0  # and what are they, even where it has not?
_YOUNG_S = 120.0
_UNITS = {"": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_MEMORY_KEYS = ("drm-resident-", "drm-memory-", "drm-total-")  # the first kind a driver has counts
_LOCAL = ("vram", "local")  # regions on the card; every other one is in the main memory


@dataclass(frozen=True, slots=True)
class Client:
    """One client of a GPU. ``busy``: engine -> (work, clock); clock 0 = work is nanoseconds."""

    pid: int
    slot: str
    id: str
    busy: Mapping[str, tuple[int, int]]
    capacity: Mapping[str, int]
    local_bytes: int | None
    shared_bytes: int | None


def client_of(text: str, pid: int, slot: str) -> Client | None:
    """Return the client of an fdinfo text, or None when it is not a graphics file's."""
    facts = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and key.startswith("drm-"):
            facts[key] = value.strip()
    if "drm-driver" not in facts or "drm-client-id" not in facts:
        return None
    busy: dict[str, tuple[int, int]] = {}
    capacity: dict[str, int] = {}
    for key, value in facts.items():
        if key.startswith("drm-engine-capacity-"):
            capacity[key[20:]] = max(_number(value), 1)
        elif key.startswith("drm-engine-"):
            busy.setdefault(key[11:], (_number(value), 0))
        elif key.startswith("drm-cycles-"):
            clock = _number(facts.get(f"drm-total-cycles-{key[11:]}", "0"))
            if clock:
                busy[key[11:]] = (_number(value), clock)
    local, shared = _memory(facts)
    at = facts.get("drm-pdev", slot).lower()
    return Client(pid, at, facts["drm-client-id"], busy, capacity, local, shared)


def _number(value: str) -> int:
    digits = value.partition(" ")[0]
    return int(digits) if digits.isdigit() else 0


def _memory(facts: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return bytes on the card and in the main memory."""
    for kind in _MEMORY_KEYS:
        regions = {key[len(kind) :]: value for key, value in facts.items() if key.startswith(kind)}
        if regions:
            local = [_bytes(v) for region, v in regions.items() if region.startswith(_LOCAL)]
            shared = [_bytes(v) for region, v in regions.items() if not region.startswith(_LOCAL)]
            return sum(local) if local else None, sum(shared) if shared else None
    return None, None


def _bytes(value: str) -> int:
    return _number(value) * _UNITS.get(value.partition(" ")[2].strip(), 1)


# --- shares from the growth of the counters ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineUse:
    """Shares of the busiest engine since the last reading: of a GPU, and of a process on it."""

    by_slot: Mapping[str, float]
    by_process: Mapping[tuple[int, str], float]


class EngineMeter:
    """Remembers every client's counters. A value below an earlier one counts as no growth yet."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str, str], tuple[int, int, float]] = {}

    def update(self, clients: Iterable[Client], now_s: float) -> EngineUse:
        """Return the shares since the last call; a client's first sight has none."""
        now: dict[tuple[str, str, str], tuple[int, int, float]] = {}
        by_engine: dict[tuple[str, str], float] = {}
        by_process: dict[tuple[int, str, str], float] = {}
        for client in clients:
            for engine, (work, clock) in client.busy.items():
                key = (client.slot, client.id, engine)
                old = self._before.get(key)
                work = max(work, old[0] if old else 0)
                now[key] = (work, clock, now_s)
                share = _share(old, now[key]) / client.capacity.get(engine, 1)
                at = (client.slot, engine)
                by_engine[at] = by_engine.get(at, 0.0) + share
                process = (client.pid, client.slot, engine)
                by_process[process] = by_process.get(process, 0.0) + share
        self._before = now
        return EngineUse(_busiest(by_engine), _busiest_of_process(by_process))


def _share(old: tuple[int, int, float] | None, new: tuple[int, int, float]) -> float:
    if old is None:
        return 0.0
    passed = new[1] - old[1] if new[1] else (new[2] - old[2]) * 1e9
    return (new[0] - old[0]) / passed if passed > 0 else 0.0


def _busiest(by_engine: Mapping[tuple[str, str], float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for (slot, _), share in by_engine.items():
        found[slot] = min(max(found.get(slot, 0.0), share), 1.0)
    return found


def _busiest_of_process(
    by_process: Mapping[tuple[int, str, str], float],
) -> dict[tuple[int, str], float]:
    found: dict[tuple[int, str], float] = {}
    for (pid, slot, _), share in by_process.items():
        found[pid, slot] = min(max(found.get((pid, slot), 0.0), share), 1.0)
    return found


# --- where the clients are -----------------------------------------------------------------------


@dataclass(slots=True)
class _Process:
    """What is remembered of one process: how many files it had, and its graphics files."""

    since_s: float
    size: int = -1
    is_closed_to_us: bool = False
    files: dict[str, tuple[str, DeviceFile]] | None = None  # number -> (node, its fdinfo)


class GpuFiles:
    """Finds the open graphics files of all processes, and reads what the kernel says of them.

    Looking through every process costs milliseconds. So every 5 s only those are asked for the
    number of their open files that are young or use a GPU, and every 30 s all of them; their
    files are looked at when that number changed, and now and then anyway.
    """

    def __init__(self, source: Source) -> None:
        self._proc = source.path("/proc")
        self._known: dict[int, _Process] = {}
        self._looked_s = self._looked_at_all_s = self._looked_inside_s = float("-inf")
        self.is_complete = False

    def clients(self, now_s: float, nodes: Mapping[str, str]) -> tuple[Client, ...]:
        """Return the clients of the given nodes ("renderD128" -> slot), each once."""
        if now_s - self._looked_s >= _LOOK_EVERY_S:
            self._look(now_s)
        found: dict[tuple[str, str], Client] = {}
        for pid in sorted(pid for pid, process in self._known.items() if process.files):
            for client in self._of_process(pid, nodes):
                found.setdefault((client.slot, client.id), client)
        return tuple(found.values())

    def close(self) -> None:
        """Close every file."""
        for pid in list(self._known):
            self._forget(pid)

    def _look(self, now_s: float) -> None:
        inside = now_s - self._looked_inside_s >= _LOOK_INSIDE_EVERY_S
        at_all = inside or now_s - self._looked_at_all_s >= _LOOK_AT_ALL_EVERY_S
        alive = self._pids()
        for pid in alive:
            known = self._known.setdefault(pid, _Process(now_s))
            if at_all or known.files or now_s - known.since_s <= _YOUNG_S:
                self._look_at(pid, known, inside=inside)
        for pid in self._known.keys() - set(alive):
            self._forget(pid)
        self.is_complete = bool(alive) and not any(
            process.is_closed_to_us for process in self._known.values()
        )
        self._looked_s = now_s
        self._looked_at_all_s = now_s if at_all else self._looked_at_all_s
        self._looked_inside_s = now_s if inside else self._looked_inside_s

    def _pids(self) -> list[int]:
        try:
            names = os.listdir(self._proc)  # noqa: PTH208 - names only
        except OSError:
            return []  # hidden from us: the cards' own sensors go on without it
        return [int(name) for name in names if name.isdigit()]

    def _look_at(self, pid: int, known: _Process, *, inside: bool) -> None:
        """Follow the graphics files of one process."""
        place = f"{self._proc}/{pid}/fd"
        try:
            # The number of open files since Linux 6.2, before that always 0.
            size = os.stat(place).st_size  # noqa: PTH116 - hundreds of times
            if size == known.size and size and not inside:
                return
            nodes = _graphics_files(place)
        except PermissionError:
            known.is_closed_to_us = True
            return
        except OSError:
            return  # it has ended meanwhile
        known.size = size
        files = known.files or {}
        for number in files.keys() - nodes.keys():
            files.pop(number)[1].close()
        for number, node in nodes.items():
            if number not in files:
                file = DeviceFile(self._proc / str(pid) / "fdinfo" / number)
                files[number] = (node, file)
        known.files = files or None

    def _of_process(self, pid: int, nodes: Mapping[str, str]) -> list[Client]:
        found = []
        for node, file in (self._known[pid].files or {}).values():
            if node not in nodes:
                continue
            try:
                text = file.raw(_SIZE).decode("utf-8", "replace")
            except OSError:
                continue  # the file was closed, or the process has ended
            client = client_of(text, pid, nodes[node])
            if client is not None:
                found.append(client)
        return found

    def _forget(self, pid: int) -> None:
        for _, file in (self._known.pop(pid).files or {}).values():
            file.close()


def _graphics_files(place: str) -> dict[str, str]:
    """Return the graphics files among a process's open ones: number -> node.

    Raises:
        OSError: the process has ended, or is closed to us.
    """
    found = {}
    for number in os.listdir(place):  # noqa: PTH208 - names only, thousands of times
        try:
            target = os.readlink(f"{place}/{number}")  # noqa: PTH115 - the same
        except OSError:
            continue
        if target.startswith(_NODES):
            found[number] = target[len(_NODES) :]
    return found
