"""Every GPU of this computer, whoever made it, in one set with numbers that stay.

Each vendor's probe runs in a thread of its own: one that hangs, fails or loses its GPU turns its
own readings to lost, and the others go on. Numbers: NVIDIA's GPUs in the driver's order, then
the others by slot; one that appears later gets the next number, and none is given away again
while this runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

from hwstudio.core.base.safe_mode import NO_GPU, is_safe_mode
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.drm import Card, card_name, cards, is_asleep
from hwstudio.core.probe.gpu_fields import GpuIdentity, asleep, lost
from hwstudio.core.probe.gpu_worker import GpuWorker
from hwstudio.core.probe.live import GpuProcess, GpuSet, GpuUse
from hwstudio.core.probe.nvml_absent import AwaitedNvidia, pass_on
from hwstudio.core.probe.probe import Probe
from hwstudio.core.probe.source import Source

WAIT_S = 0.05  # for all vendors together: who is later is shown with its last answer
DEADLINE_S = 3.0
_LIST_EVERY_S = 10.0
_GONE = "the GPU is no longer there: it was taken out, or fell off the bus"
Vendors = Mapping[str, Callable[[], Probe]]


class GpuSetProbe:
    """Joins the vendors. ``shares``: (process, GPU number) -> part of its busiest engine."""

    name = "gpus"
    how = "GPU drivers"
    cost_ms = 1.0
    cadence_s = 1.0
    is_slow = True

    def __init__(
        self,
        vendors: Vendors | None = None,
        source: Source | None = None,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self.shares: Mapping[tuple[int, int], float] = {}
        self._source = source or Source()
        self._is_given = vendors is not None
        self._makers: Vendors = vendors or {}
        self._deadline_s = deadline_s
        self._workers: dict[str, GpuWorker] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._last: dict[str, GpuSet] = {}
        self._began_s: float | None = None
        self._pcie_every_s: float | None = None
        self._listed_s = float("-inf")

    def sample_pcie(self, every_s: float | None) -> None:
        """Sample PCIe traffic that often, where a vendor offers it; None = not at all."""
        self._pcie_every_s = every_s
        for worker in tuple(self._workers.values()):
            pass_on(worker.probe, every_s)

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return all GPUs; without any, why each vendor has none."""
        if is_safe_mode():
            return absent(Status.UNSUPPORTED, self.how, NO_GPU)
        if self._began_s is None:
            self._began_s = now_s
        self._list(now_s)
        asked = {key for key, worker in self._workers.items() if worker.ask(now_s)}
        answers = {
            key: worker.answer(now_s, WAIT_S if key in asked else 0.0)
            for key, worker in self._workers.items()
        }
        late = [key for key, answer in answers.items() if answer.status is Status.STALE]
        if late and now_s - self._began_s < self._deadline_s and not self._last:
            # The first set decides the numbers, so it waits for everybody once.
            return absent(Status.STALE, self.how, f"no answer yet ({', '.join(late)})")
        gpus: list[GpuUse] = []
        processes: list[GpuProcess] = []
        for key, answer in answers.items():
            part = self._part(key, answer)
            gpus += [gpu for gpu in part.gpus if not _is_twice(key, gpu, gpus)]
            processes += part.processes
        self.shares = self._shares(gpus)
        if not gpus:
            return _none(answers, self.how)
        shared = tuple(
            replace(one, busy_share=self.shares.get((one.pid, one.gpu_index))) for one in processes
        )
        return ok(GpuSet(tuple(sorted(gpus, key=lambda g: g.index)), shared), self.how)

    def close(self) -> None:
        """End every thread and give back files and libraries."""
        for worker in self._workers.values():
            worker.stop()
        self._workers.clear()
        self._last.clear()
        self._began_s = None
        self._listed_s = float("-inf")

    def _list(self, now_s: float) -> None:
        """Start a worker for each vendor that has a GPU here; more may appear later."""
        if now_s - self._listed_s < _LIST_EVERY_S:
            return
        self._listed_s = now_s
        wanted = self._makers if self._is_given else vendors_here(self._source)
        for key, make in wanted.items():
            if key not in self._workers:
                self._workers[key] = GpuWorker(key, make(), self._deadline_s)
                pass_on(self._workers[key].probe, self._pcie_every_s)

    def _part(self, key: str, answer: Reading[GpuSet]) -> GpuSet:
        """Return one vendor's GPUs; those it had before and has no more are lost."""
        before = self._last.get(key, GpuSet((), ()))
        if answer.value is None:
            if answer.status is Status.STALE:
                return before
            return GpuSet(tuple(lost(g, answer.how, answer.why) for g in before.gpus), ())
        found = self._numbered(key, answer.value)
        numbers = {gpu.index for gpu in found.gpus}
        gone = (lost(g, answer.how, _GONE) for g in before.gpus if g.index not in numbers)
        self._last[key] = GpuSet((*found.gpus, *gone), found.processes)
        return self._last[key]

    def _numbered(self, key: str, found: GpuSet) -> GpuSet:
        """Return a vendor's set with the numbers of the whole set."""
        index = {gpu.index: self._number(key, gpu) for gpu in found.gpus}
        return GpuSet(
            tuple(replace(gpu, index=index[gpu.index]) for gpu in found.gpus),
            tuple(
                replace(process, gpu_index=index[process.gpu_index])
                for process in found.processes
                if process.gpu_index in index
            ),
        )

    def _number(self, key: str, gpu: GpuUse) -> int:
        """Return a GPU's number, which it keeps also while it sleeps or is lost."""
        domain, _, rest = gpu.bus_id.lower().partition(":")
        name = f"{domain[-4:]}:{rest}" if rest else gpu.uuid  # the domain may have 4 or 8 digits
        return self._numbers.setdefault((key, name), len(self._numbers))

    def _shares(self, gpus: list[GpuUse]) -> dict[tuple[int, int], float]:
        index = {gpu.bus_id: gpu.index for gpu in gpus if gpu.bus_id}
        found: dict[tuple[int, int], float] = {}
        for worker in self._workers.values():
            shares = getattr(worker.probe, "shares", {})
            for (pid, slot), share in shares.items():
                if slot in index:
                    found[pid, index[slot]] = share
        return found


def _is_twice(key: str, gpu: GpuUse, found: list[GpuUse]) -> bool:
    """Say whether Windows' counters show a GPU which its own driver has shown already."""
    return key == "windows" and any(gpu.vendor == other.vendor for other in found)


def _none(answers: Mapping[str, Reading[GpuSet]], how: str) -> Reading[GpuSet]:
    """Return why there is no GPU at all: the most telling of the vendors' reasons first."""
    for status in (Status.LOST, Status.DENIED, Status.UNSUPPORTED, Status.STALE):
        whys = [answer.why for answer in answers.values() if answer.status is status]
        if whys:
            return absent(status, how, "; ".join(dict.fromkeys(whys)))
    return absent(Status.UNSUPPORTED, how, "no GPU found: no vendor has a reader for this system")


# --- which vendors are asked ---------------------------------------------------------------------


def vendors_here(source: Source) -> dict[str, Callable[[], Probe]]:
    """Return how to make the probe of each vendor that can have a GPU on this system."""
    if sys.platform == "darwin" and source.is_live:
        import platform

        return {"apple": _apple} if platform.machine() == "arm64" else {}
    if sys.platform == "win32" and source.is_live:
        return {"nvidia": lambda: _nvidia(source), "windows": _windows}
    from hwstudio.core.probe.jetson import is_jetson

    if is_jetson(source):
        return {"jetson": lambda: _jetson(source)}
    found: dict[str, Callable[[], Probe]] = {}
    if source.is_live:
        found["nvidia"] = lambda: _nvidia(source)
    drivers = {card.driver for card in cards(source)}
    if "amdgpu" in drivers:
        found["amd"] = lambda: _drm(source, "AMD")
    if drivers & {"i915", "xe"}:
        found["intel"] = lambda: _drm(source, "INTEL")
    return found


def _nvidia(source: Source) -> Probe:
    def made() -> Probe:
        from hwstudio.core.probe.nvml import NvmlProbe

        return NvmlProbe()

    return SleepingNvidia(AwaitedNvidia(made), source)


def _drm(source: Source, maker: str) -> Probe:
    from hwstudio.core.probe import drm_probe

    return drm_probe.DrmProbe(getattr(drm_probe, maker), source)


def _jetson(source: Source) -> Probe:
    from hwstudio.core.probe.jetson import JetsonProbe

    return JetsonProbe(source)


def _apple() -> Probe:
    from hwstudio.core.probe.apple import AppleProbe

    return AppleProbe()


def _windows() -> Probe:
    from hwstudio.core.probe.windows_gpu import WindowsGpuProbe

    return WindowsGpuProbe()


class SleepingNvidia:
    """NVIDIA's probe that is not asked while every NVIDIA card of a Linux laptop sleeps.

    Starting NVIDIA's library wakes the card, and while it is open the card stays awake.
    """

    name = "gpus"
    cost_ms = 0.3
    cadence_s = 1.0
    is_slow = True

    def __init__(self, probe: Probe, source: Source) -> None:
        self._probe = probe
        self._source = source
        self.how = probe.how
        self._is_open = False

    def sample_pcie(self, every_s: float | None) -> None:
        """Sample PCIe traffic that often; None = not at all."""
        pass_on(self._probe, every_s)

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return what the library says, or that the cards sleep."""
        if not self._is_open:
            own = [card for card in cards(self._source) if card.driver == "nvidia"]
            if own and all(is_asleep(self._source, card.device) for card in own):
                return ok(GpuSet(tuple(map(self._asleep, range(len(own)), own)), ()), self.how)
        self._is_open = True
        found = self._probe.read(now_s)
        self._is_open = found.value is not None
        return found

    def _asleep(self, index: int, card: Card) -> GpuUse:
        identity = GpuIdentity(
            uuid=f"pci-{card.slot}",
            name=card_name(self._source, card),
            vendor="NVIDIA",
            bus_id=card.slot,
        )
        return replace(asleep(identity, self.how), index=index)

    def close(self) -> None:
        """Shut the library down."""
        self._probe.close()
