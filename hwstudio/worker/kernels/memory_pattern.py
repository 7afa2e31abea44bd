"""Writes patterns into a share of the memory and reads them back: a wrong bit ends the test.

Every pattern is written into the whole share before any of it is read back, so that the caches
hold little of it; each block is then turned into its opposite in place and read once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock
from hwstudio.worker.disturbance import cpu_times, stolen_share
from hwstudio.worker.extra import load, processor
from hwstudio.worker.memory import RESERVE, available_bytes, free_bytes
from hwstudio.worker.sampling import Progress, Series, is_clean, send, summary

MIB = 2**20
BLOCK_BYTES = 64 * MIB
WORD = 8
ODD = 0x9E3779B97F4A7C15 - 2**64  # mixes the number of a word into all of its bits
# As signed 64-bit words; under "place" each word differs.
PATTERNS: dict[str, int] = {
    "zeros": 0,
    "alternate bits": 0x5555555555555555,
    "alternate bytes": 0x00FF00FF00FF00FF,
    "place": ODD,
}


def run(params: dict[str, Any], channel: Channel) -> None:
    """Test one device's memory."""
    wanted = str(params.get("device", "cpu"))
    torch = None if wanted == "cpu" else devices.load_torch()
    name = wanted if torch is None else devices.resolve(torch, wanted)
    words: Words = NumpyWords() if torch is None else TorchWords(torch, name)
    about = processor(1) if torch is None else devices.describe(torch, name)
    channel.emit("condition", name="device", value=about)
    free = available_bytes() if torch is None else free_bytes(torch, name)
    count = blocks_of(free, float(params.get("percent", 50.0)), int(params.get("size_mib", 0)))
    where = "the memory" if torch is None else f"the memory of {name}"
    channel.emit("condition", name="tested_bytes", value=count * BLOCK_BYTES)
    test = Test(words, count, where, channel)
    passes = int(params.get("passes", 1))
    progress = Progress(channel, passes * len(PATTERNS), count * 0.2)
    for number in range(passes):
        for pattern in PATTERNS:
            progress.point(f"pass {number + 1}: {pattern}")
            test.one(pattern)
    test.tell()


def blocks_of(free: int | None, percent: float, size_mib: int) -> int:
    """Return how many blocks to test: a share of what is free, or a size.

    Raises:
        Failure: it does not fit, or the system does not say what is free.
    """
    most = None if free is None else int(free * RESERVE) // BLOCK_BYTES
    if size_mib:
        count = max(1, size_mib * MIB // BLOCK_BYTES)
    elif free is None:
        raise Failure(
            "unsupported",
            "It is not known how much memory is free",
            "this system does not say",
            "Choose how much to test, for example --param size_mib=4096",
        )
    else:
        count = max(1, min(most or 0, int(free * percent / 100) // BLOCK_BYTES))
    if most is not None and count > most:
        raise Failure(
            "oom",
            "The memory to test does not fit into what is free",
            f"{count * BLOCK_BYTES // MIB} MiB are to be tested and {most * BLOCK_BYTES // MIB} "
            "MiB can be had",
            "Choose a smaller share, or close other programs",
        )
    return count


class Words:
    """Blocks of 64-bit words on one device."""

    def __init__(self, library: Any, **where: Any) -> None:
        self._library, self._where = library, where
        count = BLOCK_BYTES // WORD
        self._places = library.arange(count, dtype=library.int64, **where) * ODD

    def block(self) -> Any:
        """Return a new block."""
        kind = self._library.int64
        return self._library.zeros(BLOCK_BYTES // WORD, dtype=kind, **self._where)

    def expected(self, pattern: str, number: int) -> Any:
        """Return what block ``number`` holds: one word, or as many as the block has."""
        value = PATTERNS[pattern]
        return self._places + number if pattern == "place" else value

    def fill(self, block: Any, pattern: str, number: int) -> None:
        """Write a pattern."""
        block[:] = self.expected(pattern, number)

    def first_wrong(self, block: Any, expected: Any) -> tuple[int, int, int] | None:
        """Return the place, what was read and what was written of the first wrong word."""
        wrong = block != expected
        if not bool(wrong.any()):
            return None
        place = int(wrong.nonzero()[0].reshape(-1)[0])
        written = expected if isinstance(expected, int) else int(expected[place])
        return place, int(block[place]), written

    def sync(self) -> None:
        """Wait for the device."""


class NumpyWords(Words):
    """The computer's own memory."""

    def __init__(self) -> None:
        numpy = load("numpy")
        with numpy.errstate(over="ignore"):
            super().__init__(numpy)


class TorchWords(Words):
    """The memory of a device torch can use."""

    def __init__(self, torch: Any, name: str) -> None:
        super().__init__(torch, device=name)
        self._torch, self._name = torch, name

    def sync(self) -> None:
        if self._name.startswith("cuda"):
            self._torch.cuda.synchronize(self._name)


class Test:
    """Takes the blocks through one pattern after another."""

    def __init__(
        self,
        words: Words,
        count: int,
        where: str,
        channel: Channel,
        touch: Callable[[list[Any]], None] = lambda _blocks: None,
    ) -> None:
        """``touch`` gets the blocks between writing and reading (a test spoils one there)."""
        self._words, self._where, self._channel, self._touch = words, where, channel, touch
        self._series = Series("pattern", "B/s", float(BLOCK_BYTES))
        self._sent, self._times, self._clock = 0, cpu_times(), Clock()
        self._blocks: list[Any] = []
        for _ in range(count):
            channel.check()
            self._blocks.append(words.block())

    def one(self, pattern: str) -> None:
        """Write everything, read everything, turn it into its opposite, read again.

        Raises:
            Failure: a word came back different.
        """
        words = self._words
        for number, block in enumerate(self._blocks):
            self._channel.check()
            words.fill(block, pattern, number)
        self._touch(self._blocks)
        for number, block in enumerate(self._blocks):
            self._read(pattern, number, block, is_opposite=False)
            block ^= -1
        self._touch(self._blocks)
        for number, block in enumerate(self._blocks):
            self._read(pattern, number, block, is_opposite=True)

    def _read(self, pattern: str, number: int, block: Any, *, is_opposite: bool) -> None:
        self._channel.check()
        expected = self._words.expected(pattern, number)
        expected = expected ^ -1 if is_opposite else expected
        self._words.sync()
        found: list[tuple[int, int, int] | None] = [None]

        def call() -> None:
            found[0] = self._words.first_wrong(block, expected)

        sample = self._clock.time_block(call, 1)
        self._series.samples.append(sample)
        self._series.clean.append(is_clean(sample, is_device=False))
        self._sent = send(self._channel, self._series, self._sent)
        if found[0] is not None:
            self._refuse(pattern, number, found[0])

    def _refuse(self, pattern: str, number: int, wrong: tuple[int, int, int]) -> None:
        place, got, written = wrong
        bits = (got ^ written) & (2**64 - 1)
        changed = [str(bit) for bit in range(64) if bits >> bit & 1]
        raise Failure(
            "error",
            f"A word in {self._where} changed",
            f"{number * BLOCK_BYTES + place * WORD:,} bytes into the tested part, pattern "
            f"'{pattern}': {written & (2**64 - 1):#018x} was written and "
            f"{got & (2**64 - 1):#018x} read (bit {', '.join(changed)})",
            "Undo any memory overclocking (XMP, EXPO) and test again; if it stays, take the "
            "modules out one by one to find the bad one",
        )

    def tell(self) -> None:
        """Tell how fast the patterns were read back and how much was tested."""
        series = self._series
        series.stolen_share = stolen_share(self._times, cpu_times())
        size = len(self._blocks) * BLOCK_BYTES / 2**30
        told = f"{size:.1f} GiB of {self._where}, {len(series.samples):,} times 64 MiB read back"
        self._channel.emit("condition", name="checked", value=f"{told}: every bit was right")
        self._channel.emit(
            "series",
            **summary(series),
            metric="pattern",
            verified_bytes=len(series.samples) * BLOCK_BYTES,
            tested_bytes=len(self._blocks) * BLOCK_BYTES,
            patterns=list(PATTERNS),
            data="fixed patterns and their opposites, every word compared",
        )
