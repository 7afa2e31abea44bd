"""The earlier prices of one offer: a line with dated points, or "no history"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.cloud.age import first_day
from hwstudio.core.cloud.price_history import DatedPrice
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.offers.state import OfferLine
from hwstudio.gui.cloud.offers.words import NO_CHOICE, NO_HISTORY, gpus, price_text
from hwstudio.gui.kit.plot import LinePlot, Series
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

_DAYS = 365.25

_COLUMNS = (
    Column("Date", lambda price: price.as_of, width=116),
    Column(
        "$/GPU-h",
        lambda price: price.per_accelerator_hour,
        lambda price: price_text(price.per_accelerator_hour),
        right=True,
        width=80,
    ),
    Column("Source", lambda price: price.source, tip=lambda price: price.source, stretch=True),
)


class HistoryPane(QWidget):
    """What the chosen offer cost before."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.words = label("", "muted", wrap=True)
        box.addWidget(self.words, 0, Qt.AlignmentFlag.AlignTop)
        self.body = QWidget()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.plot = LinePlot("Price over the years", "Year", "$/GPU-h")
        self.plot.setMinimumSize(240, 100)
        self.table = DataTable("Earlier prices", _COLUMNS)
        row.addWidget(self.plot, 3)
        row.addWidget(self.table, 2)
        box.addWidget(self.body, 1)
        self.show_history(None, ())

    def show_history(self, line: OfferLine | None, prices: tuple[DatedPrice, ...]) -> None:
        """Show the earlier prices, or why there are none."""
        self.words.setText(history_words(line, prices))
        self.body.setVisible(bool(prices))
        self.table.set_rows(prices)
        if not prices:
            return
        x = [year(price.as_of) for price in prices]
        y = [float(price.per_accelerator_hour) for price in prices]
        self.plot.set_series((Series("Price", x, y, has_points=True),))
        self.plot.set_range((min(x) - 0.3, max(x) + 0.3), (0.0, max(y) * 1.15))


def year(as_of: str) -> float:
    """Return a date as a year with a fraction."""
    day = first_day(as_of)
    if day is None:
        return 0.0
    return day.year + (day - day.replace(month=1, day=1)).days / _DAYS


def history_words(line: OfferLine | None, prices: tuple[DatedPrice, ...]) -> str:
    """Return how the price moved in one sentence."""
    if line is None:
        return NO_CHOICE
    name = f"{provider_name(line.offer.provider)}, {gpus(line.offer)}, {line.offer.region}"
    if not prices:
        return f"{name}. {NO_HISTORY}"
    first, last = prices[0], prices[-1]
    change = last.per_accelerator_hour / first.per_accelerator_hour - 1
    way = (
        "the same as"
        if not change
        else f"{abs(change):.0%} {'more' if change > 0 else 'less'} than"
    )
    return (
        f"{name}: ${price_text(last.per_accelerator_hour)} per GPU hour on {last.as_of}, "
        f"{way} on {first.as_of}."
    )  # fmt: skip
