"""GPUs that set the pace by computing, by their memory or their power, or only seem to."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.units import percent, watts
from hwstudio.core.monitor.limits.card import SOFT_POWER, Card
from hwstudio.core.monitor.limits.evidence import Evidence, Limit, Verdict
from hwstudio.core.monitor.limits.faults import power_words
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.monitor.limits.thresholds import AT

_WANTED = "That is what you want."


def working(recent: Recent) -> Iterator[Verdict]:
    """Yield what the busiest GPU is limited by, the nearest cause first."""
    cards = [card for card in recent.cards if card.is_working]
    if not cards:
        return
    card = cards[0]
    capped = [card for card in cards if _is_capped(card)]
    if capped:
        yield _capped(recent, capped[0], cards)
    moved = card.mean("memory_busy_share")
    if moved is not None and moved >= AT["gpu_memory_busy"]:
        yield _verdict(
            card,
            Limit.GPU_MEMORY_BANDWIDTH,
            f"{card.name}'s memory speed is the limit: it moves data {percent(moved)} of the time.",
            "Usual for text generation. Larger batches or smaller numbers do more per byte.",
        )
    if card.power_share is None:
        words = "Its power is not shown, so work cannot be told from waiting."
        yield _verdict(card, Limit.GPU_COMPUTE, f"{_who(recent, cards)}. {words}", "", kind="info")
    else:
        yield _verdict(card, Limit.GPU_COMPUTE, f"{_who(recent, cards)}. {_WANTED}", "")


def _who(recent: Recent, cards: list[Card]) -> str:
    share = percent(sum(card.busy for card in cards) / len(cards))
    if len(cards) == 1:
        rest = len(recent.cards) - 1
        alone = f"; {rest} other GPU{'s' * (rest > 1)} free" if rest else ""
        return f"{cards[0].name} sets the pace: {share} busy{alone}"
    every = len(recent.cards)
    if len(cards) < every:
        who = f"{len(cards)} of {every} GPUs"
    else:
        who = "Both GPUs" if every == 2 else f"All {every} GPUs"
    return f"{who} set the pace: {share} busy"


def _is_capped(card: Card) -> bool:
    share = card.bits_share(SOFT_POWER)
    if share is not None:
        return share >= AT["cap_share"]
    power = card.power_share
    return power is not None and power >= AT["cap_power"]


def _capped(recent: Recent, card: Card, cards: list[Card]) -> Verdict:
    """A power limit that is reached is healthy; one that was lowered is worth a word."""
    limit, maker = card.power_limit_w, card.limit("power_limit_w")
    if limit and maker and limit < AT["lowered"] * maker:
        return _verdict(
            card,
            Limit.POWER_LIMIT,
            f"{card.name} is held at {watts(limit)}; its maker allows {watts(maker)}.",
            "That saves power and noise. Raise the limit again if you want the last of its speed.",
            kind="info",
        )
    said = power_words(card)
    sentence = f"{_who(recent, cards)}, at the power limit{f' ({said})' if said else ''}."
    if _is_on_battery(recent):
        words = f"{sentence} On battery it gets less."
        return _verdict(
            card, Limit.POWER_LIMIT, words, "Plug in the charger for full speed.", "info"
        )
    return _verdict(card, Limit.POWER_LIMIT, f"{sentence} {_WANTED}", "")


def _is_on_battery(recent: Recent) -> bool:
    """Tell whether the charge went down in this stretch."""
    charge = recent.known("battery.charge_share")
    return len(charge) > 1 and charge[-1] < charge[0] - 5e-4


def _verdict(card: Card, limit: Limit, sentence: str, advice: str, kind: str = "ok") -> Verdict:
    return Verdict(kind, limit, card.id, sentence, advice, tuple(_evidence(card)))


def _evidence(card: Card) -> Iterator[Evidence]:
    yield from card.evidence("busy_share", "GPU utilisation", "share", "a kernel ran", "gpu_busy")
    limit = card.power_limit_w
    yield from card.evidence(
        "power_w",
        "Power",
        "w",
        power_words(card),
        AT["gpu_work"] * limit if limit else None,
    )
    yield from card.evidence(
        "memory_busy_share", "Memory moves", "share", "of the time", "gpu_memory_busy"
    )


def light(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs that are always busy and hardly work: tiny kernels, or waiting for each other."""
    for card in recent.cards:
        share = card.power_share
        if card.is_resting or card.busy < AT["gpu_busy"] or share is None:
            continue
        if not card.is_light and share >= AT["gpu_doubt"]:
            continue  # between light and this, it is at most the second cause
        yield _verdict(
            card,
            Limit.GPU_UNDERUSED,
            f"{card.name} says {percent(card.busy)} busy but takes only {power_words(card)}: it "
            "runs tiny steps or waits.",
            "Larger batches, compiled or fused steps, and fewer small transfers give it real work.",
            kind="info",
        )


def underused(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs that could do more, when nothing that is measured holds them back."""
    for card in recent.cards:
        if card.is_waiting:
            yield _verdict(
                card,
                Limit.GPU_UNDERUSED,
                f"{card.name} works {percent(card.busy)} of the time, and nothing else here is at "
                "its limit.",
                "Fine if it waits for you, for requests or for a frame rate. For training, try "
                "larger batches and see whether the steps follow each other without a break.",
                kind="info",
            )
            return
