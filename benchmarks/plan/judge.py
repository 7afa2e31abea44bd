"""What is wrong with an answer of the planner, told from the answer alone.

Written apart from the search and from the oracle: sums are added again in ``Decimal``, every limit
of the request is tested on the finished parts list, and all compatibility and power rules are
asked. A new limit of a request is one function here or in ``judge_wishes.py``, named in ``_TESTS``.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.plan.judge_wishes import drives, names, owning, parts_wished, speed, sums
from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Severity
from hwstudio.core.optimize.brute import complaints, speed_of
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.request import Objective, Request, cores_needed
from hwstudio.core.optimize.solve import PlannedBuild, Solution
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.power.answer import power_answer
from hwstudio.core.predict.memory import memory_on

LEAST_RAM_BYTES = 16 * 2**30
CLOSE = 1e-9
# Speeds worked out for many cards at once round otherwise than one alone, in the sixth digit.
SAME_SPEED = 1e-5


def faults(solution: Solution, request: Request, stock: Stock) -> tuple[str, ...]:
    """Return everything wrong with a solution: with each build, and with their order."""
    out = [
        f"build {number}: {words}"
        for number, planned in enumerate(solution.builds, 1)
        for test in _TESTS
        for words in test(planned, request, stock)
    ]
    return (*out, *_of_the_whole(solution, request))


def _of_the_whole(solution: Solution, request: Request) -> Iterator[str]:
    builds = solution.builds
    if (solution.status == "infeasible") != (not builds):
        yield f"status {solution.status} with {len(builds)} builds"
    if builds and (solution.status, solution.gap) != ("optimal", 0.0):
        yield f"no proof: {solution.status}, gap {solution.gap}"
    if not solution.binding or not all(solution.binding):
        yield "no binding constraint is named"
    if not builds and not solution.why_not:
        yield "nothing is found and no reason given"
    different = {(b.build.card.gpu.id, b.build.card_count) for b in builds if b.build.card}
    if len(different) < len(builds):
        yield "two builds have the same GPUs"
    speeds = [b.prediction.median or 0.0 for b in builds]
    totals = [b.total.amount for b in builds]
    if request.objective is Objective.TIME and speeds != sorted(speeds, reverse=True):
        yield "a faster build comes later"
    yield from owning(solution, request)
    if request.objective is Objective.COST and totals != sorted(totals):
        yield "a cheaper build comes later"


def _complete(planned: PlannedBuild, _request: Request, _stock: Stock) -> Iterator[str]:
    build = planned.build
    for name in ("cpu", "motherboard", "ram", "card", "psu", "case", "cooler"):
        if getattr(build, name) is None:
            yield f"no {name}"
    if not build.storage or build.card_count < 1:
        yield "no drive or no card"


def _rules(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    found = check_all(planned.build, request.mains)
    yield from (f"{f.rule} {f.text}" for f in found if f.severity is Severity.ERROR)
    if found != planned.findings:
        yield "the findings shown are not those of the rules"
    yield from complaints(planned.build, request)


def _power(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    answer, build = power_answer(planned.build, mains=request.mains), planned.build
    if answer != planned.power:
        yield "the power shown is not that of the build"
    if request.max_power_w is not None and answer.sustained_w > request.max_power_w:
        yield f"{answer.sustained_w} W is above the limit of {request.max_power_w} W"
    if answer.wall_limit_w is not None and answer.wall_w > answer.wall_limit_w:
        yield f"{answer.wall_w} W at the wall, the circuit carries {answer.wall_limit_w} W"
    rated = build.psu.rated_w * build.psu_count if build.psu else 0.0
    least = max(answer.sustained_w / 0.8, answer.adjusted_minimum_w or 0.0)
    if rated < least - CLOSE:
        yield f"a power supply of {rated} W where {least} W are needed"


def _limits(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    build = planned.build
    card, case = build.card, build.case
    if card is not None:
        if card.vram_bytes < request.min_vram_bytes:
            yield "less memory on each GPU than asked for"
        if request.gpu_makers and card.gpu.maker not in request.gpu_makers:
            yield f"a GPU of {card.gpu.maker}"
    if build.card_count not in request.gpu_counts:
        yield f"{build.card_count} GPUs"
    if case is not None:
        if request.case_form_factors and case.form_factor not in request.case_form_factors:
            yield f"a case of form {case.form_factor}"
        if case.form_factor == "Open frame" and not request.allow_open_frame:
            yield "an open frame"
    if build.ram_bytes < max(LEAST_RAM_BYTES, request.min_ram_bytes, build.vram_bytes):
        yield "too little memory"
    if build.cpu is not None and build.cpu.cores < cores_needed(build.card_count):
        yield "too few cores"


def _choice_of_parts(planned: PlannedBuild, request: Request, stock: Stock) -> Iterator[str]:
    chosen = [line.part for line in planned.build.lines()]
    for part in chosen:
        mine = names(part)
        if mine & request.excluded:
            yield f"{part.id} is forbidden"
        year = part.release_year
        is_old = year is not None and year < request.released_since
        if is_old and not mine & (request.pinned | set(request.owned)):
            yield f"{part.id} came out in {year}"
    for group in stock.groups():
        locked = {part.id for part in group if names(part) & request.pinned}
        if locked and not locked & {part.id for part in chosen}:
            yield f"none of the locked {', '.join(sorted(locked))}"
    known = {name for group in stock.groups() for part in group for name in names(part)}
    if request.pinned - known:
        yield "a locked part nobody sells is left out in silence"


def _facts(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    """Without the user's leave no part may lack a fact that decides whether it fits."""
    if request.allow_unknown:
        return
    for path in (
        "card.length_mm", "card.slots", "motherboard.eps8", "motherboard.m2_slots",
        "psu.conn_16pin", "psu.conn_pcie8", "psu.conn_eps8", "case.max_gpu_length_mm",
        "case.max_cooler_height_mm", "case.expansion_slots", "cooler.height_mm",
    ):  # fmt: skip
        kind, fact = path.split(".")
        if getattr(getattr(planned.build, kind), fact) is None:
            yield f"{path} is not known"
    board = planned.build.motherboard
    if planned.build.card_count > 1 and board is not None and board.cpu_slot_modes is None:
        yield "motherboard.cpu_slot_modes is not known"


def _job(planned: PlannedBuild, request: Request, _stock: Stock) -> Iterator[str]:
    build = planned.build
    found = speed_of(build, request)
    if not planned.prediction.median:
        yield "no predicted speed"
    elif found is None or not found.median:
        yield "the slots give the cards too few lanes"
    elif abs(found.median - planned.prediction.median) > SAME_SPEED * found.median:
        yield f"told {planned.prediction.median}, the slots of the build give {found.median}"
    if build.card is None:
        return
    memory = memory_on(request.workload, build.card.gpu, build.card_count)
    if memory.verdict != "fits" or memory != planned.memory:
        yield "the job does not surely fit"


def _plugs(planned: PlannedBuild, _request: Request, _stock: Stock) -> Iterator[str]:
    build: Build = planned.build
    board, psu, card = build.motherboard, build.psu, build.card
    if board is None or psu is None or card is None:
        return
    if psu.conn_eps8 is not None and psu.conn_eps8 < (board.eps8 or 1) + (
        card.conn_eps8 * build.card_count
    ):
        yield "too few processor plugs"
    leads = (card.conn_8pin + card.conn_6pin + 2 * card.conn_12pin) * build.card_count
    if psu.conn_pcie8 is not None and psu.conn_pcie8 < leads:
        yield "too few 8-pin plugs"


_TESTS = (
    _complete, sums, _rules, _power, _limits, _choice_of_parts, _facts, _job, _plugs,
    parts_wished, speed, drives,
)  # fmt: skip
