"""Offers side by side: one column an offer, what differs first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.units import GIB
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.offers.state import OfferLine
from hwstudio.gui.cloud.offers.tables import line_tip, spot_kind
from hwstudio.gui.cloud.offers.words import NO_COMPARED, gpus, memory_words, price_text, tier
from hwstudio.gui.kit.table import Column, DataTable


def _amount(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


_ASKED: tuple[tuple[str, Callable[[OfferLine], str]], ...] = (
    ("$/GPU-h", lambda line: price_text(line.per_gpu)),
    ("$/h", lambda line: price_text(line.offer.price_per_hour)),
    ("Spot, $/h", lambda line: price_text(line.offer.spot_per_hour)),
    ("Spot is", lambda line: spot_kind(line.offer) or "–"),
    ("Interrupted a month", lambda line: line.offer.interruption_band or "–"),
    ("By the month, $/h", lambda line: price_text(line.offer.price_1m_per_hour)),
    ("1-year commitment, $/h", lambda line: price_text(line.offer.price_1y_per_hour)),
    ("3-year commitment, $/h", lambda line: price_text(line.offer.price_3y_per_hour)),
    ("GPUs", lambda line: gpus(line.offer)),
    ("GPU memory", lambda line: memory_words(line.offer)),
    ("vCPU", lambda line: _amount(line.offer.vcpus)),
    (
        "RAM, GiB",
        lambda line: _amount(line.offer.memory_bytes and line.offer.memory_bytes / GIB),
    ),
    ("Region", lambda line: line.offer.region),
    ("Tier", lambda line: tier(line.offer.offer_type)),
    ("Price date", lambda line: line.offer.as_of + (", stale" if line.is_stale else "")),
    ("Source", lambda line: line.offer.source),
    ("Status", lambda line: line.retired or "can be rented"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trait:
    """One line of the comparison."""

    name: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


def traits(lines: tuple[OfferLine, ...]) -> tuple[Trait, ...]:
    """Return what there is to compare, what differs first; nothing where none says anything."""
    found = [Trait(name, tuple(map(ask, lines))) for name, ask in _ASKED]
    said = [trait for trait in found if set(trait.cells) != {"–"}]
    return tuple(sorted(said, key=lambda trait: not trait.differs))


class ComparePane(QWidget):
    """The table, made anew when other offers are chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._shown: tuple[OfferLine, ...] | None = None
        self.table = self._put(())

    def show_lines(self, lines: tuple[OfferLine, ...]) -> None:
        """Show these offers side by side."""
        if lines == self._shown:
            return
        self._shown = lines
        old = self.table
        self.table = self._put(lines)
        self._box.removeWidget(old)
        old.deleteLater()

    def _put(self, lines: tuple[OfferLine, ...]) -> DataTable:
        columns = [Column("", lambda trait: trait.name, width=170)]
        for number, line in enumerate(lines):
            columns.append(_column(number, line))
        table = DataTable("Offers side by side", tuple(columns))
        table.set_rows(traits(lines) if lines else (), NO_COMPARED)
        self._box.addWidget(table, 1)
        return table


def _column(number: int, line: OfferLine) -> Column:
    tip = line_tip(line)
    return Column(
        f"{provider_name(line.offer.provider)}, {gpus(line.offer)}",
        lambda trait: trait.cells[number],
        tip=lambda _: tip,
        colour=lambda trait: "" if trait.differs else "muted",
        width=230,
    )
