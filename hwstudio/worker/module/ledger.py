"""A book of every storage that lives: when it came, how large it is, when it went, what it was.

torch has ``torch.distributed._tools.mem_tracker``; it is not used: it is private, needs a torch
built with distributed, hooks every module and refuses one that is called twice, and rounds to
blocks of a CUDA allocator. This book watches the dispatcher alone, so it knows no modules.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from hwstudio.worker.channel import Failure

TEMPORARIES = "temporaries"
_PASSED = ("prim.device.default", "aten.detach.default")  # make no memory; spared the look


def _parts(tensor: Any) -> tuple[Any, ...]:
    """Return the plain tensors a sparse one is made of: it has no storage of its own.

    Raises:
        Failure: the layout is another; its bytes cannot be told.
    """
    if tensor.layout is torch.sparse_coo:
        return tensor._indices(), tensor._values()  # noqa: SLF001  (also before it is coalesced)
    if tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        return tensor.crow_indices(), tensor.col_indices(), tensor.values()
    if tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
        return tensor.ccol_indices(), tensor.row_indices(), tensor.values()
    raise Failure(
        "unsupported",
        "The memory of this model cannot be reckoned",
        f"it holds a tensor in the layout {tensor.layout}",
        "Use plain or sparse tensors",
    )


class Ledger(TorchDispatchMode):  # type: ignore[misc]
    """Writes down storages while it is entered. ``block`` rounds each up, as an allocator does."""

    def __init__(self, block: int = 1) -> None:
        super().__init__()
        self._block = block
        self._alive: dict[int, tuple[int, Any]] = {}  # storage -> its number and a weak reference
        self._size: list[int] = []  # by number, bytes
        self._kind: dict[int, str] = {}
        self._events: list[tuple[int, int]] = []  # number, bytes that came or went
        self._phases: list[tuple[int, str]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = str(func)
        if name in _PASSED:
            return func(*args, **kwargs)
        # In inference mode composed operations arrive whole; their insides need memory as well.
        with self:
            parts = func.decompose(*args, **kwargs)
        if parts is not NotImplemented:
            return parts
        out = func(*args, **kwargs)
        self.see(out)
        return out

    def see(self, tree: Any) -> list[int]:
        """Write down the storages of all tensors in ``tree``; return their numbers."""
        return [
            number
            for leaf in tree_leaves(tree)
            if isinstance(leaf, torch.Tensor)
            for number in self._look(leaf)
        ]

    def _look(self, tensor: Any) -> list[int]:
        if tensor.layout is not torch.strided:
            return [number for part in _parts(tensor) for number in self._look(part)]
        storage = tensor.untyped_storage()
        key, size = storage._cdata, self._rounded(storage.nbytes())  # noqa: SLF001
        known = self._alive.get(key)
        if known is not None and known[1]() is not None:
            number = known[0]
            if size != self._size[number]:  # resized in place
                self._events.append((number, size - self._size[number]))
                self._size[number] = size
            return [number]
        number = len(self._size)
        self._size.append(size)
        self._events.append((number, size))
        gone = weakref.ref(storage, lambda _dead: self._bury(key, number))
        self._alive[key] = (number, gone)
        return [number]

    def _bury(self, key: int, number: int) -> None:
        known = self._alive.get(key)
        if known is not None and known[0] == number:
            del self._alive[key]
        self._events.append((number, -self._size[number]))

    def _rounded(self, size: int) -> int:
        return -(-size // self._block) * self._block

    def begin(self, phase: str) -> None:
        """Let a phase begin; the peak is told with the phase it fell into."""
        self._phases.append((len(self._events), phase))

    def label(self, tree: Any, kind: str) -> None:
        """Say what the tensors in ``tree`` are; the first word said of a storage stands."""
        for number in self.see(tree):
            self._kind.setdefault(number, kind)

    def label_living(self, kind: str) -> None:
        """Say what every storage is that lives now and has no name yet."""
        for number, _ in self._alive.values():
            self._kind.setdefault(number, kind)

    def peak(self) -> tuple[int, str, dict[str, int]]:
        """Return the most bytes alive since the first phase began, its phase, and what they were.

        Storages without a name are temporaries.
        """
        first = self._phases[0][0] if self._phases else 0
        total = most = 0
        at = first
        for place, (_, change) in enumerate(self._events):
            total += change
            if place >= first and total > most:
                most, at = total, place
        return most, self._phase_at(at), self._kinds_until(at)

    def _phase_at(self, place: int) -> str:
        return next((name for begin, name in reversed(self._phases) if begin <= place), "")

    def _kinds_until(self, place: int) -> dict[str, int]:
        out: dict[str, int] = {}
        for number, change in self._events[: place + 1]:
            kind = self._kind.get(number, TEMPORARIES)
            out[kind] = out.get(kind, 0) + change
        return out
