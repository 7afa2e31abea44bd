"""What makes a choice of parts a computer, as exact linear rows over yes/no columns.

Written from the limits of one part against another, unlike the search (complete.py), which walks
whole builds: a slip in one is not repeated in the other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hwstudio.core.model.part import Motherboard
from hwstudio.core.model.slot_modes import slot_modes
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.base import card_slots_of
from hwstudio.core.optimize.choices import Choice, Choices, unlimited
from hwstudio.core.optimize.programme import INFINITE, Programme
from hwstudio.core.optimize.request import Request, cores_needed
from hwstudio.core.optimize.slots import UNTOLD_LINK, height_in_slots

Columns = dict[int, float]


def require_computer(programme: Programme, choices: Choices, request: Request) -> None:
    """Add every row but those of power."""
    for group in choices.groups():
        programme.one_of(choice.column for choice in group)
    budget = {c.column: float(c.cents) for group in choices.groups() for c in group}
    programme.row(budget, -INFINITE, float(int(request.budget * 100)))
    _platform(programme, choices)
    _memory(programme, choices)
    _drive(programme, choices)
    _case(programme, choices)
    _slots(programme, choices, allow_unknown=request.allow_unknown)
    _plugs(programme, choices)


def column_values(choices: Iterable[Choice[Any]], value: Callable[[Any], float]) -> Columns:
    """Return a figure of each choice's part by column."""
    return {choice.column: value(choice.part) for choice in choices}


def _where(choices: Iterable[Choice[Any]], test: Callable[[Any], bool]) -> list[int]:
    return [choice.column for choice in choices if test(choice.part)]


def _is(fact: str, word: str) -> Callable[[Any], bool]:
    """Return a test for parts whose fact is this word."""
    return lambda part: getattr(part, fact) == word


def _lists(fact: str, word: str) -> Callable[[Any], bool]:
    """Return a test for parts that name this word among several ("UDIMM|RDIMM" or a tuple)."""

    def test(part: Any) -> bool:
        named = getattr(part, fact)
        return word in (named.split("|") if isinstance(named, str) else named)

    return test


def _below(fact: str, level: float) -> Callable[[Any], bool]:
    """Return a test for parts that offer less than ``level``; unknown means no limit."""
    return lambda part: unlimited(getattr(part, fact)) < level


def _height(count: int, thick: int) -> Callable[[Any], float]:
    return lambda board: height_in_slots(board, count, thick)


def _words(*groups: Iterable[Choice[Any]], of: Callable[[Any], Iterable[str]]) -> set[str]:
    return {word for group in groups for choice in group for word in of(choice.part)}


def _platform(programme: Programme, choices: Choices) -> None:
    """Socket of processor, board and cooler; cores; heat."""
    boards, cpus, coolers = choices.boards, choices.cpus, choices.coolers
    for socket in _words(cpus, boards, of=lambda p: (p.socket,)):
        mine = _where(cpus, _is("socket", socket))
        programme.implies(mine, _where(boards, _is("socket", socket)))
        programme.implies(_where(boards, _is("socket", socket)), mine)
        programme.implies(mine, _where(coolers, _lists("sockets", socket)))
    cores = {c.column: float(cores_needed(c.count)) for c in choices.cards}
    programme.reaches(cores, column_values(cpus, lambda p: p.cores))
    heat = column_values(cpus, lambda p: p.max_power_w)
    programme.reaches(heat, column_values(coolers, limits.cooling_w))


def _memory(programme: Programme, choices: Choices) -> None:
    """Type, kind and number of modules, and how much of it."""
    rams, boards, cpus = choices.rams, choices.boards, choices.cpus
    for word in _words(rams, boards, of=lambda p: (p.mem_type,)):
        mine = _where(rams, _is("mem_type", word))
        same = _where(boards, _is("mem_type", word))
        programme.implies(mine, same)
        programme.implies(same, mine)
        programme.implies(mine, _where(cpus, _lists("mem_types", word)))
    for word in _words(rams, of=lambda p: (p.dimm_type,)):
        mine = _where(rams, _is("dimm_type", word))
        for others in (boards, cpus):
            programme.implies(mine, _where(others, _lists("dimm_type", word)))
    modules = {c.column: float(c.part.modules * c.count) for c in rams}
    held = {c.column: float(c.part.capacity_bytes * c.count) for c in rams}
    programme.reaches(modules, column_values(boards, lambda p: p.mem_slots))
    for others in (boards, cpus):
        programme.reaches(held, column_values(others, lambda p: p.mem_max_bytes))
    wanted = {c.column: float(c.part.vram_bytes * c.count) for c in choices.cards}
    programme.reaches(wanted, held)


def _drive(programme: Programme, choices: Choices) -> None:
    """Slots and ports of the board and bays of the case, for the first drive and all others."""
    small, cabled, large = ({}, {}, {})  # type: tuple[Columns, Columns, Columns]
    for choice in choices.drives:
        every = (choice.part, *choice.further)
        on_cable = [drive for drive in every if not limits.is_m2(drive)]
        small[choice.column] = float(len(every) - len(on_cable))
        cabled[choice.column] = float(len(on_cable))
        large[choice.column] = float(sum(d.form_factor.startswith("3.5") for d in on_cable))
    one = 1.0  # an unknown number counts as one
    slots = column_values(choices.boards, lambda p: one if p.m2_slots is None else p.m2_slots)
    ports = column_values(choices.boards, lambda p: one if p.sata_ports is None else p.sata_ports)
    programme.reaches(small, slots)
    programme.reaches(cabled, ports)
    programme.reaches(large, column_values(choices.cases, lambda p: float(p.bays_35 or 0)))
    bays = column_values(choices.cases, lambda p: float((p.bays_35 or 0) + (p.bays_25 or 0)))
    programme.reaches(cabled, bays)
    programme.reaches(cabled, column_values(choices.psus, lambda p: unlimited(p.conn_sata)))


def _case(programme: Programme, choices: Choices) -> None:
    """Forms, card length and cooler height."""
    cases = choices.cases
    for form in _words(choices.boards, of=lambda p: (p.form_factor,)):
        mine = _where(choices.boards, _is("form_factor", form))
        programme.implies(mine, _where(cases, _lists("mb_form_factors", form)))
    for form in _words(choices.psus, of=lambda p: (p.form_factor,)):
        mine = _where(choices.psus, _is("form_factor", form))
        programme.implies(mine, _where(cases, _lists("psu_form_factors", form)))
    length = column_values(choices.cards, lambda p: p.length_mm or 0.0)
    programme.reaches(length, column_values(cases, lambda p: unlimited(p.max_gpu_length_mm)))
    height = column_values(
        choices.coolers, lambda p: (p.height_mm or 0.0) if p.cooler_type == limits.AIR else 0.0
    )
    programme.reaches(height, column_values(cases, lambda p: unlimited(p.max_cooler_height_mm)))


def require_psu_length(programme: Programme, choices: Choices, *, allow_unknown: bool) -> None:
    """A power supply of unknown length only goes into a case that sets no limit."""
    unknown = 0.0 if allow_unknown else math.inf
    length = column_values(
        choices.psus, lambda p: unknown if p.length_mm is None else float(p.length_mm)
    )
    room = column_values(choices.cases, lambda p: unlimited(p.max_psu_length_mm))
    programme.reaches(length, room)


def _slots(programme: Programme, choices: Choices, *, allow_unknown: bool) -> None:
    """Lanes from the processor and case slots, for cards alike in number, thickness and link."""
    groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for choice in choices.cards:
        lanes = choice.gpu_class.lanes if choice.gpu_class else limits.WIDE
        groups[choice.count, card_slots_of(choice.part.slots), lanes].append(choice.column)
    for (count, thick, lanes), mine in groups.items():
        if count > 1:
            needed = {
                c.column: lanes_needed(c.part, (count, thick), lanes, allow_unknown=allow_unknown)
                for c in choices.boards
            }
            _feed(programme, choices, mine, needed)
        height = column_values(choices.boards, _height(count, thick))
        _stack(programme, choices, mine, height)


def lanes_needed(
    board: Motherboard, cards: tuple[int, int], lanes: int, *, allow_unknown: bool
) -> float:
    """Return the lanes a processor must have so that every card gets ``lanes``; infinite: never.

    ``cards``: their number and whole-slot thickness.
    """
    count, thick = cards
    if board.cpu_slot_modes is None or board.gpu_slot_pitch is None:
        is_enough = lanes <= UNTOLD_LINK and board.x16_slots_physical >= count
        return 0.0 if allow_unknown and is_enough else math.inf
    step = max(1, math.ceil(thick / board.gpu_slot_pitch))
    sums = [math.inf]
    for mode in slot_modes(board.cpu_slot_modes):
        chosen = [width for width in mode if width][::step][:count]
        if len(chosen) == count and min(chosen) >= lanes:
            sums.append(float(sum(chosen)))
    return min(sums)


def _feed(programme: Programme, choices: Choices, cards: Sequence[int], needed: Columns) -> None:
    programme.implies(cards, [b for b, need in needed.items() if need < math.inf])
    for level in sorted({need for need in needed.values() if 0 < need < math.inf}):
        hungry = [b for b, need in needed.items() if level <= need < math.inf]
        poor = _where(choices.cpus, _below("pcie_lanes_usable", level))
        if poor:
            programme.not_all((cards, hungry, poor))


def _stack(programme: Programme, choices: Choices, cards: Sequence[int], height: Columns) -> None:
    for level in sorted(set(height.values())):
        tall = [b for b, value in height.items() if value >= level]
        low = _where(choices.cases, _below("expansion_slots", level))
        if low:
            programme.not_all((cards, tall, low))


def _plugs(programme: Programme, choices: Choices) -> None:
    """Graphics plugs group by group; processor plugs as one sum."""
    groups: dict[tuple[float, ...], list[Choice[Any]]] = defaultdict(list)
    for choice in choices.cards:
        card = choice.part
        needs = (card.conn_16pin, card.conn_8pin + card.conn_6pin)
        groups[(*needs, choice.count, card.tdp_w if card.conn_16pin else 0.0)].append(choice)
    for mine in groups.values():
        card, count = mine[0].part, mine[0].count

        def feeds(psu: Any, card: Any = card, count: int = count) -> bool:
            left = limits.leads_16pin(card, psu, count)
            return left is None or left >= 0

        programme.implies((c.column for c in mine), _where(choices.psus, feeds))
    terms = {c.column: float(c.part.conn_eps8 * c.count) for c in choices.cards}
    terms |= column_values(choices.boards, lambda p: float(p.eps8 or 1))
    most = sum(
        max((terms[c.column] for c in g), default=0.0) for g in (choices.cards, choices.boards)
    )
    terms |= column_values(choices.psus, lambda p: -(most if p.conn_eps8 is None else p.conn_eps8))
    programme.row(terms, -INFINITE, 0.0)
