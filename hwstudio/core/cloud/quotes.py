"""A rented server or a vendor's quote the user typed in, and the offer it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.offer import Offer

HOUR, MONTH, YEAR = "hour", "month", "year"
PERIODS = {HOUR: "hour", MONTH: "month", YEAR: "year"}
HOURS_IN = {HOUR: Decimal(1), MONTH: Decimal(730), YEAR: Decimal(8760)}
MONTHS_IN_YEAR = 12
LONG_CONTRACT_MONTHS = 36
QUOTE, DEDICATED = "quote", "dedicated"
FIRST_QUOTE_ID = 1_000_000  # the catalogue numbers its offers from 1; a quote keeps its own number
_MOST_MONEY = Decimal(1_000_000_000)
_MOST_LETTERS = 300
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One price of one machine. ``usd_rate`` is what 1 of ``currency`` costs in USD.

    None = unknown. ``price`` is for the whole machine and one ``per`` (hour, month, year);
    ``contract_months`` 0 = can be ended at any time; the set-up fee is paid once.
    """

    id: int
    provider: str
    name: str
    price: Decimal
    per: str = MONTH
    currency: str = "USD"
    usd_rate: Decimal | None = Decimal(1)
    as_of: str = ""
    contract_months: int = 0
    setup_fee: Decimal = Decimal(0)
    accelerator: str = ""
    accelerator_count: int = 1
    accelerator_memory_gb: float | None = None
    vcpus: float | None = None
    memory_gb: float | None = None
    region: str = ""
    note: str = ""
    offer_type: str = QUOTE


def checked(quote: Quote, today: date) -> Quote:
    """Return a quote with its words trimmed.

    Raises:
        UserError: a field is missing or cannot be what it says.
    """
    made = replace(
        quote,
        provider=_words(quote.provider, "The provider", is_needed=True),
        name=_words(quote.name, "The name of the machine", is_needed=True),
        accelerator=_words(quote.accelerator, "The GPU", is_needed=True),
        region=_words(quote.region, "The place"),
        note=_words(quote.note, "The note"),
        currency=quote.currency.strip().upper(),
        usd_rate=Decimal(1) if quote.currency.strip().upper() == "USD" else quote.usd_rate,
    )
    _check_money(made)
    _check_sizes(made)
    _check_date(made.as_of, today)
    return made


def _words(text: str, name: str, *, is_needed: bool = False) -> str:
    kept = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if is_needed and not kept:
        raise UserError(f"{name} is missing", "", "Type it")
    if len(kept) > _MOST_LETTERS:
        raise UserError(
            f"{name} is too long", f"{len(kept)} letters, {_MOST_LETTERS} can be kept", "Shorten it"
        )
    return kept


def _check_money(quote: Quote) -> None:
    if quote.per not in PERIODS:
        raise UserError(f"A price per '{quote.per}' is not known", "", "Use hour, month or year")
    if not _CURRENCY.fullmatch(quote.currency):
        raise UserError(f"'{quote.currency}' is no currency", "", "Use three letters such as EUR")
    if not quote.price.is_finite() or not 0 < quote.price <= _MOST_MONEY:
        raise UserError(f"{quote.price} cannot be a price", "", "Type an amount above 0")
    if not quote.setup_fee.is_finite() or not 0 <= quote.setup_fee <= _MOST_MONEY:
        raise UserError(
            f"{quote.setup_fee} cannot be a set-up fee", "", "Type 0 or an amount above it"
        )
    rate = quote.usd_rate
    if rate is None:
        raise UserError(
            f"The rate of {quote.currency} is missing",
            "without it the price cannot stand beside prices in USD",
            f"Type how many USD 1 {quote.currency} costs",
        )
    if not rate.is_finite() or not Decimal("0.000001") <= rate <= 1_000_000:
        raise UserError(f"{rate} cannot be a rate", "", f"Type how many USD 1 {quote.currency} is")


def _check_sizes(quote: Quote) -> None:
    if not 0 <= quote.contract_months <= 120:
        raise UserError(
            f"A contract of {quote.contract_months} months is not possible", "", "Type 0 to 120"
        )
    if not 1 <= quote.accelerator_count <= 100_000:
        raise UserError(
            f"{quote.accelerator_count} cannot be how many GPUs it has", "", "Type 1 or more"
        )
    sizes = (
        (quote.accelerator_memory_gb, "The memory of each GPU"),
        (quote.vcpus, "The number of CPU threads"),
        (quote.memory_gb, "The RAM"),
    )
    for value, name in sizes:
        if value is not None and not 0 < value <= 1e7:
            raise UserError(f"{name} cannot be {value:g}", "", "Leave it empty if it is not known")


def _check_date(text: str, today: date) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"'{text}' is no date", "", "Write it like 2026-08-17") from None
    if day.year < 2000 or day > today:
        raise UserError(
            f"The price cannot be of {text}", "that is not a day in the past", "Type its own day"
        )


def hourly_usd(quote: Quote) -> Decimal | None:
    """Return USD per hour of the whole machine; None without a rate.

    Under a contract the set-up fee is spread over its months (of 730 h); without one it is paid
    once and not in the hourly price.
    """
    if quote.usd_rate is None:
        return None
    each = quote.price / HOURS_IN[quote.per]
    if quote.contract_months:
        each += quote.setup_fee / (quote.contract_months * HOURS_IN[MONTH])
    return each * quote.usd_rate


def as_offer(quote: Quote, number: int, gpu_id: str | None, source: str) -> Offer:
    """Return a quote as an offer like any other; its price stands under what it binds to.

    A price by the hour without a contract is on demand. By the month it is billed for all of the
    month, under 12 months of contract or more for all of the year, used or not.
    """
    price = hourly_usd(quote)
    term = _term(quote)
    card, memory = quote.accelerator_memory_gb, quote.memory_gb
    return Offer(
        id=number,
        provider=quote.provider,
        instance=quote.name,
        region=quote.region or "unspecified",
        accelerator=quote.accelerator,
        variant="",
        accelerator_count=float(quote.accelerator_count),
        accelerator_memory_bytes=None if card is None else int(card * GIB),
        vcpus=quote.vcpus,
        memory_bytes=None if memory is None else int(memory * GIB),
        price_per_hour=price if term == 0 else None,
        spot_per_hour=None,
        spot_kind="",
        price_1m_per_hour=price if term == 1 else None,
        price_1y_per_hour=price if term == MONTHS_IN_YEAR else None,
        price_3y_per_hour=price if term == LONG_CONTRACT_MONTHS else None,
        interruption_band="",
        offer_type=quote.offer_type,
        gpu_id=gpu_id,
        currency="USD",
        source=source,
        as_of=quote.as_of,
        notes=terms_words(quote),
    )


def _term(quote: Quote) -> int:
    """Return the months the price is paid for at least: 0, 1, 12 or 36."""
    months = max(quote.contract_months, {HOUR: 0, MONTH: 1, YEAR: MONTHS_IN_YEAR}[quote.per])
    if months >= LONG_CONTRACT_MONTHS:
        return LONG_CONTRACT_MONTHS
    if months >= MONTHS_IN_YEAR:
        return MONTHS_IN_YEAR
    return 1 if months else 0


def terms_words(quote: Quote) -> str:
    """Return what was agreed in its own currency, the set-up fee and the rate said."""
    said = [f"{_plain(quote.price)} {quote.currency} per {PERIODS[quote.per]}"]
    if quote.contract_months:
        said.append(f"contract of {quote.contract_months} months")
    if quote.setup_fee:
        how = "spread over the contract" if quote.contract_months else "once, not in the price"
        said.append(f"set-up fee {_plain(quote.setup_fee)} {quote.currency} ({how})")
    if quote.currency != "USD":
        rate = quote.usd_rate
        said.append(
            f"1 {quote.currency} = {_plain(rate)} USD, as typed"
            if rate is not None
            else f"no price in USD until a rate for {quote.currency} is typed"
        )
    return "; ".join([*said, *([quote.note] if quote.note else [])])


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
