"""Graphics cards: heat under load, the PCIe link, the power limit."""

from __future__ import annotations

from collections.abc import Callable

from hwstudio.core.base.units import duration, watts
from hwstudio.core.probe.live import GpuUse
from hwstudio.core.project.after.check import Check, Point, State, of_points, worst
from hwstudio.core.project.after.ground import Ground, Peak
from hwstudio.core.project.after.load import best_link

MARGIN_C = 5.0  # nearer to its limit than this a part is hot; chosen, shown on screen
LEAST_LOAD_S = 120.0  # a shorter load heats a cooler up only in part; chosen
_MEASURE = "Press Record in Monitor, then start the one-button check, or the burn-in for an hour."
_COOL = "Clean the filters, set the fans' curve higher, and look whether a fan stands still."
_NO_CARD = "No graphics card was found"
_SAME_W = 1.0


def heat(ident: str, text: str, ground: Ground) -> Check:
    """Judge the highest temperature of each sensor during measurements."""
    load = ground.load
    if not load.peaks:
        return _not_measured(ident, text, ground)
    is_long = load.longest_s >= LEAST_LOAD_S
    points = tuple(_peak(each, is_long=is_long) for each in load.peaks)
    told = [p for p, peak in zip(points, load.peaks, strict=True) if peak.limit_c is not None]
    state = worst(told or points)  # a sensor that names no limit leaves the others their verdict
    how = f"{load.runs} measurements, the longest load {duration(load.longest_s)}"
    hot = max(load.peaks, key=_nearness)
    number = f"{_named(hot)} was nearest to its limit"
    to_do = _COOL if state is State.LOOK else ""
    if load.slowed_by_heat:
        state, to_do = State.LOOK, _COOL
        number = f"A GPU was slowed by its heat in: {', '.join(load.slowed_by_heat)}"
    elif state is State.UNKNOWN and not is_long:
        to_do = f"Under {duration(LEAST_LOAD_S)} of load tell little. {_MEASURE}"
    return Check(ident, text, state, number, how, to_do, points, "bench")


def _not_measured(ident: str, text: str, ground: Ground) -> Check:
    runs = ground.load.runs
    if not runs:
        number = "Not measured: nothing was measured yet"
        return Check(ident, text, State.UNKNOWN, number, "", _MEASURE, action="bench")
    count = "measurement" if runs == 1 else f"{runs} measurements"
    number = f"Not measured: no temperature was recorded during the {count} kept"
    how = "recorder of hwstudio, GPU driver"
    to_do = f"A virtual machine shows no temperatures; else: {_MEASURE}"
    return Check(ident, text, State.UNKNOWN, number, how, to_do, action="bench")


def _nearness(peak: Peak) -> float:
    return peak.peak_c - peak.limit_c if peak.limit_c is not None else -1e3 + peak.peak_c


def _named(peak: Peak) -> str:
    if peak.limit_c is None:
        return f"{peak.sensor}: {peak.peak_c:.0f} °C (limit not stated)"
    return f"{peak.sensor}: {peak.peak_c:.0f} of {peak.limit_c:.0f} °C"


def _peak(peak: Peak, *, is_long: bool) -> Point:
    how = f"recorded during {peak.during}"
    if peak.limit_c is None:
        number = f"{peak.peak_c:.0f} °C at most; it states no limit"
        return Point(peak.sensor, State.UNKNOWN, number, how)
    number = f"{peak.peak_c:.0f} °C at most, limit {peak.limit_c:.0f} °C"
    if peak.peak_c > peak.limit_c - MARGIN_C:
        return Point(peak.sensor, State.LOOK, f"{number}: under {MARGIN_C:.0f} °C left", how, _COOL)
    return Point(peak.sensor, State.GOOD if is_long else State.UNKNOWN, number, how)


def _each(
    ident: str, text: str, ground: Ground, judge: Callable[[GpuUse, Ground], Point], how: str
) -> Check:
    if not ground.gpus:
        return Check(ident, text, State.NOT_NEEDED, _NO_CARD, how)
    return of_points(ident, text, [judge(gpu, ground) for gpu in ground.gpus])


def link(ident: str, text: str, ground: Ground) -> Check:
    """Judge the lanes of each card now, and its PCIe generation under load."""
    return _each(ident, text, ground, _link, "driver and PCI bus")


def _link(gpu: GpuUse, ground: Ground) -> Point:
    card = ground.card_links.get(gpu.uuid)
    seen = best_link(ground.load, gpu.uuid)
    width = card.width if card else gpu.pcie_width.value
    most_width = card.max_width if card else gpu.pcie_max_width.value
    told = (gpu.pcie_generation.value, seen[0] if seen else None, card.generation if card else None)
    generation = max((each for each in told if each is not None), default=None)
    most = card.max_generation if card else gpu.pcie_max_generation.value
    if width is None or most_width is None:
        why = gpu.pcie_width.why or "the driver does not state the link"
        return Point(gpu.name, State.UNKNOWN, why, gpu.pcie_width.how)
    how = "card itself (PCI bus)" if card else "what driver, card and slot agree on"
    number = f"PCIe {generation or '?'} x{width} of PCIe {most or '?'} x{most_width}"
    if width < most_width:
        to_do = "Move the card to the board's first long slot, and look whether it sits fully in."
        return Point(gpu.name, State.LOOK, number, how, to_do)
    if generation is None or most is None:
        return Point(gpu.name, State.UNKNOWN, number, how)
    if generation >= most:
        return Point(gpu.name, State.GOOD, number, how)
    if seen is None:
        to_do = "A card at rest slows its link to save power: run the one-button check, then again."
        return Point(gpu.name, State.UNKNOWN, f"{number}, seen at rest only", how, to_do)
    to_do = (
        f"Under load it stayed at PCIe {generation}: the board may not offer more, or the firmware "
        "holds it (PCIe speed: Auto)."
    )
    return Point(gpu.name, State.LOOK, number, f"{how}; seen under load", to_do)


def power_limit(ident: str, text: str, ground: Ground) -> Check:
    """Judge the power limit in force against the maker's."""
    return _each(ident, text, ground, _power, "driver")


def _power(gpu: GpuUse, _: Ground) -> Point:
    now, usual = gpu.power_limit_w, gpu.power_default_limit_w
    if now.value is None or usual.value is None:
        why = (now if now.value is None else usual).why or "the driver does not state it"
        return Point(gpu.name, State.UNKNOWN, why, now.how)
    if abs(now.value - usual.value) <= _SAME_W:
        return Point(gpu.name, State.GOOD, f"{watts(now.value)}, as the maker set it", now.how)
    number = f"{watts(now.value)}, the maker set {watts(usual.value)}"
    to_do = (
        "Lower saves power and costs speed. If you did not set it, put it back: "
        f"sudo nvidia-smi -i {gpu.index} -pl {usual.value:.0f}"
        if gpu.vendor == "NVIDIA"
        else "If you did not set it, put it back in the tool of the card's maker."
    )
    return Point(gpu.name, State.LOOK, number, now.how, to_do)
