"""One matrix product in one precision: its tensors, the call to time, and what to check it by.

Every product starts from the same random float64 numbers. A few rows and columns of them are kept
before they are rounded: the size of the error against these says which precision really ran.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.kernels.product_check import BLOCK

INT8_STEPS = 127 / 4.0  # steps in one standard deviation: four of them fill the range
STORED_BYTES = {"int8": 1, "fp8_e4m3": 1, "fp8_e5m2": 1, "fp16": 2, "bf16": 2, "fp64": 8}
RESULT_BYTES = {"fp8_e4m3": 2, "fp8_e5m2": 2, "fp16": 2, "bf16": 2, "fp64": 8}


@dataclass(frozen=True)
class Shape:
    """``rows`` x ``inner`` times ``inner`` x ``columns`` (m, k and n)."""

    rows: int
    columns: int
    inner: int

    @property
    def flop(self) -> float:
        """2·m·n·k: a multiplication and an addition per inner step."""
        return 2.0 * self.rows * self.columns * self.inner

    @property
    def words(self) -> str:
        """Return "m x n x k" for people."""
        return f"{self.rows} x {self.columns} x {self.inner}"


@dataclass(frozen=True)
class Product:
    """The tensors of a product. ``scale``: what the result must be divided by to be in its unit."""

    call: Callable[[], object]
    left: Any
    right: Any
    out: Any
    rows: Any
    columns: Any
    exact_left: Any  # the rows chosen, float64, before rounding
    exact_right: Any
    scale: float


def need_bytes(shape: Shape, precision: str) -> int:
    """Return the memory of both factors and the result on the device."""
    stored = shape.inner * (shape.rows + shape.columns) * STORED_BYTES.get(precision, 4)
    return int(stored + shape.rows * shape.columns * RESULT_BYTES.get(precision, 4))


def unit_of(precision: str) -> str:
    """Return the unit of a rate: whole numbers have no floating point."""
    return "OP/s" if precision == "int8" else "FLOP/s"


def make(torch: Any, device: str, shape: Shape, precision: str, seed: int) -> Product:
    """Return a product whose result is reused: a call allocates nothing large."""
    source = torch.Generator(device="cpu").manual_seed(seed)
    made = torch.float64 if precision == "fp64" else torch.float32
    left = torch.randn((shape.rows, shape.inner), generator=source, dtype=made)
    right = torch.randn((shape.inner, shape.columns), generator=source, dtype=made)
    chosen = torch.Generator(device="cpu").manual_seed(shape.inner)
    rows = torch.randperm(shape.rows, generator=chosen)[:BLOCK]
    columns = torch.randperm(shape.columns, generator=chosen)[:BLOCK]
    exact = (left[rows].double(), right[:, columns].double())
    stored_left, stored_right = _stored(torch, device, precision, left, right)
    kind = _result_kind(torch, precision)
    out = torch.empty((shape.rows, shape.columns), device=device, dtype=kind)
    call = _call(torch, device, precision, (stored_left, stored_right, out))
    scale = INT8_STEPS**2 if precision == "int8" else 1.0
    return Product(call, stored_left, stored_right, out, rows, columns, *exact, scale)


def _result_kind(torch: Any, precision: str) -> Any:
    if precision == "int8":
        return torch.int32
    is_fp8 = precision.startswith("fp8")
    return torch.bfloat16 if is_fp8 else getattr(torch, devices.FLOAT_NAMES[precision])


def _stored(torch: Any, device: str, precision: str, left: Any, right: Any) -> tuple[Any, Any]:
    """Return both factors as the device keeps them."""
    if precision == "int8":
        whole = [(x * INT8_STEPS).round().clamp(-127, 127).to(torch.int8) for x in (left, right)]
        return whole[0].to(device), whole[1].to(device)
    if precision.startswith("fp8"):
        # As in training: gradients may be e5m2, weights are e4m3. The right one column by column.
        first = devices.fp8_kind(torch, device, precision)
        second = devices.fp8_kind(torch, device, "fp8_e4m3")
        return left.to(first).to(device), right.t().contiguous().to(second).to(device).t()
    kind = getattr(torch, devices.FLOAT_NAMES[precision])
    return left.to(device=device, dtype=kind), right.to(device=device, dtype=kind)


def _call(
    torch: Any, device: str, precision: str, tensors: tuple[Any, Any, Any]
) -> Callable[[], object]:
    left, right, out = tensors
    if precision == "int8":
        return lambda: torch._int_mm(left, right, out=out)  # noqa: SLF001  (there is no public one)
    if precision.startswith("fp8"):
        one = torch.ones((), device=device)
        scaled = torch._scaled_mm  # noqa: SLF001  (the public one cannot reuse a result)
        return lambda: scaled(left, right, one, one, out_dtype=out.dtype, out=out)
    multiply = torch.mm
    return lambda: multiply(left, right, out=out)
