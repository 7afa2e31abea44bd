"""One way to look at everything in the catalogue: kinds, items, facts and prices of any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.model.record import Record

if TYPE_CHECKING:
    from hwstudio.core.catalog.find.finder import Finder
    from hwstudio.core.catalog.reader import Catalog
    from hwstudio.core.model.fact import Fact
    from hwstudio.core.model.price import Price

Item = Part | Record
PART_KINDS = tuple(kind.value for kind in PartKind)


class Browser:
    """The catalogue for faces: a kind is a kind of part or another table, by its id."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def kinds(self) -> tuple[str, ...]:
        """Return the ids of everything that can be browsed, parts first."""
        return (*PART_KINDS, *(shelf.id for shelf in self._catalog.shelves()))

    def finder(self, kind: str) -> Finder[Any]:
        """Return what finds among the items of a kind."""
        return self._catalog.finder(kind)

    def facts(self, item: Item) -> tuple[Fact, ...]:
        """Return every cell of an item: value, unit, who says so, when, how surely."""
        if isinstance(item, Record):
            return self._catalog.record_cells(item)
        return self._catalog.cells(item.id)

    def prices(self, item: Item) -> tuple[Price, ...]:
        """Return every known price of an item, the user's own first."""
        if isinstance(item, Record):
            return (item.price,) if item.price else ()
        return self._catalog.prices(item.id)

    def item(self, item_id: str) -> Item:
        """Return a part or a row of another table by its id.

        Raises:
            UserError: nothing has that id; near ones are named.
        """
        if self._catalog.has_part(item_id):
            return self._catalog.part(item_id)
        for shelf in self._catalog.shelves():
            for record in self._catalog.records(shelf.id):
                if record.id == item_id:
                    return record
        return self._catalog.part(item_id)
