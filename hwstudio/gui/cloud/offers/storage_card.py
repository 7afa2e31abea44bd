"""The storage calculator: a product and a volume in, the month's bill and its causes out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QTabBar

from hwstudio.core.base.money import money
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.cost.storage_product import Product, Wanted
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.reckon import (
    StorageLine,
    parts,
    stopped_words,
    storage_line,
    storage_lines,
)
from hwstudio.gui.kit.card import BigNumber, Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label, set_role
from hwstudio.gui.kit.tip import rows_tip

_START = {"provider": "aws", "product": "EBS gp3", "size": "500", "iops": "0", "speed": "0", "running": "120"}  # fmt: skip # noqa: E501
_PARTS = (
    Column("Cause", lambda part: part.name, width=90),
    Column("How", lambda part: part.how, tip=lambda part: part.how, stretch=True),
    Column(
        "$ a month",
        lambda part: part.cost,
        lambda part: money(part.cost, decimals=2),
        right=True,
        width=90,
    ),
)


def _tip(line: StorageLine) -> str:
    row = line.answer.row if line.answer else line.product.row
    return rows_tip(
        [
            ("Price", f"${row.price_per_gb_month:f} per GB and month"),
            ("Kind", row.persistence),
            ("Region", row.region),
            ("No bill", line.refused),
            ("Source", row.source),
            ("Date", row.as_of),
            ("Note", row.note),
        ],
        f"{provider_name(line.product.provider)} {line.product.name}",
    )


def _total(line: StorageLine) -> str:
    if line.total is None:
        return "–"
    is_included = line.product.row.price_per_gb_month == 0
    return "in the rent" if is_included else money(line.total, decimals=2)


class StorageCard(Card):
    """What a volume costs in a month, in every product."""

    def __init__(self, products: tuple[Product, ...], memory: Memory, today: date) -> None:
        super().__init__("Storage")
        self._products, self._memory, self._today = products, memory, today
        self._build()
        self._recall()
        self._connect()
        self._on_changed()

    def _build(self) -> None:
        providers = sorted({product.provider for product in self._products})
        self.provider = ChoiceField(
            "Provider", tuple((one, provider_name(one)) for one in providers)
        )
        self.product = ChoiceField("Product")
        self.volume = NumberField("Size", low=0, high=1e9, value=500, unit="GB")
        self.iops = NumberField("IOPS wanted", low=0, high=1e7, value=0)
        self.speed = NumberField("MB/s wanted", low=0, high=1e6, value=0)
        self.running = NumberField("Machine runs", low=0, high=730, value=120, unit="h")
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(labelled("Provider", self.provider), 1)
        first.addWidget(labelled("Product", self.product), 2)
        first.addWidget(labelled("Size", self.volume), 1)
        second.addWidget(labelled("IOPS wanted", self.iops, "0 = what is included"), 1)
        second.addWidget(labelled("MB/s wanted", self.speed, "0 = what is included"), 1)
        tip = "Of the 730 hours of a month; the storage is billed for all of them"
        second.addWidget(labelled("Machine runs, a month", self.running, tip), 1)
        for row in (first, second):
            row.setSpacing(8)
            self.body.addLayout(row)
        answer = QHBoxLayout()
        answer.setSpacing(16)
        self.total = BigNumber("Storage, a month", role="medium")
        self.total.setFixedWidth(128)
        self.words = label("", "muted", wrap=True)
        answer.addWidget(self.total)
        answer.addWidget(self.words, 1)
        self.body.addLayout(answer)
        self._build_tables()

    def _build_tables(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName("Tables about storage")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("How it adds up")
        self.tabs.addTab("All products for this volume")
        self.parts = DataTable("Causes of the bill", _PARTS)
        self.every = DataTable("All storage products", self._columns())
        self.parts.setMinimumHeight(96)
        self.every.setMinimumHeight(96)
        self.every.hide()
        self.source = label("", "small", wrap=True)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self.parts, 1)
        self.body.addWidget(self.every, 1)
        self.body.addWidget(self.source)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(
                "Provider", lambda line: provider_name(line.product.provider), tip=_tip, width=100
            ),
            Column(
                "Product",
                lambda line: line.product.name,
                tip=_tip,
                colour=lambda line: "accent" if line.is_chosen else "",
                width=170,
            ),
            Column(
                "$ a month",
                lambda line: line.total,
                _total,
                right=True,
                tip=_tip,
                width=90,
            ),
            Column("Kind", lambda line: line.product.row.persistence, tip=_tip, width=110),
            Column(
                "Price date",
                lambda line: line.product.row.as_of,
                lambda line: self._date(line.product.row.as_of),
                colour=lambda line: "warn" if self._is_stale(line.product.row.as_of) else "",
                tip=_tip,
                width=126,
            ),
        )

    def _is_stale(self, as_of: str) -> bool:
        return is_stale(as_of, self._today)

    def _date(self, as_of: str) -> str:
        return f"{as_of}  stale" if self._is_stale(as_of) else as_of

    def _connect(self) -> None:
        self.provider.chosen.connect(self._on_provider)
        self.product.chosen.connect(self._on_changed)
        for field in (self.volume, self.iops, self.speed, self.running):
            field.changed.connect(self._on_changed)
        self.tabs.currentChanged.connect(self._on_tab)
        self.every.row_activated.connect(self._on_row)

    def _recall(self) -> None:
        texts = {**_START, **self._memory.texts()}
        self.provider.set_value(texts["provider"])
        self._list_products(texts["product"])
        for name, field in self._numbers().items():
            try:
                field.set_value(float(texts[name]))
            except ValueError:
                field.set_value(float(_START[name]))

    def _numbers(self) -> dict[str, NumberField]:
        return {
            "size": self.volume,
            "iops": self.iops,
            "speed": self.speed,
            "running": self.running,
        }

    def _list_products(self, value: str = "") -> None:
        mine = [one.name for one in self._products if one.provider == self.provider.value]
        self.product.set_options(tuple((name, name) for name in mine), value or mine[0])

    def chosen(self) -> Product:
        """Return the product chosen."""
        key = (self.provider.value, self.product.value)
        return next(one for one in self._products if (one.provider, one.name) == key)

    def wanted(self) -> Wanted:
        """Return the volume typed."""
        return Wanted(
            size_gb=_exact(self.volume), iops=_exact(self.iops), throughput_mb_s=_exact(self.speed)
        )

    @Slot()
    def _on_provider(self) -> None:
        self._list_products()
        self._on_changed()

    @Slot(int)
    def _on_tab(self, number: int) -> None:
        self.parts.setVisible(number == 0)
        self.every.setVisible(number == 1)

    @Slot(object)
    def _on_row(self, line: object) -> None:
        if isinstance(line, StorageLine):
            self.provider.set_value(line.product.provider)
            self._list_products(line.product.name)
            self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        texts = {name: f"{field.value:g}" for name, field in self._numbers().items()}
        choices = {"provider": self.provider.value, "product": self.product.value}
        self._memory.keep({**texts, **choices})
        product, wanted = self.chosen(), self.wanted()
        line = storage_line(product, wanted)
        row = line.answer.row if line.answer else product.row
        total = "–" if line.total is None else money(line.total, decimals=2)
        self.total.show_value(total, "", "730 h, all billed")
        set_role(self.words, "muted" if line.answer else "warn")
        if line.answer:
            running = _exact(self.running)
            self.words.setText(stopped_words(product, line.answer.bill.total, running))
        else:
            self.words.setText(line.refused)
        self.parts.set_rows(parts(line.answer, wanted) if line.answer else (), "No bill.")
        self.every.set_rows(storage_lines(self._products, wanted, product))
        note = f" {row.note[:1].upper()}{row.note[1:]}." if row.note else ""
        self.source.setText(f"{row.region}, {row.source}, {self._date(row.as_of)}.{note}")


def _exact(field: NumberField) -> Decimal:
    return Decimal(str(field.value))
