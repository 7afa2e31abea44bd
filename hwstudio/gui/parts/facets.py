"""What each kind can be narrowed down by: from-to limits and choices, the few people use."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import GIB


@dataclass(frozen=True, slots=True)
class Limit:
    """A from-to filter on a number; ``scale`` turns what is shown into what is stored."""

    name: str
    title: str
    unit: str = ""
    scale: float = 1.0
    is_year: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter on words."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Facets:
    """The filters of one kind, in order."""

    limits: tuple[Limit, ...] = ()
    choices: tuple[Choice, ...] = ()


PRICE = Limit("price", "Price", "USD")
YEAR = Limit("release_year", "Released", is_year=True)
MEMORY = Limit("vram_bytes", "Memory", "GiB", GIB)
MAKER = Choice("maker", "Maker")
SOCKET = Choice("socket", "CPU socket")
PROVIDER = Choice("provider", "Provider")
PER_HOUR = Limit("price_per_hour", "Price", "USD/h")

FACETS: dict[str, Facets] = {
    "gpu": Facets(
        (
            PRICE,
            MEMORY,
            Limit("tdp_w", "Power", "W"),
            Limit("fp16_tensor_flop_per_s", "Tensor", "TFLOP/s", 1e12),
            Limit("bandwidth_bytes_per_s", "Bandwidth", "GB/s", 1e9),
            YEAR,
        ),
        (MAKER, Choice("segment", "Made for"), Choice("architecture", "Architecture")),
    ),
    "gpu_card": Facets(
        (
            PRICE,
            MEMORY,
            Limit("tdp_w", "Power", "W"),
            Limit("length_mm", "Length", "mm"),
            Limit("slots", "Thickness", "slots"),
            Limit("pcie_lanes", "PCIe lanes"),
        ),
        (MAKER, Choice("cooling", "Cooling")),
    ),
    "cpu": Facets(
        (
            PRICE,
            Limit("cores", "Cores"),
            Limit("max_power_w", "Power", "W"),
            Limit("pcie_lanes_usable", "PCIe lanes"),
            Limit("mem_channels", "Memory channels"),
            YEAR,
        ),
        (SOCKET, MAKER),
    ),
    "motherboard": Facets(
        (
            PRICE,
            Limit("x16_slots_physical", "Long slots"),
            Limit("gpus_at_x8", "GPUs with 8 lanes"),
            Limit("first_x16_gen", "PCIe generation"),
            Limit("gpu_slot_pitch", "Room between GPUs", "slots"),
            Limit("mem_slots", "Memory slots"),
            Limit("m2_slots", "M.2 slots"),
        ),
        (
            SOCKET,
            Choice("chipset", "Chipset"),
            Choice("form_factor", "Size"),
            Choice("ecc", "Error correction"),
            MAKER,
        ),
    ),
    "ram": Facets(
        (
            PRICE,
            Limit("capacity_bytes", "Capacity", "GiB", GIB),
            Limit("speed_mts", "Speed", "MT/s"),
            Limit("modules", "Sticks"),
        ),
        (Choice("mem_type", "Type"), Choice("dimm_type", "Module"), MAKER),
    ),
    "storage": Facets(
        (PRICE, Limit("capacity_bytes", "Capacity", "TB", 1e12)),
        (Choice("drive_kind", "Kind"), Choice("interface", "Interface"), MAKER),
    ),
    "psu": Facets(
        (
            PRICE,
            Limit("rated_w", "Power", "W"),
            Limit("length_mm", "Length", "mm"),
            Limit("conn_16pin", "16-pin plugs"),
        ),
        (Choice("efficiency", "80 PLUS"), Choice("form_factor", "Size"), MAKER),
    ),
    "case": Facets(
        (
            PRICE,
            Limit("max_gpu_length_mm", "Card up to", "mm"),
            Limit("max_cooler_height_mm", "Cooler up to", "mm"),
            Limit("expansion_slots", "Slots"),
        ),
        (Choice("mb_form_factors", "Board size"), Choice("form_factor", "Size"), MAKER),
    ),
    "cooler": Facets(
        (
            PRICE,
            Limit("height_mm", "Height", "mm"),
            Limit("radiator_mm", "Radiator", "mm"),
            Limit("noise_dba", "Noise", "dB(A)"),
        ),
        (Choice("sockets", "CPU socket"), Choice("cooler_type", "Kind"), MAKER),
    ),
    "system": Facets(
        (
            PRICE,
            Limit("memory_bytes", "Memory", "GiB", GIB),
            Limit("vram_bytes", "GPU memory", "GiB", GIB),
            Limit("power_w", "Power", "W"),
        ),
        (MAKER, Choice("kind", "Kind"), Choice("memory_kind", "Memory is")),
    ),
    "accelerator": Facets(
        (
            PRICE,
            Limit("memory_bytes", "Memory", "GiB", GIB),
            Limit("power_w", "Power", "W"),
            Limit("advertised_op_per_s", "Advertised", "TOP/s", 1e12),
        ),
        (Choice("kind", "Kind"), MAKER, Choice("state", "State")),
    ),
    "model": Facets(
        (
            Limit("params_total", "Parameters", "bn", 1e9),
            Limit("layers", "Layers"),
            Limit("max_context", "Context", "tokens"),
        ),
        (
            Choice("family", "Family"),
            Choice("task", "Task"),
            Choice("weights_public", "Weights public"),
        ),
    ),
    "workload": Facets((), (Choice("work_group", "Group"), Choice("mode", "Mode"))),
    "reference_result": Facets(
        (Limit("value", "Value"), Limit("device_count", "Devices")),
        (
            Choice("test", "Test"),
            Choice("dtype", "Precision"),
            Choice("unit", "Unit"),
            Choice("verdict", "Our verdict"),
        ),
    ),
    "offer": Facets(
        (
            PER_HOUR,
            Limit("accelerator_count", "Accelerators"),
            Limit("accelerator_memory_bytes", "Memory each", "GiB", GIB),
            Limit("spot_per_hour", "Spot", "USD/h"),
        ),
        (Choice("accelerator", "Accelerator"), PROVIDER, Choice("offer_type", "Kind of offer")),
    ),
    "dedicated": Facets(
        (Limit("price_month", "Per month"), Limit("memory_bytes", "Memory", "GiB", GIB)),
        (PROVIDER, Choice("gpu", "GPU"), Choice("currency", "Currency")),
    ),
    "committed": Facets((), (PROVIDER, Choice("accelerator", "Accelerator"))),
    "cloud_price_history": Facets((PER_HOUR,), (PROVIDER, Choice("accelerator", "Accelerator"))),
    "spot_interruption": Facets(
        (Limit("saving_over_on_demand_pct", "Saving", "%"),),
        (
            Choice("accelerator", "Accelerator"),
            Choice("interruption_band", "Interrupted"),
            Choice("region", "Region"),
        ),
    ),
    "storage_price": Facets((), (PROVIDER,)),
    "egress": Facets((), (PROVIDER,)),
    "electricity": Facets(
        (Limit("price_per_kwh", "Price", "per kWh"),),
        (Choice("sector", "Customer"), Choice("currency", "Currency")),
    ),
    "carbon": Facets(
        (Limit("carbon_g_per_kwh", "Carbon", "g/kWh"),), (Choice("scope", "What it is of"),)
    ),
    "support_date": Facets(
        (), (Choice("vendor", "Vendor"), Choice("stack", "Software"), Choice("state", "State"))
    ),
    "roadmap": Facets(
        (), (Choice("vendor", "Vendor"), Choice("category", "Kind"), Choice("state", "State"))
    ),
}


def facets_of(kind_id: str) -> Facets:
    """Return the filters of a kind; a kind this version does not know has none."""
    return FACETS.get(kind_id, Facets())
