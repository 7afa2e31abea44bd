"""The user's own layer over the catalogue, in a file of its own, so that no update ever eats it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Container, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar, cast

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.overlay import journal, mine
from hwstudio.core.catalog.overlay import rows as overlay_rows
from hwstudio.core.catalog.overlay.file import DamageError, OverlayFile
from hwstudio.core.catalog.overlay.journal import Change
from hwstudio.core.catalog.overlay.mine import (
    Batch,
    Lost,
    Note,
    Observation,
    Owned,
    OwnPart,
    SavedSearch,
    Undone,
)
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import Price, PriceKind

T = TypeVar("T")
_MOST_QUERY_LETTERS = 20_000
_ATTEMPTS = 4  # another process may damage or replace the file meanwhile, but not for ever


class Overlay:
    """Reads and writes what is the user's; each change is on disk before the call returns.

    Any thread may ask. Each change is one batch that `undo` takes back.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._disk = OverlayFile(file)
        self._write_lock = threading.RLock()
        self._seen: dict[str, Any] = {}  # what was read since the last change
        self._revision = 0
        self._stamp = self._stamp_now()

    @property
    def set_aside(self) -> Path | None:
        """Return where a damaged file was moved to."""
        return self._disk.set_aside

    @property
    def backup(self) -> Path | None:
        """Return the copy that was made of a file of an older format."""
        return self._disk.backup

    @property
    def revision(self) -> int:
        """Return a number that grows with each change, another process's included."""
        if self._stamp_now() != self._stamp and self._write_lock.acquire(blocking=False):
            try:
                if self._stamp_now() != self._stamp:
                    self._changed()
            finally:
                self._write_lock.release()
        return self._revision

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _changed(self) -> None:
        self._stamp = self._stamp_now()
        self._revision += 1
        self._seen = {}

    # --- prices --------------------------------------------------------------------------

    def own_prices(self) -> dict[str, Price]:
        """Return the price that speaks for each part: own before quote, the newest.

        A second-hand price never does; it stands among `prices`.
        """
        speaking = {part_id: found[0] for part_id, found in self._by_part().items()}
        return {
            part_id: first.price
            for part_id, first in speaking.items()
            if first.kind in mine.SPEAKING
        }

    def prices(self, part_id: str) -> tuple[Price, ...]:
        """Return every price the user saw of a part, the newest first."""
        return tuple(each.price for each in self.observations(part_id))

    def observations(self, part_id: str | None = None) -> tuple[Observation, ...]:
        """Return the prices as they were put in: of a part, or all, by part, the newest first."""
        chosen = self._by_part()
        found = chosen.values() if part_id is None else [chosen.get(part_id, ())]
        return tuple(each for group in found for each in _newest_first(group))

    def _by_part(self) -> dict[str, tuple[Observation, ...]]:
        return self._read("prices", overlay_rows.observations_by_part) or {}

    def set_own_price(
        self,
        part_id: str,
        amount: Decimal,
        currency: str,
        as_of: str,
        note: str = "",
        *,
        is_free: bool = False,
    ) -> None:
        """Say what the user pays for a part from ``as_of`` on; own prices of later days go.

        ``is_free`` lets the amount be 0: the user said in so many words that it costs nothing.

        Raises:
            UserError: the amount, currency or date cannot be one.
            HostError: it cannot be saved.
        """
        seen = mine.checked(
            Observation(part_id=part_id, amount=amount, currency=currency, as_of=as_of, note=note),
            is_free=is_free,
        )

        def changes(db: Connection) -> Iterable[Change]:
            old = overlay_rows.prices_from(db, seen.part_id, seen.kind, seen.as_of)
            return overlay_rows.price_changes(seen, old)

        self.change(f"your price of {part_id}", changes)

    def add_price(self, seen: Observation, *, is_free: bool = False) -> None:
        """Note a price down beside the earlier ones; ``is_free`` lets the amount be 0.

        One of the same kind, seller, currency and day is replaced.

        Raises:
            UserError: the amount, currency, date or kind cannot be one.
            HostError: it cannot be saved.
        """
        sound = mine.checked(seen, is_free=is_free)

        def changes(db: Connection) -> Iterable[Change]:
            return overlay_rows.price_changes(sound, overlay_rows.same_prices(db, sound))

        self.change(f"a price of {seen.part_id}", changes)

    def clear_own_price(self, part_id: str, kind: PriceKind | None = None) -> None:
        """Forget the user's prices of a part (of one kind); nothing happens without any."""

        def changes(db: Connection) -> Iterable[Change]:
            old = overlay_rows.prices_from(db, part_id, kind, "")
            return [Change("price", str(row["id"]), row, None) for row in old]

        self.change(f"no price of {part_id}", changes)

    # --- parts ---------------------------------------------------------------------------

    def own_parts(self, kind: PartKind | None = None) -> tuple[OwnPart, ...]:
        """Return the parts the user described, of a kind or all, by name."""
        found = self._read("parts", overlay_rows.own_parts) or ()
        return tuple(part for part in found if kind in {None, part.kind})

    def save_own_part(self, part: OwnPart) -> None:
        """Keep a part; one of the same id is replaced.

        The values are taken as they are: `own_part.from_text` checks them.

        Raises:
            UserError: the id does not begin with "own-", or the name is empty.
            HostError: it cannot be saved.
        """
        row = overlay_rows.own_part_row(part)
        self._set("own_part", part.id, row, f"your part {part.name}")

    def remove_own_part(self, part_id: str) -> None:
        """Forget a part; its prices, notes and number of pieces stay until they are removed."""
        self._set("own_part", part_id, None, f"no part {part_id}")

    # --- owned, notes ----------------------------------------------------------------------

    def owned(self) -> dict[str, Owned]:
        """Return what the user has, by part id."""
        return dict(self._read("owned", overlay_rows.owned) or {})

    def set_owned(
        self, part_id: str, quantity: int, since: str | None = None, note: str | None = None
    ) -> None:
        """Say how many pieces of a part the user has; 0 forgets it.

        ``since`` and ``note`` stay as they stand where they are None; "" empties them.

        Raises:
            UserError: the quantity or date cannot be one.
            HostError: it cannot be saved.
        """
        sound = mine.checked_owned(Owned(part_id, quantity, since or "", note or ""))
        said = {"since": since, "note": note}

        def changes(db: Connection) -> Iterable[Change]:
            before = journal.row_of(db, "owned", sound.part_id)
            after = overlay_rows.owned_row(sound)
            if before is not None:
                after |= {name: before[name] for name, text in said.items() if text is None}
            return [Change("owned", sound.part_id, before, after if quantity else None)]

        self.change(f"how many {part_id} you have", changes)

    def notes(self) -> dict[str, Note]:
        """Return the user's notes by part id."""
        return dict(self._read("notes", overlay_rows.notes) or {})

    def set_note(self, part_id: str, text: str) -> None:
        """Keep a note about a part; an empty one removes it.

        Raises:
            UserError: it is longer than 10,000 letters.
            HostError: it cannot be saved.
        """
        kept = mine.clean(text, "The note")

        def changes(db: Connection) -> Iterable[Change]:
            before = journal.row_of(db, "note", part_id)
            if before is not None and before["text"] == kept:
                return []
            after = overlay_rows.note_row(Note(part_id, kept, iso_now())) if kept else None
            return [Change("note", part_id, before, after)]

        self.change(f"your note on {part_id}", changes)

    # --- saved searches --------------------------------------------------------------------

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        """Return the saved searches in the order they were made."""
        return self._read("searches", overlay_rows.searches) or ()

    def save_search(self, name: str, kind: str, query: Mapping[str, Any]) -> None:
        """Keep a search over a kind of part or another table; the same name is replaced.

        Raises:
            UserError: the name is empty, or the query is too large.
            HostError: it cannot be saved.
        """
        kept = _search_name(name)
        text = json.dumps(query, ensure_ascii=False, sort_keys=True, allow_nan=False)
        if len(text) > _MOST_QUERY_LETTERS:
            raise UserError("The search cannot be kept", "it is too large", "Use fewer words")

        def changes(db: Connection) -> Iterable[Change]:
            before = journal.row_of(db, "saved_search", kept)
            place = before["position"] if before else overlay_rows.next_position(db)
            after = {"name": kept, "kind": str(kind), "query": text, "position": place}
            return [Change("saved_search", kept, before, after)]

        self.change(f"the search {kept}", changes)

    def rename_search(self, old: str, new: str) -> None:
        """Give a saved search another name.

        Raises:
            UserError: there is none of the old name, or one of the new name already.
            HostError: it cannot be saved.
        """
        kept = _search_name(new)

        def changes(db: Connection) -> Iterable[Change]:
            before = journal.row_of(db, "saved_search", old)
            if before is None:
                raise UserError(f"There is no saved search '{old}'")
            if kept != old and journal.row_of(db, "saved_search", kept):
                raise UserError(f"There is a search '{kept}' already", "", "Choose another name")
            if kept == old:
                return []
            after = before | {"name": kept}
            return [
                Change("saved_search", old, before, None),
                Change("saved_search", kept, None, after),
            ]

        self.change(f"the search {kept}", changes)

    def remove_search(self, name: str) -> None:
        """Forget a saved search; nothing happens without one of that name."""
        self._set("saved_search", name, None, f"no search {name}")

    # --- what is no longer in the catalogue --------------------------------------------------

    def lost(self, known: Container[str]) -> tuple[Lost, ...]:
        """Return what is kept about parts that are neither in ``known`` nor the user's own.

        Nothing is ever removed because an updated catalogue no longer has a part.
        """
        own = {part.id for part in self.own_parts()}
        seen = self.observations()
        everything = [
            *(Lost(each.part_id, "price", overlay_rows.price_words(each)) for each in seen),
            *(Lost(key, "owned", f"{each.quantity} owned") for key, each in self.owned().items()),
            *(Lost(key, "note", each.text) for key, each in self.notes().items()),
        ]
        return tuple(it for it in everything if it.part_id not in own and it.part_id not in known)

    def rows(self, table: str) -> tuple[journal.Row, ...]:
        """Return the rows of one of ``overlay_schema.TABLES`` as they are stored, by key."""
        return self._read(f"rows of {table}", lambda db: journal.rows_of(db, table)) or ()

    # --- changes ---------------------------------------------------------------------------

    def batches(self) -> tuple[Batch, ...]:
        """Return the changes that can be undone, the newest first."""
        return self._read("batches", journal.batches) or ()

    def undo_last(self) -> Undone:
        """Take back the last change.

        Raises:
            UserError: there is nothing to undo.
            HostError: it cannot be saved.
        """
        return self._write(lambda db: journal.undo(db, None))

    def undo(self, batch: int) -> Undone:
        """Take back one change; items that were changed again later stay and are named.

        Raises:
            UserError: that change is not known (any more).
            HostError: it cannot be saved.
        """
        return self._write(lambda db: journal.undo(db, batch))

    def change(self, title: str, changes: Callable[[Connection], Iterable[Change]]) -> int | None:
        """Make changes as one batch, all or none; return it, or None when nothing was to change.

        Raises:
            UserError: a row is no longer what the change expects.
            HostError: it cannot be saved.
        """
        return self._write(lambda db: journal.write(db, title, changes(db)))

    def _set(self, table: str, key: str, row: journal.Row | None, title: str) -> None:
        self.change(title, lambda db: [Change(table, key, journal.row_of(db, table, key), row)])

    # --- the file --------------------------------------------------------------------------

    def _read(self, name: str, read: Callable[[Connection], T]) -> T | None:
        """Return what the file holds, read once until the next change; None without a file."""
        _ = self.revision  # another process may have changed the file
        seen = self._seen  # a change made meanwhile puts another in its place
        if name not in seen:
            seen[name] = self._read_from_disk(read)
        return cast("T | None", seen[name])

    def _read_from_disk(self, read: Callable[[Connection], T]) -> T | None:
        def attempt() -> T | None:
            with self._disk.reading() as db:
                return None if db is None else read(db)

        return self._mended(attempt)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._write_lock:
            done = self._mended(lambda: self._written(work))
            if done is not None:
                self._changed()
            return done

    def _mended(self, attempt: Callable[[], T]) -> T:
        """Try again once the damaged file is set aside, by us or by another process.

        Raises:
            HostError: it stays damaged, or cannot be moved.
        """
        for _ in range(_ATTEMPTS):
            try:
                return attempt()
            except DamageError as damage:
                why = str(damage)
                with self._write_lock:
                    self._disk.move_aside(damage)
                    self._changed()
        raise HostError("Your own catalogue is damaged", why, f"Remove {self.file}")

    def _written(self, work: Callable[[Connection], T]) -> T:
        with self._disk.writing() as db:
            return work(db)


def _newest_first(found: Iterable[Observation]) -> list[Observation]:
    return sorted(found, key=lambda each: each.as_of, reverse=True)


def _search_name(name: str) -> str:
    kept = mine.clean(name, "The name")
    if not kept:
        raise UserError("The search has no name", "", "Type a name")
    return kept
