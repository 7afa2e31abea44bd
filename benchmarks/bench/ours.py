"""Our own kernels, run inside a script without the worker around them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.score import Scored, score
from hwstudio.core.bench.suites import bench
from hwstudio.worker.drive.content import Content
from hwstudio.worker.drive.place import find_place
from hwstudio.worker.drive.scratch import Scratch
from hwstudio.worker.kernels import memory_bandwidth, storage
from hwstudio.worker.stopping import Budget


class Ear:
    """A channel that keeps what it hears."""

    def __init__(self) -> None:
        self.heard = Gathered()

    def emit(self, event: str, **data: Any) -> None:
        """Keep one event."""
        self.heard.take(Event(event, data))

    def check(self) -> None:
        """Never stop."""

    def on_stop(self, action: Any) -> None:
        """Nobody stops us."""


def triad(seconds: float) -> tuple[Scored, int]:
    """Measure the memory as the benchmark does; return also the size of one array."""
    ear = Ear()
    params = {"cap_s": seconds, "warmup_s": 0.1, "device": "cpu"}
    memory_bandwidth.run(params, ear)  # type: ignore[arg-type]
    size_bytes = int(ear.heard.series["triad"]["array_bytes"])
    return score(bench("memory_bandwidth"), ear.heard, None), size_bytes


class Drive:
    """A test file of ours, measured point by point."""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self._ear = Ear()
        self.scratch = Scratch(find_place(str(folder)), size_bytes, self._ear)  # type: ignore[arg-type]
        self.content = Content(64 << 20)

    def __enter__(self) -> Drive:
        self.scratch.__enter__()
        storage.fill(self.scratch, self.content, self._ear)  # type: ignore[arg-type]
        return self

    def __exit__(self, *of: object) -> None:
        self.scratch.close()

    @property
    def path(self) -> Path:
        """Return a name by which other programs can open the nameless file."""
        return Path(f"/proc/{os.getpid()}/fd/{self.scratch.direct}")

    def measure(self, pattern: Any, seconds: float) -> tuple[Scored, float]:
        """Return the judged result, and the median of all samples whatever disturbed them."""
        ear = Ear()
        budget = Budget(cap_s=seconds, warmup_s=0.1, floor=storage.FLOOR)
        storage.measure(self.scratch, self.content, pattern, budget, ear)  # type: ignore[arg-type]
        values = sorted(ear.heard.samples[pattern.name])
        return score(bench("storage"), ear.heard, None), values[len(values) // 2]
