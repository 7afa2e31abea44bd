"""The Parts tab's mind: filters make a new state, and what the user says changes the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.catalog.browse import PART_KINDS, Browser
from hwstudio.core.catalog.compare import MOST
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.catalog.overlay.mine import Observation
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.model.part import Part
from hwstudio.core.model.price import STALE_AFTER_DAYS, PriceKind
from hwstudio.gui.parts.facets import facets_of
from hwstudio.gui.parts.state import Filters, Item, Limits, Mine, PartsState, filters_from


class PartsViewModel(QObject):
    """Holds a PartsState and sends ``changed`` with the new one after every change."""

    changed = Signal(object)

    def __init__(self, browser: Browser, overlay: Overlay, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._browser, self._overlay = browser, overlay
        self._state = PartsState(kinds=browser.kinds(), saved=self._saved())
        self._search()

    @property
    def state(self) -> PartsState:
        """Return what is to be shown."""
        return self._state

    @property
    def browser(self) -> Browser:
        """Return what the tab browses."""
        return self._browser

    # --- filters -------------------------------------------------------------------------------

    def set_kind(self, kind: str) -> None:
        """Look at another kind; what was typed and limits that mean the same there stay."""
        if kind == self._state.filters.kind:
            return
        old, facets = self._state.filters, facets_of(kind)
        kept = {limit.name for limit in facets.limits} & {"price", "release_year"}
        self._change(
            Filters(
                kind=kind,
                text=old.text,
                limits=tuple(pair for pair in old.limits if pair[0] in kept),
            ),
            chosen=(),
        )

    def set_text(self, text: str) -> None:
        """Change the words looked for."""
        self._change(replace(self._state.filters, text=text))

    def set_limit(self, name: str, limits: Limits) -> None:
        """Change the limits of one number, in stored units."""
        kept = {**dict(self._state.filters.limits), name: limits}
        pairs = tuple(sorted((key, pair) for key, pair in kept.items() if pair != (None, None)))
        self._change(replace(self._state.filters, limits=pairs))

    def set_choice(self, name: str, word: str) -> None:
        """Choose one word of a column, "" for any."""
        kept = {**dict(self._state.filters.choices), name: word}
        pairs = tuple(sorted((key, value) for key, value in kept.items() if value))
        self._change(replace(self._state.filters, choices=pairs))

    def set_only(self, name: str, on: bool) -> None:
        """Switch ``only_owned``, ``only_priced`` or ``only_fresh``."""
        flags: dict[str, Any] = {name: on}
        self._change(replace(self._state.filters, **flags))

    def look_for(self, kind: str | None, text: str) -> None:
        """Look for a text in a kind; None = nothing fits anywhere, the filters stay."""
        if kind is None:
            self._show(told=f"Nothing called “{text}” is in the catalogue.", trouble="")
            return
        self._change(Filters(kind=kind, text=text), chosen=())

    def clear_filters(self) -> None:
        """Show everything of the kind."""
        self._change(Filters(kind=self._state.filters.kind))

    def _change(self, filters: Filters, **more: Any) -> None:
        if filters != self._state.filters:
            self._state = replace(self._state, filters=filters, trouble="", told="", **more)
            self._search()

    def look_again(self) -> None:
        """Search anew after the user's own parts or prices changed elsewhere."""
        self._search()

    def _search(self) -> None:
        filters, browser = self._state.filters, self._browser
        facets = facets_of(filters.kind)
        finder, query = browser.finder(filters.kind), self._query(filters)
        everything, found = tuple(finder.items), finder.find(query)
        if not filters.text.strip() and filters.kind in PART_KINDS:
            found = tuple(sorted(found, key=_newest_first))
        bounds = [(one.name, finder.bounds(one.name)) for one in facets.limits]
        self._state = replace(
            self._state,
            rows=found,
            total=len(everything),
            priced=sum(item.price is not None for item in everything),
            bounds=tuple((name, pair) for name, pair in bounds if pair is not None),
            options=tuple(
                (one.name, tuple(finder.options(one.name, query).items())) for one in facets.choices
            ),
            chosen=_renewed(self._state.chosen, everything),
        )
        self._look_at(self._selected_in(found))

    def _query(self, filters: Filters) -> Query:
        oldest = today() - timedelta(days=STALE_AFTER_DAYS)
        return Query(
            text=filters.text,
            ranges=dict(filters.limits),
            choices={name: frozenset({word}) for name, word in filters.choices},
            ids=frozenset(self._overlay.owned()) if filters.only_owned else None,
            has_price=filters.only_priced,
            fresh_price_only_since=oldest.isoformat() if filters.only_fresh else "",
        )

    def _selected_in(self, found: tuple[Item, ...]) -> Item | None:
        """Return the selected item as it is now; another kind has its own first row."""
        chosen = self._state.selected
        for item in found:
            if chosen is not None and item.id == chosen.id:
                return item
        return found[0] if found else None

    # --- the item looked at --------------------------------------------------------------------

    def select(self, item: Item | None) -> None:
        """Look at an item; None (a table that lost its selection) changes nothing."""
        if item is not None and item != self._state.selected:
            self._look_at(item)

    def _look_at(self, item: Item | None) -> None:
        facts = self._browser.facts(item) if item else ()
        prices = self._browser.prices(item) if item else ()
        self._show(selected=item, facts=facts, prices=prices, mine=self._mine(item))

    def _mine(self, item: Item | None) -> Mine:
        if item is None:
            return Mine()
        try:
            owned = self._overlay.owned().get(item.id)
            note = self._overlay.notes().get(item.id)
            prices = self._overlay.prices(item.id)
        except HwstudioError:
            return Mine()  # the trouble was told when the own prices were read
        return Mine(
            quantity=owned.quantity if owned else 0, note=note.text if note else "", prices=prices
        )

    def _show(self, **values: Any) -> None:
        self._state = replace(self._state, **values)
        self.changed.emit(self._state)

    def tell(self, words: str) -> None:
        """Show something that went well."""
        self._show(told=words, trouble="")

    def complain(self, words: str) -> None:
        """Show what did not work, why, and what to do."""
        self._show(trouble=words, told="")

    # --- compare -------------------------------------------------------------------------------

    def choose(self, item: Item, on: bool) -> None:
        """Take an item into the comparison or out of it; there is room for five."""
        kept = tuple(one for one in self._state.chosen if one.id != item.id)
        if on and len(kept) >= MOST:
            self._show(told=f"{MOST} can be compared at once. Take one out first.")
            return
        self._show(chosen=(*kept, item) if on else kept, told="", trouble="")

    def clear_chosen(self) -> None:
        """Take everything out of the comparison."""
        self._show(chosen=(), told="")

    # --- what is the user's own ------------------------------------------------------------------

    def save_price(self, amount: Decimal, currency: str = "USD", kind: str = "own") -> None:
        """Remember what the user pays, or was quoted, for the part looked at."""
        part = self._state.selected
        if isinstance(part, Part):
            seen = Observation(
                part_id=part.id,
                amount=amount,
                currency=currency,
                as_of=today().isoformat(),
                kind=PriceKind(kind),
            )
            self._own(partial(self._overlay.add_price, seen))

    def clear_price(self) -> None:
        """Forget the user's prices of the part looked at."""
        part = self._state.selected
        if part is not None:
            self._own(partial(self._overlay.clear_own_price, part.id))

    def set_owned(self, quantity: int) -> None:
        """Say how many of the item looked at the user has."""
        item = self._state.selected
        if item is not None and quantity != self._state.mine.quantity:
            # The day it was first owned stays when only the number changes.
            since = None if self._state.mine.quantity else today().isoformat()
            self._own(partial(self._overlay.set_owned, item.id, quantity, since))

    def set_note(self, item_id: str, text: str) -> None:
        """Keep a note about an item; an empty one is forgotten."""
        self._own(partial(self._overlay.set_note, item_id, text))

    def _own(self, change: Callable[[], object]) -> None:
        try:
            change()
        except HwstudioError as error:
            self._show(trouble=error.sentence)
            return
        self._state = replace(self._state, trouble="", told="")
        self._search()

    # --- saved searches --------------------------------------------------------------------------

    def _saved(self) -> tuple[tuple[str, str], ...]:
        try:
            found = self._overlay.saved_searches()
        except HwstudioError:
            return ()
        return tuple((search.name, search.kind) for search in found)

    def save_search(self, name: str) -> None:
        """Keep the filters under a name; the same name again replaces them."""
        filters = self._state.filters
        try:
            self._overlay.save_search(name.strip(), filters.kind, filters.as_dict())
        except HwstudioError as error:
            self._show(trouble=error.sentence)
            return
        self._show(saved=self._saved(), told=f"Saved as “{name.strip()}”.", trouble="")

    def open_search(self, name: str) -> None:
        """Take up a saved search."""
        found = [one for one in self._overlay.saved_searches() if one.name == name]
        if not found:
            return
        if found[0].kind not in self._state.kinds:
            self._show(trouble=f"The search “{name}” looks in a table this catalogue lacks.")
            return
        try:
            filters = filters_from(found[0].kind, dict(found[0].query))
        except (TypeError, ValueError):
            self._show(trouble=f"The search “{name}” is damaged. Forget it and save it anew.")
            return
        self._change(filters, chosen=())

    def remove_search(self, name: str) -> None:
        """Forget a saved search."""
        try:
            self._overlay.remove_search(name)
        except HwstudioError as error:
            self._show(trouble=error.sentence)
            return
        self._show(saved=self._saved(), told="", trouble="")


def _renewed(chosen: tuple[Item, ...], everything: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items chosen as they are now, prices anew; those gone are left out."""
    if not chosen:
        return ()
    wanted = {item.id for item in chosen}
    by_id = {item.id: item for item in everything if item.id in wanted}
    return tuple(by_id[item.id] for item in chosen if item.id in by_id)


def _newest_first(item: Item) -> tuple[int, str]:
    return -(item.release_year or 0), item.name.lower()
