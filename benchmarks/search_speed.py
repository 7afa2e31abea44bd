"""How long an answer takes while somebody types and moves sliders, against a plain LIKE scan.

python benchmarks/search_speed.py [PARTS]

About 200 queries (limits only, words only, both, misspelt, and names as they are typed letter by
letter) run on the shipped catalogue and on it blown up to PARTS (50,000). The peer is SQLite in
memory: every word as LIKE '%word%' over name and maker and the same limits, row numbers only, so it
neither forgives, ranks nor makes objects. Times are milliseconds; of five passes the median counts.
"""

from __future__ import annotations

import gc
import random
import sqlite3
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from blown_up import blown_up

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.find.finder import Finder
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import Part, PartKind

PASSES = 5
ALL_KINDS = "all"
GOAL_MS = {"shipped": 16.0, "blown up": 50.0, "one kind": 50.0}
NUMBERS = {
    "gpu": ("price", "vram_bytes", "tdp_w", "release_year"),
    "gpu_card": ("price", "vram_bytes", "tdp_w", "length_mm"),
    "cpu": ("price", "cores", "max_power_w", "release_year"),
    "motherboard": ("price", "mem_slots", "x16_slots_physical", "release_year"),
    "ram": ("price", "capacity_bytes", "speed_mts", "modules"),
    "storage": ("price", "capacity_bytes", "pcie_gen", "power_active_w"),
    "psu": ("price", "rated_w", "length_mm", "release_year"),
    "case": ("price", "max_gpu_length_mm", "expansion_slots", "release_year"),
    "cooler": ("price", "height_mm", "radiator_mm", "release_year"),
}
TYPED_LETTER_BY_LETTER = {
    "gpu": ("rtx 4090", "h100 sxm"),
    "gpu_card": ("asus rog strix",),
    "cpu": ("threadripper",),
    "psu": ("seasonic prime",),
}


@dataclass(frozen=True)
class Asked:
    """One query of the mix."""

    sort: str
    kind: str
    query: Query


# --- the queries ---------------------------------------------------------------------------------


def mixed(parts: dict[str, tuple[Part, ...]]) -> list[Asked]:
    chance = random.Random(11)
    found: list[Asked] = []
    for kind in sorted(parts):
        names = [part.name for part in parts[kind]]
        texts = {_some_words(chance.choice(names), chance) for _ in range(9)}
        wrong = {_misspelt(_some_words(chance.choice(names), chance), chance) for _ in range(4)}
        found += [Asked("words", kind, Query(text=text)) for text in sorted(texts)[:6]]
        found += [Asked("misspelt", kind, Query(text=text)) for text in sorted(wrong)]
        for text in sorted(texts)[6:]:
            limits = dict(_limits(parts[kind], kind, chance, 2))
            found.append(Asked("both", kind, Query(text=text, ranges=limits)))
        for count in (1, 2, 3, 4):
            limits = dict(_limits(parts[kind], kind, chance, count))
            found.append(Asked("limits", kind, Query(ranges=limits)))
        maker = chance.choice(parts[kind]).maker
        wanted = Query(choices={"maker": frozenset({maker})}, has_price=True)
        found.append(Asked("limits", kind, wanted))
    for kind, texts_typed in TYPED_LETTER_BY_LETTER.items():
        for text in texts_typed:
            found += [
                Asked("as typed", kind, Query(text=text[:end]))
                for end in range(1, len(text) + 1)
                if text[end - 1] != " "
            ]
    chance.shuffle(found)
    return found


def _some_words(name: str, chance: random.Random) -> str:
    words = [word for word in name.split() if word.isascii() and any(map(str.isalnum, word))]
    first = chance.randrange(max(1, len(words) - 3))
    return " ".join(words[first : first + chance.randint(1, 3)]).lower()


def _misspelt(text: str, chance: random.Random) -> str:
    places = [n for n in range(1, len(text) - 1) if text[n - 1 : n + 2].isalpha()]
    if not places:
        return text
    at = chance.choice(places)
    return chance.choice(
        (text[:at] + text[at + 1 :], text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    )


def _limits(
    parts: Sequence[Part], kind: str, chance: random.Random, count: int
) -> Iterator[tuple[str, tuple[float | None, float | None]]]:
    for name in chance.sample(NUMBERS[kind], count):
        values = sorted(value for part in parts if (value := _number(part, name)) is not None)
        low, high = sorted(chance.sample(range(len(values)), 2)) if len(values) > 1 else (0, 0)
        bounds = (values[low], values[high]) if values else (0.0, 1.0)
        yield name, chance.choice((bounds, (bounds[0], None), (None, bounds[1])))


def _number(part: Part, name: str) -> float | None:
    if name == "price":
        return None if part.price is None else float(part.price.amount)
    value: float | None = getattr(part, name)
    return value


# --- the peer ------------------------------------------------------------------------------------


def like_tables(parts: dict[str, tuple[Part, ...]]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    for kind, found in parts.items():
        names = NUMBERS[kind]
        database.execute(f'CREATE TABLE "{kind}" (name TEXT, maker TEXT, {", ".join(names)})')
        database.executemany(
            f'INSERT INTO "{kind}" VALUES (?, ?{", ?" * len(names)})',
            ((p.name, p.maker, *(_number(p, name) for name in names)) for p in found),
        )
    return database


def like_scan(database: sqlite3.Connection, asked: Asked) -> list[Any]:
    query, wanted, values = asked.query, ["1"], []
    for word in query.text.split():
        wanted.append("(name LIKE ? OR maker LIKE ?)")
        values += [f"%{word}%"] * 2
    for name, (low, high) in query.ranges.items():
        for sign, limit in ((">=", low), ("<=", high)):
            if limit is not None:
                wanted.append(f"{name} {sign} ?")
                values.append(limit)
    for maker in query.choices.get("maker", ()):
        wanted.append("maker = ?")
        values.append(maker)
    if query.has_price:
        wanted.append("price IS NOT NULL")
    sql = f'SELECT rowid FROM "{asked.kind}" WHERE {" AND ".join(wanted)}'
    return database.execute(sql, values).fetchall()


# --- measuring -----------------------------------------------------------------------------------


def timed(work: Callable[[Asked], object], queries: list[Asked]) -> list[float]:
    passes = []
    for _ in range(PASSES):
        times = []
        for asked in queries:
            started = time.perf_counter()
            work(asked)
            times.append((time.perf_counter() - started) * 1e3)
        passes.append(times)
    return [statistics.median(each) for each in zip(*passes, strict=True)]


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def refreshed(finder: Finder[Part], asked: Asked) -> None:
    """Do what the window does after every letter: rows, count, slider ends, counts of choices."""
    finder.find(asked.query)
    finder.count(asked.query)
    for name in NUMBERS[asked.kind]:
        finder.bounds(name, asked.query)
    finder.options("maker", asked.query)


def built(parts: dict[str, tuple[Part, ...]]) -> dict[str, Finder[Part]]:
    """Build every index and column, and say what that takes."""
    finders = {kind: Finder(found) for kind, found in parts.items()}
    seconds = {}
    cpu = time.process_time()
    for kind, finder in finders.items():
        started = time.perf_counter()
        finder.find(Query(text="a"))
        for name in NUMBERS[kind]:
            finder.bounds(name)
        finder.options("maker")
        seconds[kind] = time.perf_counter() - started
    cpu = time.process_time() - cpu
    slowest = max(seconds, key=seconds.__getitem__)
    total = sum(finder.byte_count for finder in finders.values()) / 2**20
    print(
        f"  first use: {sum(seconds.values()) * 1e3:.0f} ms for all kinds "
        f"({cpu * 1e3:.0f} ms of CPU), the slowest "
        f"{seconds[slowest] * 1e3:.0f} ms ({slowest}); arrays {total:.1f} MiB"
    )
    return finders


def memory(parts: dict[str, tuple[Part, ...]]) -> None:
    """Print what the indexes take with everything Python keeps for them."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    finders = {kind: Finder(found) for kind, found in parts.items()}
    for kind, finder in finders.items():
        finder.find(Query(text="a"))
        for name in NUMBERS[kind]:
            finder.bounds(name)
        finder.forget_texts()
    gc.collect()
    grown = (tracemalloc.get_traced_memory()[0] - before) / 2**20
    tracemalloc.stop()
    print(f"  memory of the indexes: {grown:.1f} MiB")


def measure(title: str, parts: dict[str, tuple[Part, ...]], queries: list[Asked]) -> None:
    print(f"\n{title}: {sum(map(len, parts.values())):,} parts, {len(queries)} queries")
    finders, database = built(parts), like_tables(parts)

    def ours(asked: Asked) -> None:
        finders[asked.kind].forget_texts()
        finders[asked.kind].find(asked.query)

    def window(asked: Asked) -> None:
        finders[asked.kind].forget_texts()
        refreshed(finders[asked.kind], asked)

    for asked in queries:
        window(asked)
    gc.collect()
    mine, full = timed(ours, queries), timed(window, queries)
    like = timed(lambda asked: like_scan(database, asked), queries)
    print(
        f"  {'':12} {'n':>4} {'find p50':>9} {'p95':>8} {'LIKE p50':>9} {'p95':>8} {'of p95':>10}"
    )
    for sort in ("limits", "words", "both", "misspelt", "as typed", ALL_KINDS):
        at = [n for n, asked in enumerate(queries) if sort in {ALL_KINDS, asked.sort}]
        a, b = [mine[n] for n in at], [like[n] for n in at]
        p95, peer = percentile(a, 0.95), percentile(b, 0.95)
        print(
            f"  {sort:12} {len(at):4} {percentile(a, 0.5):9.2f} {p95:8.2f} "
            f"{percentile(b, 0.5):9.2f} {peer:8.2f} {p95 / peer:9.2f}x"
        )
    goal, p95 = GOAL_MS[title], percentile(mine, 0.95)
    print(f"  slowest query {max(mine):.2f} ms; goal p95 <= {goal:g} ms: {_met(p95 <= goal)}")
    print(
        f"  rows + count + 4 slider ends + maker counts: p50 {percentile(full, 0.5):.2f}, "
        f"p95 {percentile(full, 0.95):.2f} ms: {_met(percentile(full, 0.95) <= goal)}"
    )
    memory(parts)


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    catalog = Catalog.open(catalog_file())
    shipped = {kind.value: catalog.parts(kind) for kind in PartKind}
    queries = mixed(shipped)
    measure("shipped", shipped, queries)
    total = sum(map(len, shipped.values()))
    measure(
        "blown up",
        {kind: blown_up(found, len(found) * count // total) for kind, found in shipped.items()},
        queries,
    )
    card = PartKind.GPU_CARD.value
    measure("one kind", {card: blown_up(shipped[card], count)}, _of_cards(queries))


def _of_cards(queries: list[Asked]) -> list[Asked]:
    """All parts of the hardest kind: its own queries and every text of the others."""
    card = PartKind.GPU_CARD.value
    return [
        Asked(asked.sort, card, asked.query)
        for asked in queries
        if asked.kind == card or not asked.query.ranges
    ]


if __name__ == "__main__":
    main()
