"""The transfer calculator: GB that leave a cloud in a month, tier by tier."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QTabBar

from hwstudio.core.base.money import money
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.cost.egress_place import EgressPlace
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.reckon import (
    TransferLine,
    transfer_line,
    transfer_lines,
    transfer_words,
)
from hwstudio.gui.kit.card import BigNumber, Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip

_START = {"place": "aws, us-east-1", "gb": "1000", "before": "0"}
_RULE = (
    "Counted over one calendar month, all jobs together: each GB pays the price of the tier it "
    "falls in. 1 TB = 1,024 GB. Data that come in cost nothing here."
)


def _gb(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


_TIERS = (
    Column(
        "From GB", lambda tier: tier.from_gb, lambda tier: _gb(tier.from_gb), right=True, width=84
    ),
    Column(
        "To GB",
        lambda tier: tier.to_gb,
        lambda tier: "no end" if tier.to_gb is None else _gb(tier.to_gb),
        right=True,
        width=84,
    ),
    Column(
        "$/GB", lambda tier: tier.price_per_gb, lambda tier: f"{tier.price_per_gb:f}",
        right=True, width=76,
    ),
    Column("Billed GB", lambda tier: tier.gb, lambda tier: _gb(tier.gb), right=True, width=90),
    Column(
        "$ a month", lambda tier: tier.cost, lambda tier: money(tier.cost, decimals=2),
        right=True, stretch=True,
    ),
)  # fmt: skip


def _tip(line: TransferLine) -> str:
    place = line.place
    return rows_tip(
        [
            ("No bill", line.refused),
            ("Free a month", f"{_gb(place.free_gb)} GB"),
            ("Source", place.source),
            ("Date", place.as_of),
            ("Note", place.note),
        ],
        place.name,
    )


class TransferCard(Card):
    """What data that leave cost in a month, at every provider in the catalogue."""

    def __init__(self, places: tuple[EgressPlace, ...], memory: Memory, today: date) -> None:
        super().__init__("Data that leave the cloud")
        self._places, self._memory, self._today = places, memory, today
        self._build()
        self._recall()
        self._connect()
        self._on_changed()

    def _build(self) -> None:
        names = tuple((place.name, place.name) for place in self._places)
        self.place = ChoiceField("Provider and place", names)
        self.gb = NumberField("Leaves the cloud", low=0, high=1e9, value=1000, unit="GB")
        self.before = NumberField("Already this month", low=0, high=1e9, value=0, unit="GB")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(labelled("Provider and place", self.place), 2)
        row.addWidget(labelled("Leaves the cloud", self.gb), 1)
        row.addWidget(labelled("Already this month", self.before), 1)
        self.body.addLayout(row)
        self.body.addWidget(label(_RULE, "small", wrap=True))
        answer = QHBoxLayout()
        answer.setSpacing(16)
        self.total = BigNumber("Transfer, the month", role="medium")
        self.total.setFixedWidth(140)
        self.words = label("", "muted", wrap=True)
        answer.addWidget(self.total)
        answer.addWidget(self.words, 1)
        self.body.addLayout(answer)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Tables about transfer")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Tier by tier")
        self.tabs.addTab("All providers for these GB")
        self.tiers = DataTable("Tiers", _TIERS)
        self.every = DataTable("All price lists", self._columns())
        for table in (self.tiers, self.every):
            table.setMinimumHeight(96)
        self.every.hide()
        self.source = label("", "small", wrap=True)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self.tiers, 1)
        self.body.addWidget(self.every, 1)
        self.body.addWidget(self.source)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(
                "Provider and place",
                lambda line: line.place.name,
                tip=_tip,
                colour=lambda line: "accent" if line.is_chosen else "",
                width=220,
            ),
            Column(
                "$ a month",
                lambda line: line.total,
                lambda line: "–" if line.total is None else money(line.total, decimals=2),
                right=True,
                tip=_tip,
                width=90,
            ),
            Column(
                "Free GB",
                lambda line: line.place.free_gb,
                lambda line: _gb(line.place.free_gb),
                right=True,
                tip=_tip,
                width=80,
            ),
            Column(
                "Price date",
                lambda line: line.place.as_of,
                lambda line: self._date(line.place.as_of),
                colour=lambda line: "warn" if is_stale(line.place.as_of, self._today) else "",
                tip=_tip,
                width=130,
            ),
        )

    def _date(self, as_of: str) -> str:
        return f"{as_of}  stale" if is_stale(as_of, self._today) else as_of

    def _connect(self) -> None:
        self.place.chosen.connect(self._on_changed)
        self.gb.changed.connect(self._on_changed)
        self.before.changed.connect(self._on_changed)
        self.tabs.currentChanged.connect(self._on_tab)
        self.every.row_activated.connect(self._on_row)

    def _recall(self) -> None:
        texts = {**_START, **self._memory.texts()}
        self.place.set_value(texts["place"])
        for name, field in (("gb", self.gb), ("before", self.before)):
            try:
                field.set_value(float(texts[name]))
            except ValueError:
                field.set_value(float(_START[name]))

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self.tiers.setVisible(number == 0)
        self.every.setVisible(number == 1)

    @Slot(object)
    def _on_row(self, line: object) -> None:
        if isinstance(line, TransferLine):
            self.place.set_value(line.place.name)
            self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        texts = {"gb": f"{self.gb.value:g}", "before": f"{self.before.value:g}"}
        self._memory.keep({"place": self.place.value, **texts})
        place = next(one for one in self._places if one.name == self.place.value)
        gb, before = Decimal(str(self.gb.value)), Decimal(str(self.before.value))
        line = transfer_line(place, before + gb)
        bill = line.bill
        total = "–" if bill is None else money(bill.total, decimals=2)
        average = bill.average_per_gb if bill else None
        note = f"{average:.4f} $/GB on average" if average is not None else ""
        self.total.show_value(total, "", note)
        self.words.setText(transfer_words(place, before, gb))
        self.tiers.set_rows(bill.tiers if bill else (), "No bill.")
        self.every.set_rows(transfer_lines(self._places, before + gb, place))
        more = f" {place.note[:1].upper()}{place.note[1:]}." if place.note else ""
        self.source.setText(f"{place.source}, {self._date(place.as_of)}.{more}")
