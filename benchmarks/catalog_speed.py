"""How long the catalogue takes to compile and to give its first answer, and how large it is.

python benchmarks/catalog_speed.py

Each first answer is measured in a process of its own, from ``Catalog.open`` to the answer: one part
by its id, and a search for "rtx 4090". The floor, in the same process before it: connect to the
same file with sqlite3 and select one row. Medians of several processes, in milliseconds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hwstudio.core.base.paths import catalog_file, resource_dir

PROCESSES = 9
GOAL_COMPILE_S, GOAL_MB, GOAL_FIRST_MS = 10.0, 20.0, 15.0

FIRST = """
import json, sqlite3, sys, time
file, what = sys.argv[1:]
clock = time.perf_counter
start = clock()
connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
connection.execute("SELECT * FROM gpu WHERE id = 'gpu-geforce-rtx-4090'").fetchall()
connection.close()
floor = clock() - start
start = clock()
from pathlib import Path
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.model.part import PartKind
if what == "search":
    import hwstudio.core.catalog.find.finder
imports = clock() - start
cpu = time.process_time()
start = clock()
catalog = Catalog.open(Path(file))
opened = clock() - start
if what == "search":
    [first, *_] = catalog.search(PartKind.GPU, Query(text="rtx 4090"))
else:
    first = catalog.part("gpu-geforce-rtx-4090")
answer = clock() - start
cpu = time.process_time() - cpu
assert first.id == "gpu-geforce-rtx-4090"
start = clock()
catalog.search(PartKind.GPU, Query(text="rtx 3090")) if what == "search" else catalog.part(first.id)
again = clock() - start
times = dict(floor=floor, imports=imports, open=opened, answer=answer, cpu=cpu, again=again)
print(json.dumps({name: seconds * 1e3 for name, seconds in times.items()}))
"""


def compile_seconds() -> float:
    """Return what `python -m hwstudio.core.catalog.compile` takes, the start of Python included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.db"
        program = (
            "import sys; from pathlib import Path; from hwstudio.core.catalog.compile import build;"
            "build(Path(sys.argv[1]), Path(sys.argv[2]))"
        )
        text = str(resource_dir() / "catalog")
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", program, text, str(file)], check=True)
        return time.perf_counter() - started


def first_answer(what: str) -> dict[str, float]:
    """Return the median times of processes that open the catalogue and ask one thing."""
    command = [sys.executable, "-c", FIRST, str(catalog_file()), what]
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        for _ in range(PROCESSES)
    ]
    return {name: statistics.median(each[name] for each in found) for name in found[0]}


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


def main() -> None:
    seconds = compile_seconds()
    print(f"compile: {seconds:.1f} s, goal {GOAL_COMPILE_S:g}: {_met(seconds <= GOAL_COMPILE_S)}")
    size = catalog_file().stat().st_size / 1e6
    print(f"catalog.db: {size:.1f} MB, goal {GOAL_MB:g}: {_met(size <= GOAL_MB)}")
    for what in ("part", "search"):
        times = first_answer(what)
        answer, floor = times["answer"], times["floor"]
        print(
            f"open + first {what}: {answer:.1f} ms (open {times['open']:.1f}), goal "
            f"{GOAL_FIRST_MS:g}: {_met(answer <= GOAL_FIRST_MS)}; {times['cpu']:.1f} ms of CPU; "
            f"{answer / floor:.1f}x the floor "
            f"of {floor:.1f} ms; with imports {answer + times['imports']:.0f} ms; "
            f"the next {what} {times['again']:.2f} ms"
        )


if __name__ == "__main__":
    main()
