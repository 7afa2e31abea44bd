"""Gathers what routing a job stands on: the catalogue's tables, the names in the job, this PC."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from hwstudio.core.assess.own_machine import OwnMachine, own_gpu, own_machine, with_own
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.routing.ground import FreeService, Ground
from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.cloud_tables import Carbon, FreeTier
from hwstudio.core.cloud.filter import OfferFilter, filter_offers
from hwstudio.core.cloud.routing.free_limits import FreeCard, cards_of, keeps_gb, quota_of
from hwstudio.core.cloud.routing.job import HOME, Job, Reserved
from hwstudio.core.cost.data_price import disk_prices, egress_prices
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu

if TYPE_CHECKING:
    from hwstudio.core.catalog.reader import Catalog
    from hwstudio.core.model.machine import Machine
    from hwstudio.core.predict.predictor import Predictor

_REGION = "cloud region "


class RoutingFacts:
    """The tables of one catalogue, read once; ``ground`` joins them with a job."""

    def __init__(self, catalog: Catalog, today: date) -> None:
        self._catalog = catalog
        self.offers = filter_offers(catalog.offers(), OfferFilter(), today)
        self._egress = egress_prices(catalog.table("egress"))
        self._disks = disk_prices(catalog.table("storage_price"))
        self._grids = _grids(catalog)
        self._free = _free_services(catalog)

    @property
    def places(self) -> tuple[str, ...]:
        """Return where data may lie: home and every provider with an offer or a disk price."""
        return (HOME, *sorted({offer.provider for offer in self.offers} | set(self._disks)))

    def shapes(self, workload_id: str, predictor: Predictor) -> Shapes:
        """Return the shapes of a kind of work; of the first one where none is named.

        Raises:
            UserError: there is no such workload.
        """
        catalog = self._catalog
        known = catalog.workloads()
        workload = catalog.workload(workload_id) if workload_id else known[0]
        return Shapes(workload, catalog.gpus(), predictor)

    def ground(self, job: Job, own: OwnMachine, shapes: Shapes, price_per_kwh: float) -> Ground:
        """Return what the job is reckoned on.

        Raises:
            UserError: a GPU, provider or machine the job names is not known.
        """
        job_price = job.local.price_per_kwh
        if job.data.place not in self.places:
            near = get_close_matches(job.data.place, self.places, n=3)
            choose = f"Choose home or a provider, such as {', '.join(near or self.places[1:4])}"
            raise UserError(f"No provider is called '{job.data.place}'", "data.place", choose)
        held = job.reserved
        return Ground(
            shapes=shapes,
            is_known_kind=bool(job.task.workload_id),
            offers=self.offers,
            own=own,
            price_per_kwh=price_per_kwh if job_price is None else job_price,
            task_gpu=self.gpu(job.task.device) if job.task.device else None,
            reserved_offer=self._offer(held) if held and held.instance else None,
            reserved_gpu=self.gpu(held.device) if held and held.device else None,
            egress=self._egress,
            disks=self._disks,
            grids=self._grids,
            free=self._free,
        )

    def own(self, job: Job, machine: Machine | None) -> OwnMachine:
        """Return the machine of a job's ``local``: a named GPU, else the computer found.

        Raises:
            UserError: the GPU is not known.
        """
        local, catalog = job.local, self._catalog
        if local.device:
            made = own_gpu(self.gpu(local.device), catalog.cards(), local.count)
        elif machine is not None:
            made = own_machine(machine, catalog.gpus(), catalog.cards())
        else:
            raise UserError("No computer was looked at", "", "Name a GPU in [local] device")
        return with_own(made, None, local.power_w)

    def gpu(self, name: str) -> Gpu:
        """Return a GPU by id or by name.

        Raises:
            UserError: there is none.
        """
        known = {gpu.id: gpu for gpu in self._catalog.gpus()}
        found = known.get(name) or self._catalog.match_gpu(name)
        if found is None:
            series = {f"{maker}{_compact(name)}" for maker in ("", "geforce", "radeon")}
            found = next((gpu for gpu in known.values() if _compact(gpu.name) in series), None)
        if found is None:
            near = _near([gpu.name for gpu in known.values()], name)
            see = "See: hwstudio catalog search gpu"
            remedy = f"Did you mean {', '.join(near)}" if near else see
            raise UserError(f"The catalogue has no GPU '{name}'", "", remedy)
        return found

    def _offer(self, held: Reserved) -> Offer:
        same = [one for one in self.offers if one.instance.casefold() == held.instance.casefold()]
        mine = [one for one in same if one.provider.casefold() == held.provider.casefold()]
        if not mine:
            names = sorted({one.instance for one in self.offers if one.provider == held.provider})
            near = get_close_matches(held.instance, names, n=3, cutoff=0.3)
            remedy = f"Did you mean {', '.join(near)}" if near else "Give device and count instead"
            what = f"No offer is called '{held.instance}' at '{held.provider}'"
            raise UserError(what, "reserved.instance", remedy)
        return min(mine, key=_price)


def _near(names: list[str], wanted: str) -> list[str]:
    """Return names that hold the same letters and digits, shortest first, else close ones."""
    letters = _compact(wanted)
    holding = sorted((name for name in names if letters and letters in _compact(name)), key=len)
    return holding[:3] or get_close_matches(wanted, names, n=3, cutoff=0.5)


def _compact(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _price(offer: Offer) -> tuple[bool, Decimal]:
    return offer.price_per_hour is None, offer.price_per_hour or Decimal(0)


def _grids(catalog: Catalog) -> dict[tuple[str, str], float]:
    rows = (row for row in catalog.table("carbon") if isinstance(row, Carbon))
    return {
        (row.scope.removeprefix(_REGION), row.code): row.carbon_g_per_kwh
        for row in rows
        if row.scope.startswith(_REGION)
    }


def _card(catalog: Catalog, card: FreeCard) -> Gpu | None:
    """Return the GPU a service means; of several forms the plug-in card."""
    for name in (card.name, f"Tesla {card.name} PCIe {card.memory_gb} GB"):
        found = catalog.match_gpu(name)
        if found is not None:
            return found
    return None


def _free_services(catalog: Catalog) -> tuple[FreeService, ...]:
    found = []
    for row in catalog.table("free_tier"):
        if not isinstance(row, FreeTier) or not row.accelerator or "none" in row.accelerator:
            continue
        named = [(_card(catalog, card), card.count) for card in cards_of(row.accelerator)]
        limits = (f"for {row.who}", row.quota, row.session_limit, row.limits)
        found.append(
            FreeService(
                name=row.service,
                gpus=tuple((gpu, count) for gpu, count in named if gpu is not None),
                quota=quota_of(row.quota or "", row.session_limit or ""),
                keeps_gb=keeps_gb(row.storage or ""),
                limits="; ".join(filter(None, limits)),
                as_of=row.as_of,
                source=row.source,
            )
        )
    return tuple(found)
