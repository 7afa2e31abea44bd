"""Typed quotes without their window: texts in, kept quotes and one state out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.cloud.quotes import Quote, checked, hourly_usd
from hwstudio.core.cloud.quotes_book import QuoteBook
from hwstudio.core.model.cloud_row import Dedicated
from hwstudio.core.project.own_offers import as_quote
from hwstudio.gui.cloud.offers.limit import number_of

# The fields of the form: what is typed, as text, by the name of what it becomes.
TEXTS = (
    *("provider", "name", "accelerator", "accelerator_count", "accelerator_memory_gb", "vcpus"),
    *("memory_gb", "price", "per", "currency", "usd_rate", "as_of", "contract_months"),
    *("setup_fee", "region", "note"),
)
_NUMBERS = {
    "price": "The price",
    "usd_rate": "The rate",
    "setup_fee": "The set-up fee",
    "accelerator_count": "The number of GPUs",
    "accelerator_memory_gb": "The memory of each GPU",
    "vcpus": "The number of vCPU",
    "memory_gb": "The RAM",
    "contract_months": "The contract",
}
_WHOLE = frozenset({"accelerator_count", "contract_months"})


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One row of either table. ``id`` 0 = the catalogue's."""

    id: int
    quote: Quote
    per_hour: Decimal | None
    is_stale: bool
    source: str

    @property
    def per_gpu(self) -> Decimal | None:
        return None if self.per_hour is None else self.per_hour / self.quote.accelerator_count


@dataclass(frozen=True, slots=True)
class QuotesState:
    """What the page shows."""

    own: tuple[QuoteLine, ...]
    listed: tuple[QuoteLine, ...]
    rates: tuple[tuple[str, Decimal | None], ...]  # of the catalogue's currencies besides USD
    undo: str
    editing: int = 0  # the quote in the form, 0 = a new one


class QuotesViewModel(QObject):
    """``changed`` carries the new QuotesState, ``refused`` a sentence."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        book: QuoteBook,
        listed: Iterable[Dedicated],
        today: Callable[[], date],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._book, self._listed, self._today = book, tuple(listed), today
        self._editing = 0
        self.state = QuotesState((), (), (), "")
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read again what is kept."""
        try:
            self.state = self._made()
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        self.changed.emit(self.state)

    def keep(self, texts: Mapping[str, str]) -> bool:
        """Keep what was typed as a new quote, or in place of the one that is edited."""

        def work() -> None:
            self._book.save(self._quote(texts), self._today())
            self._editing = 0

        return self._try(work)

    def preview(self, texts: Mapping[str, str]) -> str:
        """Return what an hour would cost, or what is still missing."""
        try:
            quote = checked(self._quote(texts), self._today())
        except HwstudioError as error:
            return error.sentence
        each = hourly_usd(quote) or Decimal(0)
        per_gpu = each / quote.accelerator_count
        return f"${each:,.3f} an hour, ${per_gpu:,.3f} per GPU hour."

    def edit(self, line: QuoteLine) -> dict[str, str]:
        """Return a quote's texts for the form; keeping them then replaces it."""
        self._editing = line.id
        self.refresh()
        return quote_texts(line.quote)

    def stop_editing(self) -> None:
        """Let the form stand for a new quote again."""
        self._editing = 0
        self.refresh()

    def remove(self, line: QuoteLine) -> None:
        """Take a quote away; `undo` brings it back."""
        if line.id == self._editing:
            self._editing = 0
        self._try(lambda: self._book.remove(line.id))

    @Slot()
    def undo(self) -> None:
        """Take back the last change."""
        self._editing = 0
        self._try(self._book.undo)

    def set_rate(self, currency: str, text: str) -> None:
        """Say what one of a currency costs in USD; "" forgets it."""

        def work() -> None:
            self._book.set_rate(currency, _number(text, "The rate") if text.strip() else None)

        self._try(work)

    def _try(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return False
        self.refresh()
        return True

    def _quote(self, texts: Mapping[str, str]) -> Quote:
        values: dict[str, object] = {name: texts.get(name, "").strip() for name in TEXTS}
        for name, words in _NUMBERS.items():
            text = str(values[name])
            number = _number(text, words) if text else None
            if name in _WHOLE and number is not None and number != number.to_integral_value():
                raise UserError(f"{words} must be a whole number", f"got {text}")
            values[name] = number
        if values["price"] is None:
            raise UserError("The price is missing", "", "Type it")
        return Quote(
            id=self._editing,
            provider=str(values["provider"]),
            name=str(values["name"]),
            price=Decimal(str(values["price"])),
            per=str(values["per"]) or "month",
            currency=str(values["currency"]) or "USD",
            usd_rate=None if values["usd_rate"] is None else Decimal(str(values["usd_rate"])),
            as_of=str(values["as_of"]),
            contract_months=_whole(values["contract_months"], 0),
            setup_fee=Decimal(str(values["setup_fee"] or 0)),
            accelerator=str(values["accelerator"]),
            accelerator_count=_whole(values["accelerator_count"], 1),
            accelerator_memory_gb=_float(values["accelerator_memory_gb"]),
            vcpus=_float(values["vcpus"]),
            memory_gb=_float(values["memory_gb"]),
            region=str(values["region"]),
            note=str(values["note"]),
        )

    def _made(self) -> QuotesState:
        kept = self._book.kept()
        today = self._today()
        own = tuple(
            QuoteLine(q.id, q, hourly_usd(q), is_stale(q.as_of, today), "your own entry")
            for q in kept.quotes
        )
        listed = []
        for row in self._listed:
            quote = as_quote(row, self._book.rate(row.currency))
            if quote is not None:
                stale = is_stale(row.as_of, today)
                listed.append(QuoteLine(0, quote, hourly_usd(quote), stale, row.source))
        currencies = sorted({row.currency for row in self._listed} - {"USD"})
        return QuotesState(
            own=own,
            listed=tuple(listed),
            rates=tuple((code, self._book.rate(code)) for code in currencies),
            undo=self._book.undo_title(),
            editing=self._editing if self._editing in {q.id for q in kept.quotes} else 0,
        )


def quote_texts(quote: Quote) -> dict[str, str]:
    """Return a quote as the texts of the form."""
    texts = {}
    for name in TEXTS:
        value = getattr(quote, name)
        texts[name] = "" if value is None else str(value)
        if isinstance(value, float):
            texts[name] = f"{value:g}"
        if isinstance(value, Decimal):
            texts[name] = f"{value:f}"
    if quote.setup_fee == 0:
        texts["setup_fee"] = ""
    return texts


def _number(text: str, name: str) -> Decimal:
    value = number_of(text)
    if value is None:
        raise UserError(f"{name} must be a number", f"got '{text}'", "Write it like 1234.50")
    return value


def _whole(value: object, default: int) -> int:
    return int(value) if isinstance(value, Decimal) else default


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, Decimal) else None
