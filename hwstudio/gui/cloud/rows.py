"""The rows of the offers table: every offer with what one job on it costs, cheapest job first."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.assess.market_table import OfferCost, Terms, offer_costs
from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.cloud.age import age_words, is_stale
from hwstudio.core.cost.options import ratio_band
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Prediction
from hwstudio.gui.cloud.rentals import work_of
from hwstudio.gui.cloud.state import OfferRow, Stock, Wish


def offer_rows(
    offers: Iterable[Offer],
    shapes: Shapes,
    wish: Wish,
    mine: tuple[OwnMachine, Prediction],
    stock: Stock,
    reference: int | None,
) -> tuple[OfferRow, ...]:
    """Return the rows: the compared offers on top, then what fits, then what does not."""
    terms = Terms(kind=wish.pay, spot=wish.terms, discount=wish.rent_discount)
    work = work_of(wish, shapes, mine[1], stock.data.with_wanted(wish.data))
    costs = offer_costs(offers, shapes, work, terms, stock.grids)
    rows = [_row(cost, wish, mine, stock, reference) for cost in costs]
    return tuple(sorted(rows, key=_rank))


def _row(
    cost: OfferCost,
    wish: Wish,
    mine: tuple[OwnMachine, Prediction],
    stock: Stock,
    reference: int | None,
) -> OfferRow:
    offer, (own, own_speed) = cost.offer, mine
    is_same = own.gpu is not None and own.gpu.id == offer.gpu_id
    return OfferRow(
        offer=offer,
        price=cost.price_per_hour,
        ratio=ratio_band(cost.speed, own_speed, is_same=is_same),
        speed=cost.speed,
        why_not=cost.why_not,
        cost_per_job=cost.cost_per_job,
        cost_per_month=cost.cost_per_month,
        finish_hours=cost.finish_hours,
        carbon_kg=cost.carbon_kg,
        overhead=cost.overhead,
        is_chosen=offer.id in wish.chosen,
        is_reference=offer.id == reference,
        age=age_words(offer.as_of, stock.today),
        is_stale=is_stale(offer.as_of, stock.today),
        data=cost.data,
    )


def _rank(row: OfferRow) -> int:
    return 0 if row.is_reference else 1 if row.is_chosen else 2
