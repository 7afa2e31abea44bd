"""Writes readings to a JSON-lines file while they are taken; each line stands for itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from hwstudio.core.base.clock import utc_now
from hwstudio.core.base.errors import HostError
from hwstudio.core.monitor.sampler import Gap, Sampler
from hwstudio.core.monitor.snapshot import document

_FLUSH_S = 5.0  # at most this much is lost when the computer goes off


@dataclass(frozen=True, slots=True)
class Recording:
    """What was written."""

    samples: int
    path: Path
    gaps: tuple[Gap, ...]


def record(
    folder: Path,
    seconds: float,
    interval_s: float,
    *,
    on_sample: Callable[[float], None],
    sampler: Sampler | None = None,
) -> Recording:
    """Record for ``seconds``; Ctrl+C ends it early and keeps what was written.

    Raises:
        HostError: the file cannot be written.
    """
    path = folder / utc_now().strftime("monitor-%Y%m%d-%H%M%S.jsonl")
    source = sampler or Sampler(interval_s=interval_s)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            samples = _write(source, file, seconds, on_sample)
    except OSError as error:
        raise HostError("The recording cannot be written", str(error), f"Check {folder}") from error
    finally:
        source.stop()
    return Recording(samples, path, source.gaps)


def _write(
    sampler: Sampler, file: TextIO, seconds: float, on_sample: Callable[[float], None]
) -> int:
    """Write each new snapshot once; the first has no rates yet and is left out."""
    sampler.start()
    began_s = flushed_s = time.monotonic()
    samples, seen = 0, 1
    try:
        while (passed_s := time.monotonic() - began_s) < seconds + sampler.interval_s / 2:
            if sampler.ring.end > seen and sampler.latest is not None:
                seen = sampler.ring.end
                file.write(json.dumps(document(sampler.latest), allow_nan=False) + "\n")
                samples += 1
                on_sample(passed_s)
            if time.monotonic() - flushed_s > _FLUSH_S:
                file.flush()
                flushed_s = time.monotonic()
            time.sleep(min(0.05, sampler.interval_s / 4))
    except KeyboardInterrupt:
        pass  # ended by hand: what was written stays
    return samples
