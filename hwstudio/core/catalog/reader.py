"""The catalogue as every room sees it: typed, read-only, each row read once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog import rows, search
from hwstudio.core.catalog.match import GpuNames, cpu_tokens
from hwstudio.core.catalog.overlay import Overlay
from hwstudio.core.catalog.search import Query
from hwstudio.core.catalog.source import Audit, Source
from hwstudio.core.catalog.store import Store
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
from hwstudio.core.model.price import Price
from hwstudio.core.model.result import ReferenceResult
from hwstudio.core.model.workload import Workload

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date

    from hwstudio.core.catalog.cloud_tables import CloudRow

# Which observation speaks for a part: the market of today before the launch price.
BEST = {"estimate": 1, "list": 2}


class Catalog:
    """catalog.db with the user's own prices laid over it."""

    def __init__(self, store: Store, overlay: Overlay | None = None) -> None:
        self._store = store
        self._overlay = overlay
        self._revision = 0
        self._parts: dict[PartKind, tuple[Part, ...]] = {}

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
            return tuple(self._built(kind, titles, prices, chips))

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
        for row in found:
            more = {"gpu": chips[row["gpu_id"]]} if kind is PartKind.GPU_CARD else {}
            yield builder.build(row, titles, price=prices.get(row["id"]), **more)

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
        found = self._store.rows("SELECT kind FROM part WHERE id = ?", (part_id,))
        if not found:
            raise self._unknown(part_id)
        with self._store.reading("list of parts"):
            return self._by_id(PartKind(found[0]["kind"]))[part_id]

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
        with self._store.reading("prices"):
            # Of several list prices the newest counts; the last one written to the dict wins.
            found.sort(key=lambda row: (-BEST.get(row["kind"], 9), row["as_of"]))
            prices = {row["part_id"]: rows.price(row) for row in found}
        if not prices:
            raise self._store.damaged(f"prices of kind {kind.value} are missing")
        return prices | (self._overlay.own_prices() if self._overlay else {})

    def prices(self, part_id: str) -> tuple[Price, ...]:
        """Return every observation of a part's price, the user's own first."""
        own = self._overlay.own_prices().get(part_id) if self._overlay else None
        found = self._store.rows("SELECT * FROM price WHERE part_id = ?", (part_id,))
        with self._store.reading("prices"):
            return (*((own,) if own else ()), *(rows.price(row) for row in found))

    # --- search --------------------------------------------------------------------------

    def search(self, kind: PartKind, query: Query) -> tuple[Part, ...]:
        """Return the parts of a kind within the query, closest names first."""
        parts, words = self._with_text(kind, query.text)
        found = search.narrowed(parts, query)
        if words:
            found = search.ranked(found, words)
        return tuple(found[: query.limit] if query.limit else found)

    def _with_text(self, kind: PartKind, text: str) -> tuple[list[Part], list[str]]:
        readings = search.variants(text)
        if not readings[0]:
            return list(self.parts(kind)), []
        for words in readings:
            if hits := self._full_text(kind, search.fts_query(words)):
                return hits, words
        if hits := search.run_together(self.parts(kind), readings[0]):
            return hits, readings[0]
        return self._mended(kind, readings)

    def _mended(self, kind: PartKind, readings: list[list[str]]) -> tuple[list[Part], list[str]]:
        """Find what was meant by misspelt words, else the parts that have most of them."""
        known = self._vocabulary(kind)
        mended = [search.corrected(words, known) for words in readings]
        for words in filter(None, mended):
            if hits := self._full_text(kind, search.fts_query(words)):
                return hits, words
        words = mended[-1]
        if not words:
            return [], []
        any_word = self._full_text(kind, search.fts_query(words, every=False))
        return search.best_partly(any_word, words), words

    def _full_text(self, kind: PartKind, wanted: str) -> list[Part]:
        sql = (
            "SELECT part.id FROM part_text JOIN part ON part.rowid = part_text.rowid "
            "WHERE part_text MATCH ? AND part.kind = ?"
        )
        by_id = self._by_id(kind)
        return [by_id[row["id"]] for row in self._store.rows(sql, (wanted, kind.value))]

    def _vocabulary(self, kind: PartKind) -> list[str]:
        return sorted(
            {w for part in self.parts(kind) for w in search.words_of(f"{part.name} {part.maker}")}
        )

    # --- cells, sources, soundness ---------------------------------------------------------

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
        from hwstudio.core.catalog.cells import part_cells, price_fact

        kind = self.part(part_id).kind.value
        own = self._overlay.own_prices().get(part_id) if self._overlay else None
        with self._store.reading("cells"):
            facts = part_cells(self._store, kind, part_id, self._titles)
        return (*facts, price_fact(own)) if own else tuple(facts)

    def audit(self, today: date | None = None) -> Audit:
        """Say how sound the catalogue is, prices judged as of ``today``."""
        from hwstudio.core.base.clock import today as now
        from hwstudio.core.catalog.audit import audit

        parts = [part for kind in PartKind for part in self.parts(kind)]
        with self._store.reading("dates and cells"):
            return audit(self._store, parts, self.sources(), self.as_of, today or now())

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
        """Return every cloud offer."""
        return self._offers

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

    def match_cpu(self, name: str) -> Cpu | None:
        """Return the CPU that ``name`` ("Intel(R) Core(TM) i9-14900K") means; None when unsure."""
        wanted = cpu_tokens(name)
        found = [cpu for cpu in self.cpus() if wanted and cpu_tokens(cpu.name) == wanted]
        return found[0] if len(found) == 1 else None


def _joined(row: sqlite3.Row) -> dict[str, Any]:
    """Later columns win where workload and model share a name."""
    return dict(zip(row.keys(), tuple(row), strict=True))
