"""How well published numbers are judged: a table of our verdict against a person's reading.

    python benchmarks/bench/check.py reference_results.csv

The column ``verdict`` is taken away before the rows are judged, and so is ``note``. Two tables are
printed: of the devices whose name falls in the first half (by a hash), and of the others.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hwstudio.core.bench.claims.claim import claim_of
from hwstudio.core.bench.claims.judge import judge_claims
from hwstudio.core.studio import open_studio

WORDS = (
    "ok", "above_wire_but_real", "suspect_low", "suspect_high", "no_hardware", "impossible",
)  # fmt: skip
ANSWERS = ("verdict", "note")


def half_of(model: str) -> int:
    """Return 0 or 1, always the same for a device model."""
    return hashlib.sha256(model.encode()).digest()[0] % 2


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print every row judged otherwise")
    args = parser.parse_args()
    with args.file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    claims = [claim_of({k: v for k, v in row.items() if k not in ANSWERS}) for row in rows]
    with tempfile.TemporaryDirectory() as home:
        found = judge_claims(claims, open_studio(home).catalog.match_gpu)
    table: dict[int, Counter[tuple[str, str]]] = {0: Counter(), 1: Counter()}
    for row, finding in zip(rows, found, strict=True):
        table[half_of(row["gpu_model"])][row["verdict"], finding.verdict] += 1
        if args.wrong and row["verdict"] != finding.verdict:
            print(row["row_id"], row["device"], row["n_devices"], row["test"], row["dtype"],
                  row["value"], row["verdict"], "->", finding.verdict, finding.reason)  # fmt: skip
    show("first half of the models", table[0])
    show("second half of the models", table[1])
    show("all", table[0] + table[1])


def show(title: str, counts: Counter[tuple[str, str]]) -> None:
    """Print one table and the shares that matter."""
    print(f"\n{title}: rows a person read as ... (down) were judged ... (across)")
    print(" " * 20 + "".join(f"{word[:12]:>14}" for word in WORDS))
    for truth in WORDS:
        if any(counts[truth, word] for word in WORDS):
            print(f"{truth:<20}" + "".join(f"{counts[truth, word]:>14}" for word in WORDS))
    share(counts, ("impossible",), lambda word: word not in ("ok", WORDS[1]), "impossible flagged")
    share(counts, ("impossible",), lambda word: word == "impossible", "impossible by that name")
    doubts = ("suspect_low", "suspect_high", "no_hardware")
    share(counts, doubts, lambda word: word not in ("ok", WORDS[1]), "suspect, no hardware flagged")
    share(counts, ("ok",), lambda word: word == "ok", "ok passed")
    share(counts, (WORDS[1],), lambda word: word in ("ok", WORDS[1]), "above the wire passed")


def share(
    counts: Counter[tuple[str, str]],
    truths: tuple[str, ...],
    is_hit: Callable[[str], bool],
    words: str,
) -> None:
    """Print one share."""
    total = sum(n for (truth, _), n in counts.items() if truth in truths)
    hits = sum(n for (truth, word), n in counts.items() if truth in truths and is_hit(word))
    if total:
        print(f"  {words}: {hits} of {total} = {hits / total:.1%}")


if __name__ == "__main__":
    main()
