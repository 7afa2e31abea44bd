"""Copies from each GPU to each other one, one way and both ways at once."""

from __future__ import annotations

import itertools
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.kernels.copies import Blocks, both_of, copy_of, refuse_if_changed
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

LEAST = 2
Pair = tuple[str, str]


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every pair asked for."""
    torch = devices.load_torch()
    gpus = [name for name in devices.names(torch) if name.startswith(("cuda", "xpu"))]
    if len(gpus) < LEAST:
        raise Failure(
            "unsupported",
            "Copying from GPU to GPU needs two of them",
            f"PyTorch {torch.__version__} finds {len(gpus)}",
            "Run it on a computer with two GPUs or more",
        )
    channel.emit("condition", name="device", value=devices.describe(torch, gpus[0]))
    size_mib = int(params.get("size_mib", 256))
    for gpu in gpus:
        refuse_if_too_big(torch, gpu, 4 * size_mib * 2**20, "The block")
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.2))
    )
    pairs = pairs_of(gpus, str(params.get("pairs", "all")))
    progress = Progress(channel, len(pairs), budget.cap_s * 0.5 + budget.warmup_s)
    blocks = Blocks(torch, size_mib)
    direct: dict[str, bool] = {}
    for pair in pairs:
        direct[" > ".join(pair)] = is_direct(torch, *pair)
        for name in names_of(pair):
            progress.point(name)
            _measure(torch, pair, name, blocks, budget, channel)
    channel.emit("condition", name="direct access", value=direct)


def pairs_of(gpus: list[str], which: str) -> list[Pair]:
    """Return the pairs in both directions, the first GPU's before the others'."""
    pairs = list(itertools.permutations(gpus, 2))
    return pairs if which == "all" else [pair for pair in pairs if gpus[0] in pair]


def names_of(pair: Pair) -> list[str]:
    """Return the points of a pair; both ways at once are measured from one side only."""
    one_way = f"one_way {pair[0]} > {pair[1]}"
    return [one_way, f"both_ways {pair[0]} + {pair[1]}"] if pair[0] < pair[1] else [one_way]


def is_direct(torch: Any, origin: str, target: str) -> bool:
    """Say whether one GPU reaches the other's memory itself; else the copy goes by the host."""
    if not origin.startswith("cuda"):
        return False
    return bool(torch.cuda.can_device_access_peer(origin, target))


def _measure(
    torch: Any, pair: Pair, name: str, blocks: Blocks, budget: Budget, channel: Channel
) -> None:
    origin, target = pair
    sent, arrived = blocks.on(origin), blocks.on(target)
    sent.copy_(blocks.random)
    call, count = copy_of(arrived, sent), float(blocks.bytes)
    if name.startswith("both_ways"):
        back_from, back_to = blocks.on(target), blocks.on(origin)
        back_from.copy_(blocks.random)
        room = torch.xpu if origin.startswith("xpu") else torch.cuda
        call = both_of(room, origin, call, copy_of(back_to, back_from))
        count *= 2
    # Timed by the sender's events: torch orders a copy between devices on both.
    clock = devices.clock_for(torch, origin)
    series = Series(name, "B/s", count, is_device=True)
    Sampler(channel, clock, budget).run(call, series)
    clock.synchronise()
    devices.clock_for(torch, target).synchronise()
    refuse_if_changed(torch, arrived, blocks.random, name)
    channel.emit(
        "series",
        **summary(series),
        metric=name,
        block_bytes=blocks.bytes,
        clock=clock.name,
        data="random bytes, compared after the copy",
    )
