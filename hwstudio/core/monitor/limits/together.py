"""GPUs that do not pull together, and work in which nothing moves any more."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.units import gib, percent, si
from hwstudio.core.monitor.limits.card import Card
from hwstudio.core.monitor.limits.evidence import Evidence, Limit, Verdict
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.monitor.limits.thresholds import AT


def spinning(recent: Recent) -> Iterator[Verdict]:
    """Yield when every GPU at work only spins: each waits for another and none computes."""
    cards = [card for card in recent.cards if card.is_shown and not card.is_resting]
    if len(cards) < 2 or recent.span_s < AT["hung_s"] - recent.interval_s:
        return
    if all(card.is_spinning for card in cards) and _is_long(recent, cards):
        yield Verdict(
            "warn",
            Limit.HUNG,
            cards[0].id,
            f"Nothing has moved for {recent.span_s:.0f} s: {len(cards)} GPUs are 100 % busy at "
            "little power, so each waits for another.",
            "Look at the log of every process: one has stopped, failed, or waits for a different "
            "step. End the job and start it from its last checkpoint.",
            tuple(piece for card in cards for piece in _power(card)),
        )


def _is_long(recent: Recent, cards: list[Card]) -> bool:
    """Tell whether it was so all the time, not only now."""
    for card in cards:
        busy = recent.known(f"{card.id}.busy_share")
        power = recent.known(f"{card.id}.power_w")
        limit = card.power_limit_w or 0.0
        if min(busy) < 0.9 or max(power, default=0.0) > AT["spin_power"] * limit:
            return False
    return True


def _power(card: Card) -> tuple[Evidence, ...]:
    return card.evidence(
        "power_w",
        f"Power of {card.name}",
        "w",
        "work would take more",
        AT["gpu_work"] * (card.power_limit_w or 0.0),
    )


def still(recent: Recent) -> Iterator[Verdict]:
    """Yield a job that worked in this stretch and has stood still since."""
    cards = [card for card in recent.cards if card.has_job and card.is_resting]
    if not cards or any(not card.is_resting for card in recent.cards if card.is_shown):
        return
    card = cards[0]
    seconds = card.still_s
    if seconds < AT["hung_s"] or not _worked_before(recent, card) or not _is_quiet(recent, seconds):
        return
    used = recent.mean(f"{card.id}.vram_used_bytes")
    held = f" although a program holds {gib(used)} of its memory" if used else ""
    yield Verdict(
        "warn",
        Limit.HUNG,
        card.id,
        f"Nothing has moved for {seconds:.0f} s: {card.name[0].lower()}{card.name[1:]} stopped"
        f"{held}, and the processor is idle too.",
        "If the work is done, close the program and its memory is free. If not, it hangs: look at "
        "its log.",
        (
            *card.evidence("busy_share", "GPU utilisation", "share", "", "gpu_still"),
            *card.evidence("vram_used_bytes", "GPU memory held", "bytes", ""),
            *recent.evidence("cpu.busy_share", "Processor", "share", "", "quiet_share"),
        ),
    )


def _worked_before(recent: Recent, card: Card) -> bool:
    busy = recent.known(f"{card.id}.busy_share")
    return bool(busy) and max(busy) >= AT["gpu_active"]


def _is_quiet(recent: Recent, seconds: float) -> bool:
    """Tell whether processor, drives and network have been at rest all that time."""
    since_s = recent.times[-1] - seconds + 2 * recent.interval_s
    at = [n for n, moment in enumerate(recent.times) if moment >= since_s]
    quiet = max(AT["quiet_cores"], AT["quiet_share"] * recent.cores)
    if recent.cores_used(at) > quiet or recent.share("disks.busy_share", at) > AT["idle_disk"]:
        return False
    pids = {holder.pid for holder in recent.holders}
    if any(p.pid in pids and (p.cpu_share or 0.0) >= AT["idle_core"] for p in recent.processes):
        return False
    flows = (f"{device.id}.receive_bytes_per_s" for device in recent.of_kind("network"))
    return all(recent.share(flow, at) < AT["idle_network"] for flow in flows)


def turns(recent: Recent) -> Iterator[Verdict]:
    """Yield when GPUs work one after the other: a model laid over them layer by layer."""
    cards = [card for card in recent.cards if card.has_job and card.is_shown]
    if len(cards) < 2:
        return
    shares = [card.busy for card in cards]
    if not AT["turns_low"] <= sum(shares) <= AT["turns_high"]:
        return
    if min(shares) < AT["gpu_low"] / 2 or max(shares) > AT["gpu_waits"]:
        return
    if _work_together(recent, cards) or not _is_one_process(recent, cards):
        return
    yield Verdict(
        "info",
        Limit.GPU_IMBALANCE,
        cards[0].id,
        f"The {len(cards)} GPUs take turns: each works {percent(sum(shares) / len(cards))} of the "
        "time, together as much as one.",
        "That is how a model laid over several GPUs layer by layer runs. Tensor parallelism, or "
        "one copy per GPU if it fits, uses them at the same time.",
        tuple(
            piece
            for card in cards
            for piece in card.evidence("busy_share", f"Utilisation of {card.name}", "share", "")
        ),
    )


def _work_together(recent: Recent, cards: list[Card]) -> bool:
    """Tell whether they work at the same moments: at a start they can add up to one on average."""
    moments = zip(*(recent.some(f"{card.id}.busy_share") for card in cards), strict=False)
    sums = [sum(moment) for moment in moments]
    together = sum(each > AT["turns_high"] for each in sums)
    return bool(together > AT["turns_apart"] * len(sums))


def _is_one_process(recent: Recent, cards: list[Card]) -> bool:
    """Tell whether one process drives them all; without such words, whether one core could."""
    pids = [{h.pid for h in recent.holders if h.gpu == card.id} for card in cards]
    if all(pids) and set.intersection(*pids):
        return True
    return recent.cores_used() < AT["one_thread"] + AT["quiet_share"] / 3 * recent.cores


def unequal(recent: Recent) -> Iterator[Verdict]:
    """Yield a GPU that is slower than its sisters, or holds a job and does nothing."""
    working = [card for card in recent.cards if card.is_shown and card.busy >= AT["gpu_busy"]]
    working = [card for card in working if not card.is_resting]
    yield from _slower(working)
    if not working:
        return
    for card in recent.cards:
        if card.is_waiting:
            yield Verdict(
                "info",
                Limit.GPU_IMBALANCE,
                card.id,
                f"{card.name} works {percent(card.busy)} of the time, {working[0].name} all of it.",
                "Where they work together, compare what each process does between steps.",
                card.evidence("busy_share", "Utilisation", "share", "", "gpu_waits"),
            )
        elif card.is_resting and card.has_job and card.still_s >= AT["hung_s"]:
            yield Verdict(
                "info",
                Limit.GPU_IMBALANCE,
                card.id,
                f"{card.name} holds a job but does nothing, while {working[0].name} works.",
                "If it should work too, look at that process's log.",
                card.evidence("busy_share", "Utilisation", "share", "", "gpu_still"),
            )


def _slower(working: list[Card]) -> Iterator[Verdict]:
    clocks = {card: clock for card in working if (clock := card.mean("sm_clock_hz")) is not None}
    if len(clocks) < 2:
        return
    slow = min(clocks, key=lambda card: clocks[card])
    sisters = [clock for card, clock in clocks.items() if card.device.title == slow.device.title]
    if len(sisters) < 2 or clocks[slow] >= AT["slower_clock"] * max(sisters):
        return
    yield Verdict(
        "info",
        Limit.GPU_IMBALANCE,
        slow.id,
        f"{slow.name} is slower than the others: {si(clocks[slow], 'Hz')} against "
        f"{si(max(sisters), 'Hz')}. Where they work together, all wait for it.",
        "Compare its power limit, its clock settings and its temperature with the others'.",
        slow.evidence("sm_clock_hz", "Clock", "hz", "", max(sisters) * AT["slower_clock"]),
    )
