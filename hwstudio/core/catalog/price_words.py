"""Words of a part's name: series marks the price model learns from, and which parts are twins."""

from __future__ import annotations

import re
from itertools import pairwise

from hwstudio.core.catalog.text import Row


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


COLOURS = _set(
    "black white silver gold red blue green grey gray pink orange purple yellow gunmetal brown "
    "beige cyan snow ice dark"
)
# Words every seller sprinkles over every name: they say nothing of the series.
FILLERS = _set(
    "with and side panel front usb type-a type-c gen 1 2 3.2 the for by certified cfm 80 80+ "
    "supply motherboard cooler case tower pc"
)
# Sizes are measures, never marks: more capacity must not change a word of the model.
SIZE = re.compile(
    r"^(\d+(\.\d+)?(gb|tb|w|mm|rpm|mhz|cfm|\"|in)?|\d+x\d+gb|x\d+|\d{2,4}[a-z]{0,2})$"
)
# What twins of one product differ in, besides colour and size.
TWIN_WORDS = FILLERS | _set(
    "atx micro mini itx eatx matx microatx mini-itx micro-atx mid full mid-tower desktop cpu "
    "liquid water air fully modular semi-modular non-modular power am4 am5 lga1700 lga1851 "
    "lga1200 lga2066 ddr4 ddr5 ssd hdd nvme sata pcie x4 x2 rgb argb a-rgb d-rgb w tempered "
    "glass 2.0 2x2 5gbps 10gbps edition matte wood walnut mesh graphics card video nvidia "
    "geforce amd radeon oc gddr6 gddr6x gddr7 gddr5 registered 512e 512e/4kn 3.0 4.0 5.0 6.0 gb "
    "s rpm true multicolor teak sync"
)
TWIN_SIZE = re.compile(
    r"^(\d+(\.\d+)?(gb|tb|w|mm|rpm|mhz|cfm|\")?|m\.2(-\d+)?|\d+x\d+gb|x\d+|gen\d|cl\d+|lga\d+)$"
)
# Sizes inside model names: RM750e, TH240. One product in several sizes is held back as one.
INNER_SIZE = {
    "psu": re.compile(r"\d{3,4}"),
    "cooler": re.compile(r"(?<!\d)(92|120|140|240|280|360|420)(?!\d)"),
}
CLOCK = re.compile(r"\d+(\.\d+)? ghz.*")
KIT_SIZE = re.compile(r"^(\d+gb|\d+x\d+gb)$")


def words(name: str) -> list[str]:
    """Return the lower-case words of a name."""
    pieces = (piece.strip('.,;:—–-"') for piece in re.split(r"[\s/(),|]+", name.lower()))
    return [piece for piece in pieces if piece]


def marks(maker: str, name: str) -> set[str]:
    """Return series words, neighbouring pairs and letter stems ("nh #" of "NH-D15") of a name."""
    dropped = {*maker.lower().split(), *FILLERS, *COLOURS}
    kept = [word for word in words(name) if word not in dropped and not SIZE.match(word)]
    stems = (" ".join(re.findall("[a-z]+", word)) for word in kept if not word.isalpha())
    found = {*kept, *(f"{a} {b}" for a, b in pairwise(kept))}
    return {f"word {mark}" for mark in found | {f"{stem} #" for stem in stems if len(stem) > 1}}


def product(kind: str, row: Row) -> str:
    """Return the product a row is a colour or size of: maker and name without those words."""
    if kind == "cpu":
        return CLOCK.sub("", row["name"].lower()).replace("-", " ").strip()
    dropped = {*row["maker"].lower().split(), *TWIN_WORDS, *COLOURS}
    sized = KIT_SIZE if kind == "ram" else TWIN_SIZE
    kept = {w for w in words(row["name"]) if w not in dropped and not sized.match(w)}
    if kind in INNER_SIZE:
        kept = {INNER_SIZE[kind].sub("#", word) for word in kept}
    return f"{row['maker'].lower()}|{' '.join(sorted(kept))}|{row.get('gpu_id') or ''}"
