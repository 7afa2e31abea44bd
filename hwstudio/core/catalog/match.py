"""Which catalogue row a device name means; no row rather than a wrong one.

Names come from NVML ("NVIDIA GeForce RTX 4090"), lspci ("AD102 [GeForce RTX 4090]"), clouds
("A100-80GB", "H100 SXM") and people ("rtx4090").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

GIB = 2**30
# Words that say nothing about which model it is.
NOISE = {
    *("nvidia", "amd", "ati", "intel", "corporation", "advanced", "micro", "devices", "inc"),
    *("geforce", "radeon", "quadro", "tesla", "graphics", "card", "gpu", "the", "vga", "3d"),
    *("compatible", "controller", "display", "generation", "gen", "edition", "founders", "r", "tm"),
    *("pcie", "sxm", "sxm2", "sxm3", "sxm4", "sxm5", "sxm6", "nvlink", "hbm2", "hbm2e", "hbm3"),
    *("instinct", "std", "secure", "community", "fe", "gb", "c", "accelerator", "tensor", "core"),
    *("professional", "blackwell", "oam"),
}
# Words that make it another thing: part of a card, a laptop chip, a superchip.
OTHER = {"mig", "laptop", "mobile", "maxq", "vgpu", "grid", "notebook", "superchip"}
SPLIT = re.compile(r"[^a-z0-9]+")
MEMORY = re.compile(r"\b(\d{1,3})\s?(?:gb|gib|g)\b")
BRACKET = re.compile(r"\[([^\]]+)\]")
WORKSTATION_VARIANT = {"se": "server", "we": "", "workstation": "", "server": "server"}
# A Ti or a SUPER is written apart, together or with a dash.
JOINED = re.compile(r"^(\d{3,4})(ti|super|xtx|xt|gre|d|s)$")
GLUED = re.compile(r"^(rtx|gtx|rx|arc|mi|titan)(\d+[a-z]*|[a-z]\d+.*)$")


def tokens(name: str) -> tuple[str, ...]:
    """Return the words that tell the model, in order, without maker, memory and packaging."""
    low = name.lower().replace("max-q", "maxq").replace("®", " ").replace("™", " ")
    low = MEMORY.sub(" ", low)
    words: list[str] = []
    for word in SPLIT.split(low):
        words += [piece for piece in _pieces(word) if piece and piece not in NOISE]
    # "RTX 6000" alone may be of three generations; "Quadro RTX 6000" is one.
    if "quadro" in low and "rtx" in words:
        words.insert(0, "quadro")
    return tuple(words)


def _pieces(word: str) -> list[str]:
    glued = GLUED.match(word)
    if glued and glued[1] != "mi":
        return [glued[1], *_pieces(glued[2])]
    joined = JOINED.match(word)
    if joined:
        tail = "super" if joined[2] == "s" else joined[2]
        return [joined[1], tail]
    return [WORKSTATION_VARIANT.get(word, word)]


def stated_memory(name: str) -> int | None:
    """Return the memory a name states, in GiB."""
    found = MEMORY.search(name.lower())
    return int(found[1]) if found else None


def stated_form(name: str) -> str | None:
    """Return the form factor a name states."""
    low = name.lower()
    if "sxm" in low or "nvlink" in low.replace("pcie nvlink", "") or "80gb hbm3" in low:
        return "SXM"
    if re.search(r"\bpci-?e?\b", low):
        return "PCIe"
    return None


class GpuNames:
    """The catalogue's GPU names, indexed by the words that matter."""

    def __init__(self, rows: Iterable[tuple[str, str, int, str]]) -> None:
        self._by_words: dict[frozenset[str], list[tuple[str, int, str]]] = {}
        for gpu_id, name, vram_bytes, form in rows:
            words = frozenset(tokens(name))
            self._by_words.setdefault(words, []).append((gpu_id, vram_bytes, form))

    def find(self, name: str, vram_bytes: float | None = None) -> str | None:
        """Return the id of the one GPU the name can mean, else None."""
        named = BRACKET.search(name)
        for text in ([named[1]] if named else []) + [name]:
            for bit in text.split(" / "):
                found = self._one(bit, vram_bytes)
                if found:
                    return found
        return None

    def _one(self, name: str, vram_bytes: float | None) -> str | None:
        words = frozenset(tokens(name))
        if words & OTHER and words not in self._by_words:
            return None
        found = self._by_words.get(words, [])
        memory = vram_bytes or (stated_memory(name) or 0) * GIB
        if memory:
            found = [row for row in found if _is_near(row[1], memory)]
        form = stated_form(name)
        if form and any(row[2] == form for row in found):
            found = [row for row in found if row[2] == form]
        elif form == "SXM":
            found = []
        return found[0][0] if len(found) == 1 else None


def _is_near(row_bytes: int, other_bytes: float) -> bool:
    """Drivers and clouds state a little less than the data sheet; never half."""
    return 0.88 <= other_bytes / row_bytes <= 1.08


CPU_NOISE = {
    *("intel", "amd", "r", "tm", "cpu", "processor", "with", "core", "cores", "graphics"),
    *("radeon", "ghz", "eight", "six", "quad", "dual", "gen", "th", "inside"),
}


@lru_cache(maxsize=4096)  # the same few hundred rows for every machine that is judged
def cpu_tokens(name: str) -> tuple[str, ...]:
    """Return the words that tell a CPU model: "i9 14900k", "ryzen 9 7950x"."""
    low = re.sub(r"@.*$", "", name.lower()).replace("(r)", " ").replace("(tm)", " ")
    low = re.sub(r"\b\d+-cores?\b|\b\d+th gen\b|\bwith radeon.*$", " ", low)
    return tuple(w for w in SPLIT.split(low) if w and w not in CPU_NOISE)
