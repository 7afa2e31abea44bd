"""Limits without a GPU: drives, network, the processor; and when nothing limits."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.units import percent, rate
from hwstudio.core.monitor.limits.card import Card
from hwstudio.core.monitor.limits.evidence import Limit, Verdict
from hwstudio.core.monitor.limits.faults import power_words
from hwstudio.core.monitor.limits.feeding import disk_evidence
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.monitor.limits.thresholds import AT


def disk(recent: Recent) -> Iterator[Verdict]:
    """Yield the drive that works all the time."""
    for device in recent.of_kind("disk"):
        busy = recent.mean(f"{device.id}.busy_share")
        if busy is None or busy < AT["disk_alone"]:
            continue
        title = device.id.partition(".")[2]
        reads = recent.share(f"{device.id}.read_bytes_per_s")
        writes = recent.share(f"{device.id}.write_bytes_per_s")
        yield Verdict(
            "info",
            Limit.DISK,
            device.id,
            f"The drive {title} is the limit: busy {percent(busy)} of the time, reading "
            f"{rate(reads)} and writing {rate(writes)}.",
            "A copy or a backup ends by itself. If you wait for it often, a faster drive helps.",
            disk_evidence(recent, device.id, "disk_alone"),
        )


def network(recent: Recent) -> Iterator[Verdict]:
    """Yield the network whose link is full."""
    for device in recent.of_kind("network"):
        for way, words in (("receive", "receives"), ("send", "sends")):
            sensor = f"{device.id}.{way}_bytes_per_s"
            link = device.limits.get(f"{way}_bytes_per_s")
            flow = recent.mean(sensor)
            if not link or flow is None or flow < AT["link_full"] * link:
                continue
            yield Verdict(
                "info",
                Limit.NETWORK,
                device.id,
                f"The network {device.id.partition('.')[2]} is the limit: it {words} {rate(flow)} "
                f"of {rate(link)}.",
                "A transfer ends by itself. If you wait for it often, a faster link helps.",
                recent.evidence(
                    sensor, "Flow", "bytes_per_s", f"of {rate(link)}", AT["link_full"] * link
                ),
            )


def processor(recent: Recent) -> Iterator[Verdict]:
    """Yield the processor when all of it, or one core of it, is full."""
    busy, core = recent.share("cpu.busy_share"), recent.core()
    evidence = (
        *recent.evidence("cpu.busy_share", "Processor", "share", "all cores", "cpu_busy"),
        *recent.evidence("cpu.max_core_share", "Busiest core", "share", "", "core_full"),
    )
    waits = _waiting_words(recent)
    if busy >= AT["cpu_busy"]:
        all_of = f"all {recent.cores} threads are" if recent.cores > 1 else "it is"
        yield Verdict(
            "info",
            Limit.CPU,
            "cpu",
            f"The processor is the limit: {all_of} {percent(busy)} busy.{waits}",
            "Fine while it compiles, packs or computes. More cores would make it shorter.",
            evidence,
        )
    elif any(card.is_working for card in recent.cards):
        return  # the one full core is the program that waits for its GPU
    elif core >= AT["core_full"] and recent.cores > 1 and _rest(recent, core) < AT["rest_of_cores"]:
        yield Verdict(
            "info",
            Limit.CPU_SINGLE_CORE,
            "cpu",
            f"One core is full while the processor as a whole is {percent(busy)} busy: a program "
            f"that uses only one core sets the pace.{waits}",
            "A program that uses more cores, or several started at once, would use the rest.",
            evidence,
        )


def _rest(recent: Recent, core: float) -> float:
    """Return how busy the other cores are on average."""
    return (recent.cores_used() - core) / (recent.cores - 1)


def _waiting_words(recent: Recent) -> str:
    resting = [c for c in recent.cards if c.is_shown and c.has_job and c.is_resting]
    return f" Meanwhile {_lower(resting[0].name)} waits for it." if resting else ""


def _lower(name: str) -> str:
    return name[0].lower() + name[1:] if name.startswith("The ") else name


def hidden(recent: Recent) -> Iterator[Verdict]:
    """Yield a GPU that takes power but does not show how busy it is."""
    for card in recent.cards:
        if card.is_shown or card.is_resting or card.power_share is None:
            continue
        gone = recent.missing.get(f"{card.id}.busy_share")
        why = f": {gone.why}" if gone is not None and gone.why else ""
        yield Verdict(
            "info",
            Limit.UNKNOWN,
            card.id,
            f"{card.name} takes {power_words(card)}, so it works; how busy it is cannot be seen"
            f"{why}.",
            "",
            card.evidence("power_w", "Power", "w", power_words(card)),
        )


def calm(recent: Recent) -> Iterator[Verdict]:
    """Yield what is true when nothing limits; always one verdict."""
    if recent.mean("cpu.busy_share") is None and not recent.cards:
        yield Verdict("info", Limit.UNKNOWN, "", "No sensor gives numbers here.")
    elif _is_idle(recent):
        yield from _idle(recent)
    else:
        yield _busiest(recent)


def _is_idle(recent: Recent) -> bool:
    if recent.share("cpu.busy_share") >= AT["idle_cpu"]:
        return False
    if recent.core() >= AT["idle_core"]:
        return False
    if recent.share("disks.busy_share") >= AT["idle_disk"]:
        return False
    if any(card.is_shown and card.busy >= AT["gpu_low"] for card in recent.cards):
        return False
    flows = (
        recent.share(f"{device.id}.{way}_bytes_per_s")
        for device in recent.of_kind("network")
        for way in ("receive", "send")
    )
    return all(flow < AT["idle_network"] for flow in flows)


def _idle(recent: Recent) -> Iterator[Verdict]:
    evidence = recent.evidence("cpu.busy_share", "Processor", "share", "", "idle_cpu")
    held = next((card for card in recent.cards if card.has_job), None)
    if held is None:
        yield Verdict(
            "ok", Limit.IDLE, "", "Nothing limits this computer now: it is idle.", "", evidence
        )
        return
    yield Verdict(
        "ok",
        Limit.IDLE,
        held.id,
        f"This computer is idle. A program holds {percent(held.vram_share or 0)} of "
        f"{_lower(held.name)}'s memory and waits for work.",
        "If it should be working, look at its log: it may hang.",
        evidence,
        Limit.HUNG,
    )


def _busiest(recent: Recent) -> Verdict:
    shares = {("the processor", "cpu"): recent.share("cpu.busy_share")}
    shares.update({(_lower(card.name), card.id): card.busy for card in recent.cards})
    for device in recent.of_kind("disk"):
        name = f"the drive {device.id.partition('.')[2]}"
        shares[name, device.id] = recent.share(f"{device.id}.busy_share")
    (name, device_id), busy = max(shares.items(), key=lambda item: item[1])
    sensor = f"{device_id}.busy_share"
    return Verdict(
        "ok",
        Limit.HEALTHY,
        device_id,
        f"Nothing limits this computer now. The busiest part is {name} at {percent(busy)}.",
        "",
        recent.evidence(sensor, "Busiest part", "share", ""),
    )


def starting() -> Verdict:
    """Return what is said before there are enough samples."""
    return Verdict("info", Limit.UNKNOWN, "", "Reading the first values.")


_FAMILY_WORDS = {
    "gpus": "the GPU",
    "disks": "the drives",
    "network": "the network",
    "memory": "the memory",
}


def unseen(recent: Recent) -> tuple[str, ...]:
    """Return in words what could not be seen and would have made the judgement surer."""
    words = [word for card in recent.cards for word in _unseen_of(recent, card)]
    if not recent.raw("cpu.busy_share"):
        words.append("how busy the processor is")
    for family, name in _FAMILY_WORDS.items():
        gone = recent.missing.get(family)
        if gone is not None:
            words.append(f"{name}: {gone.why}" if gone.why else name)
    return tuple(words)


def _unseen_of(recent: Recent, card: Card) -> Iterator[str]:
    if not card.is_shown:
        yield f"how busy {_lower(card.name)} is"
    if card.power_share is None:
        yield f"the power of {_lower(card.name)}, so real work cannot be told from waiting"
    if not recent.raw(f"{card.id}.throttle_bits"):
        yield f"why {_lower(card.name)} slows down, if it does"
