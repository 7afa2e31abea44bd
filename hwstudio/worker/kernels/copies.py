"""Blocks of random bytes in the computer's memory and on devices, and copies between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.worker.channel import Failure

MIB = 2**20
Copy = Callable[[], object]


class Blocks:
    """Makes blocks of one size."""

    def __init__(self, torch: Any, size_mib: int, seed: int = 20261120) -> None:
        self._torch, self.bytes = torch, size_mib * MIB
        source = torch.Generator(device="cpu").manual_seed(seed)
        self.random = torch.randint(0, 256, (self.bytes,), dtype=torch.uint8, generator=source)

    def host(self, *, is_pinned: bool) -> Any:
        """Return a block of the computer's memory, every page of it touched."""
        made = self._torch.zeros(self.bytes, dtype=self._torch.uint8)
        return made.pin_memory() if is_pinned else made

    def on(self, device: str) -> Any:
        """Return a block of a device's memory."""
        return self._torch.zeros(self.bytes, dtype=self._torch.uint8, device=device)


def copy_of(target: Any, origin: Any) -> Copy:
    """Return a copy that does not wait where the memory is pinned; the clock waits."""
    return lambda: target.copy_(origin, non_blocking=True)


def both_of(room: Any, device: str, there: Copy, back: Copy) -> Copy:
    """Return both copies at once, each in a stream of its own, the current one waiting for both."""
    streams = [room.Stream(device=device) for _ in range(2)]

    def at_once() -> None:
        current = room.current_stream(device)
        for stream in streams:
            stream.wait_stream(current)
        for stream, work in zip(streams, (there, back), strict=True):
            with room.stream(stream):
                work()
        for stream in streams:
            current.wait_stream(stream)

    return at_once


def refuse_if_changed(torch: Any, got: Any, expected: Any, way: str) -> None:
    """Check that a block arrived byte for byte.

    Raises:
        Failure: it did not.
    """
    if not torch.equal(got.cpu(), expected.cpu()):
        raise Failure(
            "error",
            f"Bytes were changed on the way ({way})",
            "what arrived differs from what was sent",
            "Do not trust this connection: seat the card anew, undo any overclocking, update its "
            "driver",
        )
