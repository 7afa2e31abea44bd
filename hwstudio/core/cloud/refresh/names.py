"""One name for one accelerator: sources write "RTX4090", "A100 SXM4" or "v5litepod-8"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_VARIANT = re.compile(r"\b(SXM|PCIe|NVL|NVLink)\d?\b", re.IGNORECASE)
_SPELLED = {"sxm": "SXM", "pcie": "PCIe", "nvl": "NVL", "nvlink": "NVLink"}
_MEMORY = re.compile(r"\b\d{1,3} ?(GB|GiB)\b", re.IGNORECASE)
_MAKER = re.compile(
    r"\b(nvidia|amd|intel|tesla|geforce|instinct|radeon(?! pro))\b ?", re.IGNORECASE
)
_TPU = re.compile(r"(?:tpu-)?(v\d+)(litepod|lite|p|e)?(?:-\d+)?", re.IGNORECASE)
# Where sources leave a word out that tells one model from another.
_ALIASES = {
    "a4000": "RTX A4000",
    "a4500": "RTX A4500",
    "a5000": "RTX A5000",
    "a6000": "RTX A6000",
    "a2000": "RTX A2000",
    "rtx4080s": "RTX 4080 SUPER",
    "rtx4070tis": "RTX 4070 Ti SUPER",
    "qrtx6000": "Quadro RTX 6000",
    "rtxpro6000se": "RTX PRO 6000",
    "rtxpro6000we": "RTX PRO 6000",
    "rtxpro6000s": "RTX PRO 6000",
    "trainium": "Trainium1",
    "gaudi": "Gaudi HL-205",
}


@dataclass(frozen=True, slots=True)
class Named:
    """The catalogue's name of an accelerator, and its packaging where it is said."""

    accelerator: str
    variant: str


class Names:
    """Finds the catalogue's own spelling; a model it does not know keeps the source's."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {_compact(name): name for name in known}

    def find(self, name: str, variant: str = "") -> Named:
        """Return the name of an accelerator as the catalogue writes it."""
        tpu = _TPU.fullmatch(name.strip())
        if tpu:
            return Named(_tpu(tpu[1], tpu[2] or ""), variant)
        found = _VARIANT.search(name)
        if found and not variant:
            variant = _SPELLED[found[1].casefold()]
        plain = _MAKER.sub("", _MEMORY.sub("", _VARIANT.sub("", name)))
        plain = " ".join(plain.replace("_", " ").split()) or name.strip()
        key = _compact(plain)
        glued = re.fullmatch(r"(.+?)(nvl|sxm\d?|pcie)", key)
        if glued and glued[1] in self._known and key not in self._known:  # "H100NVL"
            packaging = _SPELLED[glued[2].rstrip("0123456789")]
            return Named(self._known[glued[1]], variant or packaging)
        alias = _ALIASES.get(key)
        return Named(alias or self._known.get(key, plain), variant)


def _compact(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _tpu(version: str, kind: str) -> str:
    low = kind.casefold()
    return f"TPU {version.casefold()}{'e' if low in {'lite', 'litepod', 'e'} else low}"


def tpu_chips(slice_name: str) -> int | None:
    """Return the chips of a slice: v2 to v5p count cores (two a chip), v5e and v6e chips."""
    found = re.fullmatch(r"(?:tpu-)?(v\d+)(litepod|lite|p|e)?-(\d+)", slice_name.casefold())
    if not found:
        return None
    number = int(found[3])
    counts_chips = found[2] in {"litepod", "lite", "e"}
    return number if counts_chips else max(1, number // 2)
