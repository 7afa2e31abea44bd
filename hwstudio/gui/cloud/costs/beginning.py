"""What the sheets begin with: your hardware, your use, your tariff and the offer compared."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.assess.own_machine import OwnMachine
from hwstudio.core.cost.sheets.model import Entry
from hwstudio.core.cost.sheets.rent_fields import EGRESS_PRICE, OUT, STORAGE_PRICE, STORED
from hwstudio.gui.cloud.state import CloudState
from hwstudio.gui.cloud.words import rental_name

Beginnings = dict[str, dict[str, Entry]]
USE_SAYS = "the page Own or rent"


def beginnings(state: CloudState, tariff_source: str) -> Beginnings:
    """Return, by sheet and field, what is known without asking; says who says so."""
    own, wish = state.own, state.wish
    hours = Entry(_exact(wish.hours_per_month, 1), USE_SAYS)
    tariff = Entry(_exact(wish.price_per_kwh, 4), tariff_source)
    watts = Entry(_exact(own.load_w, 0), own.load_source)
    price = _price(own)
    life = Entry(_exact(wish.life_years, 2), USE_SAYS)
    resale = Entry(_exact(state.resale_share * 100, 1), "usual decline over the years kept")
    tco = {
        "purchase": price, "busy_hours_per_month": hours, "price_per_kwh": tariff,
        "load_w": watts, "life_years": life,
    }  # fmt: skip
    if own.gpu_count:
        tco["gpu_count"] = Entry(Decimal(own.gpu_count), own.name)
    months = Entry(_exact(wish.life_years * 12, 0), USE_SAYS)
    project = {
        "purchase": price, "hours_per_month": hours, "price_per_kwh": tariff, "power_w": watts,
        "life_months": months, "resale_pct": resale,
    }  # fmt: skip
    returns = {"cost": price, "life_months": months, **_running(state, price)}
    bill: dict[str, Entry] = {}
    _add_rent(state, tco, project, bill)
    found = {"tco": tco, "project": project, "roi": returns, "cloud-bill": bill}
    return {
        sheet: {key: entry for key, entry in fields.items() if entry.value is not None}
        for sheet, fields in found.items()
    }


def _add_rent(
    state: CloudState, tco: dict[str, Entry], project: dict[str, Entry], bill: dict[str, Entry]
) -> None:
    """Add the offer compared and how fast it is, where both are known."""
    rental, ratio = state.answer.reference, state.answer.ratio
    if rental is None:
        return
    says = f"{rental_name(rental)}, {rental.offer.as_of}"
    whole = Entry(rental.price_per_hour, says)
    project["rent_per_hour"] = bill["price_per_hour"] = whole
    bill |= _bill_data(_data(state))
    tco["rent_per_gpu_hour"] = Entry(rental.price_per_gpu_hour, says)
    tco |= _data(state)
    if ratio is None:
        return
    speed = "estimated for the job of the page Own or rent"
    project["speed_ratio"] = Entry(_exact(ratio.typical, 3), speed)
    each = ratio.typical * max(1, state.own.gpu_count) / rental.offer.accelerator_count
    tco["speed_ratio"] = Entry(_exact(each, 3), speed)
    hours = state.wish.hours_per_month / ratio.typical
    bill["hours_per_month"] = Entry(
        _exact(min(hours, 744.0), 1), "rented hours for the work of your use"
    )


def _running(state: CloudState, price: Entry) -> dict[str, Entry]:
    """Return the electricity, the resale and the rent avoided of the page Own or rent."""
    wish = state.wish
    power = state.own.load_w / 1000 * wish.hours_per_month * wish.price_per_kwh
    found = {"running_per_month": Entry(_exact(power, 2), "electricity of your use")}
    if isinstance(price.value, Decimal):
        sold = float(price.value) * state.resale_share
        found["resale"] = Entry(_exact(sold, 0), "usual decline over the years kept")
    if state.answer.rent_month is not None and state.answer.reference is not None:
        says = f"the same work at {rental_name(state.answer.reference)}"
        hours = state.answer.rent_month - state.answer.data.total
        found["rent_avoided_per_month"] = Entry(round(hours, 2), says)
    return found | _data(state)


def _data(state: CloudState) -> dict[str, Entry]:
    """Return the data of the page Own or rent with the prices of the provider compared."""
    wanted, bill = state.wish.data, state.answer.data
    kept = _exact(wanted.stored_gb * wanted.months_a_year / 12, 2)
    out = _exact(wanted.out_gb_per_month, 2)
    found = {}
    for gb, line, amount, price in (
        (kept, bill.storage, STORED, STORAGE_PRICE),
        (out, bill.egress, OUT, EGRESS_PRICE),
    ):
        if gb and line is not None:
            found[amount] = Entry(gb, USE_SAYS)
            found[price] = Entry(None if line.cost is None else line.cost / gb, line.says)
    return found


def _bill_data(data: dict[str, Entry]) -> dict[str, Entry]:
    """Return the same data as the sheet of a cloud month names them (1 TB = 1,000 GB)."""
    names = {
        STORED: "storage_tb", STORAGE_PRICE: "storage_per_gb_month", OUT: "egress_gb",
        EGRESS_PRICE: "egress_per_gb",
    }  # fmt: skip
    found = {names[key]: entry for key, entry in data.items() if entry.value is not None}
    stored = data.get(STORED)
    if stored is not None and isinstance(stored.value, Decimal):
        found["storage_tb"] = Entry(stored.value / 1000, stored.says)
    return found


def _price(own: OwnMachine) -> Entry:
    if own.price is None:
        return Entry(None)
    date = f", {own.price_as_of}" if own.price_as_of else ""
    low, high = _exact(own.price.low, 0), _exact(own.price.high, 0)
    says = f"{own.name}: {own.price_source}{date}"
    if low == high:
        return Entry(_exact(own.price.typical, 0), says)
    return Entry(_exact(own.price.typical, 0), says, low, high)


def _exact(value: float, decimals: int) -> Decimal:
    return Decimal(str(round(value, decimals)))
