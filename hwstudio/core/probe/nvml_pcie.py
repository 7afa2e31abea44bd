"""PCIe traffic of NVIDIA GPUs, on request: each number takes the driver 20 ms, so it has a thread.

The driver counts bytes for 20 ms and gives the rate in units of 1024 bytes per second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.nvml_budget import CallCost, Usual
from hwstudio.core.probe.nvml_refusal import HOW, refusal

_KIB = 1024.0
_SEND, _RECEIVE = 0, 1  # nvmlPcieUtilCounter_t
_FUNCTION = "nvmlDeviceGetPcieThroughput"
_WAITING: Reading[float] = absent(Status.STALE, HOW, "no answer yet")
_FIELDS = ("pcie_receive_bytes_per_s", "pcie_send_bytes_per_s")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both directions of one link."""

    receive: Reading[float]
    send: Reading[float]


class PcieTraffic:
    """Samples every GPU's link one after the other, every ``every_s``."""

    def __init__(
        self, api: Any, every_s: float, deadline_s: float, clock: Callable[[], float]
    ) -> None:
        self._api = api
        self.every_s = every_s
        self._deadline_s = deadline_s
        self._clock = clock
        self._state = _State()
        threading.Thread(
            target=_run, args=(api, every_s, clock, self._state), name="hwstudio-pcie", daemon=True
        ).start()

    def watch(self, places: Sequence[tuple[int, str]]) -> None:
        """Sample these GPUs, as (number, uuid), from the next round on."""
        self._state.places = tuple(places)

    def readings(self, index: int) -> tuple[Reading[float], Reading[float]]:
        """Return receive and send of one GPU, or that its driver does not answer."""
        under_way = self._state.under_way
        if under_way is not None and under_way[0] == index:
            silent_s = time.monotonic() - under_way[1]
            if silent_s > self._deadline_s:
                why = f"no answer from the driver for {silent_s:.0f} s"
                lost: Reading[float] = absent(Status.LOST, HOW, why)
                return lost, lost
        pair = self._state.pairs.get(index)
        return (pair.receive, pair.send) if pair is not None else (_WAITING, _WAITING)

    def costs(self) -> tuple[CallCost, ...]:
        """Return what the sampling costs; it stands outside the budget, being asked for."""
        return tuple(
            CallCost(index, _FUNCTION, _FIELDS, 2 * cost.value, self.every_s, self.every_s, count)
            for index, (cost, count) in sorted(self._state.costs.items())
        )

    def end(self) -> None:
        """End the thread; one that hangs in the driver is left behind."""
        self._state.stop.set()


class _State:
    """What the thread and its owner share; the thread holds nothing of the owner."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.places: tuple[tuple[int, str], ...] = ()
        self.pairs: dict[int, _Pair] = {}
        self.costs: dict[int, tuple[Usual, int]] = {}
        self.under_way: tuple[int, float] | None = None


def _run(api: Any, every_s: float, clock: Callable[[], float], state: _State) -> None:
    wait_s = 0.0
    while not state.stop.wait(wait_s):
        began_s = time.monotonic()
        for index, uuid in state.places:
            if state.stop.is_set():
                return
            state.under_way = index, time.monotonic()
            state.pairs[index] = _sample(api, index, uuid, clock, state)
            state.under_way = None
        # Nothing to watch yet: look again soon, the first round comes with the first reading.
        wait_s = max(0.0, began_s + every_s - time.monotonic()) if state.places else 0.1


def _sample(api: Any, index: int, uuid: str, clock: Callable[[], float], state: _State) -> _Pair:
    try:
        handle = api.nvmlDeviceGetHandleByUUID(uuid)
        began_s = clock()
        receive, send = (
            ok(api.nvmlDeviceGetPcieThroughput(handle, which) * _KIB, HOW)
            for which in (_RECEIVE, _SEND)
        )
    except Exception as error:  # noqa: BLE001 - a vendor library's border
        missing = refusal(error).reading
        return _Pair(missing, missing)
    cost, count = state.costs.get(index, (Usual(), 0))
    cost.add((clock() - began_s) / 2)
    state.costs[index] = cost, count + 2
    return _Pair(receive, send)
