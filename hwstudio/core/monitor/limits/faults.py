"""Faults: a GPU that no longer answers, is braked by its hardware, or is too hot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwstudio.core.base.units import percent, si, watts
from hwstudio.core.model.reading import Status
from hwstudio.core.monitor.limits.card import BRAKE, HARD_HEAT, IDLE, SLOWDOWN, SOFT_HEAT, Card
from hwstudio.core.monitor.limits.evidence import Evidence, Limit, Verdict
from hwstudio.core.monitor.limits.recent import Recent
from hwstudio.core.monitor.limits.thresholds import AT

_CPU_SENSOR = re.compile(r"cpu|core|k10|zen|tctl|tdie|package|soc", re.IGNORECASE)
_FAMILIES = ("gpus", "gpu")  # the names under which a whole driver can be missing


def lost(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs that were there and give no numbers any more."""
    for family in _FAMILIES:
        gone = recent.missing.get(family)
        if gone is not None and gone.status is Status.LOST and recent.cards:
            yield _lost(recent, recent.cards[0], gone.why, "The GPU driver")
            return
    for card in recent.cards:
        gone = recent.missing.get(card.id) or recent.missing.get(f"{card.id}.busy_share")
        if gone is not None and gone.status is Status.LOST:
            yield _lost(recent, card, gone.why, card.name)
        elif gone is None and (silent_s := _silent_s(recent, card)) is not None:
            yield _lost(recent, card, f"no numbers for {silent_s:.0f} s", card.name)


def _lost(recent: Recent, card: Card, why: str, name: str) -> Verdict:
    sensor = f"{card.id}.busy_share"
    heard = [recent.times[n] for n, v in enumerate(recent.raw(sensor)) if v == v]
    silent_s = recent.times[-1] - heard[-1] if heard else recent.span_s
    return Verdict(
        "error",
        Limit.GPU_LOST,
        card.id,
        f"{name} does not answer: {why}." if why else f"{name} does not answer.",
        "Save what still runs, then restart the computer. If it comes back, check the power "
        "cables, the seat of the card, its temperature and the driver's log.",
        (Evidence(sensor, "Since its last number", silent_s, "s", None, why),),
    )


def _silent_s(recent: Recent, card: Card) -> float | None:
    """Return for how long a GPU has given nothing while the processor's numbers went on."""
    columns = []
    for name in ("vram_used_bytes", "busy_share"):
        column = recent.raw(f"{card.id}.{name}")
        if column and column[-1] == column[-1]:
            return None
        columns.append(column)
    heard = [n for column in columns for n, value in enumerate(column) if value == value]
    if not heard:
        return None
    last, cpu = max(heard), recent.raw("cpu.busy_share")
    silent_s = recent.times[-1] - recent.times[last]
    alive = sum(value == value for value in cpu[last + 1 :])
    # One that is asked seldom has long gaps of its own: it must miss three of its own turns.
    turn_s = (recent.times[last] - recent.times[min(heard)]) / max(1, len(set(heard)) - 1)
    wanted_s = max(AT["lost_s"], 3 * turn_s)
    return silent_s if silent_s >= wanted_s and alive >= AT["first_count"] else None


def braked(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs that the hardware slows for a reason other than heat."""
    for card in recent.cards:
        brake = card.bits_share(BRAKE) or 0.0
        other = card.bits_share(SLOWDOWN, without=HARD_HEAT) or 0.0
        if max(brake, other) < AT["throttle_share"] or not _is_active(card):
            continue
        clock = card.clock_share
        is_deep = clock is not None and clock < AT["braked_clock"]
        slow = f" to {percent(clock)} of its clock" if clock is not None else ""
        yield Verdict(
            "error" if is_deep else "warn",
            Limit.HARDWARE_SLOWDOWN,
            card.id,
            f"The hardware slows {_lower(card)} down{slow}: the power supply or the board asks "
            "for it.",
            "Check the power cables and the power supply; on a server, its power capping.",
            (*_bits(card, "hardware slowdown"), *_clock(card)),
        )


def hot_cards(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs slowed by heat."""
    for card in recent.cards:
        soft, hard = card.bits_share(SOFT_HEAT), card.bits_share(HARD_HEAT)
        if soft is None or hard is None:
            is_hot = _is_near_its_limit(card)
        else:
            is_hot = max(soft, hard) >= AT["throttle_share"]
        if is_hot and _is_active(card):
            is_hard = (hard or 0.0) >= AT["throttle_share"]
            yield _hot(card, "error" if is_hard else "warn")


def warm_cards(recent: Recent) -> Iterator[Verdict]:
    """Yield GPUs close to their temperature limit that nobody says are slowed."""
    for card in recent.cards:
        temperature, limit = card.mean("temperature_c"), card.limit("temperature_c")
        if temperature is None or limit is None or not _is_active(card):
            continue
        if temperature >= limit - AT["near_limit_c"]:
            yield _hot(card, "info")


def _hot(card: Card, kind: str) -> Verdict:
    temperature, limit = card.mean("temperature_c"), card.limit("temperature_c")
    at = f" at {temperature:.0f} °C" if temperature is not None else ""
    clock = card.clock_share
    slow = f" and runs at {percent(clock)} of its clock" if clock is not None else ""
    words = f"its own limit is {limit:.0f} °C" if limit else "the driver names no limit"
    much = "close to its limit" if kind == "info" else "too hot"
    return Verdict(
        kind,
        Limit.THERMAL,
        card.id,
        f"{card.name} is {much}{at}{slow}.",
        "Clean the fans and filters, give the case more air, or lower the power limit a little.",
        (
            *card.evidence("temperature_c", "Temperature", "c", words, limit),
            *_bits(card, "slowed by temperature"),
            *_clock(card),
        ),
    )


def _is_near_its_limit(card: Card) -> bool:
    """Judge without the driver's reasons: close to its limit, and slower than it could be."""
    temperature, limit = card.mean("temperature_c"), card.limit("temperature_c")
    if temperature is None or limit is None or temperature < limit - AT["near_limit_c"]:
        return False
    clock = card.clock_share
    return clock is not None and clock < AT["slow_clock"]


def _is_active(card: Card) -> bool:
    if card.is_shown:
        return card.busy >= AT["gpu_active"]
    return (card.bits_share(IDLE) or 0.0) < 0.5  # the driver calls itself idle where it is


def _lower(card: Card) -> str:
    return card.name[0].lower() + card.name[1:] if card.name.startswith("The ") else card.name


def _bits(card: Card, words: str) -> tuple[Evidence, ...]:
    return card.evidence("throttle_bits", "Reason from the driver", "bits", words)


def _clock(card: Card) -> tuple[Evidence, ...]:
    top = card.top_clock_hz
    words = f"it can do {si(top, 'Hz')}" if top else "the highest is not known"
    return card.evidence("sm_clock_hz", "Clock", "hz", words, top)


def hot_cpu(recent: Recent) -> Iterator[Verdict]:
    """Yield the processor when it is at its temperature limit and has lost clock."""
    if recent.share("cpu.busy_share") < AT["cpu_active"]:
        return
    clocks = recent.known("cpu.frequency_hz")
    clock = recent.mean("cpu.frequency_hz")
    if clock is None or clock >= AT["cpu_slowed"] * max(clocks):
        return
    for device in recent.of_kind("temperature"):
        limit = device.limits.get("celsius_c")
        sensor = f"{device.id}.celsius_c"
        temperature = recent.mean(sensor)
        if limit is None or temperature is None or not _CPU_SENSOR.search(device.id[11:]):
            continue
        if temperature >= limit - AT["cpu_near_c"]:
            yield Verdict(
                "warn",
                Limit.THERMAL,
                "cpu",
                f"The processor is too hot at {temperature:.0f} °C and has slowed to "
                f"{si(clock, 'Hz')}.",
                "Clean the fan, give it air, or check that its cooler sits well.",
                (
                    *recent.evidence(
                        sensor, "Temperature", "c", f"its limit is {limit:.0f} °C", limit
                    ),
                    *recent.evidence(
                        "cpu.frequency_hz", "Clock", "hz", f"it was {si(max(clocks), 'Hz')} before"
                    ),
                ),
            )
            return


def power_words(card: Card) -> str:
    """Return a GPU's power against its limit in words, "" when it is not shown."""
    power, limit = card.mean("power_w"), card.power_limit_w
    if power is None:
        return ""
    return f"{watts(power)} of {watts(limit)}" if limit else watts(power)
