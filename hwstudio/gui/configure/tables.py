"""The columns of the Configure tab's tables."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from PySide6.QtGui import QIcon, QPixmap, QPixmapCache

from hwstudio.core.base.clock import today
from hwstudio.core.base.money import money
from hwstudio.core.base.units import watts
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.core.project.answer import Alternative
from hwstudio.core.project.answer_words import at_hand_words
from hwstudio.gui.configure import words
from hwstudio.gui.configure.rows import PartRow
from hwstudio.gui.kit.icon import pixmap
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.tip import price_tip, rows_tip

_VERDICT = {
    "ok": ("ok", "OK"),
    "info": ("ok", "OK"),
    "warn": ("warn", "Warning"),
    "error": ("error", "Problem"),
    "unknown": ("unknown", "Unknown"),
}


def _row_icon(name: str, colour: str) -> QIcon:
    """Return an icon that stays visible on the selected row."""
    return _icon(name, colour, tokens().on_accent)


@lru_cache(maxsize=64)
def _icon(name: str, colour: str, on_accent: str) -> QIcon:
    made = QIcon(_picture(name, colour))
    made.addPixmap(_picture(name, on_accent), QIcon.Mode.Selected)
    return made


def _picture(name: str, colour: str) -> QPixmap:
    """Return a drawn icon; tables ask for it at every paint, so it is drawn once."""
    key, found = f"configure-{name}-{colour}", QPixmap()
    if not QPixmapCache.find(key, found):
        found = pixmap(name, colour, 16)
        QPixmapCache.insert(key, found)
    return found


def _part_tip(row: PartRow | Alternative) -> str:
    return rows_tip(
        [
            ("Maker", row.part.maker),
            ("Facts from", row.part.source),
            ("Date", row.part.source_date),
        ],
        words.short_name(row.part),
    )


def _cost_words(row: PartRow) -> str:
    price = row.part.price
    if not row.to_buy:
        return money(Decimal(0), price.currency if price else "USD", decimals=0)
    if price is None:
        return "no price"
    # Cents of an estimate mean nothing; those of a real price are kept.
    decimals = 0 if price.kind is PriceKind.ESTIMATE else None
    return money(price.amount * row.to_buy, price.currency, decimals=decimals)


def _basis(row: PartRow) -> str:
    if row.at_hand:
        return at_hand_words(row.at_hand, row.quantity)
    price = row.part.price
    if price is None:
        return "enter your price"
    # The whole stands in the tooltip; "stale" must not be the word that is cut off.
    word = "stale" if price.is_stale(today()) else words.PRICE_WORD[price.kind]
    return f"{word}, {price.as_of}"


def _basis_colour(row: PartRow) -> str:
    if row.at_hand:
        return "accent"
    if row.part.price is None or row.part.price.is_stale(today()):
        return "warn"
    return "accent" if row.part.price.kind is PriceKind.OWN else "muted"


def _lock_tip(row: PartRow) -> str:
    said = "Locked parts stay when the best build is looked for."
    return f"{said} All drives are locked together." if row.kind is PartKind.STORAGE else said


def _kind_icon(row: PartRow) -> QIcon:
    return _row_icon(words.KIND_ICON[row.kind], tokens().muted)


def _source(row: PartRow) -> str:
    return row.part.price.source if row.part.price else "–"


def _row_price_tip(row: PartRow) -> str:
    return price_tip(row.part.price)


PARTS = (
    Column("Lock", lambda r: r.is_locked, text=lambda _r: "", width=54,
           check=lambda r: r.is_locked, tip=_lock_tip),
    Column("Part", lambda r: r.short_title, icon=_kind_icon, width=136, tip=lambda r: r.title),
    Column("Choice", lambda r: words.short_name(r.part), stretch=True, tip=_part_tip),
    Column("Qty", lambda r: r.quantity, right=True, width=44),
    Column("Price", lambda r: r.cost, text=_cost_words, right=True, width=76,
           tip=_row_price_tip),
    Column("Likely range", lambda r: r.part.price.low if r.part.price else None,
           text=lambda r: words.price_range(r.part.price, r.to_buy) or "–", right=True,
           width=146, tip=_row_price_tip, colour=lambda _r: "muted"),
    Column("Basis", _basis, width=174, tip=_row_price_tip, colour=_basis_colour),
    Column("Source", _source, width=190, tip=_row_price_tip, colour=lambda _r: "muted"),
)  # fmt: skip

SOURCE_COLUMN = len(PARTS) - 1

POWER = (
    Column("Part", lambda r: r.label, stretch=True, tip=lambda r: rows_tip([], r.source)),
    Column("Pieces", lambda r: r.count, right=True, width=64),
    Column("Each, W", lambda r: r.each_w, text=lambda r: f"{r.each_w:,.0f}", right=True,
           width=72),
    Column("Sum, W", lambda r: r.total_w, text=lambda r: f"{r.total_w:,.0f}", right=True,
           width=72),
    Column("Source", lambda r: r.source, stretch=True, tip=lambda r: rows_tip([], r.source),
           colour=lambda _r: "muted"),
)  # fmt: skip


def _alternative_price(row: Alternative) -> str:
    price = row.part.price
    return money(price.amount * row.quantity, price.currency) if price else "no price"


def _alternative_age(row: Alternative) -> str:
    price = row.part.price
    return "warn" if price is not None and price.is_stale(today()) else "muted"


def _power_change(row: Alternative) -> str:
    if abs(row.power_change_w) < 0.5:
        return "same"
    return f"{'+' if row.power_change_w > 0 else words.MINUS}{watts(abs(row.power_change_w))}"


def _verdict_icon(row: Alternative) -> QIcon:
    name = _VERDICT.get(row.verdict, ("unknown", ""))[0]
    return _row_icon(name, tokens().status(name))


def _price_change(row: Alternative) -> str:
    return words.difference(row.price_change, row.part.price.currency if row.part.price else "USD")


ALTERNATIVES = (
    Column("Part", lambda r: words.short_name(r.part), stretch=True, tip=_part_tip,
           text=lambda r: f"{words.short_name(r.part)}{'  (now)' if r.is_current else ''}"),
    Column("Qty", lambda r: r.quantity, right=True, width=44),
    Column("Price", lambda r: r.part.price.amount * r.quantity if r.part.price else None,
           text=_alternative_price, right=True, width=84, tip=lambda r: price_tip(r.part.price)),
    Column("As of", lambda r: r.part.price.as_of if r.part.price else None, width=104,
           tip=lambda r: price_tip(r.part.price), colour=_alternative_age),
    Column("± price", lambda r: r.price_change, text=_price_change, right=True, width=84,
           tip=lambda _r: "Change of the whole build's price."),
    Column("± speed", lambda r: r.speed_change, text=lambda r: words.share(r.speed_change),
           right=True, width=76, tip=lambda _r: "Change of the expected speed, estimated."),
    Column("± power", lambda r: r.power_change_w, text=_power_change, right=True, width=84,
           tip=lambda _r: "Change of the sustained watts."),
    Column("Checks", lambda r: _VERDICT.get(r.verdict, ("", "Unknown"))[1], icon=_verdict_icon,
           width=104, tip=lambda _r: "What the rules say about the build with this part."),
)  # fmt: skip
