"""The GPUs of one maker on Linux: finds its cards, reads each by itself, and who uses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.amd_gpu import AmdGpu
from hwstudio.core.probe.drm import Card, cards, is_asleep
from hwstudio.core.probe.fdinfo import Client, EngineMeter, EngineUse, GpuFiles
from hwstudio.core.probe.gpu_fields import GpuIdentity, gpu_use
from hwstudio.core.probe.intel_gpu import IntelGpu
from hwstudio.core.probe.kfd import compute_memory, gpu_slots
from hwstudio.core.probe.live import GpuProcess, GpuSet, GpuUse
from hwstudio.core.probe.source import Source

_LIST_EVERY_S = 10.0
_TELLING = ("busy_share", "temperature_c", "power_w", "sm_clock_hz")


class CardReader(Protocol):
    """One card. Closing may be followed by another reading, which opens it again."""

    card: Card
    identity: GpuIdentity

    def read(self, now_s: float, clients: tuple[Client, ...], is_complete: bool) -> GpuUse:
        """Return the card's readings."""
        ...

    def memory_of(self, client: Client) -> int | None:
        """Return the bytes one client holds on it."""
        ...

    def close(self) -> None:
        """Close its files."""
        ...


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker's name, its drivers, its reader, and how often its clients are worth a look."""

    name: str
    drivers: tuple[str, ...]
    reader: Callable[[Source, Card], CardReader]
    clients_every_s: float


AMD = Maker("AMD", ("amdgpu",), AmdGpu, 5.0)
# The load of an Intel GPU is known only from its clients, so these are read each second.
INTEL = Maker("Intel", ("i915", "xe"), IntelGpu, 1.0)


class DrmProbe:
    """All cards of one maker. ``shares`` is who used which, from the last read of the clients."""

    name = "gpus"
    cost_ms = 0.6
    cadence_s = 1.0
    is_slow = True

    def __init__(self, maker: Maker, source: Source | None = None) -> None:
        self.maker = maker
        self.how = f"{maker.name} driver ({', '.join(maker.drivers)})"
        self.shares: Mapping[tuple[int, str], float] = {}
        self._source = source or Source()
        self._readers: dict[str, CardReader] = {}
        self._listed_s = float("-inf")
        self._files = GpuFiles(self._source)
        self._meter = EngineMeter()
        self._clients: tuple[Client, ...] = ()
        self._clients_due_s = float("-inf")
        self._slots: dict[str, str] = {}  # compute driver's id -> PCI slot
        self._compute: dict[tuple[int, str], int] = {}

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return the cards in the order of their slots, and the processes on them."""
        if now_s - self._listed_s >= _LIST_EVERY_S:
            self._list(now_s)
        if not self._readers:
            why = f"no {self.maker.name} GPU with a driver found"
            return absent(Status.UNSUPPORTED, self.how, why)
        if now_s >= self._clients_due_s:
            self._read_clients(now_s)
            self._clients_due_s = now_s + self.maker.clients_every_s
        gpus = tuple(
            replace(self._one(reader, now_s), index=index)
            for index, reader in enumerate(self._readers.values())
        )
        return ok(GpuSet(gpus, self._processes()), self.how)

    def close(self) -> None:
        """Close every file."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
        self._files.close()
        self._listed_s = float("-inf")

    def _list(self, now_s: float) -> None:
        """Follow cards that came or went; their readers keep their files otherwise."""
        found = {
            card.slot: card for card in cards(self._source) if card.driver in self.maker.drivers
        }
        for slot in [s for s, r in self._readers.items() if found.get(s) != r.card]:
            self._readers.pop(slot).close()
        for slot, card in found.items():
            if slot not in self._readers:
                self._readers[slot] = self.maker.reader(self._source, card)
        self._readers = dict(sorted(self._readers.items()))
        self._slots = gpu_slots(self._source) if self.maker is AMD else {}
        self._listed_s = now_s

    def _one(self, reader: CardReader, now_s: float) -> GpuUse:
        """Read one card; an error of its driver costs only its own readings."""
        slot = reader.card.slot
        own = tuple(client for client in self._clients if client.slot == slot)
        try:
            gpu = reader.read(now_s, own, self._files.is_complete)
        except OSError as error:
            why = f"the driver answered with an error ({error.strerror})"
            return gpu_use(reader.identity, absent(Status.LOST, self.how, why), {})
        if any(getattr(gpu, name).status is Status.LOST for name in _TELLING):
            reader.close()  # a driver that was loaded anew has new files under the same names
        return gpu

    def _read_clients(self, now_s: float) -> None:
        awake = [
            r.card for r in self._readers.values() if not is_asleep(self._source, r.card.device)
        ]
        nodes = {node: card.slot for card in awake for node in card.nodes}
        self._clients = self._files.clients(now_s, nodes) if nodes else ()
        self._compute = compute_memory(self._source, self._slots) if awake else {}
        use: EngineUse = self._meter.update(self._clients, now_s)
        self.shares = use.by_process

    def _processes(self) -> tuple[GpuProcess, ...]:
        """Return who holds memory; what the compute driver says counts where it says more."""
        held: dict[tuple[int, str], int | None] = {}
        for client in self._clients:
            reader = self._readers.get(client.slot)
            if reader is not None:
                key = (client.pid, client.slot)
                held[key] = _more(held.get(key), reader.memory_of(client))
        for key, used in self._compute.items():
            if key[1] in self._readers:
                held[key] = max(held.get(key) or 0, used)
        index = {slot: number for number, slot in enumerate(self._readers)}
        return tuple(GpuProcess(pid, index[slot], used) for (pid, slot), used in held.items())


def _more(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)
