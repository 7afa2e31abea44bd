"""Memory: type, kind, ECC, slots, channels, speed, and size against the cards' memory."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.rules.platform import is_pro
from hwstudio.core.rules.platform_table import (
    DIMM_TYPE,
    MEM_TYPE,
    WORKSTATION,
    channels,
    ddr_key,
    dimm_key,
    socket_key,
)
from hwstudio.core.rules.rule import Rule, Said, error, info, unknown, warning
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import count, gb

# Fastest speed the memory standard itself defines for desktop modules (JEDEC DDR4, DDR5).
_JEDEC_MTS = {"DDR4": 3200, "DDR5": 5600}
_REGISTERED = ("RDIMM", "LRDIMM")
_VENDOR = "Motherboard and processor specifications"


def _type(subject: Subject) -> Iterator[Said]:
    takes, ram = _board_fact(subject, "mem_type", MEM_TYPE), subject.ram.mem_type
    if takes is None:
        yield unknown("Not checked: whether the memory type fits the motherboard. Not known: "
                      "the memory type of the motherboard.")  # fmt: skip
    elif ddr_key(ram) not in map(ddr_key, takes.split("|")):
        yield error(
            f"The memory is {ram}, the motherboard takes {takes}: the modules do not fit.",
            f"Choose {takes} memory, or a motherboard for {ram}.",
        )


def _board_fact(subject: Subject, field: str, by_socket: dict[str, str]) -> str | None:
    """Return what the board takes, by its socket where its row does not tell."""
    stated = subject.value(f"motherboard.{field}")
    socket = subject.value("motherboard.socket")
    if stated is not None or socket is None:
        return None if stated is None else str(stated)
    return by_socket.get(socket_key(socket))


def _type_of_cpu(subject: Subject) -> Iterator[Said]:
    socket = socket_key(str(subject.value("cpu.socket") or ""))
    by_socket = (MEM_TYPE[socket],) if socket in MEM_TYPE else None
    takes, ram = subject.value("cpu.mem_types") or by_socket, subject.ram.mem_type
    if takes and ddr_key(ram) not in map(ddr_key, takes):
        yield error(
            f"The memory is {ram}, the processor takes {' or '.join(takes)}.",
            f"Choose {takes[0]} memory.",
        )


def _kind(subject: Subject) -> Iterator[Said]:
    takes = _board_fact(subject, "dimm_type", DIMM_TYPE)
    if takes is None:
        yield unknown("Not checked: whether the kind of memory module fits the motherboard. Not "
                      "known: the kind it takes.")  # fmt: skip
    else:
        yield from _kind_against(subject, takes, "motherboard")


def _kind_of_cpu(subject: Subject) -> Iterator[Said]:
    if subject.has("motherboard"):
        return
    takes = subject.value("cpu.dimm_type")
    takes = takes or DIMM_TYPE.get(socket_key(str(subject.value("cpu.socket") or "")))
    if takes:
        yield from _kind_against(subject, takes, "processor")


def _kind_against(subject: Subject, takes: str, what: str) -> Iterator[Said]:
    kinds = [dimm_key(kind) for kind in takes.split("|")]
    ram = subject.ram.dimm_type
    if dimm_key(ram) not in kinds:
        yield error(
            f"The modules are {ram}, the {what} takes {' or '.join(kinds)}: they never mix.",
            f"Choose {kinds[0]} modules.",
        )


def _ecc(subject: Subject) -> Iterator[Said]:
    if not subject.ram.ecc or dimm_key(subject.value("ram.dimm_type") or "") in _REGISTERED:
        return
    has = {
        name: subject.value(f"{kind}.ecc")
        for kind, name in (("cpu", "processor"), ("motherboard", "motherboard"))
        if subject.has(kind)
    }
    without = [name for name, answer in has.items() if answer is not None and not answer]
    if without:
        yield warning(
            f"The memory has ECC, but the {' and the '.join(without)} lists no ECC support: it "
            "runs as ordinary memory.",
            "Choose parts that all support ECC, or save the money.",
        )
    elif None in has.values():
        missing = " and the ".join(name for name, answer in has.items() if answer is None)
        yield unknown(f"Not checked: whether ECC works. Not known: whether the {missing} has it.")


def memory_bytes(subject: Subject) -> int | None:
    """Return the memory of all kits together, when known."""
    each, modules = subject.value("ram.module_bytes"), subject.modules
    if each is not None and modules is not None:
        return int(each * modules)
    whole = subject.value("ram.capacity_bytes")
    return None if whole is None else int(whole * subject.kits)


def _slots(subject: Subject) -> Iterator[Said]:
    modules, slots = subject.modules or 0, subject.board.mem_slots
    if modules > slots:
        yield error(
            f"{count(modules, 'module')} for {count(slots, 'memory slot')}: "
            f"{modules - slots} too many.",
            "Choose a kit with fewer, larger modules.",
        )


def _capacity(subject: Subject) -> Iterator[Said]:
    total, most = memory_bytes(subject), subject.board.mem_max_bytes
    if total is None:
        yield unknown("Not checked: whether the board takes this much. Not known: how much it is.")
        return
    if total > most:
        yield error(
            f"{gb(total)} of memory, but the motherboard takes at most {gb(most)}.",
            "Choose a smaller kit or another motherboard.",
        )


def _module_size(subject: Subject) -> Iterator[Said]:
    """No source states the largest module; the board's limit over its slots gives a hint."""
    each, most = subject.ram.module_bytes, subject.around.max_module_bytes
    slots, whole = (
        subject.value("motherboard.mem_slots"),
        subject.value("motherboard.mem_max_bytes"),
    )
    if most is not None:
        if each > most:
            yield error(
                f"One module holds {gb(each)}, the motherboard takes modules up to {gb(most)}: "
                f"{gb(each - most)} too much.",
                f"Choose modules of {gb(most)} or less.",
            )
    elif slots and whole and each * slots > whole:
        yield unknown(
            f"Not checked: whether the board takes modules of {gb(each)}. Its limit of {gb(whole)} "
            f"over {slots} slots means {gb(whole / slots)} each. Not known: the largest module.",
            "Check that the maker lists modules of this size for the board.",
        )


def _capacity_of_cpu(subject: Subject) -> Iterator[Said]:
    total = memory_bytes(subject)
    most = subject.cpu.mem_max_bytes * max(1, subject.around.cpu_count)
    if total is not None and total > most:
        yield error(
            f"{gb(total)} of memory, but the processor takes at most {gb(most)}.",
            "Choose a smaller kit.",
        )


def memory_channels(subject: Subject) -> int | None:
    """Return how many channels the processors and the board have together."""
    socket = subject.value("cpu.socket") or subject.value("motherboard.socket")
    each = subject.value("cpu.mem_channels")
    if each is None and socket is not None:
        chipset = subject.value("motherboard.chipset") or ""
        each = channels(socket, chipset=chipset, is_pro=is_pro(subject))
    if each is None:
        return None
    slots = subject.value("motherboard.mem_slots")
    total = int(each) * max(1, subject.around.cpu_count)
    return min(total, slots) if slots else total


def _channels(subject: Subject) -> Iterator[Said]:
    modules, wide = subject.modules or 0, memory_channels(subject)
    if not wide or modules % wide == 0:
        return
    if modules < wide:
        text = f"{count(modules, 'memory module')} for {wide} memory channels: only part of the "
        text += "memory speed is used."
    else:
        text = f"{count(modules, 'memory module')} do not divide over {wide} memory channels: "
        text += "some channels carry more than others."
    yield warning(text, f"Use {wide} equal modules, or a multiple of {wide}.")


def _speed(subject: Subject) -> Iterator[Said]:
    ram = subject.ram
    standard = _JEDEC_MTS.get(ram.mem_type.upper())
    if (
        standard
        and ram.speed_mts > standard
        and dimm_key(subject.value("ram.dimm_type") or "") not in _REGISTERED
    ):
        yield info(
            f"{ram.speed_mts:,} MT/s is above the standard {standard:,} MT/s: it is an overclock "
            "you switch on in the BIOS (XMP or EXPO).",
        )


def _four_modules(subject: Subject) -> Iterator[Said]:
    socket = socket_key(str(subject.value("cpu.socket") or subject.board.socket or ""))
    is_desktop = socket and socket not in WORKSTATION
    if is_desktop and (subject.modules or 0) >= 4 and subject.ram.mem_type.upper() == "DDR5":
        yield info(
            "Four DDR5 modules on a desktop board run slower than two: usually at 3,600 to "
            "4,800 MT/s.",
            "Prefer two larger modules.",
        )


def _against_vram(subject: Subject) -> Iterator[Said]:
    ram = memory_bytes(subject)
    vram = sum(group.card.vram_bytes * group.count for group in subject.cards)
    if ram is None:
        yield unknown("Not checked: whether there is as much memory as the cards have.")
    elif ram < vram:
        yield warning(
            f"{gb(ram)} of memory is less than the {gb(vram)} on the cards: loading models and "
            "preparing data will be slow.",
            f"Plan {gb(vram)} or more.",
        )


RULES = (
    Rule(
        id="R03",
        asks="whether the memory type fits the motherboard",
        parts=("ram", "motherboard"),
        fields=("ram.mem_type",),
        judge=_type,
        source=_VENDOR,
    ),
    Rule(
        id="R03",
        asks="whether the processor takes this memory type",
        parts=("ram", "cpu"),
        fields=("ram.mem_type",),
        judge=_type_of_cpu,
        source=_VENDOR,
    ),
    Rule(
        id="R04",
        asks="whether the kind of memory module fits the motherboard",
        parts=("ram", "motherboard"),
        fields=("ram.dimm_type",),
        judge=_kind,
        source="Board manuals; registered and unregistered modules are keyed differently",
    ),
    Rule(
        id="R04",
        asks="whether the processor takes this kind of memory module",
        parts=("ram", "cpu"),
        fields=("ram.dimm_type",),
        judge=_kind_of_cpu,
        source="Board manuals; registered and unregistered modules are keyed differently",
    ),
    Rule(
        id="R05",
        asks="whether ECC works from module to processor",
        parts=("ram",),
        fields=("ram.ecc",),
        judge=_ecc,
        source="AMD and Intel specifications: module, processor and board must all support ECC",
    ),
    Rule(
        id="R06",
        asks="whether there is a slot for every memory module",
        parts=("ram", "motherboard"),
        fields=("ram.modules", "motherboard.mem_slots"),
        judge=_slots,
        source=_VENDOR,
    ),
    Rule(
        id="R06",
        asks="whether the motherboard takes this much memory",
        parts=("ram", "motherboard"),
        fields=("motherboard.mem_max_bytes",),
        judge=_capacity,
        source=_VENDOR,
    ),
    Rule(
        id="R06",
        asks="whether the motherboard takes modules of this size",
        parts=("ram", "motherboard"),
        fields=("ram.module_bytes",),
        judge=_module_size,
        source=_VENDOR,
    ),
    Rule(
        id="R06",
        asks="whether the processor takes this much memory",
        parts=("ram", "cpu"),
        fields=("cpu.mem_max_bytes",),
        judge=_capacity_of_cpu,
        source=_VENDOR,
    ),
    Rule(
        id="R07",
        asks="whether all memory channels are used evenly",
        parts=("ram",),
        fields=("ram.modules",),
        judge=_channels,
        source="AMD and Intel platform descriptions",
    ),
    Rule(
        id="R08",
        asks="whether the memory's speed is a standard one",
        parts=("ram",),
        fields=("ram.mem_type", "ram.speed_mts"),
        judge=_speed,
        source="JEDEC DDR4 and DDR5 speeds",
    ),
    Rule(
        id="R08",
        asks="whether the number of modules slows the memory down",
        parts=("ram", "motherboard"),
        fields=("ram.modules", "ram.mem_type"),
        judge=_four_modules,
        source="Board manuals",
    ),
    Rule(
        id="R46",
        asks="whether there is as much memory as the cards have",
        parts=("ram", "gpu_card"),
        fields=("gpu_card.vram_bytes",),
        judge=_against_vram,
        source="Tim Dettmers' hardware guide: at least as much as the GPUs have",
    ),
)
