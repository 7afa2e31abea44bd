"""What moving and keeping the data takes and costs, wherever the job runs (F9, F10)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from hwstudio.core.assess.routing.ground import Ground
from hwstudio.core.cloud.routing.job import HOME, Data
from hwstudio.core.cloud.routing.option import CostPart, Hours, Money
from hwstudio.core.cost.data_price import EgressPrice
from hwstudio.core.cost.egress import egress
from hwstudio.core.cost.storage import Disk, disk_bill
from hwstudio.core.model.provider_names import provider_name

BETWEEN_CLOUDS_MBIT_S = 1000.0  # assumed: one stream between two providers
_MBIT_PER_GB = 8000.0
_S_PER_HOUR = 3600.0


def transfer_hours(gb: float, mbit_s: float) -> float:
    """Return hours to move ``gb`` (10^9 bytes) at ``mbit_s``."""
    return gb * _MBIT_PER_GB / mbit_s / _S_PER_HOUR


def waits_of(data: Data, where: str) -> tuple[tuple[str, float], ...]:
    """Return hours of transfer of a job that runs at ``where`` (HOME or a provider)."""
    found = []
    if data.in_gb and data.place != where:
        if where == HOME:
            found.append(("download of the data", transfer_hours(data.in_gb, data.download_mbit_s)))
        elif data.place == HOME:
            found.append(("upload of the data", transfer_hours(data.in_gb, data.upload_mbit_s)))
        else:
            hours = transfer_hours(data.in_gb, BETWEEN_CLOUDS_MBIT_S)
            found.append((f"copy from {data.place}", hours))
    if data.out_gb and where != HOME:
        found.append(("download of the results", transfer_hours(data.out_gb, data.download_mbit_s)))
    return tuple(found)


def data_parts(ground: Ground, data: Data, where: str, stay: Hours) -> tuple[CostPart, ...]:
    """Return storage and egress of a job at ``where`` whose data stay there ``stay`` hours.

    Data that lie at a provider are paid there too while the job runs elsewhere.
    """
    parts = []
    if where != HOME:
        parts += _storage(ground, data, where, data.in_gb + data.out_gb, stay)
        parts += _egress(ground, data, where, data.out_gb)
    if data.place not in (HOME, where):
        parts += _storage(ground, data, data.place, data.in_gb, stay)
        parts += _egress(ground, data, data.place, data.in_gb)
    return tuple(parts)


def _storage(ground: Ground, data: Data, where: str, gb: float, stay: Hours) -> list[CostPart]:
    if not gb:
        return []
    disk = ground.disks.get(where)
    note = ""
    if disk is None:
        disk = max(ground.disks.values(), key=lambda one: one.per_gb_month, default=None)
        if disk is None:
            return [CostPart(f"storage at {where}", _flat(Decimal(0)), "price not known")]
        like = provider_name(disk.provider)
        note = f"price at {where} not known: counted like {like}, the dearest known"
    price, kept = disk.per_gb_month, data.kept_days * 24

    def bill(hours: float) -> Decimal:
        return disk_bill(Disk(size_gb=gb, per_gb_month=price, hours=hours + kept)).total

    cost = Money(bill(stay.low), bill(stay.median), bill(stay.high))
    words = note or f"{disk.product}, {price:f} USD per GB-month, {disk.as_of}"
    return [CostPart(f"storage at {where}", cost, words)]


def _egress(ground: Ground, data: Data, where: str, gb: float) -> list[CostPart]:
    if not gb:
        return []
    name = f"egress from {where}"
    price = ground.egress.get(where)
    if price is not None:
        cost = _marginal(ground, where, gb, data.left_this_month_gb)
        return [CostPart(name, _flat(cost), f"list price of {price.as_of}, this month's tiers")]
    if not ground.egress:
        return [CostPart(name, _flat(Decimal(0)), "price not known")]
    bills = {one: _marginal(ground, one, gb, 0.0) for one in ground.egress}
    dearest = max(bills, key=lambda one: bills[one])
    note = f"price at {where} not known: counted like {dearest}, the dearest known"
    return [CostPart(name, _flat(bills[dearest]), note)]


def _marginal(ground: Ground, provider: str, gb: float, before: float) -> Decimal:
    return _added(ground.egress[provider], gb, before)


@lru_cache(maxsize=256)
def _added(price: EgressPrice, gb: float, before: float) -> Decimal:
    """Return what these GB add to the month's bill: tiers are cumulative over the month (F9)."""
    after = egress(Decimal(str(before)) + Decimal(str(gb)), price.tiers, price.free_gb)
    return after.total - egress(before, price.tiers, price.free_gb).total


def _flat(cost: Decimal) -> Money:
    return Money(cost, cost, cost)
