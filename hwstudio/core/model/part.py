"""The parts a computer is built of. None means "the source does not say", never zero or no.

SI units: bytes, bytes/s, FLOP/s, W; lengths in mm as all data sheets give them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.model.price import Price
from hwstudio.core.model.slot_modes import most_fed

GPU_LANES = 8  # fewer slow a card down at most work


class PartKind(StrEnum):
    """The kinds of part; the values are the words used everywhere (files, CLI, database)."""

    GPU = "gpu"  # the chip or model; specifications live here
    GPU_CARD = "gpu_card"  # a card one can buy
    CPU = "cpu"
    MOTHERBOARD = "motherboard"
    RAM = "ram"
    STORAGE = "storage"
    PSU = "psu"
    CASE = "case"
    COOLER = "cooler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What all parts share."""

    id: str
    name: str
    maker: str
    source: str
    source_date: str
    release_year: int | None = None
    price: Price | None = None

    @property
    def kind(self) -> PartKind:
        """Return the word for this part's kind."""
        return KIND_OF[type(self)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu(Part):
    """A GPU model. Peak rates are dense; tensor rates accumulate in FP32."""

    segment: str  # consumer | workstation | datacenter | system
    architecture: str
    compute_capability: str | None  # CUDA, e.g. "8.9"
    form_factor: str  # PCIe | SXM | OAM | SoC
    vram_bytes: int
    bandwidth_bytes_per_s: float | None
    ecc: bool
    fp32_flop_per_s: float | None
    fp16_vector_flop_per_s: float | None
    fp16_tensor_flop_per_s: float | None
    bf16_tensor_flop_per_s: float | None
    tf32_tensor_flop_per_s: float | None
    fp8_tensor_flop_per_s: float | None
    fp4_tensor_flop_per_s: float | None
    int8_tensor_op_per_s: float | None
    tdp_w: float
    length_mm: float | None
    slots: float | None
    cooling: str  # open_air | blower | passive | system
    pcie_gen: int | None
    pcie_lanes: int | None
    conn_16pin: int | None  # sockets of the maker's own board
    conn_8pin: int | None
    conn_6pin: int | None
    conn_eps8: int | None
    vendor_min_psu_w: float | None
    nvlink_bytes_per_s: float  # both directions; 0 = none
    conn_12pin: int | None = 0  # RTX 30 Founders cards; an adapter takes two 8-pin plugs
    gpus_on_card: int | None = None  # more than one: memory and rates are those of all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuCard(Part):
    """A card one can buy. ``is_reference`` marks a maker's own board taken from the GPU row."""

    gpu: Gpu
    vram_bytes: int
    tdp_w: float
    length_mm: float | None
    slots: float | None  # cooler thickness in slots (decimal)
    cooling: str
    conn_16pin: int
    conn_8pin: int
    conn_6pin: int
    conn_eps8: int
    pcie_gen: float | None
    pcie_lanes: int | None
    is_reference: bool = False
    conn_12pin: int = 0  # an adapter comes with the card and takes two 8-pin plugs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu(Part):
    """A processor: cores, memory channels, lanes and its sustained power limit."""

    socket: str
    cores: int
    threads: int
    base_ghz: float
    boost_ghz: float
    tdp_w: float
    max_power_w: float  # sustained package limit (PPT, PL2)
    max_power_source: str
    igpu: str | None
    mem_types: tuple[str, ...]
    dimm_type: str
    mem_channels: int
    mem_max_bytes: int
    ecc: bool
    pcie_gen: int
    pcie_lanes_usable: int
    includes_cooler: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Motherboard(Part):
    """A board: what it holds (socket, slots, memory, drives) and its plugs."""

    socket: str
    chipset: str
    form_factor: str
    mem_type: str
    mem_slots: int
    mem_max_bytes: int
    dimm_type: str
    ecc: bool
    x16_slots_physical: int
    x8_slots: int
    first_x16_gen: int | None
    cpu_slot_modes: str | None  # "x16/x0|x8/x8": alternatives by |, slots top to bottom by /
    gpu_slot_pitch: float | None
    m2_slots: int | None
    sata_ports: int | None
    eps8: int | None
    back_connect: bool | None
    bios_flashback: bool | None

    @property
    def gpus_at_x8(self) -> int | None:
        """Return how many cards the processor can feed at once with 8 lanes or more each."""
        return most_fed(self.cpu_slot_modes, GPU_LANES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ram(Part):
    """One kit: ``modules`` sticks of ``module_bytes`` each."""

    mem_type: str
    dimm_type: str
    ecc: bool
    modules: int
    module_bytes: int
    capacity_bytes: int
    speed_mts: int
    cas: float | None
    height_mm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Part):
    """One drive."""

    drive_kind: str  # SSD | HDD
    capacity_bytes: int
    form_factor: str
    interface: str
    pcie_gen: float | None
    power_active_w: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Psu(Part):
    """A power supply: rated watts, size and the plugs it brings."""

    rated_w: float
    form_factor: str
    length_mm: float | None
    efficiency: str | None  # 80 PLUS class
    modular: str
    atx_spec: str | None
    conn_16pin: int | None
    conn_pcie8: int | None
    conn_eps8: int | None
    conn_sata: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Part):
    """A case: which boards, cards, coolers and power supplies fit inside."""

    form_factor: str
    mb_form_factors: tuple[str, ...]
    max_gpu_length_mm: float | None
    max_cooler_height_mm: float | None
    expansion_slots: int | None
    psu_form_factors: tuple[str, ...]
    psu_ff_source: str
    max_psu_length_mm: float | None
    bays_35: int | None
    bays_25: int | None
    volume_l: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooler(Part):
    """A processor cooler: size, sockets and, where known, the watts it carries off."""

    cooler_type: str  # air | AIO
    height_mm: float | None
    radiator_mm: float | None
    sockets: tuple[str, ...]
    sockets_note: str | None
    capacity_w: float | None
    noise_dba: float | None


KIND_OF: dict[type[Part], PartKind] = {
    Gpu: PartKind.GPU,
    GpuCard: PartKind.GPU_CARD,
    Cpu: PartKind.CPU,
    Motherboard: PartKind.MOTHERBOARD,
    Ram: PartKind.RAM,
    Storage: PartKind.STORAGE,
    Psu: PartKind.PSU,
    Case: PartKind.CASE,
    Cooler: PartKind.COOLER,
}
CLASS_OF: dict[PartKind, type[Part]] = {kind: cls for cls, kind in KIND_OF.items()}
