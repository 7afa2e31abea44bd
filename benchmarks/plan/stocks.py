"""Random small catalogues of real parts, chosen so that the hard cases are common.

Most hold one platform with strangers among them, and parts that differ in little: which of them
may stand for another is where a search goes wrong. Prices are sometimes swapped between parts of
a kind, and facts sometimes struck out, as in sources that do not tell.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from benchmarks.plan.questions import Ground
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    GpuCard,
    Motherboard,
    Part,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.model.price import PriceKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.brute import complaints
from hwstudio.core.optimize.check import check_all, errors_of
from hwstudio.core.optimize.classes import holds, is_trusted
from hwstudio.core.optimize.request import LARGEST_BUDGET, Request
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.predict.memory import Fit

MOST_TRIES = 60
P = TypeVar("P", bound=Part)
DESKTOP = ("AM4", "AM5", "LGA1700", "LGA1851")
LARGE = ("sTR5", "sWRX8", "SP3", "SP5", "SP6", "sTRX4", "TR4", "LGA2066", "LGA4677")
KEPT_FACTS = {"price", "release_year", "igpu"}


def draw_stock(r: random.Random, ground: Ground, core: Build | None = None) -> Stock:
    """Return a few real parts of each kind that often, not always, make a computer.

    The parts of ``core`` are among them.
    """
    is_large = r.random() < 0.35
    is_told = r.random() < 0.8  # most catalogues hold mostly parts whose facts are all known
    real = _told(ground) if is_told else ground.stock
    sockets = {r.choice(LARGE if is_large else DESKTOP)}
    if core is not None and core.motherboard is not None:
        sockets = {core.motherboard.socket}
    if r.random() < 0.35:
        sockets.add(r.choice(LARGE + DESKTOP))
    cards = _cards(r, real.cards)
    boards = _boards(r, [b for b in real.motherboards if b.socket in sockets])
    groups: list[Sequence[Part]] = [
        cards,
        _cpus(r, [c for c in real.cpus if c.socket in sockets]),
        boards,
        _rams(r, real.rams, boards, cards),
        _drives(r, real.storages),
        _psus(r, real.psus, is_large=is_large),
        _cases(r, real.cases, boards),
        _coolers(r, real.coolers, sockets),
    ]
    kept = [line.part for line in core.lines()] if core is not None else []
    return Stock.from_parts(*(_disturbed(r, _with_core(r, group, kept)) for group in groups))


def _with_core(r: random.Random, group: Sequence[Part], kept: Sequence[Part]) -> list[Part]:
    """Return the group with the core's part in place of one of its own, in any order."""
    if not group:
        return []
    mine = [part for part in kept if type(part) is type(group[0])]
    found = list({part.id: part for part in (*mine, *group[len(mine) :])}.values())
    r.shuffle(found)
    return found


def draw_core(r: random.Random, ground: Ground, job: Workload) -> Build | None:
    """Return a computer of random real parts for a job, found by trying; None after many tries.

    Only the flat conditions of the oracle are asked, never the planner.
    """
    request = Request(
        budget=LARGEST_BUDGET,
        workload=job,
        released_since=2010,
        mains="230V16A",
        allow_unknown=r.random() < 0.3,
        predictor=ground.predictor,
    )
    count = r.choice((1, 1, 1, 2, 2, 2, 3, 4))
    real = _told(ground)
    cards = [card for card in real.cards if r.random() < 0.15 and _is_able(card, count, request)]
    if not cards:
        return None
    for _ in range(MOST_TRIES):
        build = _try(r, real, r.choice(cards), count)
        if build and not complaints(build, request) and not errors_of(check_all(build, "230V16A")):
            return build
    return None


def _is_able(card: GpuCard, count: int, request: Request) -> bool:
    if count > 1 and (card.slots or 3.0) > 2.5:
        return False
    return is_trusted(request, card.gpu) and holds(request, card.gpu, count).verdict is Fit.FITS


def _try(r: random.Random, real: Stock, card: GpuCard, count: int) -> Build | None:
    """Return parts drawn one after the other, each from those that go with the ones before."""
    socket = r.choice(DESKTOP if count == 1 or r.random() < 0.3 else LARGE)
    boards = [b for b in real.motherboards if b.socket == socket]
    cpus = [c for c in real.cpus if c.socket == socket and c.cores >= max(6, 4 * count)]
    if not boards or not cpus:
        return None
    board, cpu = _told_board(r, r.choice(boards)), r.choice(cpus)
    rams = [
        m
        for m in real.rams
        if m.mem_type == board.mem_type
        and m.dimm_type in board.dimm_type.split("|")
        and m.capacity_bytes * 2 >= card.vram_bytes * count
    ]
    coolers = [c for c in real.coolers if socket in c.sockets]
    cases = [c for c in real.cases if board.form_factor in c.mb_form_factors]
    if not rams or not coolers or not cases:
        return None
    psus = [p for p in real.psus if p.rated_w >= card.tdp_w * count + 300] or real.psus
    drives = [d for d in real.storages if d.drive_kind == "SSD" and d.capacity_bytes >= 1e12]
    return Build(
        card=card,
        card_count=count,
        cpu=cpu,
        motherboard=board,
        ram=r.choice(rams),
        ram_kits=r.choice((1, 2)),
        storage=(r.choice(drives),),
        psu=r.choice(psus),
        case=r.choice(cases),
        cooler=r.choice(coolers),
    )


def _told(ground: Ground) -> Stock:
    """Return the parts a plan may use when it must know everything about them."""
    request, stock = Request(budget=Decimal(1), workload=ground.jobs[0]), ground.stock
    tests: tuple[tuple[Sequence[Any], Callable[[Any, Request], bool]], ...] = (
        (stock.cards, limits.is_card_known),
        (stock.psus, limits.is_psu_known),
        (stock.cases, limits.is_case_known),
        (stock.coolers, limits.is_cooler_known),
    )
    whole = (stock.cpus, stock.motherboards, stock.rams, stock.storages)
    return Stock.from_parts(
        *whole, *([p for p in group if test(p, request)] for group, test in tests)
    )


def _alike(
    r: random.Random, number: int, parts: Sequence[P], kind: Callable[[P], object]
) -> list[P]:
    """Return some parts, up to ``number``; half of the further ones are of the first one's kind."""
    if not parts:
        return []
    found = [r.choice(parts)]
    family = [part for part in parts if kind(part) == kind(found[0])]
    further = r.choice((number - 1, number - 2)) if number > 2 else number - 1
    found += [r.choice(family if r.random() < 0.5 else parts) for _ in range(further)]
    return list({part.id: part for part in found}.values())


def _mostly(r: random.Random, parts: Sequence[P], test: Callable[[P], bool]) -> Sequence[P]:
    """Return, mostly, only the parts that pass a test; all of them where none does."""
    return [part for part in parts if r.random() < 0.1 or test(part)] or parts


def _cards(r: random.Random, cards: Sequence[GpuCard]) -> list[GpuCard]:
    """Large memory and slim coolers are commoner here than in shops: several then fit."""
    fit = _mostly(r, cards, lambda c: c.vram_bytes >= 12e9)
    slim = [c for c in fit if (c.slots or 3.0) <= 2.0 or c.cooling == "blower"] or fit
    return _alike(r, 3, r.choice((fit, slim)), lambda c: c.gpu.id)


def _cpus(r: random.Random, cpus: Sequence[Cpu]) -> list[Cpu]:
    return _alike(
        r, 3, _mostly(r, cpus, lambda c: 8 <= c.cores <= 48), lambda c: (c.socket, c.cores)
    )


def _boards(r: random.Random, boards: Sequence[Motherboard]) -> list[Motherboard]:
    """Half the boards split the processor's lanes, as several cards need."""
    split = [b for b in boards if b.cpu_slot_modes and "x" in b.cpu_slot_modes[3:]]
    pool = split if split and r.random() < 0.5 else boards
    found = _alike(r, 3, pool, lambda b: (b.socket, b.chipset, b.form_factor, b.mem_type))
    return [_told_board(r, b) if r.random() < 0.7 else b for b in found]


def _told_board(r: random.Random, board: Motherboard) -> Motherboard:
    """Many boards, and most large ones, lack facts a plan needs; here many are taken to be told."""
    modes: tuple[str, ...] = ("x16/0|x8/x8", "x16", "x16/x4")
    if board.socket in LARGE:
        modes = ("x16/x16/x16/x16", "x16/x8/x16/x8", "x16 x6 + x8", "x16/x16|x16/x8/x8")
    return replace(
        board,
        eps8=board.eps8 or r.choice((1, 2, 2, 3)),
        m2_slots=r.choice((0, 2, 4)) if board.m2_slots is None else board.m2_slots,
        cpu_slot_modes=board.cpu_slot_modes or r.choice(modes),
        gpu_slot_pitch=board.gpu_slot_pitch or r.choice((1.0, 2.0, 2.0)),
    )


def _rams(
    r: random.Random, rams: Sequence[Ram], boards: Sequence[Motherboard], cards: Sequence[GpuCard]
) -> list[Ram]:
    board = r.choice(boards) if boards else None
    fit = _mostly(
        r,
        rams,
        lambda m: (
            board is None
            or (m.mem_type == board.mem_type and m.dimm_type in board.dimm_type.split("|"))
        ),
    )
    most = max((card.vram_bytes for card in cards), default=0)
    enough = _mostly(r, fit, lambda m: m.capacity_bytes >= most / 2 and m.modules >= 2)
    return _alike(r, 3, enough, lambda m: (m.mem_type, m.dimm_type, m.capacity_bytes))


def _drives(r: random.Random, drives: Sequence[Storage]) -> list[Storage]:
    """Sometimes there are disks for data too."""
    usual = _mostly(r, drives, lambda d: d.drive_kind == "SSD" and d.capacity_bytes >= 1e12)
    found = _alike(r, r.choice((1, 2)), usual, lambda d: d.interface)
    if r.random() < 0.4:
        disks = [d for d in drives if d.drive_kind == "HDD"]
        found += _alike(r, r.choice((1, 2)), disks, lambda d: d.capacity_bytes)
    return found


def _psus(r: random.Random, psus: Sequence[Psu], *, is_large: bool) -> list[Psu]:
    """One power supply is any, the others are mostly strong."""
    strong = _mostly(r, psus, lambda p: p.rated_w >= (1200 if is_large else 850))
    found = _alike(r, 2, strong, lambda p: (p.rated_w, p.atx_spec))
    return list({p.id: p for p in (*found, r.choice(psus))}.values())


def _cases(r: random.Random, cases: Sequence[Case], boards: Sequence[Motherboard]) -> list[Case]:
    forms = {board.form_factor for board in boards}
    fit = _mostly(r, cases, lambda c: forms <= set(c.mb_form_factors))
    return _alike(r, 2, fit, lambda c: c.mb_form_factors)


def _coolers(r: random.Random, coolers: Sequence[Cooler], sockets: set[str]) -> list[Cooler]:
    fit = _mostly(r, coolers, lambda c: bool(sockets & set(c.sockets)))
    strong = _mostly(r, fit, lambda c: limits.cooling_w(c) >= 200)
    return _alike(r, 3, strong, lambda c: (c.cooler_type, c.sockets_note is None))


def _disturbed(r: random.Random, parts: Sequence[Part]) -> list[Part]:
    prices = [part.price for part in parts if part.price is not None]
    out = [
        replace(part, price=r.choice(prices))
        if part.price is None and prices and r.random() < 0.8
        else part
        for part in parts
    ]
    if r.random() < 0.3:
        swapped = [part.price for part in out]
        r.shuffle(swapped)
        out = [replace(part, price=price) for part, price in zip(out, swapped, strict=True)]
    out = [_used(part) if r.random() < 0.1 else part for part in out]
    return [_with_a_fact_struck_out(r, part) if r.random() < 0.06 else part for part in out]


def _used(part: Part) -> Part:
    price = part.price
    return part if price is None else replace(part, price=replace(price, kind=PriceKind.USED))


def _with_a_fact_struck_out(r: random.Random, part: Part) -> Part:
    names = [f.name for f in fields(part) if "None" in str(f.type) and f.name not in KEPT_FACTS]
    changes: dict[str, Any] = {r.choice(names): None} if names else {}
    return replace(part, **changes)


def plausible_budget(r: random.Random, stock: Stock) -> float:
    """Return from 0.8 to 20 times what the cheapest part of each kind costs together."""
    least = 0.0
    for group in stock.groups():
        prices = [float(part.price.amount) for part in group if part.price is not None]
        least += min(prices, default=100.0)
    return least * r.choice((0.8, 1.2, 1.5, 2.0, 3.0, 6.0, 20.0)) * r.uniform(0.9, 1.1)
