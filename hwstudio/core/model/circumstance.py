"""What matters about a build besides its parts list: mixed cards, frame, risers, room, mains."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import GpuCard, Psu


@dataclass(frozen=True, slots=True)
class CardGroup:
    """So many cards of one model."""

    card: GpuCard
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Facts a parts list cannot hold; None = not known, which no rule takes for fine."""

    other_cards: tuple[CardGroup, ...] = ()  # besides the build's own card
    other_psus: tuple[Psu, ...] = ()  # besides the build's own PSU
    cpu_count: int = 1
    is_pro_cpu: bool | None = None  # Threadripper PRO or not, where the name does not tell
    has_board_display: bool | None = None  # a management chip with a video output
    is_headless: bool | None = None
    has_card_outputs: bool | None = None  # a card drives a screen, where its model does not tell
    is_without_card: bool = False  # no card is wanted, rather than none chosen yet
    is_open_frame: bool | None = None
    has_ducted_air: bool | None = None  # a server chassis, or a duct with its own fan
    is_back_connect_case: bool | None = None
    card_height_mm: float | None = None  # of the tallest card, from the slot
    side_clearance_mm: float | None = None  # from the slot to the side panel
    ram_clearance_mm: float | None = None  # under the cooler
    cooler_breadth_mm: float | None = None  # from top to bottom of the board, fans included
    cpu_to_slot_mm: float | None = None  # from the processor's middle to the first long slot
    max_module_bytes: int | None = None  # the largest memory module the board takes
    max_radiator_mm: float | None = None
    radiator_thickness_mm: float | None = None  # without its fans
    max_radiator_thickness_mm: float | None = None
    front_radiator_mm: float | None = None  # thickness of a front radiator with its fans
    board_depth_mm: float | None = None
    max_board_depth_mm: float | None = None
    riser_count: int = 0
    riser_length_mm: float | None = None
    riser_gen: float | None = None
    is_riser_certified: bool | None = None  # tested or retimed for PCIe 5
    pcie_cable_count: int | None = None  # separate PCIe cables of all power supplies
    has_psu_sync: bool | None = None  # an adapter starts several power supplies together
    has_nvlink_bridge: bool | None = None
    nvlink_bridge_slots: float | None = None  # spacing the bridge is made for
    card_spacing_slots: float | None = None  # from one card to the next, as installed
    has_lane_switch: bool | None = None  # a PCIe switch chip gives every slot its lanes
    m2_protocols: tuple[str, ...] = ()  # what the M.2 slots speak: "PCIe", "SATA"
    m2_lengths_mm: tuple[float, ...] = ()  # the longest drive each M.2 slot takes: 80, 110
    m2_shares: tuple[str, ...] = ()  # what each M.2 slot switches off when used, "" = nothing
    operating_system: str | None = None
    cuda_major: int | None = None
    rocm_major: int | None = None
    has_above_4g: bool | None = None  # the BIOS can map large card memories
    psu_efficiency: float | None = None  # measured, 0..1, better than the 80 PLUS class
    is_mains_assumed: bool = False  # nobody said what the wall socket is
    ups_w: float | None = None
    ups_va: float | None = None
    is_ventilated: bool | None = None

    def cards(self, build: Build) -> tuple[CardGroup, ...]:
        """Return every group of cards in the build, the build's own card first."""
        own = (CardGroup(build.card, build.card_count),) if build.card is not None else ()
        return tuple(group for group in (*own, *self.other_cards) if group.count > 0)

    def psus(self, build: Build) -> tuple[Psu, ...]:
        """Return every power supply, one entry a unit."""
        own = (build.psu,) * max(0, build.psu_count) if build.psu is not None else ()
        return (*own, *self.other_psus)
