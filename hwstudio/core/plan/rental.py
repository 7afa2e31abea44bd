"""The rented computer a build is held against: a sound offer for the same job, not the cheapest."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.cost import assumption
from hwstudio.core.cost.options import MARKET, ON_DEMAND, Rental, Work, best_rentals
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.model.workload import Workload
from hwstudio.core.plan.terms import Rent, band_of
from hwstudio.core.predict.predictor import COUNTED, Predictor


def usual_rent(
    workload: Workload,
    offers: Iterable[Offer],
    gpus: Iterable[Gpu],
    predictor: Predictor = COUNTED,
) -> Rent | None:
    """Return an on-demand rental the job fits on and whose speed is known, else a market's.

    The GPU is the one whose typical provider is cheapest for the work (as in the Cloud tab).
    """
    offers = tuple(offers)
    shapes = Shapes(workload, gpus, predictor)
    shapes.prepare(offers, ())
    found = best_rentals(
        filter(shapes.fits, offers), shapes.speed, Work(1.0, workload.job_units, None)
    )
    for kind in (ON_DEMAND, MARKET):
        for rental in found:
            if rental.kind == kind:
                return _rent(rental, shapes)
    return None


def _rent(rental: Rental, shapes: Shapes) -> Rent | None:
    speed = band_of(rental.speed)
    if speed is None:
        return None
    offer, gpu = rental.offer, shapes.gpu(rental.offer)
    count = f"{offer.accelerator_count:g}x "
    return Rent(
        name=f"{count}{offer.accelerator}",
        price_per_hour=assumption.RENT.around(float(rental.price_per_hour)),
        speed=speed,
        alike=gpu.id if gpu is not None else offer.accelerator,
        source=f"{provider_name(offer.provider)}, {offer.as_of}: {rental.note or offer.source}",
    )
