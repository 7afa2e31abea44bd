"""The wishes of a request one by one: what each says in words, and the request without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, gib, watts
from hwstudio.core.optimize.explain_wishes import MANY
from hwstudio.core.optimize.limits import HIGH_LINE_V
from hwstudio.core.optimize.request import (
    ANY_COUNT,
    DEFAULT_STORAGE_BYTES,
    LARGEST_BUDGET,
    OLDEST_YEAR,
    Request,
)
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.job import job_seconds

STRONG_MAINS = "230V16A"
Lift = Callable[[Request], Request]


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish; ``lift`` returns a request without it, which every build so far still meets."""

    name: str
    field: str  # of the request
    words: str
    lift: Lift


def wishes_of(request: Request, names: Mapping[str, str]) -> Iterator[Wish]:
    """Yield the wishes of a request; the job is none. ``names``: of parts and chips by id.

    The budget comes first: what cannot be met at any price is not its fault.
    """
    budget = money(request.budget, request.currency, decimals=0)
    yield Wish("budget", "budget", f"a budget of {budget}", _with(budget=LARGEST_BUDGET))
    mains = read_mains(request.mains)
    if mains.volts < HIGH_LINE_V:
        yield _plain("mains", f"a wall socket of {mains.words}", STRONG_MAINS)
    yield from _of_parts(request, names)
    yield from _of_size(request)
    yield from _of_gpus(request)


def vram_words(size: int) -> str:
    """Return "at least 48 GiB on each GPU"."""
    return f"at least {_gib(size)} on each GPU"


def _gib(size: int) -> str:
    return gib(size).replace(".0 ", " ")


def _with(**values: object) -> Lift:
    return lambda request: replace(request, **values)  # type: ignore[arg-type]


def _plain(field: str, words: str, value: object) -> Wish:
    return Wish(field, field, words, _with(**{field: value}))


def _of_parts(request: Request, names: Mapping[str, str]) -> Iterator[Wish]:
    if request.excluded:
        yield _plain("excluded", "without the parts you forbade", frozenset())
    if request.new_only:
        yield _plain("new_only", "only new parts", False)
    if request.released_since > OLDEST_YEAR:
        since = request.released_since
        yield _plain("released_since", f"only parts of {since} or later", OLDEST_YEAR)
    for kind in sorted({kind for kind, _ in request.brands}):
        makers = " or ".join(maker for each, maker in request.brands if each == kind)
        words = f"{MANY.get(kind, kind)} by {makers} only"
        yield Wish(f"brands {kind}", "brands", words, partial(_any_maker, kind))
    if request.owned:
        listed = ", ".join(names.get(i, i) for i in dict.fromkeys(request.owned))
        yield _plain("owned", f"using what you have ({listed})", ())
    if request.pinned:
        listed = ", ".join(sorted(names.get(i, i) for i in request.pinned))
        yield _plain("pinned", f"what you locked ({listed})", frozenset())


def _any_maker(kind: str, request: Request) -> Request:
    return replace(request, brands=tuple(pair for pair in request.brands if pair[0] != kind))


def _of_size(request: Request) -> Iterator[Wish]:
    if request.case_form_factors:
        forms = " or ".join(request.case_form_factors)
        yield _plain("case_form_factors", f"a case of the size {forms}", ())
    if request.max_noise_dba is not None:
        words = f"a cooler of at most {request.max_noise_dba:g} dBA"
        yield _plain("max_noise_dba", words, None)
    if request.min_storage_bytes > DEFAULT_STORAGE_BYTES:
        words = f"a first drive of at least {request.min_storage_bytes / 1e9:,.0f} GB"
        yield _plain("min_storage_bytes", words, DEFAULT_STORAGE_BYTES)
    if request.data_drives is not None:
        data = request.data_drives
        words = f"{data.usable_bytes / 1e12:g} TB on {data.kind}s for data"
        yield _plain("data_drives", words, None)
    if request.min_ram_bytes:
        words = f"at least {_gib(request.min_ram_bytes)} of memory"
        yield _plain("min_ram_bytes", words, 0)
    if request.max_power_w is not None:
        yield _plain("max_power_w", f"at most {watts(request.max_power_w)}", None)


def _of_gpus(request: Request) -> Iterator[Wish]:
    if request.also:
        listed = ", ".join(job.title for job in request.also)
        yield _plain("also", f"room for {listed} too", ())
    if request.min_per_second:
        hours = duration(job_seconds(request.workload, request.min_per_second))
        yield _plain("min_per_second", f"the whole job in {hours}", 0.0)
    if request.gpu_makers:
        yield _plain("gpu_makers", f"GPUs by {' or '.join(request.gpu_makers)} only", ())
    counts = tuple(sorted(set(request.gpu_counts)))
    if not set(ANY_COUNT) <= set(counts):
        every = tuple(sorted({*counts, *ANY_COUNT}))
        listed = " or ".join(str(count) for count in counts)
        one = "GPU" if counts == (1,) else "GPUs"
        yield _plain("gpu_counts", f"{listed} {one}", every)
    if request.min_vram_bytes:
        words = vram_words(request.min_vram_bytes)
        yield _plain("min_vram_bytes", words, 0)
