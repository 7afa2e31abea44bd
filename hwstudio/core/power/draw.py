"""What each part draws: the items of the sum, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hwstudio.core.base.units import watts
from hwstudio.core.model.build import Build
from hwstudio.core.model.card_limit import limited_w
from hwstudio.core.model.circumstance import CardGroup, Circumstances

# Mainboards draw 20-60 W, more with many slots and network chips (component wattage tables,
# 2017-2024; Lambda counts 80 W for board, memory and the rest of a four-card workstation).
BOARD_W, WORKSTATION_BOARD_W = 40.0, 60.0
# Memory draws 2-5 W a module (the same tables); registered modules carry one chip more.
MODULE_W, REGISTERED_MODULE_W = 4.0, 5.0
# Catalogue class default of an NVMe drive at work.
DRIVE_W = 8.0
# Three 120-140 mm fans at about 3-4 W; an all-in-one pump takes 5-15 W (makers' data sheets).
FANS_W, PUMP_W = 12.0, 12.0
# The processor behind NVIDIA's own "required system power" figures: 105 W class at its limit
# of 142 W (fitted over 92 cards). Three and more cards need a workstation platform, whose
# 16-24 core processors have limits of 165-280 W.
CPU_W, WORKSTATION_CPU_W = 142.0, 200.0
# Estimated items may be half as large; findings are only raised when that is still too much.
ESTIMATE_LOW_SHARE = 0.5
# Highest draw under a millisecond over sustained: RTX 5090 901 W of 575 W (Igor's Lab).
GPU_SPIKE = 1.57
_SEVERAL_CARDS = 3
_DESKTOP_SOCKETS = ("AM4", "AM5", "LGA115", "LGA1200", "LGA1700", "LGA1851")
_ESTIMATE = "estimated"


@dataclass(frozen=True, slots=True)
class PowerItem:
    """One line of the sum. ``is_estimate``: a class figure, not one of this part's maker."""

    label: str
    count: int
    each_w: float
    source: str
    is_estimate: bool = False

    @property
    def total_w(self) -> float:
        """Return count times watts."""
        return self.count * self.each_w


_CPU_LIMIT_FROM = {
    "vendor": "sustained limit stated by the maker",
    "opendb": "sustained limit, BuildCores OpenDB",
    "estimated": "sustained limit, estimated from the TDP",
}


def card_w(group: CardGroup, power_limit_w: float | None) -> float | None:
    """Return what one card draws for hours, in W.

    A power limit only ever lowers it, and not under what cards let themselves be set to.
    """
    stated: float | None = group.card.tdp_w
    if stated is None:
        return power_limit_w
    return limited_w(stated, power_limit_w)


def _cards(build: Build, around: Circumstances, limit_w: float | None) -> Iterator[PowerItem]:
    for group in around.cards(build):
        each = card_w(group, limit_w)
        if each is None:
            continue
        source = _card_source(each, group.card.tdp_w, limit_w)
        yield PowerItem(group.card.name or "Graphics card", group.count, each, source)


def _card_source(each_w: float, stated: float | None, limit_w: float | None) -> str:
    if limit_w is not None and each_w == limit_w:
        return "power limit you set"
    if stated is not None and each_w < stated:
        return "lowest power limit such cards allow, estimated"
    return "board power stated by the maker"


def is_workstation(build: Build, around: Circumstances) -> bool:
    """Return whether the platform is one for many cards and memory channels."""
    socket = (build.cpu and build.cpu.socket) or (build.motherboard and build.motherboard.socket)
    if socket:
        return not socket.upper().replace(" ", "").startswith(_DESKTOP_SOCKETS)
    return sum(group.count for group in around.cards(build)) >= _SEVERAL_CARDS


def cpu_power_w(build: Build) -> float | None:
    """Return the chosen processor's sustained limit in W, its TDP where only that is known."""
    if build.cpu is None:
        return None
    limit: float | None = build.cpu.max_power_w
    tdp: float | None = build.cpu.tdp_w
    return limit if limit is not None else tdp


def _cpu(build: Build, around: Circumstances, *, is_large: bool) -> PowerItem:
    each, count = cpu_power_w(build), max(1, around.cpu_count)
    if build.cpu is not None and each is not None:
        source = _CPU_LIMIT_FROM.get(build.cpu.max_power_source or "", "sustained limit or TDP")
        return PowerItem(build.cpu.name or "Processor", count, each, source)
    assumed = WORKSTATION_CPU_W if is_large else CPU_W
    return PowerItem("Processor (not known)", count, assumed, _ESTIMATE, is_estimate=True)


def _memory(build: Build, *, is_large: bool) -> PowerItem:
    kit = build.ram
    modules: int | None = kit.modules * build.ram_kits if kit and kit.modules else None
    kind = str(kit.dimm_type or "") if kit else ""
    each = REGISTERED_MODULE_W if is_large or kind in ("RDIMM", "LRDIMM") else MODULE_W
    label = "Memory module" if modules else "Memory module (number not known)"
    return PowerItem(label, modules or (4 if is_large else 2), each, _ESTIMATE, is_estimate=True)


def _drives(build: Build) -> Iterator[PowerItem]:
    for drive in build.storage:
        each: float | None = drive.power_active_w
        source = "class of drive"
        yield PowerItem(drive.name or "Drive", 1, each or DRIVE_W, source, is_estimate=True)
    if not build.storage:
        yield PowerItem("Drive (not chosen)", 1, DRIVE_W, _ESTIMATE, is_estimate=True)


def power_items(
    build: Build, around: Circumstances, limit_w: float | None
) -> tuple[PowerItem, ...]:
    """Return every line of the sustained sum; parts not chosen yet are estimated."""
    is_large = is_workstation(build, around)
    board_w = WORKSTATION_BOARD_W if is_large else BOARD_W
    cooler = build.cooler
    is_liquid = cooler is not None and str(cooler.cooler_type or "").upper() == "AIO"
    pump = (PowerItem("Pump", 1, PUMP_W, _ESTIMATE, is_estimate=True),) if is_liquid else ()
    return (
        *_cards(build, around, limit_w),
        _cpu(build, around, is_large=is_large),
        PowerItem("Motherboard", 1, board_w, _ESTIMATE, is_estimate=True),
        _memory(build, is_large=is_large),
        *_drives(build),
        PowerItem("Fans", 1, FANS_W, _ESTIMATE, is_estimate=True),
        *pump,
    )


def sustained_w(items: tuple[PowerItem, ...]) -> float:
    """Return the sum in W."""
    return sum(item.total_w for item in items)


def least_w(items: tuple[PowerItem, ...]) -> float:
    """Return the sum with every estimate taken low, in W."""
    return sum(item.total_w * (ESTIMATE_LOW_SHARE if item.is_estimate else 1.0) for item in items)


def excursion_w(build: Build, around: Circumstances, limit_w: float | None) -> float:
    """Return the draw for a millisecond: all cards spike at once, the rest as sustained."""
    items = power_items(build, around, limit_w)
    cards = sum(item.total_w for item in _cards(build, around, limit_w))
    return sustained_w(items) + cards * (GPU_SPIKE - 1)


@dataclass(frozen=True, slots=True)
class Minimum:
    """The smallest power supply, in W: what the maker says, and what this build makes of it."""

    stated_w: float  # the highest of the cards' makers' own figures
    further_count: int  # cards the maker did not reckon with
    further_w: float  # what they add
    cpu_w: float  # the processors' power

    @property
    def cpu_extra_w(self) -> float:
        """Return what the processor takes above the one makers reckon with."""
        return max(0.0, self.cpu_w - CPU_W)

    @property
    def adjusted_w(self) -> float:
        """Return the minimum with all cards and this processor."""
        return self.stated_w + self.further_w + self.cpu_extra_w

    @property
    def words(self) -> str:
        """Return how the adjusted figure comes about: "850 W + (230 - 142) W processor"."""
        words = watts(self.stated_w)
        if self.further_count:
            more = "card" if self.further_count == 1 else "cards"
            words += f" + {watts(self.further_w)} for {self.further_count} further {more}"
        if self.cpu_extra_w:
            words += (
                f" + ({self.cpu_w:,.0f} - {CPU_W:,.0f}) W for a processor above the {watts(CPU_W)} "
                "makers reckon with"
            )
        return words


def minimum(build: Build, around: Circumstances, limit_w: float | None) -> Minimum | None:
    """Return the makers' minimum for the cards; None when a card states none.

    Each further card adds 1.1 times its power; a processor above the 142 W the makers reckon
    with adds what it is above.
    """
    groups = around.cards(build)
    stated = {i: g.card.gpu.vendor_min_psu_w for i, g in enumerate(groups)}
    known = {i: value for i, value in stated.items() if value is not None}
    if not known or len(known) < len(groups):
        return None
    first = max(known, key=lambda i: known[i])
    further = [
        (group.count - (1 if i == first else 0), card_w(group, limit_w) or 0.0)
        for i, group in enumerate(groups)
    ]
    return Minimum(
        stated_w=known[first],
        further_count=sum(count for count, _ in further),
        further_w=sum(count * 1.1 * each for count, each in further),
        cpu_w=(cpu_power_w(build) or CPU_W) * max(1, around.cpu_count),
    )
