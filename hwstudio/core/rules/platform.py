"""Processor and motherboard: socket, BIOS, Threadripper PRO, a picture on a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwstudio.core.rules.bios_table import bios_support
from hwstudio.core.rules.platform_table import (
    TWO_SOCKETS,
    WORKSTATION,
    platform_1151,
    socket_key,
)
from hwstudio.core.rules.rule import Rule, Said, error, info, unknown, warning
from hwstudio.core.rules.subject import Subject

_PRO_CHIPSETS = ("WRX80", "WRX90")
_BMC_BOARD = re.compile(
    r"asrock ?rack|supermicro|tyan|romed8|genoa|turin|ws wrx|ws w790|rack", re.I
)


def _socket(subject: Subject) -> Iterator[Said]:
    cpu, board = subject.cpu.socket, subject.board.socket
    if socket_key(cpu) != socket_key(board):
        yield error(
            f"The processor has socket {cpu}, the motherboard has {board}: it does not go in.",
            f"Choose a motherboard with socket {cpu}, or a processor for {board}.",
        )
    elif socket_key(cpu) == "LGA1151":
        yield from _two_1151(subject)


def _sockets(subject: Subject) -> Iterator[Said]:
    """The platforms for two processors name one socket like the rest; the board decides."""
    count = subject.around.cpu_count
    socket = subject.value("motherboard.socket") or subject.value("cpu.socket")
    if count < 2:
        return
    if socket is not None and socket_key(socket) not in TWO_SOCKETS:
        yield error(
            f"{count} processors, but motherboards with socket {socket} have one socket.",
            "Remove a processor, or choose a server platform with two sockets.",
        )
    else:
        yield unknown(
            f"Not checked: whether the motherboard has a socket for each of {count} processors.",
            "Count the sockets on the maker's page.",
        )


def _two_1151(subject: Subject) -> Iterator[Said]:
    of_board, of_cpu = platform_1151(
        subject.value("motherboard.chipset"), subject.value("cpu.name")
    )
    if of_board and of_cpu and of_board != of_cpu:
        yield error(
            "Both say LGA1151, but 6th and 7th generation processors only run on 100 and 200 "
            "series boards, 8th and 9th only on 300 series boards.",
            "Choose both from the same generation.",
        )


def _bios(subject: Subject) -> Iterator[Said]:
    chipset = subject.board.chipset
    support = bios_support(chipset, subject.cpu.name)
    if support == "update" and _is_board_newer(subject):
        support = "late"
    if support is None:
        yield unknown(
            "Not checked: whether the board's BIOS knows the processor. Not known: which "
            f"processors {_chipset(chipset)} boards support.",
            "Look for the processor in the list on the board maker's page.",
        )
    elif support == "no":
        yield error(
            f"{chipset} motherboards do not support this processor's generation.",
            "Check the board's processor list on the maker's page.",
        )
    elif support == "late" or (support == "update" and subject.board.bios_flashback):
        how = "; this board can do that without a working processor" if support == "update" else ""
        yield info(
            f"An early {chipset} board may need a BIOS update for this processor{how}.",
            "Ask the shop for a recent BIOS.",
        )
    elif support == "update":
        yield warning(
            f"{chipset} boards need a newer BIOS for this processor; a board from old stock will "
            "not start with it.",
            "Ask the shop for an updated board, or choose one with BIOS flashback.",
        )


def _is_board_newer(subject: Subject) -> bool:
    """A board that came out with the processor, or after it, was made to know it."""
    board = subject.value("motherboard.release_year")
    cpu = subject.value("cpu.release_year")
    return board is not None and cpu is not None and bool(board >= cpu)


def _chipset(name: str) -> str:
    """Server boards have no chipset; the catalogue says SoC for them."""
    return "these server" if name == "SoC" else name


def is_pro(subject: Subject) -> bool | None:
    """Return whether the processor is a Threadripper PRO; None when the name does not tell."""
    if subject.around.is_pro_cpu is not None:
        return subject.around.is_pro_cpu
    name = str(subject.value("cpu.name") or "").lower()
    if "threadripper" in name:
        return " pro" in name
    return None


def _pro(subject: Subject) -> Iterator[Said]:
    chipset = str(subject.value("motherboard.chipset") or "").upper()
    socket = socket_key(str(subject.value("motherboard.socket") or ""))
    if not chipset and socket == "STR5":
        yield unknown("Not checked: whether the board asks for a Threadripper PRO.")
    if chipset not in _PRO_CHIPSETS:
        return
    pro = is_pro(subject)
    if pro is None:
        yield unknown(
            f"Not checked: whether the processor is a Threadripper PRO, as {chipset} asks."
        )
    elif not pro:
        yield error(
            f"{chipset} boards only run Threadripper PRO processors; this one is not a PRO.",
            "Choose a Threadripper PRO, or a TRX50 (TRX40) board for this processor.",
        )


def _picture(subject: Subject) -> Iterator[Said]:
    around = subject.around
    is_said = around.is_without_card or around.has_card_outputs is False
    is_whole = is_said or subject.has("motherboard", "ram", "psu")
    if subject.around.is_headless or not is_whole or _has_outputs(subject):
        return
    board_name = str(subject.value("motherboard.name") or "")
    if subject.around.has_board_display or _BMC_BOARD.search(board_name):
        return
    own = _has_igpu(subject)
    if own is None:
        yield unknown("Not checked: whether anything in this build can drive a screen.")
    elif not own:
        severity = warning if subject.cards else error
        yield severity(
            "Nothing here drives a screen: the processor has no graphics and no card has outputs.",
            "Add a small graphics card, choose a processor with graphics, or run it headless.",
        )


def _has_outputs(subject: Subject) -> bool:
    """Data-centre cards have no outputs; all others do, unless somebody says."""
    if subject.around.has_card_outputs is not None:
        return subject.around.has_card_outputs
    segments = subject.values("gpu_card.gpu.segment")
    return any(segment not in ("datacenter", "system") for segment in segments)


def _has_igpu(subject: Subject) -> bool | None:
    if subject.value("cpu.igpu"):
        return True
    if subject.cpu.igpu == "":
        return False
    name = str(subject.value("cpu.name") or "").lower()
    if re.search(r"i[3579]-\d{4,5}k?f\b|ultra \d \d{3}k?f\b|threadripper|epyc|xeon", name):
        return False
    socket = subject.value("cpu.socket")
    if socket is not None and socket_key(socket) in WORKSTATION:
        return False
    if re.search(r"ryzen [3579] [1-5]\d{3}x?(3d)?\b(?!g)", name):
        return False
    return None


RULES = (
    Rule(
        id="R01",
        asks="whether the processor fits the motherboard's socket",
        parts=("cpu", "motherboard"),
        fields=("cpu.socket", "motherboard.socket"),
        judge=_socket,
        source="AMD and Intel socket names; TR4, sTRX4, sWRX8 and sTR5 are different sockets",
        is_essential=True,
    ),
    Rule(
        id="R01",
        asks="whether there is a socket for each processor",
        parts=("cpu", "motherboard"),
        fields=(),
        judge=_sockets,
        source="AMD and Intel platform descriptions",
        is_essential=True,
    ),
    Rule(
        id="R02",
        asks="whether the board's BIOS knows the processor",
        parts=("cpu", "motherboard"),
        fields=("motherboard.chipset", "cpu.name"),
        judge=_bios,
        source="Motherboard makers' processor support lists, by chipset",
    ),
    Rule(
        id="R09",
        asks="whether the board takes this kind of Threadripper",
        parts=("cpu", "motherboard"),
        fields=(),
        judge=_pro,
        source="AMD Threadripper platform pages",
    ),
    Rule(
        id="R10",
        asks="whether something drives a screen",
        parts=("cpu",),
        fields=(),
        judge=_picture,
        source="Processor and card specifications",
    ),
)
