"""One GPU under full load with every product checked by the sums of its rows and columns."""

from __future__ import annotations

import time
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Failure

SIZE = 4096
LARGEST = 63  # 4096 x 63 x 63 stays under 2^24: exact in float32, and in TF32's 11 bits
TOGETHER = 8  # products between two looks at the clock
REMEDY = (
    "Do not trust this GPU: undo any overclocking, check its cooling and power cables, test its "
    "memory (hwstudio bench run memory_pattern), update its driver"
)


def find_gpus(device: str, seed: int) -> list[GpuBurner]:
    """Return every GPU torch can use, or the one named.

    Raises:
        Failure: torch cannot be loaded, or has no such device.
    """
    torch = devices.load_torch()
    if device != "auto":
        return [GpuBurner(torch, devices.resolve(torch, device), seed)]
    names = [name for name in devices.names(torch) if name.startswith("cuda")]
    return [GpuBurner(torch, name, seed) for name in names]


class GpuBurner:
    """Multiplies whole numbers on one device; every result is exact or wrong."""

    def __init__(self, torch: Any, name: str, seed: int, size: int = SIZE) -> None:
        self._torch, self.name, self._size = torch, name, size
        source = torch.Generator(device="cpu").manual_seed(seed)
        shape = (size, size)
        whole = [
            torch.randint(-LARGEST, LARGEST + 1, shape, generator=source, dtype=torch.int64)
            for _ in range(2)
        ]
        self._whole = whole
        self._left, self._right = (each.to(torch.float32).to(name) for each in whole)
        self._rows = (whole[0] @ whole[1].sum(1)).double().to(name)
        self._columns = (whole[0].sum(0) @ whole[1]).double().to(name)
        self._out = torch.empty(shape, dtype=torch.float32, device=name)
        self._wrong = torch.zeros((), dtype=torch.int64, device=name)
        devices.set_precision(torch, "fp32")
        self.about = devices.describe(torch, name)
        self.products = 0

    def __str__(self) -> str:
        return str(self.about.get("device_name", self.name))

    def _multiply(self) -> None:
        self._torch.mm(self._left, self._right, out=self._out)

    def _count_wrong(self) -> None:
        """Add up the wrong rows and columns on the device itself, without waiting for it."""
        wide = self._out.double()
        self._wrong += (wide.sum(1) != self._rows).sum() + (wide.sum(0) != self._columns).sum()

    def work(self, seconds: float) -> float:
        """Work for some seconds; return the rate in FLOP/s, the check's time included.

        Raises:
            Failure: a product was wrong.
        """
        begin, done, spent_s = time.perf_counter(), 0, 0.0
        while spent_s < seconds:
            for _ in range(TOGETHER):
                self._multiply()
                self._count_wrong()
                done += 1
            if int(self._wrong.item()):
                self._refuse()
            spent_s = time.perf_counter() - begin
        self.products += done
        return 2.0 * self._size**3 * done / spent_s

    def _refuse(self) -> None:
        rows = (self._out.double().sum(1) != self._rows).nonzero().flatten().tolist()
        columns = (self._out.double().sum(0) != self._columns).nonzero().flatten().tolist()
        why = f"one of the last {TOGETHER} of {self.products + TOGETHER:,} products or more"
        if rows and columns:
            expected = int(self._whole[0][rows[0]] @ self._whole[1][:, columns[0]])
            got = float(self._out[rows[0], columns[0]])
            why = f"row {rows[0]}, column {columns[0]} is {got!r} and should be {expected}"
        raise Failure("error", f"{self} ({self.name}) computed a wrong result", why, REMEDY)
