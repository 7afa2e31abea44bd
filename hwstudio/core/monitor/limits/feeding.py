"""GPUs that wait for data, and what is slow to bring them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hwstudio.core.base.units import percent, rate
from hwstudio.core.monitor.limits.card import Card
from hwstudio.core.monitor.limits.evidence import Evidence, Limit, Verdict
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.monitor.limits.thresholds import AT

# Bytes per second of one PCIe lane, by generation, after line coding (PCI-SIG).
LANE_BYTES_PER_S = {1: 0.25e9, 2: 0.5e9, 3: 0.985e9, 4: 1.969e9, 5: 3.938e9, 6: 7.563e9}


@dataclass(frozen=True, slots=True)
class Cause:
    """What is slow: words that follow "waits for data:", and what speaks for it."""

    limit: Limit
    device: str
    words: str
    advice: str
    evidence: tuple[Evidence, ...]


def waiting(recent: Recent) -> Iterator[Verdict]:
    """Yield, for the GPU that waits most, every cause that is seen; the surest first."""
    cards = [card for card in recent.cards if card.is_waiting]
    if not cards:
        return
    card = min(cards, key=lambda each: round(each.busy, 1))  # equal ones: the first, no flicker
    for cause in _causes(recent, card):
        yield _verdict(recent, card, len(cards), cause)


def _verdict(recent: Recent, card: Card, count: int, cause: Cause) -> Verdict:
    is_all = count > 1 and count == len(recent.cards)
    everyone = "Both GPUs" if count == 2 else f"All {count} GPUs"
    who = f"{everyone} wait" if is_all else f"{card.name} waits"
    # A machine-wide cause is named by its own device; the loader's by the GPU that starves.
    device = cause.device or card.id
    busy = card.evidence(
        "busy_share",
        "GPU utilisation",
        "share",
        f"{percent(card.busy)} without pauses; below {percent(AT['gpu_waits'])} it waits",
        "gpu_waits",
    )
    return Verdict(
        "warn",
        cause.limit,
        device,
        f"{who} for data: {cause.words}.",
        cause.advice,
        (*busy, *cause.evidence),
    )


def _causes(recent: Recent, card: Card) -> Iterator[Cause]:
    at = card.waits_at
    cpu = recent.share("cpu.busy_share", at)
    narrow, traffic = _link(recent, card)
    if traffic is not None and traffic >= AT["pcie_full"]:
        yield _pcie(recent, card, f"is {percent(traffic)} full")
    if cpu < AT["cpu_busy"]:
        yield from _disk(recent, at)
        yield from _network(recent, at)
    else:
        yield _loader(recent, at, card)
        yield from _disk(recent, at)
    is_used = traffic is None or traffic >= AT["pcie_calm"]
    if is_used and narrow is not None and narrow <= AT["pcie_narrow"]:
        yield _pcie(recent, card, _narrow_words(recent, card))
    if cpu < AT["cpu_busy"] and (_is_core_full(recent, at) or _is_taking_turns(recent, card, at)):
        yield _loader(recent, at, card)


# --- PCIe -----------------------------------------------------------------------------------


def _link(recent: Recent, card: Card) -> tuple[float | None, float | None]:
    """Return the link as a share of the widest, and the traffic as a share of the link."""
    now = _lanes(recent, card, "pcie_generation", "pcie_width")
    most = _lanes(recent, card, "pcie_max_generation", "pcie_max_width")
    names = ("pcie_receive_bytes_per_s", "pcie_send_bytes_per_s")
    flows = [flow for name in names if (flow := card.mean(name)) is not None]
    traffic = max(flows) / now if flows and now else None
    return (now / most if now and most else None), traffic


def _lanes(recent: Recent, card: Card, generation: str, width: str) -> float | None:
    """Return bytes per second of a link. The fastest seen counts: an idle GPU slows its link."""
    generations = recent.known(f"{card.id}.{generation}")
    widths = recent.known(f"{card.id}.{width}")
    if not generations or not widths:
        return None
    lane = LANE_BYTES_PER_S.get(int(max(generations)))
    return lane * max(widths) if lane else None


def _pcie(recent: Recent, card: Card, words: str) -> Cause:
    return Cause(
        Limit.PCIE,
        card.id,
        f"its PCIe link {words}",
        "Seat the card again, use the slot next to the processor, look at the riser cable and at "
        "the slot's setting in the firmware; keep data on the GPU or send it in a smaller format.",
        (
            *card.evidence("pcie_width", "PCIe lanes", "", f"of {_most(recent, card, 'width')}"),
            *card.evidence(
                "pcie_generation", "PCIe generation", "", f"of {_most(recent, card, 'generation')}"
            ),
            *card.evidence("pcie_receive_bytes_per_s", "To the GPU", "bytes_per_s", "over PCIe"),
        ),
    )


def _most(recent: Recent, card: Card, of: str, kind: str = "pcie_max") -> str:
    """Return the lanes or the generation of a link in words; an idle GPU slows it, so the most."""
    return f"{max(recent.known(f'{card.id}.{kind}_{of}'), default=0):.0f}"


def _narrow_words(recent: Recent, card: Card) -> str:
    lanes, generation = (_most(recent, card, of, "pcie") for of in ("width", "generation"))
    return (
        f"has {lanes} of {_most(recent, card, 'width')} lanes at generation {generation} of "
        f"{_most(recent, card, 'generation')}"
    )


# --- drives and network ---------------------------------------------------------------------


def _disk(recent: Recent, at: Sequence[int]) -> Iterator[Cause]:
    best: tuple[float, str] | None = None
    for device in recent.of_kind("disk"):
        busy = recent.mean(f"{device.id}.busy_share", at)
        moved = recent.share(f"{device.id}.read_bytes_per_s", at) + recent.share(
            f"{device.id}.write_bytes_per_s", at
        )
        if moved < AT["move_bytes"] and (busy or 0.0) < AT["disk_alone"]:
            continue
        if _is_slow(recent, busy, at) and (best is None or (busy or 0.0) > best[0]):
            best = (busy or 0.0, device.id)
    if best is None:
        return
    name, title = best[1], best[1].partition(".")[2]
    reads = recent.share(f"{name}.read_bytes_per_s", at)
    writes = recent.share(f"{name}.write_bytes_per_s", at)
    also = f" and writes {rate(writes)}" if writes > reads / 2 else ""
    yield Cause(
        Limit.DISK,
        name,
        f"the drive {title} reads {rate(reads)}{also} and cannot do more",
        "Put the data on a faster drive or in memory, or store it packed in fewer, larger files.",
        disk_evidence(recent, name, "disk_busy", at),
    )


def _is_slow(recent: Recent, busy: float | None, at: Sequence[int]) -> bool:
    """Tell whether programs wait for this drive."""
    stall = recent.mean("disks.stall_share", at)
    wait = recent.mean("cpu.wait_share", at)
    waits = (stall or 0.0) >= AT["disk_stall"] or (wait or 0.0) * max(recent.cores, 1) >= AT[
        "disk_wait_cores"
    ]
    if busy is None:
        return waits
    if stall is None and wait is None:
        return busy >= AT["disk_busy"]
    return busy >= AT["disk_some"] and waits


def disk_evidence(
    recent: Recent, name: str, threshold: str, at: Sequence[int] | None = None
) -> tuple[Evidence, ...]:
    """Return how busy a drive is, and who waits for it."""
    return (
        *recent.evidence(f"{name}.busy_share", "Drive busy", "share", "of the time", threshold, at),
        *recent.evidence(f"{name}.read_bytes_per_s", "Reading", "bytes_per_s", ""),
        *recent.evidence(f"{name}.write_bytes_per_s", "Writing", "bytes_per_s", ""),
        *recent.evidence(
            "disks.stall_share", "Programs wait for data", "share", "of the time", "disk_stall"
        ),
    )


def _network(recent: Recent, at: Sequence[int]) -> Iterator[Cause]:
    for device in recent.of_kind("network"):
        flow = recent.share(f"{device.id}.receive_bytes_per_s", at)
        link = device.limits.get("receive_bytes_per_s")
        title = device.id.partition(".")[2]
        if link and flow >= AT["link_feeds"] * link:
            words = f"the network {title} brings {rate(flow)} of {rate(link)}"
        elif flow >= AT["move_bytes"] and _is_remote_storage(recent, at):
            words = f"storage over the network {title} brings only {rate(flow)}"
        else:
            continue
        yield Cause(
            Limit.NETWORK,
            device.id,
            words,
            "Copy the data to a local drive first, pack it smaller, or use a faster network.",
            (
                *recent.evidence(
                    f"{device.id}.receive_bytes_per_s",
                    "Receiving",
                    "bytes_per_s",
                    f"the link does {rate(link)}" if link else "the link's speed is not known",
                    AT["link_feeds"] * link if link else None,
                ),
                *recent.evidence(
                    "disks.stall_share", "Programs wait for data", "share", "", "disk_stall"
                ),
            ),
        )


def _is_remote_storage(recent: Recent, at: Sequence[int]) -> bool:
    """Tell whether programs stand still for data while every local drive is calm."""
    stall = recent.mean("disks.stall_share", at)
    local = recent.share("disks.busy_share", at)
    return stall is not None and stall >= AT["disk_stall"] and local < AT["disk_calm"]


# --- the loader -----------------------------------------------------------------------------


def _is_core_full(recent: Recent, at: Sequence[int]) -> bool:
    if recent.core(at) >= AT["core_full"]:
        return True
    # A thread that moves between cores fills none: a process says it.
    return any((process.cpu_share or 0.0) >= AT["core_full"] for process in recent.processes)


def _is_taking_turns(recent: Recent, card: Card, at: Sequence[int]) -> bool:
    """Tell whether one thread and the GPU fill the time between them: load, compute, load."""
    core = recent.core(at)
    if recent.cores_used(at) >= AT["one_thread"]:
        return False
    return AT["turns_sum"] <= card.busy + core <= AT["turns_high"] and core > AT["gpu_active"]


def _loader(recent: Recent, at: Sequence[int], card: Card) -> Cause:
    used, cores = recent.cores_used(at), recent.cores
    if cores and used >= AT["cpu_busy"] * cores:
        words = f"the loader uses all {cores} cores and is still too slow"
        advice = (
            "Decode less: store smaller or ready-made samples, decode on the GPU, or use a "
            "processor with more cores."
        )
    else:
        count = max(1, round(used))
        words = f"the loader uses {count} of {cores} cores" if cores else "the loader is too slow"
        advice = (
            "Give the loader more workers and let it prepare batches ahead "
            "(PyTorch: num_workers and prefetch_factor)."
        )
    return Cause(
        Limit.DATA_LOADING,
        card.id,
        words,
        advice,
        (
            *recent.evidence("cpu.busy_share", "Processor", "share", "all cores", "cpu_busy"),
            *recent.evidence("cpu.max_core_share", "Busiest core", "share", "", "core_full"),
        ),
    )
