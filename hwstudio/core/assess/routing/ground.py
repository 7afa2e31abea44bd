"""What the reckoning stands on: offers, prices of data, free services, the own machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.cloud.routing.free_limits import Quota
from hwstudio.core.cost.data_price import DiskPrice, EgressPrice
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeService:
    """A free service that lends a GPU. ``quota`` None: its limits are not known in numbers."""

    name: str
    gpus: tuple[tuple[Gpu, int], ...]
    quota: Quota | None
    keeps_gb: float | None
    limits: str
    as_of: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """``is_known_kind`` False: the shapes only name GPUs, their speeds are of another work."""

    shapes: Shapes
    is_known_kind: bool
    offers: tuple[Offer, ...]
    own: OwnMachine
    price_per_kwh: float
    task_gpu: Gpu | None = None  # the GPU the work's hours were counted on
    reserved_offer: Offer | None = None
    reserved_gpu: Gpu | None = None
    egress: Mapping[str, EgressPrice] = field(default_factory=dict)
    disks: Mapping[str, DiskPrice] = field(default_factory=dict)
    grids: Mapping[tuple[str, str], float] = field(default_factory=dict)
    free: tuple[FreeService, ...] = ()
