"""Cooling: the processor's cooler, the radiator, and cards that need air from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwstudio.core.rules.platform_table import (
    LARGE_LID,
    is_near_mount,
    is_same_mount,
    socket_key,
    sockets_named,
)
from hwstudio.core.rules.rule import Rule, Said, error, unknown, warning
from hwstudio.core.rules.subject import Subject, airflow, thickness
from hwstudio.core.rules.words import count, listed, mm, number

# The most heat a cooler of a size class carries in reviews: beyond it the processor throttles
# under any such cooler. (smallest size in mm, W), largest class first. Estimates, for coolers
# whose maker gives no figure (785 of 793).
_MOST_AIR = ((150.0, 270.0), (120.0, 220.0), (60.0, 150.0), (0.0, 110.0))
_MOST_RADIATOR = ((360.0, 400.0), (280.0, 330.0), (240.0, 280.0), (0.0, 200.0))
_TALL_RAM_MM = 44
_TALL_COOLER_MM = 155
_USUAL_RADIATOR_MM = 30
_MADE_FOR_LARGE = re.compile(r"tr[45]|sp[356]|threadripper|s?wrx|4u|xe0?[0-9]", re.I)


def _socket(subject: Subject) -> Iterator[Said]:
    socket = socket_key(subject.cpu.socket)
    fits = [key for name in subject.cooler.sockets for key in sockets_named(name)]
    if any(is_same_mount(socket, name) for name in fits):
        return
    if any(is_near_mount(socket, name) for name in fits):
        yield warning(
            f"The cooler lists {listed(fits)}, not {subject.cpu.socket}; the screw holes are "
            "alike but the maker must confirm it.",
            "Look for a mounting kit on the cooler maker's page.",
        )
        return
    yield error(
        f"The cooler fits {listed(fits)}, the processor has socket {subject.cpu.socket}.",
        f"Choose a cooler made for {subject.cpu.socket}.",
    )


def _radiator(subject: Subject) -> Iterator[Said]:
    size = subject.value("cooler.radiator_mm")
    is_air = str(subject.value("cooler.cooler_type") or "").lower() == "air"
    if is_air or (size is None and subject.value("cooler.cooler_type") is None):
        return
    most = subject.around.max_radiator_mm
    if size is None or most is None:
        what = "the radiator's size" if size is None else "the largest radiator the case takes"
        yield unknown(
            f"Not checked: whether the case has room for the radiator. Not known: {what}.",
            "Look it up on the case maker's page.",
        )
    elif size > most:
        yield error(
            f"The radiator is {mm(size)} long, the case takes {mm(most)}: {mm(size - most)} too "
            "long.",
            f"Choose a cooler with a radiator up to {mm(most)}.",
        )
    else:
        yield from _radiator_thickness(subject)


def _radiator_thickness(subject: Subject) -> Iterator[Said]:
    """Case makers' radiator lists mean ordinary ones of 27-30 mm; only thicker ones are asked."""
    thick, most = subject.around.radiator_thickness_mm, subject.around.max_radiator_thickness_mm
    if thick is None or thick <= _USUAL_RADIATOR_MM:
        return
    if most is None:
        yield unknown(
            f"Not checked: whether the case has room for a radiator {mm(thick)} thick. Not known: "
            "the thickest radiator the case takes.",
            "Look it up on the case maker's page; count the fans as well.",
        )
    elif thick > most:
        yield error(
            f"The radiator is {mm(thick)} thick, the case takes {mm(most)}: {mm(thick - most)} "
            "too thick.",
            f"Choose a cooler with a radiator up to {mm(most)} thick.",
        )


def estimated_most_w(cooler_type: str | None, size_mm: float | None) -> float | None:
    """Return the most heat any cooler of this size class carries, in W; None when not known."""
    if cooler_type is None or size_mm is None:
        return None
    classes = _MOST_AIR if cooler_type.lower() == "air" else _MOST_RADIATOR
    return next(watts for smallest, watts in classes if size_mm >= smallest)


def _capacity(subject: Subject) -> Iterator[Said]:
    need = subject.value("cpu.max_power_w") or subject.value("cpu.tdp_w")
    stated = subject.value("cooler.capacity_w")
    if need is None:
        yield unknown("Not checked: whether the cooler carries the processor's heat. Not known: "
                      "the processor's power limit.")  # fmt: skip
        return
    if stated is not None:
        if need > stated:
            yield warning(
                f"The processor may draw {number(need)} W, the cooler carries {number(stated)} W: "
                "it slows down under full load.",
                "Choose a stronger cooler, or limit the processor's power in the BIOS.",
            )
        return
    kind = subject.value("cooler.cooler_type")
    is_air = str(kind).lower() == "air"
    size = subject.value("cooler.height_mm" if is_air else "cooler.radiator_mm")
    most = estimated_most_w(kind, size)
    if most is not None and need > most:
        yield warning(
            f"The processor may draw {number(need)} W; no cooler of this size carries more than "
            f"about {number(most)} W (estimated, the maker gives no figure).",
            "Choose a larger cooler, or limit the processor's power in the BIOS.",
        )
    else:
        yield unknown(
            f"Not checked: whether the cooler carries the processor's {number(need)} W. Not "
            "known: how much heat it carries.",
            "Look for the maker's rating, or a review with this processor.",
        )


def _cold_plate(subject: Subject) -> Iterator[Said]:
    socket = socket_key(subject.cpu.socket)
    name = str(subject.value("cooler.name") or "")
    note = subject.value("cooler.sockets_note")
    is_liquid = str(subject.value("cooler.cooler_type") or "").upper() == "AIO"
    if socket not in LARGE_LID or _MADE_FOR_LARGE.search(name) or not (note or is_liquid):
        return
    yield warning(
        f"{subject.cpu.socket} processors have a large lid; an ordinary round cold plate does not "
        "cover it and cools the outer chips poorly.",
        "Choose a cooler made for Threadripper or EPYC.",
    )


def _overhang(subject: Subject) -> Iterator[Said]:
    room, ram = subject.around.ram_clearance_mm, subject.value("ram.height_mm")
    is_air = str(subject.value("cooler.cooler_type") or "").lower() == "air"
    is_tall = is_air and (subject.value("cooler.height_mm") or 0.0) >= _TALL_COOLER_MM
    if ram is None:
        if is_tall or room is not None:
            yield unknown("Not checked: whether the memory fits under the cooler. Not known: the "
                          "memory's height.")  # fmt: skip
    elif ram > room if room is not None else is_tall and ram > _TALL_RAM_MM:
        space = (
            f"the cooler leaves {mm(room)}" if room is not None else "large coolers reach over it"
        )
        yield warning(
            f"The memory is {mm(ram)} tall and {space}: the front fan has to move up or away.",
            "Prefer flat memory under a large air cooler.",
        )


def _over_first_slot(subject: Subject) -> Iterator[Said]:
    """A broad cooler may reach over the slot nearest the processor, where the card belongs."""
    if str(subject.value("cooler.cooler_type") or "").lower() != "air":
        return
    breadth, room = subject.around.cooler_breadth_mm, subject.around.cpu_to_slot_mm
    if breadth is None or room is None:
        if (subject.value("cooler.height_mm") or 0.0) >= _TALL_COOLER_MM:
            yield unknown(
                "Not checked: whether this large cooler reaches over the first long slot. Not "
                "known: the cooler's breadth and the slot's distance from the processor.",
                "Compare the cooler maker's drawing with a picture of the board.",
            )
    elif breadth / 2 > room:
        yield warning(
            f"Half of the cooler is {mm(breadth / 2)} broad, the first long slot starts "
            f"{mm(room)} from the processor's middle: it covers the slot by "
            f"{mm(breadth / 2 - room)}.",
            "Turn the cooler, use the next slot, or choose a narrower one.",
        )


def _passive(subject: Subject) -> Iterator[Said]:
    if subject.around.has_ducted_air or not _passive_names(subject):
        return
    has_case = subject.has("case")
    form = str(subject.value("case.form_factor") or "").lower()
    if any(word in form for word in ("server", "rack", "1u", "2u", "3u", "4u")):
        return
    is_tower = any(word in form for word in ("tower", "desktop", "htpc"))
    names = listed(_passive_names(subject))
    text = f"{names} has no fan of its own and needs strong air pushed through it"
    advice = "Put it in a server chassis, add a duct with its own fan, or choose a card with a fan."
    if subject.around.has_ducted_air is False or (has_case and is_tower):
        yield error(f"{text}; an ordinary case does not do that: it overheats.", advice)
    elif has_case or subject.is_open:
        yield warning(f"{text}.", advice)


def _passive_names(subject: Subject) -> list[str]:
    """Fanless cards for desktops (75 W and less from the slot) are made to live without."""
    return [
        group.card.name or "This card"
        for group in subject.cards
        if airflow(group.card) == "passive"
        and not ((group.card.tdp_w or 999) <= 75 and group.card.gpu.segment == "consumer")
    ]


def _side_by_side(subject: Subject) -> Iterator[Said]:
    if subject.card_count < 3 or subject.is_on_risers:
        return
    open_air = [card for card in subject.each_card() if airflow(card) == "open_air"]
    if len(open_air) >= 3 and all((thickness(card) or 2) >= 2 for card in open_air):
        yield warning(
            f"{count(len(open_air), 'open-air card')} side by side blow hot air at each other "
            "and slow down.",
            "Use blower or liquid-cooled cards, or risers.",
        )


RULES = (
    Rule(
        id="R11",
        asks="whether the cooler fits the processor's socket",
        parts=("cooler", "cpu"),
        fields=("cooler.sockets", "cpu.socket"),
        judge=_socket,
        source="Cooler makers' socket lists",
    ),
    Rule(
        id="R13",
        asks="whether the radiator fits the case",
        parts=("cooler", "case"),
        fields=(),
        judge=_radiator,
        source="Case makers' radiator lists (no open data has them)",
        skips_open_frame=True,
    ),
    Rule(
        id="R14",
        asks="whether the cooler carries the processor's heat",
        parts=("cooler", "cpu"),
        fields=(),
        judge=_capacity,
        source="Processor's sustained limit (AMD PPT, Intel maximum turbo power)",
    ),
    Rule(
        id="R15",
        asks="whether tall memory collides with the cooler",
        parts=("cooler", "ram"),
        fields=(),
        judge=_overhang,
        source="Reports of large air coolers over tall memory",
    ),
    Rule(
        id="R15",
        asks="whether the cooler covers the first long slot",
        parts=("cooler", "gpu_card"),
        fields=(),
        judge=_over_first_slot,
        source="Reports of large air coolers over the first slot, turned to make room",
    ),
    Rule(
        id="R16",
        asks="whether the cold plate covers the processor",
        parts=("cooler", "cpu"),
        fields=("cpu.socket",),
        judge=_cold_plate,
        source="A 2023 Threadripper build report; cooler makers' notes",
    ),
    Rule(
        id="R41",
        asks="whether cards without fans get air",
        parts=("gpu_card",),
        fields=("gpu_card.cooling",),
        judge=_passive,
        source="NVIDIA product briefs of passive cards",
    ),
    Rule(
        id="R43",
        asks="whether the cards heat each other",
        parts=("gpu_card",),
        fields=(),
        judge=_side_by_side,
        source="Lambda and Puget Systems tests with three and four cards",
    ),
)
