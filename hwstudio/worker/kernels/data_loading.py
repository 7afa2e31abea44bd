"""How many pictures a second reach a training, by the number of loading processes, and the knee."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import sys
import uuid
from pathlib import Path
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.drive.place import find_place, refuse_if_full
from hwstudio.worker.kernels import picture_files as pictures
from hwstudio.worker.others import Others
from hwstudio.worker.sampling import Progress, Series, summary
from hwstudio.worker.stopping import Budget, median
from hwstudio.worker.windows import Shape, WindowSampler

MOST_WORKERS = 32
KNEE = 0.95  # of the best rate: more processes than this takes bring nothing


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every number of workers."""
    torch = devices.load_torch()
    torch.set_num_threads(1)
    place = find_place(str(params.get("folder", "")))
    count = int(params.get("files", 256))
    refuse_if_full(place, count * pictures.PICTURE_BYTES)
    counts = [int(n) for n in params.get("workers") or _usual(usable_cores())]
    about = {**devices.describe(torch, "cpu"), "threads": usable_cores(), "drive": place.title}
    channel.emit("condition", name="device", value=about)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    progress = Progress(channel, len(counts) + 1, budget.cap_s)
    found: dict[int, Series] = {}
    with _folder(place.folder, channel) as folder:
        progress.point("writing the pictures")
        files = pictures.write_pictures(folder, count)
        source = pictures.Pictures(files, is_cold=params.get("source") == "drive")
        for workers in counts:
            progress.point(_name(workers))
            found[workers] = _measure(torch, source, workers, params, budget, channel)
    _tell_knee(found, channel)


def _usual(cores: int) -> list[int]:
    """Return 1, 2, 4 ... up to twice the cores: the knee should lie inside."""
    counts, count = [], 1
    while count <= min(2 * cores, MOST_WORKERS):
        counts.append(count)
        count *= 2
    return counts


def _name(workers: int) -> str:
    return f"workers {workers}"


@contextlib.contextmanager
def _folder(base: Path, channel: Channel) -> Any:
    folder = base / f"{pictures.PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def remove() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    channel.emit("condition", name="scratch_file", value=str(folder))
    channel.on_stop(remove)
    folder.mkdir()
    try:
        yield folder
    finally:
        remove()


def _measure(
    torch: Any,
    source: pictures.Pictures,
    workers: int,
    params: dict[str, Any],
    budget: Budget,
    channel: Channel,
) -> Series:
    batch = int(params.get("batch", 32))
    series = Series(_name(workers), "samples/s", 1.0)
    loader = _loader(torch, source, workers, batch)
    others = Others(_children)
    with contextlib.closing(_Row(loader)) as row:
        for _ in range(2 * workers):  # the queue that was filled while starting is not counted
            channel.check()
            row.advance()
        shape = Shape(least_s=0.25, least_count=4 * batch, most_s=2.0)
        # Our own processes wait for each other: that one waited says nothing of others.
        WindowSampler(channel, budget, shape).run(
            row.advance, series, lambda _has_waited: others.are_busy()
        )
    channel.emit(
        "series",
        **summary(series),
        metric=series.name,
        workers=workers,
        batch=batch,
        disturbed_by="Other programs used the processor",
        data="made-up pictures of 256 x 256 pixels, packed, cut to 224 and scaled; checked",
    )
    return series


class _Row:
    """The batches of one loader, one after another."""

    def __init__(self, loader: Any) -> None:
        self._batches = iter(loader)

    def advance(self) -> float:
        """Take the next batch; return how many pictures it has."""
        got, _ = next(self._batches)
        return float(got.shape[0])

    def close(self) -> None:
        """End the loading processes: the loader does so when nobody holds its batches."""
        del self._batches


def _loader(torch: Any, source: pictures.Pictures, workers: int, batch: int) -> Any:
    # A plain fork of this process would wait for ever: its copy of the thread that listens to
    # standard input holds a lock that the new process needs. The server has no such thread.
    kind = "forkserver" if sys.platform == "linux" else "spawn"
    if workers and kind == "forkserver":
        multiprocessing.set_forkserver_preload(["torch"])
    return torch.utils.data.DataLoader(
        source,
        batch_size=batch,
        sampler=pictures.Endless(len(source)),
        num_workers=workers,
        multiprocessing_context=kind if workers else None,
    )


def _children() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def _tell_knee(found: dict[int, Series], channel: Channel) -> None:
    """Tell the smallest number of workers that reaches nearly the best rate."""
    rates = {
        workers: 1.0 / median(seconds)
        for workers, series in found.items()
        if len(seconds := series.clean_seconds()) >= 3
    }
    if len(rates) == len(found) > 1:
        best = max(rates.values())
        knee = min(workers for workers, rate in rates.items() if rate >= KNEE * best)
        channel.emit("condition", name="enough_workers", value=knee)
