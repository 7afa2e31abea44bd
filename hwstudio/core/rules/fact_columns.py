"""The facts a build may be described with: their names, their readers, the fields they fill."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

GIB = 2**30
_MOST = 1e9
_MOST_PIECES = 1024


def number(value: Any) -> float:
    """Return a number from 0 to a thousand million; raise TypeError or ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(value)
    if not math.isfinite(value) or not 0 <= value <= _MOST:
        raise ValueError(value)
    return float(value)


def whole(value: Any) -> int:
    """Return a whole number; raise TypeError or ValueError otherwise."""
    read = number(value)
    if read != int(read):
        raise ValueError(value)
    return int(read)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def pieces(value: Any) -> int:
    """Return how many of a thing there are; raise TypeError or ValueError otherwise."""
    read = whole(value)
    if read > _MOST_PIECES:
        raise ValueError(value)
    return read


def _flag(value: Any) -> bool:
    if value not in (True, False, 0, 1):
        raise ValueError(value)
    return bool(value)


def said(value: Any) -> bool:
    """Return whether a fact says yes: true, a count, or a text that is no "no"."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "no", "none", "0", "false")
    return bool(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in ([value] if isinstance(value, str) else value))


def _gib(value: Any) -> int:
    return round(number(value) * GIB)


def _gb_per_s(value: Any) -> float:
    return number(value) * 1e9


def _igpu(value: Any) -> str:
    """An empty text means none, where None would mean not known."""
    return value if isinstance(value, str) else ("graphics" if _flag(value) else "")


def _choices(value: Any) -> str:
    return "|".join(_texts(value))


def _major(value: Any) -> int:
    return int(float(value))


def _centimetres(value: Any) -> float:
    return 10 * number(value)


Column = tuple[str, Callable[[Any], Any]]
CPU: dict[str, Column] = {
    "name": ("name", _text),
    "socket": ("socket", _text),
    "cores": ("cores", whole),
    "tdp_w": ("tdp_w", number),
    "max_power_w": ("max_power_w", number),
    "lanes": ("pcie_lanes_usable", whole),
    "channels": ("mem_channels", whole),
    "pcie_gen": ("pcie_gen", number),
    "ecc": ("ecc", _flag),
    "igpu": ("igpu", _igpu),
    "mem_type": ("mem_types", _texts),
    "mem_types": ("mem_types", _texts),
    "dimm": ("dimm_type", _choices),
    "mem_max_gb": ("mem_max_bytes", _gib),
}
BOARD: dict[str, Column] = {
    "name": ("name", _text),
    "socket": ("socket", _text),
    "chipset": ("chipset", _text),
    "form_factor": ("form_factor", _text),
    "ff": ("form_factor", _text),
    "mem_type": ("mem_type", _choices),
    "mem_slots": ("mem_slots", whole),
    "mem_max_gb": ("mem_max_bytes", _gib),
    "dimm": ("dimm_type", _choices),
    "ecc": ("ecc", _flag),
    "x16_slots": ("x16_slots_physical", whole),
    "x8_slots": ("x8_slots", whole),
    "gpu_slot_pitch": ("gpu_slot_pitch", number),
    "slot_pitch": ("gpu_slot_pitch", number),
    "slot_modes": ("cpu_slot_modes", _text),
    "cpu_slot_modes": ("cpu_slot_modes", _text),
    "pcie_gen": ("first_x16_gen", number),
    "m2_slots": ("m2_slots", whole),
    "sata_ports": ("sata_ports", whole),
    "sata": ("sata_ports", whole),
    "eps8": ("eps8", whole),
    "back_connect": ("back_connect", _flag),
    "bios_flashback": ("bios_flashback", _flag),
    "flashback": ("bios_flashback", _flag),
}
RAM: dict[str, Column] = {
    "type": ("mem_type", _text),
    "mem_type": ("mem_type", _text),
    "dimm": ("dimm_type", _choices),
    "ecc": ("ecc", _flag),
    "modules": ("modules", whole),
    "module_gb": ("module_bytes", _gib),
    "total_gb": ("capacity_bytes", _gib),
    "capacity_gb": ("capacity_bytes", _gib),
    "speed_mts": ("speed_mts", whole),
    "speed": ("speed_mts", whole),
    "height_mm": ("height_mm", number),
}
CARD: dict[str, Column] = {
    "name": ("name", _text),
    "tdp_w": ("tdp_w", number),
    "conn16": ("conn_16pin", whole),
    "conn8": ("conn_8pin", whole),
    "conn6": ("conn_6pin", whole),
    "eps8": ("conn_eps8", whole),
    "conn_eps8": ("conn_eps8", whole),
    "slots": ("slots", number),
    "length_mm": ("length_mm", number),
    "cooling": ("cooling", _text),
    "vram_gb": ("vram_bytes", _gib),
    "pcie_gen": ("pcie_gen", number),
    "lanes": ("pcie_lanes", whole),
}
GPU: dict[str, Column] = {
    "name": ("name", _text),
    "maker": ("maker", _text),
    "form": ("form_factor", _text),
    "vendor_psu_w": ("vendor_min_psu_w", number),
    "nvlink_gbs": ("nvlink_bytes_per_s", _gb_per_s),
    "cc": ("compute_capability", str),
    "compute_capability": ("compute_capability", str),
    "segment": ("segment", _text),
}
PSU: dict[str, Column] = {
    "name": ("name", _text),
    "watt": ("rated_w", number),
    "watts": ("rated_w", number),
    "ff": ("form_factor", _text),
    "length_mm": ("length_mm", number),
    "atx": ("atx_spec", str),
    "atx_spec": ("atx_spec", str),
    "conn16": ("conn_16pin", whole),
    "pcie8": ("conn_pcie8", whole),
    "eps8": ("conn_eps8", whole),
    "sata": ("conn_sata", whole),
}
CASE: dict[str, Column] = {
    "name": ("name", _text),
    "type": ("form_factor", _text),
    "mb_ff": ("mb_form_factors", _texts),
    "psu_ff": ("psu_form_factors", _texts),
    "max_gpu_mm": ("max_gpu_length_mm", number),
    "max_cooler_mm": ("max_cooler_height_mm", number),
    "max_psu_mm": ("max_psu_length_mm", number),
    "slots": ("expansion_slots", whole),
    "bays35": ("bays_35", whole),
    "bays_35": ("bays_35", whole),
    "bays25": ("bays_25", whole),
    "bays_25": ("bays_25", whole),
}
COOLER: dict[str, Column] = {
    "name": ("name", _text),
    "type": ("cooler_type", _text),
    "height_mm": ("height_mm", number),
    "radiator_mm": ("radiator_mm", number),
    "sockets": ("sockets", _texts),
    "capacity_w": ("capacity_w", number),
}
# What belongs to no part: (part, fact) -> field of the circumstances.
AROUND: dict[tuple[str, str], Column] = {
    ("cpu", "count"): ("cpu_count", pieces),
    ("cpu", "pro"): ("is_pro_cpu", _flag),
    ("mb", "bmc"): ("has_board_display", _flag),
    ("mb", "plx"): ("has_lane_switch", _flag),
    ("mb", "depth_mm"): ("board_depth_mm", number),
    ("case", "open_frame"): ("is_open_frame", _flag),
    ("case", "risers"): ("riser_count", pieces),
    ("case", "duct"): ("has_ducted_air", _flag),
    ("case", "back_connect"): ("is_back_connect_case", _flag),
    ("case", "max_radiator_mm"): ("max_radiator_mm", number),
    ("case", "front_radiator_mm"): ("front_radiator_mm", number),
    ("case", "max_board_depth_mm"): ("max_board_depth_mm", number),
    ("case", "max_mb_depth_mm"): ("max_board_depth_mm", number),
    ("case", "side_clearance_mm"): ("side_clearance_mm", number),
    ("case", "max_gpu_height_mm"): ("side_clearance_mm", number),
    ("cooler", "ram_clearance_mm"): ("ram_clearance_mm", number),
    ("mb", "above_4g"): ("has_above_4g", _flag),
    ("room", "ventilated"): ("is_ventilated", _flag),
    ("software", "cuda"): ("cuda_major", _major),
    ("riser", "length_cm"): ("riser_length_mm", _centimetres),
    ("riser", "certified"): ("is_riser_certified", said),
    ("cooler", "breadth_mm"): ("cooler_breadth_mm", number),
    ("cooler", "width_mm"): ("cooler_breadth_mm", number),
    ("mb", "cpu_to_slot_mm"): ("cpu_to_slot_mm", number),
    ("mb", "max_module_gb"): ("max_module_bytes", _gib),
    ("cooler", "radiator_thickness_mm"): ("radiator_thickness_mm", number),
    ("case", "max_radiator_thickness_mm"): ("max_radiator_thickness_mm", number),
    ("software", "os"): ("operating_system", _text),
    ("software", "rocm"): ("rocm_major", _major),
    ("", "psu_sync"): ("has_psu_sync", said),
    ("", "nvlink"): ("has_nvlink_bridge", said),
    ("ups", "va"): ("ups_va", number),
    ("ups", "w"): ("ups_w", number),
    ("", "nvlink_bridge"): ("has_nvlink_bridge", _flag),
    ("riser", "length_mm"): ("riser_length_mm", number),
    ("riser", "gen"): ("riser_gen", number),
    ("ups", "watt"): ("ups_w", number),
    ("", "nvlink_bridge_slots"): ("nvlink_bridge_slots", number),
    ("", "gpu_slot_pitch"): ("card_spacing_slots", number),
    ("", "headless"): ("is_headless", _flag),
    ("", "cuda"): ("cuda_major", _major),
    ("", "risers"): ("riser_count", pieces),
}
