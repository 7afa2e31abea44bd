"""Fact names in words, and numbers as people write them: what findings are written with."""

from __future__ import annotations

FACTS = {
    "cpu.socket": "the processor's socket",
    "cpu.mem_types": "the memory types the processor takes",
    "cpu.dimm_type": "the kind of memory module the processor takes",
    "cpu.mem_channels": "the processor's memory channels",
    "cpu.mem_max_bytes": "the most memory the processor takes",
    "cpu.ecc": "whether the processor supports ECC memory",
    "cpu.max_power_w": "the processor's sustained power limit",
    "cpu.name": "the processor's name",
    "cpu.pcie_lanes_usable": "how many PCIe lanes the processor has",
    "motherboard.socket": "the motherboard's socket",
    "motherboard.chipset": "the motherboard's chipset",
    "motherboard.form_factor": "the motherboard's size",
    "motherboard.mem_type": "the memory type of the motherboard",
    "motherboard.dimm_type": "the kind of memory module the motherboard takes",
    "motherboard.mem_slots": "how many memory slots the motherboard has",
    "motherboard.mem_max_bytes": "the most memory the motherboard takes",
    "motherboard.ecc": "whether the motherboard supports ECC memory",
    "motherboard.x16_slots_physical": "how many long PCIe slots the motherboard has",
    "motherboard.m2_slots": "how many M.2 slots the motherboard has",
    "motherboard.sata_ports": "how many SATA ports the motherboard has",
    "motherboard.eps8": "how many CPU power sockets the motherboard has",
    "motherboard.back_connect": "whether the motherboard's connectors are on its back",
    "ram.mem_type": "the memory's type",
    "ram.dimm_type": "the kind of memory module",
    "ram.ecc": "whether the memory has ECC",
    "ram.modules": "how many modules the memory kit has",
    "ram.module_bytes": "the size of a memory module",
    "ram.capacity_bytes": "the size of the memory kit",
    "ram.height_mm": "the memory's height",
    "ram.speed_mts": "the memory's speed",
    "gpu_card.length_mm": "the length of the card",
    "gpu_card.slots": "the thickness of the card",
    "gpu_card.cooling": "how the card is cooled",
    "gpu_card.vram_bytes": "the card's memory",
    "gpu_card.conn_16pin": "the card's 16-pin power sockets",
    "gpu_card.conn_8pin": "the card's 8-pin power sockets",
    "gpu_card.conn_6pin": "the card's 6-pin power sockets",
    "gpu_card.conn_eps8": "the card's EPS power sockets",
    "gpu_card.pcie_gen": "the card's PCIe generation",
    "gpu_card.gpu.form_factor": "whether the GPU is a PCIe card",
    "gpu_card.gpu.name": "the GPU's model",
    "case.max_gpu_length_mm": "the longest card the case takes",
    "case.max_cooler_height_mm": "the tallest cooler the case takes",
    "case.expansion_slots": "how many slot openings the case has",
    "case.mb_form_factors": "the board sizes the case takes",
    "case.psu_form_factors": "the power supply sizes the case takes",
    "case.max_psu_length_mm": "the longest power supply the case takes",
    "case.bays_35": "the case's 3.5 inch drive bays",
    "case.bays_25": "the case's 2.5 inch drive bays",
    "cooler.sockets": "the sockets the cooler fits",
    "cooler.height_mm": "the cooler's height",
    "cooler.radiator_mm": "the cooler's radiator size",
    "cooler.capacity_w": "how much heat the cooler carries away",
    "psu.conn_16pin": "the power supply's 16-pin plugs",
    "psu.conn_pcie8": "the power supply's PCIe 8-pin plugs",
    "psu.conn_eps8": "the power supply's CPU (EPS) plugs",
    "psu.conn_sata": "the power supply's SATA power plugs",
    "psu.form_factor": "the power supply's size",
    "psu.length_mm": "the power supply's length",
    "storage.form_factor": "the size of a drive",
    "storage.interface": "how a drive is connected",
}

GIB = 2**30


def fact(path: str) -> str:
    """Return a field path in words."""
    return FACTS.get(path) or path.replace("_", " ").replace(".", " ")


def listed(words: tuple[str, ...] | list[str]) -> str:
    """Return "a, b and c"."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def number(value: float) -> str:
    """Return a number without needless decimals."""
    return f"{value:,.1f}".rstrip("0").rstrip(".")


def mm(value: float) -> str:
    """Return a length."""
    return f"{number(value)} mm"


def gb(value_bytes: float) -> str:
    """Return a memory size as it is sold."""
    return f"{number(value_bytes / GIB)} GB"


def count(value: float, one: str, many: str = "") -> str:
    """Return "1 slot", "3 slots"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"
