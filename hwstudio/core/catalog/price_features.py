"""What the price model looks at: a part's measures (numbers) and marks (words that are or aren't).

A measure that is not known is left out, never 0. Marks beginning with the words in ``GATES`` say
which class a part is of; a class the fit has not seen gets no price.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hwstudio.core.catalog.price_words import marks
from hwstudio.core.catalog.text import Row

GIB, GB = 2**30, 10**9
# The date of the list prices the model is fitted on.
FITTED_YEAR = 2025.55
FLAGSHIP_FLOP_PER_S = 80e12
GATES = {
    "cpu": ("socket ",),
    "motherboard": ("socket ",),
    "ram": ("kind ",),
    "storage": ("kind ",),
    "psu": ("size ",),
    "case": (),
    "cooler": ("type ",),
    "gpu_card": ("chip maker ",),
}
# Measures of which more never makes an estimate cheaper.
RISING = {
    "ram": ("log capacity", "log stick size"),
    "storage": ("log capacity",),
    "psu": ("log watts",),
}


@dataclass(slots=True)
class Features:
    """A part's known measures and its marks."""

    measures: dict[str, float] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def put(self, name: str, value: float | str | None) -> None:
        """Add a measure where it is known."""
        if value is not None:
            self.measures[name] = float(value)

    def put_all(self, row: Row, names: str) -> None:
        """Add the row's own columns."""
        for name in names.split():
            self.put(name, row[name])

    def flag(self, name: str, pattern: str, text: str | None) -> None:
        """Add 1 where the text has the pattern, else 0; nothing where there is no text."""
        if text is not None:
            self.measures[name] = float(bool(re.search(pattern, text, re.IGNORECASE)))


def log(value: float) -> float:
    """Return the natural logarithm, of 0 as of something tiny."""
    return math.log(max(value, 1e-9))


def is_flagship(gpu: Row) -> bool:
    """Say whether the AI market bids for this consumer chip too (RTX 4090 and up)."""
    return gpu["segment"] == "consumer" and (gpu["fp32_flop_per_s"] or 0) >= FLAGSHIP_FLOP_PER_S


def _number(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.IGNORECASE)
    return found.group(1) if found else None


def _year(row: Row) -> float:
    pieces = [int(piece) for piece in str(row["release_date"] or "2025-07").split("-")]
    return pieces[0] + (pieces[1] - 1) / 12 if len(pieces) > 1 else pieces[0] + 0.5


TOP_CARDS = r"master|strix|suprim|astral|taichi|xtreme|nitro|red devil|amp extreme|waterforce"


def gpu_features(card: Row, gpu: Row) -> Features | None:
    """A card: its chip's launch price, age, memory and how it is built."""
    if gpu["msrp_usd"] is None or gpu["segment"] == "datacenter":
        return None
    age, is_work = FITTED_YEAR - _year(gpu), float(gpu["segment"] == "workstation")
    out = Features()
    out.put("log launch price", log(float(gpu["msrp_usd"])))
    out.put("log vram", log(gpu["vram_bytes"] / GIB))
    out.put("log fp32", log((gpu["fp32_flop_per_s"] or 1e13) / 1e12))
    out.put("log bandwidth", log((gpu["bandwidth_bytes_per_s"] or 3e11) / 1e9))
    out.put("age over 1 year", min(max(age - 1, 0), 3))
    out.put("age over 4 years", max(age - 4, 0))
    out.put("workstation", is_work)
    out.put("old workstation", max(age - 4, 0) * is_work)
    out.put("24 GB or more", gpu["vram_bytes"] >= 24 * GIB)
    out.put("flagship", is_flagship(gpu))
    out.put("ada", gpu["architecture"] == "Ada Lovelace")
    out.put("thickness", (card["slots"] or 2.0) - 2.0)
    out.put("liquid", card["cooling"] == "liquid")
    out.put("length", card.get("length_mm"))
    out.put("fans", card.get("fans"))
    out.flag("top range", TOP_CARDS, card["name"])
    out.flag("overclocked", r"\boc\b", card["name"])
    out.flag("white", "white", card["name"])
    out.marks = {f"chip maker {gpu['maker']}", *marks(card["maker"], _without_chip(card, gpu))}
    if card["maker"]:
        out.marks.add(f"maker {card['maker']}")
    return out


def _without_chip(card: Row, gpu: Row) -> str:
    """Drop the chip's own words: a mark must not stand for one chip."""
    dropped = {*gpu["name"].lower().split(), "geforce", "radeon", "nvidia", "amd", "intel"}
    return " ".join(word for word in card["name"].split() if word.lower() not in dropped)


def plain_card(gpu: Row) -> Row:
    """Return the plainest card of a chip: the maker's own board, or 2.5 slots of air."""
    is_own = gpu["segment"] == "workstation"
    slots = gpu["slots"] if is_own else 2.5
    shared = {"id": gpu["id"], "gpu_id": gpu["id"], "slots": slots}
    return shared | {"cooling": "air", "name": "", "maker": ""}


FAMILY = re.compile(
    r"core ultra \d|core i\d|threadripper|ryzen \d|pentium|celeron|athlon|a\d+-|xeon", re.IGNORECASE
)
SUFFIXES = ("k", "f", "kf", "t", "s", "x", "xt", "x3d", "g", "ge", "e")


def cpu_features(row: Row) -> Features:
    """A processor: cores, clocks, power, age, family and what its suffix promises."""
    out, name = Features(), row["name"].lower()
    for column in ("cores", "threads", "boost_ghz", "base_ghz", "tdp_w", "max_power_w"):
        out.put(f"log {column}", log(row[column]))
    out.put("year", row["release_year"])
    out.put("graphics", row["igpu"] is not None)
    out.put("cooler", row["includes_cooler"])
    out.put("channels", row["mem_channels"])
    out.put("lanes", row["pcie_lanes_usable"])
    number = int(_number(r"\b(\d{3,5})[a-z0-9]{0,4}\b(?!.*\d{4})", name) or 0)
    generation = number // 1000 if number >= 1000 else number / 100
    out.put("generation", generation)
    out.flag("pro", r"\bpro\b", name)
    out.flag("unlocked", r"\d(k|kf|ks|x|xt|x3d|x3d2|xe|k plus)\b", name)
    for suffix in SUFFIXES:
        out.flag(f"suffix {suffix}", rf"\d{suffix}\b", name)
    found = FAMILY.search(name)
    family = found.group(0) if found else "other"
    tier = {"3": 1, "5": 2, "7": 3, "9": 4}.get(family[-1], 0)
    out.put("tier", tier)
    of_maker = f"maker {row['maker']}"
    out.marks = {f"socket {row['socket']}", f"family {family}", of_maker}
    out.marks |= {f"cores {row['cores']}", f"cores {row['cores']} on {row['socket']}"}
    out.marks |= {f"{of_maker} generation {generation:.0f}", f"{of_maker} tier {tier}"}
    out.marks.add(f"{of_maker} generation {generation:.0f} tier {tier}")
    return out


BEST_BOARDS = (
    r"godlike|extreme|xtreme|taichi|hero|apex|\bace\b|aqua|master|creator|proart|sage|formula"
)
MIDDLE_BOARDS = r"carbon|strix|aero|tomahawk|elite|pro rs|steel legend|edge|tuf|unify|nova|valkyrie"


def board_features(row: Row) -> Features:
    """A board: chipset, size, slots, network and the ranges makers sell as best."""
    out, name = Features(), row["name"]
    out.put_all(row, "mem_slots x16_slots_physical x8_slots x4_slots x1_slots first_x16_gen")
    out.put_all(row, "m2_slots m2_gen5 sata_ports eps8 back_connect bios_flashback release_year")
    out.put("lan", _number(r"([\d.]+) Gb", str(row["lan"])))
    out.put("log memory most", log(row["mem_max_bytes"] / GIB / 128))
    out.flag("wifi", r"wi-?fi|\bax\b|\bac\b", name)
    out.flag("wifi 7", r"wi-?fi ?7", name)
    out.flag("best range", BEST_BOARDS, name)
    out.flag("middle range", MIDDLE_BOARDS, name)
    out.flag("top chipset", "^(X|Z|TRX)", row["chipset"])
    for column in ("socket", "chipset", "mem_type", "form_factor"):
        out.marks.add(f"{column.replace('_', ' ')} {row[column]}")
    out.marks |= {f"maker {row['maker']}", f"maker {row['maker']} {row['socket']}"}
    out.marks |= {f"maker {row['maker']} {row['chipset']}", *marks(row["maker"], name)}
    return out


def ram_features(row: Row) -> Features:
    """A kit: capacity, generation, speed, sticks, error correction."""
    out, name = Features(), row["name"]
    kind = f"{row['mem_type']} {row['dimm_type']}"
    capacity = log(row["capacity_bytes"] / GIB / 32)
    out.put("log capacity", capacity)
    out.put(f"log capacity {kind}", capacity)
    out.put("log stick size", log(row["module_bytes"] / GIB / 16))
    out.put("log sticks", log(row["modules"]))
    out.put("speed", row["speed_mts"] / 1000)
    out.put(f"speed {kind}", row["speed_mts"] / 1000)
    out.put("cas", row["cas"])
    out.put("latency", row["cas"] and row["cas"] * 2000 / row["speed_mts"])
    out.put("voltage", row["voltage_v"])
    out.put("height", row["height_mm"])
    out.put("ecc", row["ecc"])
    out.flag("light", "rgb", name)
    out.flag("white", "white", name)
    out.marks = {f"kind {kind}", f"maker {row['maker']}", f"maker {row['maker']} {kind}"}
    out.marks |= marks(row["maker"], name)
    return out


SERVER_DRIVE = r"enterprise|exos|gold|ultrastar|pro |red|ironwolf|purple|u\.2"


def storage_features(row: Row) -> Features:
    """A drive: capacity by kind, link generation, form, series."""
    out, name = Features(), row["name"]
    kind = row["drive_kind"] if row["drive_kind"] == "HDD" else f"{row['bus']} SSD"
    capacity = log(row["capacity_bytes"] / GB / 1000)
    out.put("log capacity", capacity)
    out.put(f"log capacity {kind}", capacity)
    for terabytes in (0.75, 1.5, 3, 6, 12):
        out.put(f"log capacity {kind} over {terabytes} TB", max(0.0, capacity - log(terabytes)))
    out.put("link", row["pcie_gen"])
    out.put("rpm", _number(r"(\d{4}) ?rpm", name))
    out.flag("heat spreader", "heatsink", name)
    out.flag("for servers", SERVER_DRIVE, name)
    out.marks = {f"kind {kind}", f"form {row['form_factor']}", f"maker {row['maker']}"}
    out.marks |= {f"link {row['pcie_gen'] or 'sata'}", f"maker {row['maker']} {kind}"}
    out.marks |= marks(row["maker"], name)
    return out


EFFICIENCY = {
    "Standard": 0.0,
    "White": 1.0,
    "Bronze": 2.0,
    "Silver": 3.0,
    "Gold": 4.0,
    "Platinum": 5.0,
    "Ruby": 5.5,
    "Titanium": 6.0,
}
CABLES = {"Non-Modular": 0.0, "Semi-Modular": 1.0, "Full": 2.0}


def psu_features(row: Row) -> Features:
    """A power supply: watts, efficiency, cables, connectors, standard."""
    out, name = Features(), row["name"]
    out.put("log watts", log(row["rated_w"] / 850))
    out.put("efficiency", EFFICIENCY.get(row["efficiency"]))
    out.put("cables", CABLES.get(row["modular"]))
    out.put_all(row, "length_mm conn_16pin conn_pcie8 conn_eps8 conn_sata conn_molex release_year")
    is_new = re.search(r"atx ?3|pcie ?5|gen ?5|12vhpwr|\(202[2-6]\)", name, re.IGNORECASE)
    out.put("new standard", bool(is_new) or (row["conn_16pin"] or 0) > 0)
    out.flag("light", "rgb|chroma", name)
    out.flag("fanless", "fanless", name)
    out.marks = {f"maker {row['maker']}", f"size {row['form_factor']}"}
    out.marks |= {f"efficiency {row['efficiency']}", f"cables {row['modular']}"}
    out.marks |= marks(row["maker"], name)
    return out


CASE_FLAGS = {
    "glass": "glass",
    "mesh": "mesh",
    "light": "rgb",
    "acrylic": "acrylic",
    "airflow": "flow",
    "usb c": "type-c",
    "usb 2x2": "2x2",
    "usb gen 2": "gen 2",
    "usb 2.0": r"usb 2\.0",
    "wood": "wood|walnut|oak|teak|bamboo",
    "solid": "solid|steel side",
    "with psu": "power supply",
}


def case_features(row: Row) -> Features:
    """A case: size, room, slots, panels, ports."""
    out, name = Features(), row["name"]
    out.put("log volume", row["volume_l"] and log(row["volume_l"] / 50))
    out.put_all(row, "max_gpu_length_mm max_cooler_height_mm expansion_slots max_psu_length_mm")
    out.put_all(row, "bays_35 bays_25 release_year")
    for flag, pattern in CASE_FLAGS.items():
        out.flag(flag, pattern, name)
    boards = row["mb_form_factors"].split("|")
    out.put("board sizes", len(boards))
    out.put("eatx", "EATX" in boards)
    out.put("sfx", "ATX" not in (row["psu_form_factors"] or "ATX").split("|"))
    for size in ("Full", "ITX", "Micro"):
        out.flag(f"{size} size", size, row["form_factor"])
    out.marks = {f"maker {row['maker']}", f"size {row['form_factor']}"}
    out.marks |= marks(row["maker"], name)
    return out


COOLER_SOCKETS = "AM5 LGA1851 LGA1700 LGA1200 LGA1150 AM3 LGA2066 SP3 sTR5 LGA4677"
SCREEN = r"lcd|display|vision|screen|digital|oled|\bips\b|infinity"
TWO_TOWERS = r"dual|d15|d12|peerless|phantom|dark rock pro|assassin iv|royal|frost"


def cooler_features(row: Row) -> Features:
    """A cooler: air by height, liquid by radiator, light, screen, sockets."""
    out, name = Features(), row["name"]
    is_liquid = row["cooler_type"] == "AIO"
    type_ = "liquid" if is_liquid else "air"
    out.put("liquid", is_liquid)
    if is_liquid:
        size = row["radiator_mm"] or _number(r"\b(120|140|240|280|360|420)", name)
        out.put("radiator", size)
        if size:
            out.marks.add(f"radiator {float(size):.0f}")
    else:
        out.put("height", row["height_mm"])
    out.put("air flow", _number(r"([\d.]+) ?cfm", name))
    out.put_all(row, "noise_dba fan_mm release_year")
    out.flag("light", r"rgb|\bfx\b|\blx\b", name)
    out.flag("addressed light", "a-?rgb|d-rgb", name)
    out.flag("screen", SCREEN, name)
    out.flag("white", "white", name)
    out.flag("two towers", TWO_TOWERS, name)
    sockets = row["sockets"].split("|")
    out.put("sockets", len(sockets))
    for socket in COOLER_SOCKETS.split():
        out.put(f"fits {socket}", socket in sockets)
    out.put("version", len(_number(r"\b(i{2,3})\b", name) or "") or _number(r"\bv(\d)\b", name))
    out.marks |= {f"type {row['cooler_type']}", f"maker {row['maker']}"}
    out.marks |= {f"maker {row['maker']} {type_}", *marks(row["maker"], name)}
    return out


FEATURES = {
    "cpu": cpu_features,
    "motherboard": board_features,
    "ram": ram_features,
    "storage": storage_features,
    "psu": psu_features,
    "case": case_features,
    "cooler": cooler_features,
}


def features_of(kind: str, row: Row, gpus: Mapping[str, Row]) -> Features | None:
    """Return a part's features, None where the model has nothing to say."""
    if kind == "gpu_card":
        return gpu_features(row, gpus[row["gpu_id"]])
    return FEATURES[kind](row)


def drift_class(kind: str, row: Row, gpus: Mapping[str, Row]) -> str:
    """Return the group of parts whose prices moved together since the fit."""
    if kind == "ram":
        return f"ram {row['mem_type']} {row['dimm_type']}"
    if kind == "storage":
        return f"storage {row['drive_kind']}"
    if kind == "gpu_card":
        gpu = gpus[row["gpu_id"]]
        if gpu["segment"] == "workstation":
            return "gpu_card workstation"
        return "gpu_card flagship" if is_flagship(gpu) else "gpu_card"
    return kind
