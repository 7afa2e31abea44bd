"""The offers beside the catalogue's list: dedicated servers, and what the user typed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.quotes import (
    DEDICATED,
    FIRST_QUOTE_ID,
    HOUR,
    MONTH,
    YEAR,
    Quote,
    as_offer,
)
from hwstudio.core.model.offer import Offer

if TYPE_CHECKING:
    from decimal import Decimal

    from hwstudio.core.catalog.reader import Catalog
    from hwstudio.core.cloud.quotes_book import QuoteBook
    from hwstudio.core.model.cloud_row import Dedicated

FIRST_DEDICATED_ID = 900_000
_MEMORY = re.compile(r"(.+) (\d+) ?GB")
_SOURCE = "your own entry"
GpuOf = Callable[[str, float | None], str | None]


class OwnOffers:
    """Adds dedicated servers and quotes to a catalogue's offers; read anew after a change."""

    def __init__(self, book: QuoteBook) -> None:
        self._book = book
        self._made: tuple[Offer, ...] = ()
        self._of: tuple[int, int] | None = None

    def __call__(self, catalog: Catalog, listed: tuple[Offer, ...]) -> tuple[Offer, ...]:
        """Return the offers to add to ``listed``."""
        kept = self._book.kept()
        key = (self._book.revision, id(listed))
        if key != self._of:
            rows = cast("tuple[Dedicated, ...]", catalog.table("dedicated"))
            gpu_of = _GpuNames(catalog)
            known = {_key(offer.provider, offer.instance) for offer in listed}
            self._made = (
                *dedicated_offers(rows, known, self._book.rate, gpu_of),
                *(
                    as_offer(
                        quote,
                        FIRST_QUOTE_ID + quote.id,
                        gpu_of(quote.accelerator, quote.accelerator_memory_gb),
                        _SOURCE,
                    )
                    for quote in kept.quotes
                ),
            )
            self._of = key
        return self._made


class _GpuNames:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self, name: str, memory_gb: float | None) -> str | None:
        found = self._catalog.match_gpu(name, None if memory_gb is None else int(memory_gb * GIB))
        return found.id if found else None


def _key(provider: str, instance: str) -> tuple[str, str]:
    return provider.casefold().split(".")[0], instance.casefold()


def dedicated_offers(
    rows: tuple[Dedicated, ...],
    known: set[tuple[str, str]],
    rate_of: Callable[[str], Decimal | None],
    gpu_of: GpuOf,
) -> tuple[Offer, ...]:
    """Return the catalogue's servers as offers, without those its list of offers has already.

    A price in another currency stands in USD only where the user typed a rate.
    """
    found = []
    for number, row in enumerate(rows):
        quote = as_quote(row, rate_of(row.currency))
        if quote is None or _key(row.provider, row.server) in known:
            continue
        gpu_id = row.gpu_id or gpu_of(quote.accelerator, quote.accelerator_memory_gb)
        found.append(as_offer(quote, FIRST_DEDICATED_ID + number, gpu_id, row.source))
    return tuple(found)


def as_quote(row: Dedicated, usd_rate: Decimal | None) -> Quote | None:
    """Return a catalogue row as a quote; None without a GPU or a price."""
    priced = (
        (row.price_per_hour, HOUR),
        (row.price_month, MONTH),
        (row.price_year, YEAR),
    )
    price, per = next(((each, unit) for each, unit in priced if each is not None), (None, HOUR))
    if price is None or not row.gpu:
        return None
    card, memory_gb = _card(row)
    more = (
        row.cpu or "",
        row.storage and f"disks {row.storage}",
        row.vat and f"VAT {row.vat}",
        row.commitment or "",
        row.note,
    )
    return Quote(
        id=0,
        provider=row.provider,
        name=row.server,
        price=price,
        per=per,
        currency=row.currency,
        usd_rate=usd_rate,
        as_of=row.as_of,
        setup_fee=row.setup_fee or price * 0,
        accelerator=card,
        accelerator_count=row.gpu_count or 1,
        accelerator_memory_gb=memory_gb,
        memory_gb=row.memory_bytes / GIB if row.memory_bytes else None,
        region=row.location or "",
        note="; ".join(word for word in more if word),
        offer_type=DEDICATED,
    )


def _card(row: Dedicated) -> tuple[str, float | None]:
    """Return the GPU's name and memory in GiB, which some sources write as "A100 80GB"."""
    name, known = row.gpu or "", row.gpu_memory_bytes
    found = _MEMORY.fullmatch(name)
    if found is None:
        return name, known / GIB if known else None
    return found[1], known / GIB if known else float(found[2])
