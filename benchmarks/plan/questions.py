"""Random questions to the planner over every field of a request.

A new field of ``Request`` gets one line in ``WISHES``: how often it is asked, and a function that
draws a value. A field without a line keeps its default; ``not_varied`` names such fields, and the
scripts print them. A new objective is drawn by itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import catalog_file, resource_bytes
from hwstudio.core.base.units import GB, GIB
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import Gpu, PartKind
from hwstudio.core.model.wishes import DRIVE_KINDS, RAID_LEVELS, DataDrives, Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.limits import KINDS_BOUGHT
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.predict.job_maker import GENERATED, PICTURE, TEXT, job_of, modes_of, usual_wish
from hwstudio.core.predict.power_limit import held_to
from hwstudio.core.predict.predictor import Predictor

MAINS = ("120V15A", "120V15A", "120V20A", "100V15A", "230V16A", "230V16A", "240V30A", "230V")
FURTHER_JOBS = 33  # beside the ones of the library
SMALLEST_BUDGET, LARGEST_BUDGET = 600.0, 60_000.0
MOST_TRIES = 50


@dataclass(frozen=True, slots=True)
class Ground:
    """What questions are drawn from: real parts, jobs, and who tells their speed."""

    stock: Stock
    jobs: tuple[Workload, ...]
    predictor: Predictor

    def fresh_stock(self) -> Stock:
        """Return all parts with nothing prepared."""
        return Stock.from_parts(*self.stock.groups())


def open_ground() -> Ground:
    """Return the shipped catalogue with the speeds of the shipped fit."""
    catalog = Catalog.open(catalog_file())
    model = SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))
    return ground_of(catalog, FittedPredictor(model, catalog.gpus()))


def ground_of(catalog: Catalog, predictor: Predictor) -> Ground:
    """Return a catalogue's parts, its jobs and some more jobs made of its models."""
    stock = Stock.from_parts(*(catalog.parts(PartKind(kind)) for kind in KINDS_BOUGHT))
    return Ground(stock, (*catalog.workloads(), *_further_jobs(catalog)), predictor)


def _further_jobs(catalog: Catalog) -> list[Workload]:
    r = random.Random("jobs")
    models = [model for model in catalog.ai_models() if modes_of(model)]
    timed = [model for model in models if model.family in (*PICTURE, *TEXT, *GENERATED)]
    others = [model for model in models if model not in timed]  # no speed is known for these
    chosen = (*r.sample(timed, FURTHER_JOBS - 2), *r.sample(others, 2))
    return [job_of(model, usual_wish(model, r.choice(modes_of(model)))) for model in chosen]


@dataclass(frozen=True, slots=True)
class Wish:
    """How often a field is asked for at all, and what it is then."""

    chance: float
    draw: Callable[[random.Random, Ground, Stock], Any]


def draw_budget(r: random.Random) -> Decimal:
    """Return a budget, as often between 1,000 and 2,000 as between 10,000 and 20,000."""
    spread = LARGEST_BUDGET / SMALLEST_BUDGET
    return Decimal(round(SMALLEST_BUDGET * spread ** r.random() * 100)) / 100


def _counts(r: random.Random, _ground: Ground, _stock: Stock) -> tuple[int, ...]:
    single = [(n,) for n in (1, 1, 2, 2, 3, 4, 6, 8)]
    return r.choice([*single, (1, 2), (1, 2), (2, 4), (4, 2), (1, 2, 3), (2, 4, 8)])


def _case_forms(r: random.Random, _ground: Ground, stock: Stock) -> tuple[str, ...]:
    forms = sorted({case.form_factor for case in stock.cases})
    return tuple(r.sample(forms, min(len(forms), r.choice((1, 1, 2)))))


def _makers(r: random.Random, _ground: Ground, stock: Stock) -> tuple[str, ...]:
    makers = sorted({card.gpu.maker for card in stock.cards})
    return tuple(r.sample(makers, min(len(makers), r.choice((1, 1, 2)))))


def _some_ids(most: int) -> Callable[[random.Random, Ground, Stock], frozenset[str]]:
    """Return a function that names a few parts, sometimes a chip in place of a card."""

    def draw(r: random.Random, _ground: Ground, stock: Stock) -> frozenset[str]:
        groups = [group for group in stock.groups() if group]
        found = set()
        for _ in range(r.randint(1, most)):
            part = r.choice(r.choice(groups))
            gpu = getattr(part, "gpu", None)
            found.add(gpu.id if gpu is not None and r.random() < 0.5 else part.id)
        return frozenset(found)

    return draw


def _at_hand(r: random.Random, ground: Ground, stock: Stock) -> tuple[str, ...]:
    """Return ids of parts at hand, some of them several times."""
    ids = sorted(_some_ids(2)(r, ground, stock))
    return tuple(ident for ident in ids for _ in range(r.choice((1, 1, 2, 3, 4))))


def _brands(r: random.Random, _ground: Ground, stock: Stock) -> tuple[tuple[str, str], ...]:
    found = set()
    for group in r.sample([group for group in stock.groups() if group], r.choice((1, 1, 2))):
        for _ in range(r.choice((1, 2, 3))):
            part = r.choice(group)
            maker = part.maker.upper() if r.random() < 0.1 else part.maker
            found.add((part.kind.value, maker))
    return tuple(sorted(found))


def _data_drives(r: random.Random, _ground: Ground, _stock: Stock) -> DataDrives:
    size = r.choice(
        (500 * GB, 1000 * GB, 2000 * GB, 4000 * GB, 8000 * GB, 24_000 * GB, 100_000 * GB)
    )
    return DataDrives(r.choice(DRIVE_KINDS), size, r.choice(RAID_LEVELS))


def _usage(r: random.Random, _ground: Ground, _stock: Stock) -> Usage:
    return Usage(
        years=r.choice((1.0, 3.0, 5.0, 7.5)),
        hours_per_week=r.choice((0.0, 5.0, 20.0, 40.0, 120.0, 168.0)),
        tariff_per_kwh=r.choice((Decimal(0), Decimal("0.12"), Decimal("0.17"), Decimal("0.3955"))),
        resale_pct=r.choice((None, None, 0.0, 12.5, 40.0, 100.0)),
    )


def _further(r: random.Random, ground: Ground, _stock: Stock) -> tuple[Workload, ...]:
    return tuple(r.sample(ground.jobs, r.choice((1, 1, 2))))


def _one_of(*values: Any) -> Callable[[random.Random, Ground, Stock], Any]:
    return lambda r, _ground, _stock: r.choice(values)


WISHES: dict[str, Wish] = {
    "budget": Wish(1.0, lambda r, _ground, _stock: draw_budget(r)),
    "workload": Wish(1.0, lambda r, ground, _stock: r.choice(ground.jobs)),
    "predictor": Wish(1.0, lambda _r, ground, _stock: ground.predictor),
    "objective": Wish(1.0, _one_of(*Objective)),
    "currency": Wish(0.01, _one_of("EUR")),
    "gpu_counts": Wish(0.5, _counts),
    "min_vram_bytes": Wish(0.2, _one_of(8 * GIB, 16 * GIB, 24 * GIB, 32 * GIB, 48 * GIB, 96 * GIB)),
    "max_power_w": Wish(0.2, lambda r, _g, _s: float(r.choice((250, 400, 600, 900, 1300, 2000)))),
    "gpu_makers": Wish(0.2, _makers),
    "case_form_factors": Wish(0.15, _case_forms),
    "min_ram_bytes": Wish(0.2, _one_of(32 * GIB, 64 * GIB, 128 * GIB, 256 * GIB, 512 * GIB)),
    "min_storage_bytes": Wish(0.25, _one_of(0, 480 * GB, 2000 * GB, 4000 * GB, 8000 * GB)),
    "pinned": Wish(0.15, _some_ids(2)),
    "excluded": Wish(0.2, _some_ids(4)),
    "released_since": Wish(0.4, _one_of(2010, 2016, 2018, 2022, 2023, 2024, 2025)),
    "allow_open_frame": Wish(0.2, _one_of(True)),
    "mains": Wish(0.7, _one_of(*MAINS)),
    "allow_unknown": Wish(0.3, _one_of(True)),
    "also": Wish(0.15, _further),
    "min_per_second": Wish(0.15, _one_of(0.1, 0.5, 0.9, 1.0, 1.0, 1.1, 2.0)),  # of some GPUs' speed
    "max_noise_dba": Wish(0.15, _one_of(22.0, 25.6, 28.0, 32.0, 38.0)),
    "new_only": Wish(0.15, _one_of(True)),
    "brands": Wish(0.2, _brands),
    "owned": Wish(0.25, _at_hand),
    "tax_pct": Wish(0.35, _one_of(*(Decimal(t) for t in ("7", "8.875", "19", "20", "100")))),
    "usage": Wish(1.0, _usage),  # owning is not worked out without a tariff
    "data_drives": Wish(0.25, _data_drives),
    "power_limit_w": Wish(0.2, _one_of(75.0, 150.0, 200.0, 250.0, 300.0, 450.0)),
}


def not_varied() -> tuple[str, ...]:
    """Return the fields of a request these questions leave at their defaults."""
    return tuple(field.name for field in fields(Request) if field.name not in WISHES)


def draw_request(
    r: random.Random,
    ground: Ground,
    stock: Stock | None = None,
    demands: tuple[float, ...] = (0.25, 0.7, 1.0),
    **fixed: Any,
) -> Request:
    """Return a random question; part ids, makers and forms are those of ``stock``.

    How much it asks beyond a budget varies: the chance of every wish is scaled by one of
    ``demands``. ``fixed`` fields are not drawn.
    """
    stock = stock or ground.stock
    for _ in range(MOST_TRIES):
        demanding = r.choice(demands)
        asked = {
            name: wish.draw(r, ground, stock)
            for name, wish in WISHES.items()
            if wish.chance == 1.0 or r.random() < wish.chance * demanding
        }
        asked |= fixed
        if asked.get("min_per_second"):
            asked["min_per_second"] *= _some_speed(r, stock, asked)
        try:
            return Request(**asked)
        except UserError:
            continue  # two fields that do not go together
    raise RuntimeError("no possible request was drawn")


def _some_speed(r: random.Random, stock: Stock, asked: dict[str, Any]) -> float:
    """Return what one of the asked numbers of some GPU does of the job per second; 0 = not known.

    Often to the last bit: a speed to reach that one card just reaches.
    """
    gpus: list[Gpu] = [card.gpu for card in stock.cards]
    predictor = held_to(asked["predictor"], asked.get("power_limit_w"))
    for _ in range(10 if gpus else 0):
        count = r.choice(asked.get("gpu_counts", (1,)))
        speed = predictor.speed(asked["workload"], r.choice(gpus), count=count).median
        if speed:
            return speed
    return 0.0
