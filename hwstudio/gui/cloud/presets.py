"""Three usual examples as starting points: a small, a medium and a large project.

Hours a month, prices and watts are the examples'; electricity, three years of use and 30 % resale
are told with them. How fast the rented machine is comes from the estimate, not from the example.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.cost.options import ON_DEMAND
from hwstudio.gui.cloud.state import Stock

_JOB = "resnet50_train"
_LIFE_YEARS, _RESALE, _PER_KWH = 3.0, 0.30, 0.165


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One example. Prices in USD."""

    id: str
    title: str
    gpu_id: str
    price: float
    hours_per_month: float
    load_w: float
    instance: str
    words: str


PRESETS = (
    Preset(
        id="small", title="Small", gpu_id="gpu-geforce-rtx-3070", price=2000.0,
        hours_per_month=40.0, load_w=350.0, instance="p3.2xlarge",
        words="40 h of training a month: a PC with an RTX 3070 for $2,000, or one V100",
    ),
    Preset(
        id="medium", title="Medium", gpu_id="gpu-geforce-rtx-3080", price=3000.0,
        hours_per_month=200.0, load_w=450.0, instance="p3.8xlarge",
        words="200 h of training a month: a PC with an RTX 3080 for $3,000, or four V100",
    ),
    Preset(
        id="large", title="Large", gpu_id="gpu-geforce-rtx-3090", price=4000.0,
        hours_per_month=500.0, load_w=500.0, instance="p4d.24xlarge",
        words="1,000 h of training in two months: a PC with an RTX 3090 for $4,000, or eight A100",
    ),
)  # fmt: skip


def preset_values(preset_id: str, stock: Stock) -> dict[str, object]:
    """Return a preset as values of a Wish; an offer the catalogue lacks is left to the estimate."""
    found = next(one for one in PRESETS if one.id == preset_id)
    offers = [offer.id for offer in stock.offers if offer.instance == found.instance]
    return {
        "own_key": found.gpu_id,
        "workload_id": _JOB,
        "hours_per_month": found.hours_per_month,
        "price_per_kwh": _PER_KWH,
        "life_years": _LIFE_YEARS,
        "price": found.price,
        "load_w": found.load_w,
        "resale_share": _RESALE,
        "speed_ratio": None,
        "rent_discount": 0.0,
        "pay": ON_DEMAND,
        "chosen": tuple(offers[:1]),
    }
