"""The Parts tab's mind: filters make a new state, and an own price changes the catalogue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QObject, Signal

from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.units import GIB
from hwstudio.core.catalog.overlay import Overlay
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.catalog.search import Query
from hwstudio.core.model.part import Cooler, Part, PartKind
from hwstudio.gui.parts.state import Filters, PartsState

# Filters that mean something for a kind; others are dropped when the kind changes.
HAS_SOCKET = {PartKind.CPU, PartKind.MOTHERBOARD, PartKind.COOLER}
HAS_VRAM = {PartKind.GPU, PartKind.GPU_CARD}
HAS_POWER = {PartKind.GPU, PartKind.GPU_CARD, PartKind.CPU, PartKind.PSU}


class PartsViewModel(QObject):
    """Holds a PartsState and sends ``changed`` with the new one after every change."""

    changed = Signal(object)

    def __init__(self, catalog: Catalog, overlay: Overlay, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalog, self._overlay = catalog, overlay
        self._state = PartsState()
        self._search()

    @property
    def state(self) -> PartsState:
        """Return what is to be shown."""
        return self._state

    # --- filters -------------------------------------------------------------------------------

    def set_kind(self, kind: PartKind) -> None:
        """Look at another kind of part; what was typed stays, limits of the old kind go."""
        old = self._state.filters
        self._change(
            Filters(
                kind=kind,
                text=old.text,
                max_price=old.max_price,
                min_vram_gib=old.min_vram_gib if kind in HAS_VRAM else None,
                max_power_w=old.max_power_w if kind in HAS_POWER else None,
            )
        )

    def set_filter(self, **values: Any) -> None:
        """Change fields of Filters other than the kind."""
        self._change(replace(self._state.filters, **values))

    def clear_filters(self) -> None:
        """Show every part of the kind."""
        self._change(Filters(kind=self._state.filters.kind))

    def _change(self, filters: Filters) -> None:
        if filters != self._state.filters:
            self._state = replace(self._state, filters=filters)
            self._search()

    def _search(self) -> None:
        filters = self._state.filters
        everything = self._catalog.parts(filters.kind)
        found = self._catalog.search(filters.kind, _query(filters))
        if not filters.text.strip():
            found = tuple(sorted(found, key=_newest_first))
        self._state = replace(
            self._state,
            rows=found,
            total=len(everything),
            priced=sum(part.price is not None for part in everything),
            makers=tuple(sorted({part.maker for part in everything}, key=str.lower)),
            sockets=tuple(sorted({name for part in everything for name in _sockets(part)})),
        )
        self._look_at(self._selected_in(found))

    def _selected_in(self, found: tuple[Part, ...]) -> Part | None:
        """Return the selected part as it is now; another kind has its own first row."""
        chosen = self._state.selected
        for part in found:
            if chosen is not None and part.id == chosen.id:
                return part
        return found[0] if found else None

    # --- the part looked at ----------------------------------------------------------------------

    def select(self, part: Part | None) -> None:
        """Look at a part; None (a table that lost its selection) changes nothing."""
        if part is not None and part != self._state.selected:
            self._look_at(part)

    def _look_at(self, part: Part | None) -> None:
        facts = self._catalog.cells(part.id) if part else ()
        prices = self._catalog.prices(part.id) if part else ()
        self._show(selected=part, facts=facts, prices=prices, trouble="")

    def _show(self, **values: Any) -> None:
        self._state = replace(self._state, **values)
        self.changed.emit(self._state)

    # --- own prices ----------------------------------------------------------------------------

    def save_price(self, amount: Decimal) -> None:
        """Remember what the user pays for the part looked at."""
        part = self._state.selected
        if part is None:
            return
        try:
            self._overlay.set_own_price(part.id, amount, "USD", today().isoformat())
        except HwstudioError as error:
            self._show(trouble=error.sentence)
            return
        self._search()

    def clear_price(self) -> None:
        """Forget the user's price of the part looked at."""
        part = self._state.selected
        if part is None:
            return
        try:
            self._overlay.clear_own_price(part.id)
        except HwstudioError as error:
            self._show(trouble=error.sentence)
            return
        self._search()


def _query(filters: Filters) -> Query:
    vram = filters.min_vram_gib
    return Query(
        text=filters.text,
        maker=filters.maker,
        socket=filters.socket,
        min_vram_bytes=None if vram is None else vram * GIB,
        max_price=filters.max_price,
        max_power_w=filters.max_power_w,
    )


def _newest_first(part: Part) -> tuple[int, str]:
    return -(part.release_year or 0), part.name.lower()


def _sockets(part: Part) -> tuple[str, ...]:
    if isinstance(part, Cooler):
        return part.sockets
    socket: str | None = getattr(part, "socket", None)
    return (socket,) if socket else ()
