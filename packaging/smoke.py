"""Start the packaged app as a user would and look at what it says.

``python packaging/smoke.py [--dist FOLDER] [--interpreter PYTHON_WITH_TORCH]``. Builds that
succeed and then die at start are the usual failure of packaging, so no build counts without this.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 180
SMALLEST_PICTURE_BYTES = 40_000  # a tab that did not open leaves a plainer picture
FATAL = (
    "unhandled error",
    "Traceback (most recent call last)",
    "Fatal Python error",
    "Failed to execute script",
    "ModuleNotFoundError",
    "Could not load the Qt platform plugin",
    "could not connect to display",
    "undefined symbol",
    "Segmentation fault",
    "QObject::killTimer",
    "QThread: Destroyed",
)


class SmokeError(Exception):
    """One check found something wrong; the message says what."""


@dataclass(frozen=True)
class Product:
    """The packaged app, a home of its own for it, and an outside Python that has torch."""

    folder: Path
    home: Path
    interpreter: str

    def program(self, name: str) -> str:
        """Return the path of one of the three executables."""
        return str(self.folder / (f"{name}.exe" if os.name == "nt" else name))


def environment(**extra: str) -> dict[str, str]:
    """Return this process's environment without what would steer Python, Qt or a screen."""
    mine = ("PYTHON", "QT_", "DISPLAY", "WAYLAND_", "VIRTUAL_ENV", "HWSTUDIO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    return {**kept, **extra}


def start(command: list[str], expected: tuple[int, ...] = (0,), **extra: str) -> tuple[str, str]:
    """Run a command to its end; return its output and its messages."""
    try:
        done = subprocess.run(
            command,
            env=environment(**extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SmokeError(f"no end within {LIMIT_S} s") from error
    fatal = [mark for mark in FATAL if mark in done.stdout + done.stderr]
    if fatal or done.returncode not in expected:
        said = (done.stdout[-1000:] + done.stderr[-2000:]).strip()
        raise SmokeError(f"exit {done.returncode}, {fatal or 'no fatal marker'}:\n{said}")
    return done.stdout, done.stderr


def document(text: str, *keys: str) -> dict[str, Any]:
    """Read the one JSON document and check that these keys are in it."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise SmokeError(f"not one JSON document: {text[:200]!r}") from error
    missing = [key for key in keys if key not in found]
    if missing:
        raise SmokeError(f"the document lacks {missing}; it has {list(found)}")
    return dict(found)


def command_line(product: Product, *arguments: str) -> list[str]:
    """Return a hwstudio-cli command that writes only into the throw-away home."""
    return [product.program("hwstudio-cli"), "--home", str(product.home), *arguments]


def check_version(product: Product) -> str:
    """The command line says its version."""
    out, _ = start([product.program("hwstudio-cli"), "--version"])
    if not out.startswith("hwstudio "):
        raise SmokeError(f"it said {out!r}")
    return out.strip()


def check_assess(product: Product) -> str:
    """The machine is assessed from the bundled catalogue."""
    out, _ = start(command_line(product, "assess", "--json"))
    found = document(out, "machine", "score", "recommendations")
    return f"score {found['score'].get('total')}"


def check_plan(product: Product) -> str:
    """The optimiser and its solver work."""
    asked = ("build", "plan", "--budget", "3000", "--workload", "llm_qlora_8b", "--json")
    out, _ = start(command_line(product, *asked))
    found = document(out, "status", "builds")
    if found["status"] != "optimal" or not found["builds"]:
        raise SmokeError(f"status {found['status']}, {len(found['builds'])} builds")
    return f"{found['status']}, {len(found['builds'][0]['parts'])} kinds of part"


def check_prediction(product: Product) -> str:
    """The fitted model is in the package and answers."""
    asked = ("predict", "job", "--workload", "llm_qlora_8b", "--device", "RTX 4090", "--json")
    out, _ = start(command_line(product, *asked))
    speed = document(out, "speed", "memory")["speed"]
    if not speed["median"] or "nearest measurements" not in speed["inputs"]:
        raise SmokeError(f"no answer: {speed['refused']}")
    return f"{speed['median']:.2f} {speed['unit']}"


def check_recorder(product: Product) -> str:
    """The monitor's recorder runs as a process of its own, writes history, and ends when asked."""
    out, _ = start(command_line(product, "monitor", "recorder", "start", "--json"))
    begun = document(out, "is_running", "pid")
    if not begun["is_running"]:
        raise SmokeError("it does not run after its start")
    time.sleep(3.0)
    out, _ = start(command_line(product, "monitor", "recorder", "stop", "--json"))
    ended = document(out, "is_running", "size_bytes")
    if ended["is_running"] or not ended["size_bytes"]:
        raise SmokeError(f"after its end: {ended}")
    return f"process {begun['pid']}, {ended['size_bytes']} bytes of history"


def check_matmul(product: Product) -> str:
    """An outside Python runs the bundled worker sources."""
    asked = ("bench", "run", "torch_matmul", "--quick", "--interpreter", product.interpreter)
    out, _ = start(command_line(product, *asked, "--json"))
    found = document(out, "outcome", "metrics")
    if "finished" not in str(found["outcome"]) or not found["metrics"]:
        raise SmokeError(f"outcome {found['outcome']}, {len(found['metrics'])} metrics")
    first = found["metrics"][0]
    return f"{first['name']}: {first['median']:.4g} {first['unit']}"


def check_worker(product: Product) -> str:
    """The worker's executable holds no Qt, and greets in JSON."""
    out, _ = start([product.program("hwstudio-worker"), "--about"])
    found = document(out, "qt", "torch")
    if found["qt"] != "absent":
        raise SmokeError(f"qt: {found['qt']}")
    out, _ = start([product.program("hwstudio-worker")])
    hello = json.loads(out.splitlines()[0])
    if "hello" not in hello.values():
        raise SmokeError(f"it greets with {hello}")
    return "qt: absent"


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


def check_window(product: Product, **screen: str) -> str:
    """The window comes up, says so, and closes by itself."""
    env = {"HWSTUDIO_READY_LINE": "1", "HWSTUDIO_QUIT_AFTER_MS": "4000", **screen}
    _, said = start([product.program("hwstudio"), "--home", str(product.home)], **env)
    ready = [line for line in said.splitlines() if line.startswith("hwstudio ready")]
    if not ready:
        raise SmokeError(f"no ready line; it said: {said[-1500:]}")
    return ready[0]


def check_offscreen(product: Product) -> str:
    """The window, drawn into memory."""
    return check_window(product, QT_QPA_PLATFORM="offscreen")


def check_tabs(product: Product) -> str:
    """Every tab opens and draws, light and dark, small and large."""
    folder = product.home / "shots"
    command = [product.program("hwstudio"), "--shots", str(folder)]
    start(command, QT_QPA_PLATFORM="offscreen")
    pictures = sorted(folder.glob("*.png"))
    empty = [file.name for file in pictures if file.stat().st_size < SMALLEST_PICTURE_BYTES]
    tabs = {file.name.partition("-")[0] for file in pictures}
    if len(pictures) != 4 * len(tabs) or len(tabs) < 6 or empty:
        raise SmokeError(f"{len(pictures)} pictures of {sorted(tabs)}, empty: {empty}")
    return f"{len(tabs)} tabs: {', '.join(sorted(tabs))}"


@contextlib.contextmanager
def x_screen() -> Iterator[str]:
    """Give a virtual X screen on the first free number."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x720x24"]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=(writing,), stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def check_x11(product: Product) -> str:
    """The window on a real X server."""
    with x_screen() as display:
        return check_window(product, DISPLAY=display)


def check_no_screen(product: Product) -> str:
    """Without a screen the program says so and assesses; Qt never aborts it."""
    out, said = start([product.program("hwstudio"), "--home", str(product.home)])
    if "screen" not in out + said and "display" not in out + said:
        raise SmokeError(f"it did not say why: {out[:300]}{said[:300]}")
    return (out + said).strip().splitlines()[0][:90]


def checks() -> list[Callable[[Product], str]]:
    """Return the checks that can run here."""
    found = [
        check_version,
        check_assess,
        check_plan,
        check_prediction,
        check_worker,
        check_reentry,
        check_offscreen,
    ]
    found += [check_tabs, check_recorder]
    if sys.platform.startswith("linux"):
        found.append(check_no_screen)
        if shutil.which("Xvfb"):
            found.append(check_x11)
        else:
            print("left out: the window under X (Xvfb is not installed: apt install xvfb)")
    return [*found, check_matmul]


def main() -> int:
    """Run every check; 0 when all hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist" / "hwstudio")
    parser.add_argument("--interpreter", default=sys.executable, help="a Python that has torch")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as home:
        # A user's folder may have a space, a quote and letters outside ASCII in its name.
        place = Path(home) / "Zoë's Ордер"
        place.mkdir()
        product = Product(options.dist.resolve(), place, options.interpreter)
        listed = checks()
        for check in listed:
            began = time.perf_counter()
            try:
                answer = check(product)
            except (SmokeError, OSError, LookupError, ValueError, TypeError) as error:
                failures += 1
                print(f"FAILED {check.__name__}: {type(error).__name__}: {error}")
            else:
                print(f"ok     {check.__name__} ({time.perf_counter() - began:.1f} s): {answer}")
    print(f"{failures} of {len(listed)} checks failed" if failures else "The packaged app works.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
