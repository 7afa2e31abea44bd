"""What keeps one part out of every build, whatever stands around it, in words with numbers."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.part import Case, Cooler, Cpu, GpuCard, Motherboard, Part, Psu, Storage
from hwstudio.core.model.price import PriceKind
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.classes import is_fast_enough, is_trusted, needs_most
from hwstudio.core.optimize.request import Request, cores_needed
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.memory import Fit

# Facts a rule needs, as people say them; the same ones that limits.py asks for.
CARD_FACTS = {"length_mm": "length", "slots": "thickness"}
BOARD_FACTS = {"eps8": "processor power plugs", "m2_slots": "M.2 slots"}
PSU_FACTS = {
    "conn_16pin": "16-pin plugs",
    "conn_pcie8": "8-pin graphics plugs",
    "conn_eps8": "processor plugs",
}
CASE_FACTS = {
    "max_gpu_length_mm": "room for a card",
    "max_cooler_height_mm": "room for a cooler",
    "expansion_slots": "card slots",
}


def kept_out(part: Part, request: Request) -> str:
    """Return the first reason a part is never taken; "" when none lies in the part itself."""
    return next(_reasons(part, request), "")


def _reasons(part: Part, request: Request) -> Iterator[str]:
    if limits.is_named(part, request.excluded):
        yield "you forbade it"
    if not limits.is_named(part, request.owned):
        yield from _on_buying(part, request)
    if isinstance(part, GpuCard):
        yield from _on_card(part, request)
    elif isinstance(part, Case):
        yield from _on_case(part, request)
    elif isinstance(part, Cooler):
        yield from _on_cooler(part, request)
    elif isinstance(part, Storage):
        yield from _on_drive(part, request)
    else:
        yield from _on_others(part, request)


def _on_buying(part: Part, request: Request) -> Iterator[str]:
    price = part.price
    if price is None:
        yield "nobody knows its price; type one of your own and it is considered"
        return
    if price.currency != request.currency:
        yield f"its price is known in {price.currency} only, not in {request.currency}"
    if request.new_only and price.kind is PriceKind.USED:
        yield "its only price is a second-hand one, and only new parts are wished for"
    makers = [maker for kind, maker in request.brands if kind == part.kind.value]
    if makers and part.maker.casefold() not in {maker.casefold() for maker in makers}:
        yield f"{part.maker} makes it, and only {', '.join(makers)} is wished for"
    year = part.release_year
    is_old = year is not None and year < request.released_since
    if is_old and not limits.is_named(part, request.pinned):
        since = request.released_since
        yield f"it came out in {year}; parts of before {since} are hardly sold new"


def _missing(part: Part, facts: dict[str, str], request: Request) -> Iterator[str]:
    unknown = [words for fact, words in facts.items() if getattr(part, fact) is None]
    if unknown and not request.allow_unknown:
        listed = ", ".join(unknown)
        yield f"no source says its {listed}; allow unknown facts to have it considered"


def _on_card(card: GpuCard, request: Request) -> Iterator[str]:
    gpu = card.gpu
    if gpu.form_factor != "PCIe":
        yield f"it is a {gpu.form_factor} module, not a card for a slot"
    if card.cooling in ("passive", "system"):
        yield "it has no fan of its own and needs the airflow of a server"
    if card.cooling == "liquid" and not request.allow_unknown:
        yield "no source says where a case takes its radiator"
    if request.gpu_makers and gpu.maker not in request.gpu_makers:
        yield f"its chip is by {gpu.maker}, and only {', '.join(request.gpu_makers)} is wished for"
    if card.vram_bytes < request.min_vram_bytes:
        yield f"it has {gib(card.vram_bytes)}, and {gib(request.min_vram_bytes)} are asked for"
    yield from _missing(card, CARD_FACTS, request)
    if not is_trusted(request, gpu):
        yield "nobody measured this kind of work on its kind of chip, so its speed is a guess"
    yield from _on_jobs(card, request)


def _on_jobs(card: GpuCard, request: Request) -> Iterator[str]:
    counts = sorted(set(request.gpu_counts))
    found = [(count, *needs_most(request, card.gpu, count)) for count in counts]
    holding = [count for count, _, memory in found if memory.verdict is Fit.FITS]
    if not holding:
        count, job, memory = found[-1]
        if memory.need_bytes is None:
            yield f"the memory need of {job.title} is not known: {memory.refused}"
        need = gib(memory.need_bytes or 0)
        each = f"each of {count} cards" if count > 1 else "the card"
        just = " and may just fit, which is not sure" if memory.verdict is Fit.TIGHT else ""
        yield f"{job.title} needs about {need} on {each}, which has {gib(memory.vram_bytes)}{just}"
    speeds = [request.predictor.speed(request.workload, card.gpu, count=n) for n in holding]
    if not any(speed.median for speed in speeds):
        yield f"its speed at this job is not known: {speeds[0].refused}"
    elif not any(is_fast_enough(speed, request) for speed in speeds):
        fastest = max(speed.median or 0.0 for speed in speeds)
        unit, asked = speeds[0].unit, significant(request.min_per_second, 3)
        yield f"it reaches about {significant(fastest, 3)} {unit}, and {asked} are asked for"


def _on_case(case: Case, request: Request) -> Iterator[str]:
    if case.form_factor == limits.OPEN_FRAME and not request.allow_open_frame:
        yield "it is an open frame, which is only taken when asked for"
    if request.case_form_factors and case.form_factor not in request.case_form_factors:
        yield f"it is a {case.form_factor}, which is not a wished size"
    yield from _missing(case, CASE_FACTS, request)


def _on_cooler(cooler: Cooler, request: Request) -> Iterator[str]:
    most = request.max_noise_dba
    if most is not None and cooler.noise_dba is not None and cooler.noise_dba > most:
        yield f"it makes {cooler.noise_dba:g} dBA, and {most:g} dBA are allowed"
    if most is not None:
        yield from _missing(cooler, {"noise_dba": "noise"}, request)
    if cooler.cooler_type != limits.AIR and not request.allow_unknown:
        yield "no source says which cases take its radiator; allow unknown facts to consider it"
    if cooler.sockets_note and not request.allow_unknown:
        yield f"its sockets are not sure ({cooler.sockets_note})"
    if cooler.cooler_type == limits.AIR:
        yield from _missing(cooler, {"height_mm": "height"}, request)


def _on_drive(drive: Storage, request: Request) -> Iterator[str]:
    if drive.drive_kind != limits.SSD:
        yield "the first drive is an SSD; hard disks are for data"
    if drive.capacity_bytes < request.min_storage_bytes:
        have, asked = drive.capacity_bytes / 1e9, request.min_storage_bytes / 1e9
        yield f"it holds {have:,.0f} GB, and {asked:,.0f} GB are asked for"
    if not (limits.is_m2(drive) or limits.is_sata(drive)):
        yield f"its connection ({drive.interface}) is on no board of the catalogue"


def _on_others(part: Part, request: Request) -> Iterator[str]:
    if isinstance(part, Motherboard):
        if not part.x16_slots_physical:
            yield "it has no long slot for a card"
        if part.back_connect:
            yield "its plugs are on the back, which few cases take"
        yield from _missing(part, BOARD_FACTS, request)
    if isinstance(part, Psu):
        yield from _missing(part, PSU_FACTS, request)
        volts = read_mains(request.mains).volts
        if volts < limits.HIGH_LINE_V and part.rated_w > limits.LOW_LINE_MOST_W:
            yield f"{part.rated_w:.0f} W units need 200 to 240 V, and the wall has {volts:.0f} V"
    if isinstance(part, Cpu) and part.cores < cores_needed(min(request.gpu_counts)):
        least = cores_needed(min(request.gpu_counts))
        yield f"it has {part.cores} cores, and {least} keep the GPUs fed"
