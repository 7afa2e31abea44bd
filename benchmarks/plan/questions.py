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
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.limits import KINDS_BOUGHT
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.predict.job_maker import GENERATED, PICTURE, TEXT, job_of, modes_of, usual_wish
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
        try:
            return Request(**(asked | fixed))
        except UserError:
            continue  # two fields that do not go together
    raise RuntimeError("no possible request was drawn")
