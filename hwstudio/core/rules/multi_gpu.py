"""Several GPUs as one: NVLink, traffic between cards, memory windows, software floors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwstudio.core.model.circumstance import CardGroup
from hwstudio.core.rules.platform_table import socket_key
from hwstudio.core.rules.rule import Rule, Said, error, info, unknown, warning
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import count, gb, listed, number

_NO_P2P = re.compile(r"RTX\s*[45]0\d0", re.I)
# CUDA 13 needs compute capability 7.5 (Turing); it dropped Maxwell, Pascal and Volta.
_CUDA_13_FLOOR = 7.5
_OLD_SOCKETS = {"LGA1150", "LGA1151", "LGA1155", "LGA1156", "LGA2011", "LGA2011-3", "AM3", "AM3+"}
_FIRST_SAFE_YEAR = 2017
_MUCH_VRAM_BYTES = 64 * 2**30
_SERVER_VRAM_BYTES = 12 * 2**30
_MANY_CARDS = 4
# What ROCm does not build for; source: its list of architectures, 2026-08.
_NO_ROCM = ("GCN 1", "GCN 2", "GCN 3", "GCN 4")
# Built for but no longer tested (the same list calls them "in development").
_OLD_ROCM = ("GCN 5.0", "GCN 5.1")


def _bridge(subject: Subject) -> Iterator[Said]:
    bridge = subject.around.nvlink_bridge_slots
    if bridge is None and not subject.around.has_nvlink_bridge:
        return
    names = {group.card.gpu.name for group in subject.cards}
    speeds = subject.values("gpu_card.gpu.nvlink_bytes_per_s")
    if any(speed == 0 for speed in speeds):
        yield error(
            f"{listed(sorted(name for name in names if name))} has no NVLink: a bridge does "
            "nothing.",
            "Save the bridge; these cards talk over PCIe.",
        )
    elif len(names) > 1 or subject.card_count < 2:
        yield error(
            "NVLink joins two cards of the same model only.", "Choose two equal cards with NVLink."
        )
    elif any(speed is None for speed in speeds):
        yield unknown("Not checked: whether these cards have NVLink.")
    else:
        yield from _bridge_length(subject, bridge)


def _bridge_length(subject: Subject, bridge: float | None) -> Iterator[Said]:
    spacing = subject.around.card_spacing_slots
    spacing = subject.value("motherboard.gpu_slot_pitch") if spacing is None else spacing
    if spacing is None or bridge is None:
        yield unknown("Not checked: whether the bridge is as long as the cards are apart.")
    elif spacing != bridge:
        yield error(
            f"The bridge is for cards {number(bridge)} slots apart, they stand "
            f"{number(spacing)} apart: it does not reach.",
            f"Get a {number(spacing)}-slot bridge.",
        )


def _could_bridge(subject: Subject) -> Iterator[Said]:
    names = {group.card.gpu.name for group in subject.cards}
    speed = subject.value("gpu_card.gpu.nvlink_bytes_per_s")
    is_pair = subject.card_count >= 2 and len(names) == 1
    is_card = str(subject.value("gpu_card.gpu.form_factor") or "").upper().startswith("PCIE")
    if (
        is_pair
        and is_card
        and speed
        and subject.around.nvlink_bridge_slots is None
        and not subject.around.has_nvlink_bridge
    ):
        yield info(
            "These cards can be joined in pairs with an NVLink bridge "
            f"({number(speed / 1e9)} GB/s), much faster than PCIe between them.",
        )


def _peer_to_peer(subject: Subject) -> Iterator[Said]:
    cards = [g for g in subject.cards if _NO_P2P.search(str(g.card.gpu.name or ""))]
    is_geforce = [g for g in cards if "geforce" in str(g.card.gpu.name).lower()]
    if sum(group.count for group in is_geforce) >= 2:
        yield info(
            "GeForce RTX 40 and 50 cards cannot read each other's memory directly: what they "
            "exchange in training goes through main memory, which costs scaling.",
        )


def _mixed(subject: Subject) -> Iterator[Said]:
    makers = {str(maker) for maker in subject.values("gpu_card.gpu.maker") if maker}
    if len(makers & {"NVIDIA", "AMD", "Intel"}) > 1:
        yield warning(
            f"Cards of {listed(sorted(makers))} need different drivers and do not train together.",
            "Choose cards of one maker.",
        )


def _software(subject: Subject) -> Iterator[Said]:
    for group in subject.cards:
        capability = _capability(group.card.gpu.compute_capability)
        if capability is None or capability >= _CUDA_13_FLOOR:
            continue
        text = (
            f"{group.card.gpu.name} has compute capability {group.card.gpu.compute_capability}: "
            f"CUDA 13 starts at {_CUDA_13_FLOOR}"
        )
        advice = "Use a PyTorch build for CUDA 12, which still supports it."
        if (subject.around.cuda_major or 0) >= 13:
            yield warning(f"{text}, so the chosen software does not run.", advice)
        else:
            yield info(f"{text}, so the newest software no longer runs on it.", advice)


def _rocm(subject: Subject) -> Iterator[Said]:
    """AMD's PyTorch runs on Linux; on Windows only for part of the cards."""
    for group in subject.cards:
        gpu = group.card.gpu
        if gpu.maker != "AMD":
            continue
        name, age = gpu.name or "This card", str(gpu.architecture or "")
        system = (subject.around.operating_system or "").lower()
        advice = "Look for the card in ROCm's list of supported hardware, with your system."
        if system.startswith(("mac", "darwin")):
            yield warning(f"{name} computes under Linux or Windows only.", advice)
        elif age.startswith(_NO_ROCM):
            severity = warning if subject.around.rocm_major or system else info
            yield severity(f"ROCm does not support {name} ({age}).", advice)
        elif age.startswith(_OLD_ROCM):
            severity = warning if subject.around.rocm_major or system else info
            yield severity(f"ROCm no longer tests {name} ({age}); it may stop working.", advice)
        elif system.startswith("win"):
            yield warning(
                f"{name} under Windows: ROCm there supports part of the cards and less of PyTorch.",
                f"Prefer Linux. {advice}",
            )
        elif not system:
            yield info(f"{name} needs ROCm, which is most complete under Linux.", advice)


def _capability(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _is_old_board(subject: Subject) -> bool:
    year = subject.value("motherboard.release_year")
    if year is not None:
        return bool(year < _FIRST_SAFE_YEAR)
    return socket_key(str(subject.value("motherboard.socket") or "")) in _OLD_SOCKETS


def _maps_all_of_it(group: CardGroup) -> bool:
    """Data-centre cards show the BIOS all of their memory, desktop cards 256 MB unless asked."""
    is_server = group.card.gpu.segment in ("datacenter", "system")
    return is_server and (group.card.vram_bytes or 0) >= _SERVER_VRAM_BYTES


def _windows(subject: Subject) -> Iterator[Said]:
    is_old = _is_old_board(subject)
    sizes = [(group.card.vram_bytes, group.count) for group in subject.cards]
    vram = sum((size or 0) * number_of for size, number_of in sizes)
    cards = count(subject.card_count, "card")
    advice = 'Switch on "above 4G decoding" in the BIOS; ask for reports with this board.'
    if subject.around.has_above_4g is False:
        yield warning(f"This BIOS cannot map large card memories: {cards} may not start.", advice)
    elif subject.around.has_above_4g is None and subject.card_count >= _MANY_CARDS and not is_old:
        yield unknown(
            f"Not checked: whether this BIOS can map {gb(vram)} of memory on {cards}. Not known: "
            "above 4G decoding and the size of its window.",
            advice,
        )
    elif is_old and (vram > _MUCH_VRAM_BYTES or any(map(_maps_all_of_it, subject.cards))):
        yield warning(
            f"A board of this age must map {gb(vram)} of card memory: {cards} may not start.",
            advice,
        )


RULES = (
    Rule(
        id="R39",
        asks="whether the NVLink bridge works with these cards",
        parts=("gpu_card",),
        fields=(),
        judge=_bridge,
        source="NVIDIA specifications; Puget Systems' NVLink compatibility chart",
    ),
    Rule(
        id="R39",
        asks="whether the cards could use NVLink",
        parts=("gpu_card",),
        fields=(),
        judge=_could_bridge,
        source="NVIDIA specifications",
    ),
    Rule(
        id="R40",
        asks="how the cards exchange data",
        parts=("gpu_card",),
        fields=(),
        judge=_peer_to_peer,
        source="NCCL issue reports on GeForce cards",
    ),
    Rule(
        id="R42",
        asks="whether the BIOS can map the cards' memory",
        parts=("gpu_card", "motherboard"),
        fields=(),
        judge=_windows,
        source="Guides to builds with many cards on older boards",
    ),
    Rule(
        id="R44",
        asks="whether current software still supports the card",
        parts=("gpu_card",),
        fields=(),
        judge=_software,
        source="NVIDIA CUDA 13 release notes",
    ),
    Rule(
        id="R44",
        asks="whether ROCm supports the card on this system",
        parts=("gpu_card",),
        fields=(),
        judge=_rocm,
        source="ROCm's list of architectures, 2026-08 (a development list)",
    ),
    Rule(
        id="R44",
        asks="whether the cards work with one driver",
        parts=("gpu_card",),
        fields=(),
        judge=_mixed,
        source="Driver documentation",
    ),
)
