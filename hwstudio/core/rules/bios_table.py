"""Which processor generations a chipset's boards know, from the first BIOS on or by an update.

Source of every line: the board makers' processor support lists, as their and PCPartPicker's
BIOS notes sum them up. No open table exists; what is not listed here is not known, not fine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def core_generation(name: str) -> int | None:
    """Return 12 for "Core i5-12600KF", None for anything that is no Core i processor."""
    found = re.search(r"\bi[3579][- ](\d{4,5})", name.lower())
    return int(found[1]) // 1000 if found else None


def ryzen_series(name: str) -> int | None:
    """Return 5 for "Ryzen 7 5800X"; None for Threadrippers and everything else."""
    low = name.lower()
    found = re.search(r"\bryzen™? [3579] (?:pro )?(\d)\d{3}", low)
    return int(found[1]) if found and "threadripper" not in low else None


def threadripper_series(name: str) -> int | None:
    """Return 7 for "Threadripper PRO 7975WX"; None for everything else."""
    found = re.search(r"\bthreadripper (?:pro )?(\d)\d{3}", name.lower())
    return int(found[1]) if found else None


def ultra_series(name: str) -> int | None:
    """Return 2 for "Core Ultra 7 265K"; None for everything else."""
    found = re.search(r"\bultra [3579] (\d)\d{2}", name.lower())
    return int(found[1]) if found else None


def xeon_w_series(name: str) -> int | None:
    """Return 34 for "Xeon w9-3495X"; None for everything else."""
    found = re.search(r"\bxeon w[3579]-(\d{2})\d{2}", name.lower())
    return int(found[1]) if found else None


# (chipsets, series, word). "fine": every board starts with it. "no": never supported. "update":
# boards of the first years need a BIOS update. "late": only very early boards do.
_Support = tuple[tuple[str, ...], tuple[int, ...], str]
_AM4_300, _AM4_400 = ("A320", "B350", "X370"), ("B450", "X470")
_AM5_600 = ("A620", "B650", "B650E", "X670", "X670E")
_AM5_800 = ("B840", "B850", "X870", "X870E")
RYZEN_SUPPORT: tuple[_Support, ...] = (
    (_AM4_300, (1,), "fine"),
    (_AM4_300, (2, 3, 4, 5), "update"),
    (_AM4_400, (1, 2), "fine"),
    (_AM4_400, (4, 5), "update"),
    (_AM4_400, (3,), "late"),
    (("X570",), (1,), "no"),
    (("X570",), (2, 3, 4), "fine"),
    (("X570", "A520", "B550"), (5,), "late"),
    (("A520", "B550"), (1, 2), "no"),
    (("A520", "B550"), (3, 4), "fine"),
    (_AM5_600, (7,), "fine"),
    (_AM5_600, (8, 9), "update"),
    (_AM5_800, (7, 8, 9), "fine"),
)
THREADRIPPER_SUPPORT: tuple[_Support, ...] = (
    (("X399",), (1,), "fine"),
    (("X399",), (2,), "update"),
    (("TRX40",), (3,), "fine"),
    (("WRX80",), (3,), "fine"),
    (("WRX80",), (5,), "update"),
    (("TRX50", "WRX90"), (7,), "fine"),
    (("TRX50", "WRX90"), (9,), "update"),
)
_INTEL_100 = ("H110", "B150", "H170", "Z170", "Q150", "Q170", "C232", "C236")
_INTEL_200 = ("B250", "H270", "Z270", "Q250", "Q270")
_INTEL_300 = ("H310", "B360", "H370", "Z370", "Q370")
_INTEL_400, _INTEL_500 = ("H470", "Z490", "Q470", "W480"), ("H510", "B560", "H570", "Z590", "Q570")
_INTEL_600 = ("H610", "B660", "H670", "Z690", "Q670", "W680")
_INTEL_700 = ("B760", "H770", "Z790")
CORE_SUPPORT: tuple[_Support, ...] = (
    (_INTEL_100, (6,), "fine"),
    (_INTEL_100, (7,), "update"),
    (_INTEL_200, (6, 7), "fine"),
    (_INTEL_300, (8,), "fine"),
    (_INTEL_300, (9,), "update"),
    (("B365", "Z390"), (8, 9), "fine"),
    (("H410", "B460"), (11,), "no"),
    (("H410", "B460", *_INTEL_400), (10,), "fine"),
    (_INTEL_400, (11,), "update"),
    (_INTEL_500, (10, 11), "fine"),
    (_INTEL_600, (12,), "fine"),
    (_INTEL_600, (13, 14), "update"),
    (_INTEL_700, (12, 13), "fine"),
    (_INTEL_700, (14,), "late"),
    (("X99",), (5,), "fine"),
    (("X99",), (6,), "update"),
    (("X299",), (7,), "fine"),
    (("X299",), (9,), "late"),
    (("X299",), (10,), "update"),
)
_OLD_APU = re.compile(r"\b[23][24]00ge?\b")  # a generation older than their number says
_A_SERIES = re.compile(r"\bamd a(?:6|8|10|12)-9\d{3}")  # the processors AM4 began with
ULTRA_SUPPORT: tuple[_Support, ...] = ((("H810", "B860", "Z890", "Q870", "W880"), (2,), "fine"),)
XEON_W_SUPPORT: tuple[_Support, ...] = (
    (("W790",), (24, 34), "fine"),
    (("W790",), (25, 35), "update"),
)


def _word(table: Iterable[_Support], chipset: str, series: int) -> str | None:
    return next((w for names, found, w in table if chipset in names and series in found), None)


def refusal_key(cpu_name: str) -> tuple[object, ...]:
    """Return what of a name decides for which chipsets ``bios_support`` says no."""
    low = cpu_name.lower()
    is_odd = bool(_A_SERIES.search(low) or _OLD_APU.search(low))
    return (ryzen_series(cpu_name), core_generation(cpu_name), is_odd)


def bios_support(chipset: str, cpu_name: str) -> str | None:
    """Return fine, no, update or late; None when nothing here tells."""
    key, low = chipset.upper(), cpu_name.lower()
    if _A_SERIES.search(low):
        return "no" if key in ("X570", "A520", "B550") else None
    ryzen = ryzen_series(cpu_name)
    if ryzen == 3 and key in ("A520", "B550") and _OLD_APU.search(low):
        return "no"
    if ryzen == 2 and key == "X570" and _OLD_APU.search(low):
        return None  # board makers disagree
    if ultra_series(cpu_name) and low.rstrip().endswith("plus"):
        return "late" if _word(ULTRA_SUPPORT, key, 2) else None
    for table, series in (
        (RYZEN_SUPPORT, ryzen),
        (THREADRIPPER_SUPPORT, threadripper_series(cpu_name)),
        (CORE_SUPPORT, core_generation(cpu_name)),
        (ULTRA_SUPPORT, ultra_series(cpu_name)),
        (XEON_W_SUPPORT, xeon_w_series(cpu_name)),
    ):
        if series is not None:
            return _word(table, key, series)
    return None
