"""The catalogue as every room sees it: typed, read-only, each row read once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.log import logger
from hwstudio.core.catalog import rows
from hwstudio.core.catalog.find import search
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.catalog.match import GpuNames, cpu_tokens
from hwstudio.core.catalog.match_board import board_of
from hwstudio.core.catalog.offers_in_use import FreshPrices, OffersInUse
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.source import Audit, Source
from hwstudio.core.catalog.store import Store
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import (
    CLASS_OF,
    Case,
    Cooler,
    Cpu,
    Gpu,
    GpuCard,
    Motherboard,
    Part,
    PartKind,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.model.record import Record
from hwstudio.core.model.result import ReferenceResult
from hwstudio.core.model.workload import Workload

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import date

    from hwstudio.core.catalog.cloud_tables import CloudRow
    from hwstudio.core.catalog.find.finder import Finder
    from hwstudio.core.catalog.shelf import Shelf

    MoreOffers = Callable[["Catalog", tuple[Offer, ...]], tuple[Offer, ...]]

# Which observation speaks for a part: the estimate of today's market with its band; where there is
# none the newest single price a shop asked, then the launch price. A used price never speaks.
BEST = {"estimate": 1, "quote": 2, "list": 3}

# Shelves that are searched together with the parts; the others hold rates, not things.
SEARCHED = (
    *("system", "accelerator", "model", "workload", "offer", "dedicated", "storage_price"),
    *("free_tier", "support_date", "roadmap"),
)


class Catalog:
    """catalog.db with the user's own prices laid over it."""

    def __init__(
        self, store: Store, overlay: Overlay | None = None, fresh: FreshPrices | None = None
    ) -> None:
        self._store = store
        self._overlay = overlay
        self._offers_in_use = OffersInUse(fresh)
        self._more_offers: MoreOffers | None = None
        self._revision = 0
        self._parts: dict[PartKind, tuple[Part, ...]] = {}
        self._records: dict[str, tuple[Record, ...]] = {}

    @classmethod
    def open(cls, file: Path, overlay: Overlay | None = None) -> Catalog:
        """Open a compiled catalogue.

        Raises:
            UserError: it is missing, damaged, or of another format.
        """
        return cls(Store(file), overlay)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    @property
    def as_of(self) -> str:
        """Return the date of the newest fact."""
        return self._store.as_of

    # --- parts ---------------------------------------------------------------------------

    def parts(self, kind: PartKind) -> tuple[Part, ...]:
        """Return all parts of a kind, own prices applied."""
        self._take_up_own_prices()
        if kind not in self._parts:
            self._parts[kind] = self._read(kind)
        return self._parts[kind]

    def _read(self, kind: PartKind) -> tuple[Part, ...]:
        titles, prices = self._titles, self._prices(kind)
        chips = {gpu.id: gpu for gpu in self.gpus()} if kind is PartKind.GPU_CARD else {}
        with self._store.reading(f"parts of kind {kind.value}"):
            built = tuple(self._built(kind, titles, prices, chips))
        return built + self._own_parts(kind, prices, chips)

    def _built(
        self,
        kind: PartKind,
        titles: dict[str, str],
        prices: dict[str, Price],
        chips: dict[str, Gpu],
    ) -> Iterator[Part]:
        builder = rows.PartBuilder(CLASS_OF[kind])
        sql = f'SELECT * FROM "{kind.value}" ORDER BY id'  # noqa: S608 - kind is an enum
        found = self._store.rows(sql)
        self._check_complete(kind, {row["id"] for row in found})
        for row in map(rows.named, found):
            more = {"gpu": chips[row["gpu_id"]]} if kind is PartKind.GPU_CARD else {}
            yield builder.build(row, titles, price=prices.get(row["id"]), **more)

    def _own_parts(
        self, kind: PartKind, prices: dict[str, Price], chips: dict[str, Gpu]
    ) -> tuple[Part, ...]:
        """Return the parts the user described; one that cannot be used is logged, not shown."""
        described = self._overlay.own_parts(kind) if self._overlay else ()
        if not described:
            return ()
        from hwstudio.core.catalog.overlay.own_part import as_part

        made: list[Part] = []
        for own in described:
            try:
                made.append(as_part(own, chips, prices.get(own.id)))
            except UserError as error:
                logger("catalog").warning("%s", error.sentence)
        return tuple(made)

    def _check_complete(self, kind: PartKind, found: set[str]) -> None:
        """Every kind has parts, and just those the list of all parts names."""
        named = self._store.rows("SELECT id FROM part WHERE kind = ?", (kind.value,))
        if not found or found != {row["id"] for row in named}:
            raise self._store.damaged(f"parts of kind {kind.value} are missing")

    def gpus(self) -> tuple[Gpu, ...]:
        """Return the GPU models."""
        return cast("tuple[Gpu, ...]", self.parts(PartKind.GPU))

    def cards(self) -> tuple[GpuCard, ...]:
        """Return the graphics cards, makers' own boards included."""
        return cast("tuple[GpuCard, ...]", self.parts(PartKind.GPU_CARD))

    def cpus(self) -> tuple[Cpu, ...]:
        """Return the processors."""
        return cast("tuple[Cpu, ...]", self.parts(PartKind.CPU))

    def motherboards(self) -> tuple[Motherboard, ...]:
        """Return the motherboards."""
        return cast("tuple[Motherboard, ...]", self.parts(PartKind.MOTHERBOARD))

    def rams(self) -> tuple[Ram, ...]:
        """Return the memory kits."""
        return cast("tuple[Ram, ...]", self.parts(PartKind.RAM))

    def storages(self) -> tuple[Storage, ...]:
        """Return the drives."""
        return cast("tuple[Storage, ...]", self.parts(PartKind.STORAGE))

    def psus(self) -> tuple[Psu, ...]:
        """Return the power supplies."""
        return cast("tuple[Psu, ...]", self.parts(PartKind.PSU))

    def cases(self) -> tuple[Case, ...]:
        """Return the cases."""
        return cast("tuple[Case, ...]", self.parts(PartKind.CASE))

    def coolers(self) -> tuple[Cooler, ...]:
        """Return the CPU coolers."""
        return cast("tuple[Cooler, ...]", self.parts(PartKind.COOLER))

    def part(self, part_id: str) -> Part:
        """Return one part.

        Raises:
            UserError: there is none of that id; near ones are named.
        """
        own = self._own_part(part_id)
        if own is not None:
            return own
        found = self._store.rows("SELECT kind FROM part WHERE id = ?", (part_id,))
        if not found:
            raise self._unknown(part_id)
        with self._store.reading("list of parts"):
            kind = PartKind(found[0]["kind"])
            self._take_up_own_prices()
            return self._by_id(kind)[part_id] if kind in self._parts else self._one(kind, part_id)

    def _one(self, kind: PartKind, part_id: str) -> Part:
        """Read one part alone: a first question must not wait for all parts of its kind."""
        sql = f'SELECT * FROM "{kind.value}" WHERE id = ?'  # noqa: S608 - kind is an enum
        row = self._store.rows(sql, (part_id,))[0]
        more = {"gpu": self.part(row["gpu_id"])} if kind is PartKind.GPU_CARD else {}
        price = self._best(self._store.rows("SELECT * FROM price WHERE part_id = ?", (part_id,)))
        own = self._overlay.own_prices() if self._overlay else {}
        said = own.get(part_id) or price.get(part_id)
        return rows.PartBuilder(CLASS_OF[kind]).build(row, self._titles, price=said, **more)

    def has_part(self, part_id: str) -> bool:
        """Say whether a part of that id is in the catalogue or among the user's own."""
        is_there = self._store.rows("SELECT 1 FROM part WHERE id = ?", (part_id,))
        return bool(is_there) or self._own_part(part_id) is not None

    def _own_part(self, part_id: str) -> Part | None:
        described = self._overlay.own_parts() if self._overlay else ()
        kinds = [own.kind for own in described if own.id == part_id]
        found = [part for kind in kinds for part in self.parts(kind) if part.id == part_id]
        return found[0] if found else None

    def _by_id(self, kind: PartKind) -> dict[str, Part]:
        return {part.id: part for part in self.parts(kind)}

    def _unknown(self, part_id: str) -> UserError:
        known = [(row["id"], row["name"]) for row in self._store.rows("SELECT * FROM part")]
        near = search.near_ids(part_id, (row[0] for row in known), known)
        hint = f"Did you mean {', '.join(near)}" if near else "See `hwstudio catalog search KIND`"
        return UserError(f"There is no part '{part_id}' in the catalogue", "", hint)

    def _take_up_own_prices(self) -> None:
        """Read parts anew after the user changed a price."""
        if self._overlay is not None and self._overlay.revision != self._revision:
            self._revision = self._overlay.revision
            self._parts.clear()

    # --- prices --------------------------------------------------------------------------

    def _prices(self, kind: PartKind) -> dict[str, Price]:
        """The price that speaks for each part: own, else estimate of the market, else list."""
        sql = "SELECT price.* FROM part JOIN price ON price.part_id = part.id WHERE part.kind = ?"
        found = self._store.rows(sql, (kind.value,))
        prices = self._best(found)
        if not prices:
            raise self._store.damaged(f"prices of kind {kind.value} are missing")
        return prices | (self._overlay.own_prices() if self._overlay else {})

    def _best(self, found: list[sqlite3.Row]) -> dict[str, Price]:
        """Return the observation that speaks for each part."""
        with self._store.reading("prices"):
            # The last one written to the dict wins: the best kind, and of it the newest.
            speaking = [row for row in found if row["kind"] != PriceKind.USED]
            speaking.sort(key=lambda row: (-BEST[row["kind"]], row["as_of"]))
            best = {row["part_id"]: row for row in speaking}
            return {part_id: rows.price(row) for part_id, row in best.items()}

    def prices(self, part_id: str) -> tuple[Price, ...]:
        """Return every observation of a part's price, the user's own first."""
        own = self._overlay.prices(part_id) if self._overlay else ()
        sql = "SELECT * FROM price WHERE part_id = ? ORDER BY as_of DESC, kind"
        found = self._store.rows(sql, (part_id,))
        with self._store.reading("prices"):
            return (*own, *(rows.price(row) for row in found))

    # --- search --------------------------------------------------------------------------

    def search(self, kind: PartKind, query: Query) -> tuple[Part, ...]:
        """Return the parts of a kind within the query, closest names first."""
        return cast("tuple[Part, ...]", self.finder(kind).find(query))

    def finder(self, kind: str) -> Finder[Any]:
        """Return what finds among the parts of a kind or the rows of a shelf, made once for each.

        Raises:
            UserError: there is no such kind or shelf.
        """
        from hwstudio.core.catalog.find.finder import Finder

        is_part = kind in {known.value for known in PartKind}
        items: tuple[Any, ...] = self.parts(PartKind(kind)) if is_part else self.records(kind)
        known = self._finders.get(kind)
        if known is None or known.items is not items:
            known = Finder(items) if known is None else known.renewed(items)
            self._finders[kind] = known
        return known

    @cached_property
    def _finders(self) -> dict[str, Finder[Any]]:
        return {}

    def search_all(self, text: str, limit: int = 20) -> list[tuple[str, Part | Record]]:
        """Return what a text means among all kinds of part and the shelves, closest first.

        Only the readings closest to what was typed count: where one kind has the words as they
        stand, a similar word of another kind is left out. Parts come before equal rows of shelves.
        """
        there = {shelf.id for shelf in self.shelves()}
        kinds = [*(kind.value for kind in PartKind), *(one for one in SEARCHED if one in there)]
        hits = [(hit, kind) for kind in kinds for hit in self.finder(kind).closest(text, limit)]
        best = min((hit.closeness for hit, _ in hits), default=None)
        hits = [(hit, kind) for hit, kind in hits if hit.closeness == best]
        hits.sort(key=lambda pair: (pair[0].score, pair[1] in SEARCHED, pair[0].key))
        return [(kind, hit.item) for hit, kind in hits[:limit]]

    # --- cells, sources, soundness ---------------------------------------------------------

    @cached_property
    def _by_source(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources()}

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {source.id: source.title for source in self.sources()}

    def sources(self) -> tuple[Source, ...]:
        """Return every source with its licence and the attribution it asks for."""
        found = self._store.rows("SELECT * FROM source ORDER BY id")
        if not found:
            raise self._store.damaged("its list of sources is missing")
        with self._store.reading("list of sources"):
            return tuple(rows.sound(Source(**dict(row))) for row in found)

    def cells(self, part_id: str) -> tuple[Fact, ...]:
        """Return every cell of a part: value, unit, source, date, confidence.

        Raises:
            UserError: there is no such part.
        """
        from hwstudio.core.catalog.cells import own_cells, part_cells, price_facts
        from hwstudio.core.catalog.worked_out import worked_out

        part = self.part(part_id)
        own = [
            one for one in (self._overlay.own_parts() if self._overlay else ()) if one.id == part_id
        ]
        with self._store.reading("cells"):
            facts = (
                own_cells(self._store, own[0])
                if own
                else part_cells(self._store, part.kind.value, part_id, self._by_source)
            )
        return (*facts, *worked_out(part), *price_facts(self.prices(part_id)))

    def shelves(self) -> tuple[Shelf, ...]:
        """Return the tables beside the parts that can be browsed."""
        from hwstudio.core.catalog.records import shelves

        return shelves(self._store)

    def records(self, shelf_id: str) -> tuple[Record, ...]:
        """Return the rows of one of ``shelves``, read once.

        Raises:
            UserError: there is no such table; all are named.
        """
        from hwstudio.core.catalog.records import read_records

        if shelf_id not in self._records:
            shelf = next((one for one in self.shelves() if one.id == shelf_id), None)
            if shelf is None:
                known = ", ".join(one.id for one in self.shelves())
                raise UserError(f"There is no table '{shelf_id}'", "", f"Choose from {known}")
            with self._store.reading(f"table {shelf_id}"):
                found = tuple(read_records(self._store, shelf, self._titles))
            self._records[shelf_id] = found
        return self._records[shelf_id]

    def record_cells(self, record: Record) -> tuple[Fact, ...]:
        """Return every cell of a record: value, unit, source, date, confidence."""
        from hwstudio.core.catalog.cells import record_cells

        with self._store.reading("cells"):
            return tuple(record_cells(self._store, record.shelf, record.id, self._by_source))

    def audit(self, today: date | None = None) -> Audit:
        """Say how sound the catalogue is, prices judged as of ``today``."""
        from hwstudio.core.base.clock import today as now
        from hwstudio.core.catalog.audit.audit import audit

        parts = [part for kind in PartKind for part in self.parts(kind)]
        priced = [
            record
            for shelf in self.shelves()
            if shelf.price
            for record in self.records(shelf.id)
            if record.price is not None
        ]
        with self._store.reading("dates and cells"):
            day = today or now()
            return audit(self._store, parts, priced, self.sources(), self.as_of, day)

    # --- cloud, workloads, results ---------------------------------------------------------

    @cached_property
    def _offers(self) -> tuple[Offer, ...]:
        sql = "SELECT * FROM offer ORDER BY rowid"
        found = self._store.rows(sql)
        if not found:
            raise self._store.damaged("its cloud offers are missing")
        with self._store.reading("cloud offers"):
            return tuple(rows.offer(n, row, self._titles) for n, row in enumerate(found, 1))

    def offers(self) -> tuple[Offer, ...]:
        """Return every cloud offer: refreshed prices laid over, and those that were added."""
        listed = self._offers_in_use.of(self._offers, self._gpu_names)
        return (*listed, *self._more_offers(self, listed)) if self._more_offers else listed

    def add_offers(self, more: MoreOffers) -> None:
        """Have ``more`` asked for further offers whenever offers are listed."""
        self._more_offers = more

    def table(self, name: str) -> tuple[CloudRow, ...]:
        """Return the rows of a table named in ``cloud_tables.TABLES``.

        Raises:
            UserError: there is no such table.
        """
        from hwstudio.core.catalog.cloud_tables import read_table

        with self._store.reading(f"table {name}"):
            return read_table(self._store, name, self._titles)

    @cached_property
    def _workloads(self) -> dict[str, Workload]:
        sql = (
            "SELECT model.*, workload.*, model.name AS model_name "
            "FROM workload JOIN model ON model.id = workload.model_id ORDER BY workload.rowid"
        )
        with self._store.reading("workloads"):
            found = [rows.workload(_joined(row), self._titles) for row in self._store.rows(sql)]
        if not found:
            raise self._store.damaged("its workloads are missing")
        return {workload.id: workload for workload in found}

    @cached_property
    def _ai_models(self) -> tuple[AiModel, ...]:
        with self._store.reading("AI models"):
            found = self._store.rows("SELECT * FROM model ORDER BY name")
            return tuple(rows.ai_model(row, self._titles) for row in found)

    def ai_models(self) -> tuple[AiModel, ...]:
        """Return the AI models whose size is known, by name."""
        return tuple(model for model in self._ai_models if model.params_total)

    def known_models(self) -> tuple[AiModel, ...]:
        """Return these, classical methods and models whose size was never published."""
        return self._ai_models

    def workloads(self) -> tuple[Workload, ...]:
        """Return the workload library."""
        return tuple(self._workloads.values())

    def workload(self, workload_id: str) -> Workload:
        """Return one workload.

        Raises:
            UserError: there is none of that id; all are named.
        """
        found = self._workloads.get(workload_id)
        if found is None:
            known = ", ".join(self._workloads)
            raise UserError(f"There is no workload '{workload_id}'", "", f"Choose from {known}")
        return found

    def reference_results(self) -> tuple[ReferenceResult, ...]:
        """Return published measurements of other people's machines."""
        found = self._store.rows("SELECT * FROM reference_result ORDER BY row_id")
        names = self._gpu_names
        with self._store.reading("published results"):
            return tuple(
                rows.reference_result(row, self._titles, names.find(row["device"])) for row in found
            )

    # --- which row is this device ----------------------------------------------------------

    @cached_property
    def _gpu_names(self) -> GpuNames:
        return GpuNames((g.id, g.name, g.vram_bytes, g.form_factor) for g in self.gpus())

    def match_gpu(self, name: str, vram_bytes: int | None = None) -> Gpu | None:
        """Return the GPU a driver, lspci or a cloud means by ``name``; None when unsure."""
        found = self._gpu_names.find(name, vram_bytes)
        return next((gpu for gpu in self.gpus() if gpu.id == found), None)

    def match_board(self, name: str, mem_type: str | None = None) -> Motherboard | None:
        """Return the board a firmware means by ``name``; None when unsure."""
        return board_of(self.motherboards(), name, mem_type)

    def match_cpu(self, name: str) -> Cpu | None:
        """Return the CPU that ``name`` ("Intel(R) Core(TM) i9-14900K") means; None when unsure."""
        wanted = cpu_tokens(name)
        found = [cpu for cpu in self.cpus() if wanted and cpu_tokens(cpu.name) == wanted]
        return found[0] if len(found) == 1 else None


def _joined(row: sqlite3.Row) -> dict[str, Any]:
    """Later columns win where workload and model share a name."""
    return rows.named(row)  # of two columns with one name the later counts
