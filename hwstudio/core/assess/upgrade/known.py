"""What is known of a machine as a build the rules can judge, with other parts put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine
from hwstudio.core.model.memory_module import SOLDERED
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    Gpu,
    GpuCard,
    Motherboard,
    Part,
    PartKind,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.power.answer import power_answer
from hwstudio.core.rules.engine import check
from hwstudio.core.rules.facts import blank, card_of

PLANNED = "planned part"
NOT_YET: Reading[str] = absent(Status.UNSUPPORTED, PLANNED, "not built in yet")
USED_SHARE = 0.5  # of a new drive's room is free after the system and first data sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The parts of one machine that are known, and the wall socket."""

    build: Build = field(default_factory=Build)
    mains: str = "120V15A"


FindBoard = Callable[[str, "str | None"], "Motherboard | None"]


def _no_board(_name: str, _mem_type: str | None) -> Motherboard | None:
    return None


def known_build(
    machine: Machine,
    find_cpu: Callable[[str], Cpu | None],
    own: Iterable[Part] = (),
    find_board: FindBoard = _no_board,
) -> Build:
    """Return the parts of a machine; what the user listed beats what was found in it.

    Of a board without a row, and of the memory, only what the memory modules tell is known.

    Args:
        find_cpu: the catalogue's row of a processor's name.
        find_board: that of a board's name and the kind of memory in it.
        own: parts the user says are in it, one entry a piece; GPU rows are taken as cards.
    """
    name = machine.cpu.name.value
    build = Build(cpu=find_cpu(name) if name else None)
    for part in own:
        build = _with_own(build, part)
    return replace(
        build,
        motherboard=build.motherboard or _found_board(machine, find_board),
        ram=build.ram or _found_ram(machine),
    )


def _found_board(machine: Machine, find: FindBoard) -> Motherboard | None:
    """Return the board by its name, else one known by its memory alone; None without both."""
    modules = machine.modules
    kind, slots = modules.generation.value, modules.slots_total.value
    row = find(machine.board.value, kind) if machine.board.value else None
    if row is not None:
        return row
    if not _is_one_kind(kind) or modules.form.value == SOLDERED:
        return None
    form = "SODIMM" if modules.form.value == "SODIMM" else None
    return blank(Motherboard, mem_type=kind, mem_slots=slots, dimm_type=form)


def _found_ram(machine: Machine) -> Ram | None:
    """Return the modules as one kit where they are alike."""
    modules = machine.modules
    kind, sizes = modules.generation.value, modules.sizes_bytes.value or ()
    if not _is_one_kind(kind) or len(set(sizes)) != 1:
        return None
    return blank(
        Ram,
        mem_type=kind,
        modules=len(sizes),
        module_bytes=sizes[0],
        capacity_bytes=sum(sizes),
        speed_mts=modules.rated_mts.value,
    )


def _is_one_kind(generation: str | None) -> bool:
    return bool(generation) and " and " not in (generation or "")


def _with_own(build: Build, part: Part) -> Build:
    """Return the build with one more piece; several equal ones are counted."""
    card = card_of(part) if isinstance(part, Gpu) else part
    if isinstance(card, GpuCard):
        is_same = build.card is not None and build.card.gpu.id == card.gpu.id
        return replace(build, card=card, card_count=build.card_count + 1 if is_same else 1)
    if isinstance(part, Ram):
        is_same = build.ram is not None and build.ram.id == part.id
        return replace(build, ram=part, ram_kits=build.ram_kits + 1 if is_same else 1)
    if isinstance(part, Psu):
        is_same = build.psu is not None and build.psu.id == part.id
        return replace(build, psu=part, psu_count=build.psu_count + 1 if is_same else 1)
    return put_into(build, part)


def put_into(build: Build, part: Part) -> Build:
    """Return the build with one part swapped; a drive is added."""
    if isinstance(part, GpuCard):
        return replace(build, card=part, card_count=1)
    if isinstance(part, Ram):
        return replace(build, ram=part, ram_kits=1)
    if isinstance(part, Psu):
        return replace(build, psu=part, psu_count=1)
    if isinstance(part, Storage):
        return replace(build, storage=(*build.storage, part))
    if isinstance(part, Cpu):
        return replace(build, cpu=part)
    if isinstance(part, Motherboard):
        return replace(build, motherboard=part)
    if isinstance(part, Case):
        return replace(build, case=part)
    if isinstance(part, Cooler):
        return replace(build, cooler=part)
    return build


def put_in(machine: Machine, part: Part) -> Machine:
    """Return the machine with one part swapped; a drive is added, a supply changes nothing seen."""
    if isinstance(part, GpuCard):
        return replace(machine, gpus=(_as_gpu(part),))
    if isinstance(part, Ram):
        return replace(machine, memory_bytes=ok(part.capacity_bytes, PLANNED))
    if isinstance(part, Storage):
        return replace(machine, drives=(*machine.drives, _as_drive(part)))
    if isinstance(part, Cpu):
        cpu = replace(
            machine.cpu,
            name=ok(part.name, PLANNED),
            cores=ok(part.cores, PLANNED),
            threads=ok(part.threads, PLANNED),
        )
        return replace(machine, cpu=cpu)
    return machine


def _as_gpu(card: GpuCard) -> GpuInfo:
    return GpuInfo(
        name=ok(card.gpu.name, PLANNED),
        vendor=card.gpu.maker,
        uuid=card.id,
        vram_bytes=ok(card.vram_bytes, PLANNED),
        driver=NOT_YET,
        compute_capability=NOT_YET,
        power_limit_w=ok(card.tdp_w, PLANNED),
        pcie=NOT_YET,
        gpu_id=card.gpu.id,
    )


def _as_drive(part: Storage) -> DriveInfo:
    return DriveInfo(
        mount="a new drive",
        device=part.id,
        file_system="",
        total_bytes=ok(part.capacity_bytes, PLANNED),
        free_bytes=ok(round(part.capacity_bytes * USED_SHARE), PLANNED),
        drive_kind=ok(part.drive_kind, PLANNED),
        bus=ok("SATA" if "SATA" in part.interface else "NVMe", PLANNED),
    )


def findings_after(known: Known, parts: Iterable[Part]) -> tuple[Finding, ...]:
    """Return what the rules say of these parts in the known build.

    Errors that were there before and concern none of the parts are left out: they are no reason
    against this change.
    """
    bought = tuple(parts)
    build = known.build
    for part in bought:
        build = put_into(build, part)
    kinds = {part.kind.value for part in bought}
    found = _all(build, known.mains, kinds)
    others = [f for f in found if f.severity is Severity.ERROR and not kinds & set(f.parts)]
    if not others:
        return found
    before = {f.rule for f in _all(known.build, known.mains, kinds) if f.severity is Severity.ERROR}
    return tuple(f for f in found if f not in others or f.rule not in before)


def errors_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that forbid a change."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)


def errors_after(known: Known, parts: Iterable[Part]) -> tuple[Finding, ...]:
    """Return the findings that forbid putting these parts in."""
    return errors_of(findings_after(known, parts))


_DRAWS = frozenset(kind.value for kind in (PartKind.GPU_CARD, PartKind.PSU, PartKind.CPU))


def _all(build: Build, mains: str, kinds: set[str]) -> tuple[Finding, ...]:
    """Return the findings; watts are only asked about where a part draws or gives many."""
    found = check(build)
    if kinds & _DRAWS:
        found += power_answer(build, mains=mains).findings
    return found


def vram_of(machine: Machine) -> tuple[int, int] | None:
    """Return bytes of the largest card and of all cards; None where one is not known."""
    sizes = [gpu.vram_bytes.value for gpu in machine.gpus]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return None
    return max(known, default=0), sum(known)
