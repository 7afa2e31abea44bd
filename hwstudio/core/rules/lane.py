"""PCIe lanes and link speed: how fast each card is connected."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwstudio.core.rules.platform import is_pro
from hwstudio.core.rules.platform_table import socket_key
from hwstudio.core.rules.rule import Rule, Said, error, info, unknown, warning
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import count, listed, number

# The processor lanes some boards' modes are written for.
_NAMED_LANES = {"w-3400": 112, "w-2400": 64}
_NOTE = re.compile(r"\(([^)]*)\)")
_LANES = re.compile(r"(\d+)\+?[- ]lane")
_TOKEN = re.compile(r"^x?(\d+)(?:\s*x(\d+))?$")
_MODULE = re.compile(r"sxm|oam|soc|mxm|module|mezz|package|onboard", re.I)
_WIDE, _NARROW = 8, 4
_MORE_LANES = "Choose a platform with more PCIe lanes."
# Server sockets have no chipset: what the processor has no lanes for is not connected at all.
_NO_CHIPSET = {"SP3", "SP5", "SP6"}


def slot_modes(text: str) -> list[tuple[str, list[int]]]:
    """Return the alternatives of a board's slots: its condition, and the width of each slot.

    "x16/x0|x8/x8" is two alternatives of two slots; "x16 x2 + x8 x2" is one of four; a lone
    "x16" says that the processor feeds only one.
    """
    return [(_condition(part), _widths(part)) for part in text.split("|")]


def _condition(text: str) -> str:
    found = _NOTE.search(text)
    return found[1].lower() if found else ""


def _widths(text: str) -> list[int]:
    plain = re.split(r"\bvia\b", _NOTE.sub("", text))[0]
    widths: list[int] = []
    for token in re.split(r"[/+]", plain):
        found = _TOKEN.match(token.strip().lower())
        if found:
            widths += [int(found[1])] * int(found[2] or 1)
    return widths


def _needed_lanes(condition: str) -> int:
    for name, lanes in _NAMED_LANES.items():
        if name in condition:
            return lanes
    found = _LANES.search(condition)
    return int(found[1]) if found else 0


def _possible_modes(subject: Subject) -> list[list[int]]:
    """Return the alternatives the chosen processor allows."""
    lanes = subject.value("cpu.pcie_lanes_usable")
    modes = []
    for condition, widths in slot_modes(str(subject.value("motherboard.cpu_slot_modes") or "")):
        needed = _needed_lanes(condition)
        is_too_much = lanes is not None and needed > lanes
        is_for_pro = "pro cpu" in condition and is_pro(subject) is False
        if widths and not is_too_much and not is_for_pro:
            modes.append((needed, widths))
    highest = max((needed for needed, _ in modes), default=0)
    return [widths for needed, widths in modes if needed in (0, highest)]


def best_widths(subject: Subject) -> list[int] | None:
    """Return the lanes each card gets in the best mode, widest first; 0 = a chipset slot.

    None when the board's modes are not known.
    """
    cards = subject.card_count
    best: list[int] | None = None
    for widths in _possible_modes(subject):
        given = sorted(widths, reverse=True)[:cards]
        given += [0] * (cards - len(given))
        if best is None or _worth(given) > _worth(best):
            best = given
    return best


def _worth(widths: list[int]) -> tuple[int, int, int]:
    """More cards fed by the processor come first, then the narrowest, then the sum."""
    fed = [width for width in widths if width]
    return len(fed), min(fed, default=0), sum(fed)


def _lanes(subject: Subject) -> Iterator[Said]:
    yield from _narrow_cards(subject)
    if subject.around.has_lane_switch:
        return
    widths = best_widths(subject)
    if widths is None:
        if subject.card_count > 1:  # the first slot of a board has all lanes there are
            yield from _lanes_by_cpu(subject)
        return
    yield from _judge_widths(widths)


def _narrow_cards(subject: Subject) -> Iterator[Said]:
    """A card, or the riser it stands on, may have fewer lanes than any slot."""
    for group in subject.cards:
        lanes: int | None = group.card.pcie_lanes
        if lanes is not None and 0 < lanes <= _NARROW:
            name = group.card.name or "The card"
            yield warning(f"{name} itself has only x{lanes}{_slow(lanes)}", _MORE_LANES)


def _slow(lanes: int) -> str:
    if lanes <= 1:
        return (": loading a model takes minutes and training on several cards hardly gains "
                "anything.")  # fmt: skip
    return ": loading and exchanging data between cards is slow."


def _judge_widths(widths: list[int]) -> Iterator[Said]:
    chipset = sum(1 for width in widths if width == 0)
    narrow = [width for width in widths if 0 < width <= _NARROW]
    if chipset:
        yield warning(
            f"The processor feeds {count(len(widths) - chipset, 'slot')}: "
            f"{count(chipset, 'card')} would hang on the chipset with four lanes or fewer, "
            "shared with drives and network.",
            "Choose a board that splits x8/x8, or a workstation platform, for training on "
            "several cards.",
        )
    elif narrow:
        yield warning(
            f"{count(len(narrow), 'card')} would get only x{min(narrow)}{_slow(min(narrow))}",
            _MORE_LANES,
        )
    elif len(widths) > 1 and min(widths) == _WIDE:
        yield info(f"The cards run at {', '.join(f'x{w}' for w in widths)}: fine for training.")


def _lanes_by_cpu(subject: Subject) -> Iterator[Said]:
    """Without the board's modes, the processor's lanes at least give an upper bound."""
    lanes, cards = subject.value("cpu.pcie_lanes_usable"), subject.card_count
    if lanes is not None and lanes < _WIDE * cards:
        yield warning(
            f"The processor has {lanes} lanes for {cards} cards: not even eight each.",
            "Choose a workstation platform (Threadripper, EPYC, Xeon W) for this many cards.",
        )
        return
    yield unknown(
        f"Not checked: how many PCIe lanes each of the {cards} cards gets on this board.",
        "Read the board's manual: look for x16/x8 or x8/x8 with several cards.",
    )


def _lane_budget(subject: Subject) -> Iterator[Said]:
    """Cards at eight lanes and NVMe drives at four share what the processor has."""
    drives = sum(
        any(word in d.interface.upper() for word in ("PCIE", "NVME", "U.2")) for d in subject.drives
    )
    cards, lanes = subject.card_count, subject.cpu.pcie_lanes_usable
    lanes *= max(1, subject.around.cpu_count)
    need = _WIDE * cards + 4 * drives
    if not drives or subject.around.has_lane_switch or need <= lanes:
        return
    text = (
        f"{count(cards, 'card')} at x8 and {count(drives, 'NVMe drive')} at x4 want {need} lanes, "
        f"the processor has {lanes}: {need - lanes} short"
    )
    socket = subject.value("cpu.socket")
    if socket is not None and socket_key(socket) in _NO_CHIPSET:
        yield warning(f"{text}.", "Choose fewer and larger drives, or SATA drives for what waits.")
    else:
        yield info(
            f"{text}. Drives then hang on the chipset and share its link with network and USB.",
            "Keep the drive with the training data in the slot next to the processor.",
        )


def _link(subject: Subject) -> Iterator[Said]:
    steps = {
        "processor": subject.value("cpu.pcie_gen"),
        "motherboard's slot": subject.value("motherboard.first_x16_gen"),
        "riser": subject.around.riser_gen,
    }
    card = max((gen for gen in subject.values("gpu_card.pcie_gen") if gen is not None), default=0)
    slower = {name: gen for name, gen in steps.items() if gen is not None and gen < card}
    if slower:
        name, gen = min(slower.items(), key=lambda item: item[1])
        yield info(
            f"The card speaks PCIe {number(card)}, the {name} PCIe {number(gen)}: the link runs "
            f"at PCIe {number(gen)}, which most training hardly notices at x16.",
        )


def _riser(subject: Subject) -> Iterator[Said]:
    length, gen = subject.around.riser_length_mm, subject.around.riser_gen
    is_certified = subject.around.is_riser_certified
    if gen is not None and gen >= 5 and is_certified is False:
        yield warning(
            "A PCIe 5 riser that is neither certified nor retimed shows errors or falls back.",
            "Set the slot to PCIe 4, or use a certified or retimed riser.",
        )
    missing = {"its length": length, "its PCIe generation": gen}
    has_riser = subject.around.riser_count or (subject.is_open and subject.card_count > 1)
    if has_riser and None in missing.values():
        words = listed([what for what, value in missing.items() if value is None])
        yield unknown(
            f"Not checked: whether the riser cable is good for the link. Not known: {words}.",
            "Up to 400 mm for PCIe 4; PCIe 5 wants a certified or retimed riser.",
        )
    limit = 400 if (gen or 4) <= 4 else 200
    if length is not None and length > limit:
        yield warning(
            f"A {number(length)} mm riser is long for PCIe {number(gen or 4)}: links fall back "
            "or show errors.",
            f"Stay under {limit} mm, set the slot one generation lower, or use retimed cables.",
        )


def _is_card(subject: Subject) -> Iterator[Said]:
    for group in subject.cards:
        form: str | None = group.card.gpu.form_factor
        if form and not _MODULE.search(form) and not form.upper().startswith("PCIE"):
            yield unknown(f"Not checked: whether a GPU of the form '{form}' is a PCIe card.")
        elif form and not form.upper().startswith("PCIE"):
            yield error(
                f"{group.card.name or 'This GPU'} is an {form} module, not a PCIe card: no "
                "motherboard slot takes it.",
                "Choose the PCIe version, or rent this GPU in the cloud.",
            )


RULES = (
    Rule(
        id="R36",
        asks="how many lanes each card gets",
        parts=("gpu_card", "motherboard"),
        fields=(),
        judge=_lanes,
        source="Board manuals; Tim Dettmers on PCIe lanes for several GPUs",
    ),
    Rule(
        id="R36",
        asks="whether cards and drives have enough lanes together",
        parts=("gpu_card", "cpu", "storage"),
        fields=("cpu.pcie_lanes_usable", "storage.interface"),
        judge=_lane_budget,
        source="AMD and Intel platform descriptions: lanes for slots and M.2",
    ),
    Rule(
        id="R37",
        asks="which PCIe generation the link has",
        parts=("gpu_card",),
        fields=(),
        judge=_link,
        source="PCIe links run at the lowest generation of both ends",
    ),
    Rule(
        id="R47",
        asks="whether the riser cable is short enough",
        parts=("gpu_card",),
        fields=(),
        judge=_riser,
        source="Reports of open-frame builds with seven cards",
    ),
    Rule(
        id="R45",
        asks="whether the GPU is a card at all",
        parts=("gpu_card",),
        fields=(),
        judge=_is_card,
        source="NVIDIA and AMD data sheets",
    ),
)
