"""Checks of the command line and the worker of the packaged app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from checks.product_under_test import (
    LIMIT_S,
    Product,
    SmokeError,
    document,
    environment,
    judge,
    start,
)

CANCEL_LIMIT_S = 5.0  # from the signal to the end of the program
# Small, and on one thread: it must work, not be fast, and a build machine has other work too.
SMALL_DDP = tuple(
    word
    for chosen in ("threads=1", "hidden=64", "batch=64", "rounds=3", "repeats=3")
    for word in ("--param", chosen)
)
SMALL_MATMUL = ("--quick", "--param", "sizes=64,128", "--param", "precisions=fp32")


def check_version(product: Product) -> str:
    """The command line says its version."""
    out, _ = start([product.program("hwstudio-cli"), "--version"])
    if not out.startswith("hwstudio "):
        raise SmokeError(f"it said {out!r}")
    return out.strip()


def check_assess(product: Product) -> str:
    """The machine is assessed from the bundled catalogue."""
    out, _ = start(product.command("assess", "--json"))
    found = document(out, "machine", "score", "recommendations")
    return f"score {found['score'].get('total')}"


def check_catalogue(product: Product) -> str:
    """The bundled catalogue is found and its search index answers."""
    asked = ("catalog", "search", "gpu", "--text", "RTX 4090", "--json")
    out, _ = start(product.command(*asked))
    found = document(out, "count", "items")
    if not any("4090" in str(item["name"]) for item in found["items"]):
        raise SmokeError(f"{found['count']} parts, none of them a 4090")
    return f"{found['count']} parts found"


def check_plan(product: Product) -> str:
    """The optimiser and its solver work."""
    asked = ("build", "plan", "--budget", "3000", "--workload", "llm_qlora_8b", "--json")
    out, _ = start(product.command(*asked))
    found = document(out, "status", "builds")
    if found["status"] != "optimal" or not found["builds"]:
        raise SmokeError(f"status {found['status']}, {len(found['builds'])} builds")
    return f"{found['status']}, {len(found['builds'][0]['parts'])} kinds of part"


def check_prediction(product: Product) -> str:
    """The fitted model is in the package and answers."""
    asked = ("predict", "job", "--workload", "llm_qlora_8b", "--device", "RTX 4090", "--json")
    out, _ = start(product.command(*asked))
    speed = document(out, "speed", "memory")["speed"]
    if not speed["median"] or "nearest measurements" not in speed["inputs"]:
        raise SmokeError(f"no answer: {speed['refused']}")
    return f"{speed['median']:.2f} {speed['unit']}"


def check_report(product: Product) -> str:
    """A report is written as a page, as data and as a text document, in a folder of the user's."""
    folder = product.home / "My reports"
    folder.mkdir(exist_ok=True)
    sizes = []
    for form in ("html", "json", "docx"):
        file = folder / f"this computer.{form}"
        start(product.command("report", "assess", "--out", str(file)))
        if not file.is_file() or file.stat().st_size < 1000:
            raise SmokeError(f"{file.name} was not written")
        sizes.append(f"{form} {file.stat().st_size} bytes")
    document((folder / "this computer.json").read_text(encoding="utf-8"))
    return f"{', '.join(sizes)}; {pdf_words(product, folder / 'this computer.pdf')}"


def check_pages(product: Product) -> str:
    """A page is told with this computer's numbers, and every file of code is inside."""
    out, _ = start(product.command("learn", "show", "memory"))
    if "| Main memory |" not in out:
        raise SmokeError(f"the page has no numbers: {out[:300]}")
    out, _ = start(product.command("learn", "list", "--json"))
    found = document(out, "count", "items")
    codes = [item["id"] for item in found["items"] if item["kind"] == "code"]
    out, _ = start(product.command("learn", "code", codes[0]))
    compile(out, codes[0], "exec")
    return f"{found['count'] - len(codes)} pages, {len(codes)} files of code"


def pdf_words(product: Product, file: Path) -> str:
    """Say how PDF went: written where the typesetter is inside, else refused with a reason."""
    command = product.command("report", "assess", "--out", str(file))
    _, said = start(command, expected=(0, 2, 3))
    if file.is_file():
        if not file.read_bytes().startswith(b"%PDF-"):
            raise SmokeError("the PDF is not one")
        return f"pdf {file.stat().st_size} bytes"
    if "PDF" not in said:
        raise SmokeError(f"no PDF, and no reason: {said[:300]}")
    return "pdf refused with a reason (its typesetter is not in the package)"


def check_recorder(product: Product) -> str:
    """The monitor's recorder runs as a process of its own, writes history, and ends when asked."""
    out, _ = start(product.command("monitor", "recorder", "start", "--json"))
    begun = document(out, "is_running", "pid")
    if not begun["is_running"]:
        raise SmokeError("it does not run after its start")
    time.sleep(3.0)
    out, _ = start(product.command("monitor", "recorder", "stop", "--json"))
    ended = document(out, "is_running", "size_bytes")
    if ended["is_running"] or not ended["size_bytes"]:
        raise SmokeError(f"after its end: {ended}")
    return f"process {begun['pid']}, {ended['size_bytes']} bytes of history"


def quiet(product: Product) -> dict[str, str]:
    """Return settings for small measurements: one thread, and no waiting for another's turn."""
    lock = product.home / "measuring.lock"
    return {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "HWSTUDIO_MEASURING_LOCK": str(lock)}


def check_matmul(product: Product) -> str:
    """Torch measures: in an outside Python from the bundled sources, or in the bundled worker."""
    asked = ("bench", "run", "torch_matmul", *SMALL_MATMUL, *product.measuring)
    out, _ = start(product.command(*asked, "--json"), **quiet(product))
    found = document(out, "outcome", "metrics")
    if "finished" not in str(found["outcome"]) or not found["metrics"]:
        raise SmokeError(f"outcome {found['outcome']}, {len(found['metrics'])} metrics")
    first = found["metrics"][0]
    return f"{first['name']}: {first['median']:.4g} {first['unit']}"


def check_ddp(product: Product) -> str:
    """Two processes train one model and average their gradients over Gloo."""
    asked = ("bench", "ddp", "--nproc", "2", *SMALL_DDP, "--force", *product.measuring)
    out, _ = start(product.command(*asked, "--json"), expected=(0, 1), **quiet(product))
    found = document(out, "outcome", "words", "conditions")
    made = found["conditions"]
    if "finished" not in str(found["outcome"]) or len(set(made.get("rank pids", ()))) != 2:
        raise SmokeError(f"outcome {found['outcome']}: {found['words']}, {found.get('failure')}")
    if made["backend"] != "gloo":
        raise SmokeError(f"backend {made['backend']}")
    return f"gloo, processes {made['rank pids']}, efficiency {found.get('efficiency')}"


def check_cancel(product: Product) -> str:
    """A benchmark that is cancelled ends at once, says so, and leaves no process behind."""
    sizes = "sizes=256,512,1024,2048,4096"
    asked = ("bench", "run", "torch_matmul", "--param", sizes, *product.measuring, "--json")
    process = subprocess.Popen(
        product.command(*asked),
        env=environment(**quiet(product)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    try:
        worker = wait_for_child(process)
        time.sleep(2.0)
        began = time.perf_counter()
        process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))
        out, said = process.communicate(timeout=LIMIT_S)
        took_s = time.perf_counter() - began
    finally:
        process.kill()
        process.wait()
    judge(process.returncode, out, said, (0, 1, 130))
    found = document(out, "outcome")
    if "cancel" not in str(found["outcome"]):
        raise SmokeError(f"outcome {found['outcome']}")
    if worker and is_alive(worker):
        raise SmokeError(f"its worker, process {worker}, still runs")
    if took_s > CANCEL_LIMIT_S:
        raise SmokeError(f"it took {took_s:.1f} s to end")
    return f"{found['outcome']} after {took_s:.1f} s, no process left"


def wait_for_child(process: subprocess.Popen[str]) -> int:
    """Return the worker's process id once it runs; 0 where the system does not tell."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        time.sleep(10.0)
        return 0
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        for pid in children_of(process.pid):
            command = Path(f"/proc/{pid}/cmdline")
            if command.exists() and b"worker" in command.read_bytes():
                return pid
        time.sleep(0.1)
    _, said = process.communicate(timeout=10)
    raise SmokeError(f"no worker was started: {said[-500:]}")


def children_of(pid: int) -> list[int]:
    """Return the processes that any thread of a process has started (Linux)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in task.read_text().split()]
        except OSError:  # that thread has ended
            continue
    return found


def is_alive(pid: int) -> bool:
    """Say whether a process still runs."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def check_worker(product: Product) -> str:
    """The worker's executable holds no Qt, and greets in JSON."""
    out, _ = start([product.program("hwstudio-worker"), "--about"])
    found = document(out, "qt", "torch")
    if found["qt"] != "absent":
        raise SmokeError(f"qt: {found['qt']}")
    if not product.interpreter and found["torch"] != "present":
        raise SmokeError("no Python with torch was named, and the worker holds none")
    out, _ = start([product.program("hwstudio-worker")])
    hello = json.loads(out.splitlines()[0])
    if "hello" not in hello.values():
        raise SmokeError(f"it greets with {hello}")
    return f"qt: {found['qt']}, torch: {found['torch']}"


def check_reentry(product: Product) -> str:
    """A library that takes the app for a Python gets a refusal, not a window."""
    env = {"QT_QPA_PLATFORM": "offscreen", "HWSTUDIO_READY_LINE": "1"}
    env["HWSTUDIO_QUIT_AFTER_MS"] = "1500"
    for name in ("hwstudio", "hwstudio-cli"):
        for switch in (["-c", "print(1)"], ["-m", "this"], ["--multiprocessing-fork"]):
            _, said = start([product.program(name), *switch], (1, 2), **env)
            if "hwstudio ready" in said:
                raise SmokeError(f"{name} {switch[0]} opened a window")
    return "-c, -m and --multiprocessing-fork refused"
