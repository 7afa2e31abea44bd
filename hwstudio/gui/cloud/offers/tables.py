"""The columns of the list of offers and of the market medians, each with its unit."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.band import band_rank
from hwstudio.core.cloud.market import MarketPrice
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.offers.state import OfferLine
from hwstudio.gui.cloud.offers.words import (
    gib_each,
    gpus,
    market_words,
    memory_words,
    price_text,
    tier,
)
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import rows_tip


def line_tip(line: OfferLine) -> str:
    """Return where an offer's prices come from and what to know about it."""
    offer = line.offer
    return rows_tip(
        [
            ("Source", offer.source),
            ("Date", f"{offer.as_of} ({line.age} old)" + (", stale" if line.is_stale else "")),
            ("GPU memory", memory_words(offer)),
            ("Price counted", line.paid),
            ("Spot price", _spot_words(offer)),
            ("Interrupted a month", offer.interruption_band),
            ("Tier", tier(offer.offer_type)),
            ("Marketplace", market_words(line.market) if line.market else ""),
            ("Status", line.retired),
            ("Note", offer.notes),
            ("Unit", "USD for the whole machine, before tax"),
        ],
        f"{provider_name(offer.provider)} {offer.instance}",
    )


def _spot_words(offer: Offer) -> str:
    if offer.spot_per_hour is None:
        return ""
    if offer.spot_kind == "derived":
        return "an estimate: the on-demand price less the saving that was published"
    return offer.spot_kind


def spot_kind(offer: Offer) -> str:
    """Return ``listed`` or ``estimated``; "" without a spot price."""
    if offer.spot_per_hour is None:
        return ""
    return "estimated" if offer.spot_kind == "derived" else "listed"


def _money(title: str, price: Callable[[OfferLine], Decimal | None], width: int = 72) -> Column:
    return Column(
        title, price, lambda line: price_text(price(line)), right=True, tip=line_tip, width=width
    )


def _size(title: str, size: Callable[[OfferLine], float | None], width: int) -> Column:
    def text(line: OfferLine) -> str:
        value = size(line)
        return "–" if value is None else f"{value:,.0f}"

    return Column(title, size, text, right=True, tip=line_tip, width=width)


def _ram(line: OfferLine) -> float | None:
    memory = line.offer.memory_bytes
    return None if memory is None else memory / GIB


def _date_text(line: OfferLine) -> str:
    return line.offer.as_of


def _age_text(line: OfferLine) -> str:
    return f"{line.age}, stale" if line.is_stale else line.age


OFFER_COLUMNS = (
    Column(
        "Compare",
        lambda line: not line.is_compared,
        lambda _: "",
        check=lambda line: line.is_compared,
        tip=lambda _: "Tick up to five offers to set them side by side.",
        width=80,
    ),
    Column("Provider", lambda line: provider_name(line.offer.provider), tip=line_tip, width=110),
    Column(
        "GPUs",
        lambda line: (line.offer.accelerator, line.offer.variant, line.offer.accelerator_count),
        lambda line: gpus(line.offer),
        tip=line_tip,
        colour=lambda line: "muted" if line.retired else "",
        width=176,
    ),
    _size("GiB each", lambda line: gib_each(line.offer), 78),
    _money("$/h", lambda line: line.price, 66),
    _money("$/GPU-h", lambda line: line.per_gpu, 78),
    _money("Spot, $/h", lambda line: line.offer.spot_per_hour, 82),
    Column(
        "Spot is",
        lambda line: spot_kind(line.offer) or None,
        lambda line: spot_kind(line.offer) or "–",
        tip=line_tip,
        width=84,
    ),
    Column(
        "Interrupted",
        lambda line: band_rank(line.offer.interruption_band),
        lambda line: line.offer.interruption_band or "–",
        right=True,
        tip=lambda _: "Share of such spot machines taken back in a month, as published.",
        width=92,
    ),
    Column(
        "Price date",
        lambda line: line.offer.as_of,
        _date_text,
        tip=line_tip,
        width=112,
    ),
    Column(
        "Age",
        lambda line: line.offer.as_of,
        _age_text,
        tip=line_tip,
        colour=lambda line: "warn" if line.is_stale else "",
        width=120,
    ),
    _size("vCPU", lambda line: line.offer.vcpus, 60),
    _size("RAM, GiB", _ram, 82),
    Column("Region", lambda line: line.offer.region, tip=line_tip, width=120),
    Column(
        "Tier", lambda line: line.offer.offer_type, lambda line: tier(line.offer.offer_type),
        tip=line_tip, width=120,
    ),
    _money("Month, $/h", lambda line: line.offer.price_1m_per_hour, 90),
    _money("1 y, $/h", lambda line: line.offer.price_1y_per_hour),
    _money("3 y, $/h", lambda line: line.offer.price_3y_per_hour),
    Column("Instance", lambda line: line.offer.instance, tip=line_tip, width=190),
    Column("Source", lambda line: line.offer.source, tip=line_tip, width=220),
)  # fmt: skip


def _trust(market: MarketPrice) -> str:
    return "too few hosts to trust" if market.is_thin else "median of several hosts"


MARKET_COLUMNS = (
    Column("GPU", lambda market: market.accelerator, width=160),
    Column(
        "Median, $/GPU-h",
        lambda market: market.median,
        lambda market: price_text(market.median),
        right=True,
        width=130,
    ),
    Column(
        "Lowest", lambda market: market.low, lambda market: price_text(market.low),
        right=True, width=80,
    ),
    Column(
        "Highest", lambda market: market.high, lambda market: price_text(market.high),
        right=True, width=80,
    ),
    Column("Hosts", lambda market: market.hosts, right=True, width=70),
    Column(
        "",
        lambda market: market.is_thin,
        _trust,
        colour=lambda market: "warn" if market.is_thin else "",
        stretch=True,
    ),
)  # fmt: skip
