"""Typed quotes and the catalogue's dedicated servers: a form at the left, both tables beside it."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base import clock
from hwstudio.core.cloud.quotes import terms_words
from hwstudio.core.model.cloud_row import Dedicated
from hwstudio.gui.cloud.offers.limit import LimitField
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.quote_form import QuoteForm
from hwstudio.gui.cloud.offers.quotes_viewmodel import QuoteLine, QuotesState, QuotesViewModel
from hwstudio.gui.cloud.offers.words import price_text
from hwstudio.gui.cloud.sections import CloudServices
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip

_NO_QUOTE = "No quote yet. Type one at the left: it then stands among all offers."
_RATE_TIP = "Needed to set prices in {0} beside prices in USD; the rate is yours to look up."


def _tip(line: QuoteLine) -> str:
    quote = line.quote
    return rows_tip(
        [
            ("Terms", terms_words(quote)),
            ("Source", line.source),
            ("Date", f"{quote.as_of}, stale" if line.is_stale else quote.as_of),
        ],
        f"{quote.provider} {quote.name}",
    )


def _agreed(line: QuoteLine) -> str:
    quote = line.quote
    amount = f"{quote.price:,.2f}".removesuffix(".00")
    return f"{amount} {quote.currency} / {quote.per}"


_COLUMNS = (
    Column("Provider", lambda line: line.quote.provider, tip=_tip, width=110),
    Column("Machine", lambda line: line.quote.name, tip=_tip, width=140),
    Column(
        "GPUs",
        lambda line: line.quote.accelerator,
        lambda line: f"{line.quote.accelerator_count} x {line.quote.accelerator}",
        tip=_tip,
        width=150,
    ),
    Column("Price", lambda line: line.quote.price, _agreed, right=True, tip=_tip, width=158),
    Column(
        "$/h",
        lambda line: line.per_hour,
        lambda line: "needs a rate" if line.per_hour is None else price_text(line.per_hour),
        right=True,
        tip=_tip,
        colour=lambda line: "warn" if line.per_hour is None else "",
        width=90,
    ),
    Column(
        "$/GPU-h",
        lambda line: line.per_gpu,
        lambda line: price_text(line.per_gpu),
        right=True,
        tip=_tip,
        width=80,
    ),
    Column(
        "Set-up fee",
        lambda line: line.quote.setup_fee,
        lambda line: (
            f"{line.quote.setup_fee:,f} {line.quote.currency}" if line.quote.setup_fee else "–"
        ),
        right=True,
        tip=_tip,
        width=96,
    ),
    Column(
        "Contract",
        lambda line: line.quote.contract_months,
        lambda line: f"{line.quote.contract_months} months" if line.quote.contract_months else "–",
        right=True,
        tip=_tip,
        width=90,
    ),
    Column(
        "Price date",
        lambda line: line.quote.as_of,
        lambda line: f"{line.quote.as_of}  stale" if line.is_stale else line.quote.as_of,
        tip=_tip,
        colour=lambda line: "warn" if line.is_stale else "",
        width=130,
    ),
    Column("Place", lambda line: line.quote.region or None, tip=_tip, width=100),
    Column("Source", lambda line: line.source, tip=_tip, width=200),
)


class QuotesPage(QWidget):
    """What the user was offered, beside what the catalogue knows of whole servers."""

    def __init__(self, services: CloudServices, memory: Memory) -> None:
        super().__init__()
        self._services = services
        studio = services.context.studio
        rows = (r for r in studio.catalog.table("dedicated") if isinstance(r, Dedicated))
        self.model = QuotesViewModel(studio.quotes, rows, clock.today, self)
        gpus = sorted(gpu.name for gpu in studio.catalog.gpus())
        self.form = QuoteForm(gpus, clock.today().isoformat(), memory)
        self.rates: dict[str, LimitField] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        card = Card("A quote or a server of your own")
        card.setFixedWidth(420)
        card.body.addWidget(self.form, 1)
        row.addWidget(card)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._own_card(), 1)
        right.addWidget(self._listed_card(), 1)
        row.addLayout(right, 1)
        self._connect()
        self._on_changed(self.model.state)

    def _own_card(self) -> QWidget:
        card = Card("Your quotes")
        self.edit = QPushButton("Edit")
        self.remove = QPushButton("Remove")
        self.undo = QPushButton("Undo")
        for button in (self.edit, self.remove, self.undo):
            card.head.addWidget(button)
        self.own = DataTable("Your quotes", _COLUMNS)
        card.body.addWidget(self.own, 1)
        return card

    def _listed_card(self) -> QWidget:
        card = Card("Dedicated servers in the catalogue")
        for code, _ in self.model.state.rates:
            card.head.addWidget(label(f"1 {code} =", "small"))
            field = LimitField("rate", f"USD for 1 {code}")
            field.setToolTip(_RATE_TIP.format(code))
            field.setFixedWidth(80)
            field.editingFinished.connect(self._on_rate)
            card.head.addWidget(field)
            card.head.addWidget(label("USD", "small"))
            self.rates[code] = field
        self.listed = DataTable("Dedicated servers", _COLUMNS)
        card.body.addWidget(self.listed, 1)
        return card

    def _connect(self) -> None:
        self.model.changed.connect(self._on_changed)
        self.model.refused.connect(self._services.say_problem)
        self.form.kept.connect(self._on_keep)
        self.form.typed.connect(self._on_typed)
        self.form.stopped.connect(self._on_stop)
        self.edit.clicked.connect(self._on_edit)
        self.own.row_activated.connect(self._on_edit)
        self.own.row_selected.connect(self._on_selected)
        self.remove.clicked.connect(self._on_remove)
        self.undo.clicked.connect(self.model.undo)
        QShortcut(QKeySequence.StandardKey.Delete, self.own, self._on_remove)

    @Slot(object)
    def _on_changed(self, state: QuotesState) -> None:
        self.own.set_rows(state.own, _NO_QUOTE)
        self.listed.set_rows(state.listed)
        self.undo.setEnabled(bool(state.undo))
        self.undo.setToolTip(f"Undo: {state.undo}" if state.undo else "")
        for code, rate in state.rates:
            if not self.rates[code].hasFocus():
                self.rates[code].setText("" if rate is None else _plain(rate))
        self._on_typed()
        self._on_selected()

    @Slot()
    def _on_typed(self) -> None:
        words = self.model.preview(self.form.texts())
        self.form.say(words, is_editing=bool(self.model.state.editing))

    @Slot()
    def _on_selected(self) -> None:
        has_one = bool(self._chosen())
        self.edit.setEnabled(has_one)
        self.remove.setEnabled(has_one)

    def _chosen(self) -> QuoteLine | None:
        rows = self.own.selected_rows()
        return rows[0] if rows and isinstance(rows[0], QuoteLine) else None

    @Slot(object)
    def _on_keep(self, texts: dict[str, str]) -> None:
        if self.model.keep(texts):
            self.form.show_texts({})
            self._services.context.status("Quote kept; it stands among all offers")

    @Slot()
    def _on_stop(self) -> None:
        self.form.show_texts({})
        self.model.stop_editing()

    @Slot()
    def _on_edit(self) -> None:
        line = self._chosen()
        if line is not None:
            self.form.show_texts(self.model.edit(line))

    @Slot()
    def _on_remove(self) -> None:
        line = self._chosen()
        if line is not None:
            self.model.remove(line)
            self.own.clearSelection()

    @Slot()
    def _on_rate(self) -> None:
        for code, field in self.rates.items():
            if field is self.sender():
                self.model.set_rate(code, field.text())

    def showEvent(self, event: QShowEvent) -> None:
        """Take up what was changed elsewhere."""
        super().showEvent(event)
        self.model.refresh()


def _plain(value: Decimal) -> str:
    return f"{value:f}"
