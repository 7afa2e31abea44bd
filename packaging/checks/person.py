"""Checks in which somebody uses the packaged window, on a virtual screen, by accessibility.

The walk runs with everything taken away that an app may not count on: no network, an install
folder that cannot be written, an account whose home has a space and letters outside ASCII.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks import traces
from checks.product_under_test import (
    LIMIT_S,
    LeftOutError,
    Product,
    SmokeError,
    environment,
    judge,
)
from checks.windows import x_screen

HANDS = Path(__file__).with_name("hands.py")
# Each tab by its name, and a text that stands there only when the work behind it was done.
WALK = (
    ("This PC", "^Score for this goal"),
    ("Monitor", r"^the \d+ busiest and largest of \d+"),
    ("Workload", "^Fits in the |^Does not fit|^Whole job"),
    ("Configure", "^Expected speed"),
    ("Parts", r"^\d+ GPU models"),
    ("Benchmark", "^Measured with"),
    ("Cloud", "^Owning pays back after"),
    ("Learn", "^With the numbers of this computer"),
)
TAB_LIMIT_S = 60
# What the walk is run under; each is tried on its own and left out, with words, where it cannot be.
NO_NETWORK = "no network"
READ_ONLY = "read-only install folder"


@dataclass(frozen=True)
class Walked:
    """What came of one use of the window."""

    answer: dict[str, Any]
    deeds: traces.Deeds | None  # None without strace
    taken_away: tuple[str, ...]


def system_python() -> str:
    """Return a Python that can speak AT-SPI.

    Raises:
        LeftOutError: none can here.
    """
    need = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    for python in ("/usr/bin/python3", "python3", sys.executable):
        with contextlib.suppress(OSError):
            command = [python, "-c", need]
            if not subprocess.run(command, capture_output=True, check=False).returncode:
                return python
    raise LeftOutError("no AT-SPI (apt install at-spi2-core gir1.2-atspi-2.0 python3-gi dbus)")


def walls(product: Product) -> tuple[list[str], tuple[str, ...]]:
    """Return the words before a command that take network and write access away, and which."""
    tool = shutil.which("unshare")
    if tool is None or not sys.platform.startswith("linux"):
        return [], ()
    alone = [tool, "--map-root-user", "--net", "--mount"]
    place = str(product.folder)
    shut = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    for words, taken in (
        ([*alone, "sh", "-c", shut, place], (NO_NETWORK, READ_ONLY)),
        ([tool, "--map-root-user", "--net"], (NO_NETWORK,)),
    ):
        if not subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
            return words, taken
    return [], ()


def use(product: Product, steps: list[dict[str, Any]], *, is_traced: bool) -> Walked:
    """Start the window on a virtual screen and follow steps in it.

    Raises:
        LeftOutError: this computer lacks what that needs.
        SmokeError: a step failed, or the app said something only broken ones say.
    """
    python = system_python()
    if shutil.which("dbus-run-session") is None:
        raise LeftOutError("dbus-run-session is not installed (apt install dbus)")
    work = product.home.parent / "walk"
    work.mkdir(exist_ok=True)
    log, messages, order = work / "strace", work / "messages", work / "order.json"
    log.unlink(missing_ok=True)
    tracing = traces.tracing(log) if is_traced else []
    before, taken = walls(product)
    with x_screen() as display:
        account = {"HOME": str(product.home), "DISPLAY": display, "TMPDIR": str(product.home)}
        surroundings = environment(QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", **account)
        surroundings.pop("XDG_RUNTIME_DIR", None)
        command = [*tracing, product.program("hwstudio"), "--home", str(product.home)]
        asked = {"command": command, "environment": surroundings, "steps": steps}
        order.write_text(json.dumps({**asked, "messages": str(messages)}), encoding="utf-8")
        whole = [*before, "dbus-run-session", "--", python, str(HANDS), str(order)]
        done = subprocess.run(
            whole,
            env=environment(HOME=str(work), DISPLAY=display),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=3 * LIMIT_S,
            check=False,
        )
    said = messages.read_text(encoding="utf-8", errors="replace") if messages.exists() else ""
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise SmokeError(f"no answer of the hands: {done.stderr[-1500:]}") from error
    judge(0, "", said)
    if answer["lost"]:
        ended = answer.get("ended_with")
        raise SmokeError(f"{answer['lost']} (the app: {ended}): {said[-1000:]}")
    seen = traces.read(log.read_text(encoding="ascii", errors="replace")) if tracing else None
    return Walked(answer, seen, taken)


def check_walk(product: Product) -> str:
    """Somebody opens every tab by its name; no socket, no file outside the home, no network."""
    ready(product)
    steps = [
        {"press": name, "role": "page tab", "see": text, "limit_s": TAB_LIMIT_S}
        for name, text in WALK
    ]
    walked = use(product, steps, is_traced=True)
    nameless = walked.answer["nameless"]
    if nameless:
        raise SmokeError(f"controls without a name for screen readers: {nameless}")
    words = [f"{len(walked.answer['done'])} tabs by name", *walked.taken_away]
    words += [f"NOT taken away: {name}" for name in missing(walked.taken_away)]
    return ", ".join([*words, judged_deeds(walked.deeds, product)])


def missing(taken: tuple[str, ...]) -> list[str]:
    """Return what could not be taken away on this computer."""
    return [name for name in (NO_NETWORK, READ_ONLY) if name not in taken]


def judged_deeds(deeds: traces.Deeds | None, product: Product) -> str:
    """Say what was written and called, or stop where it was too much."""
    if deeds is None:
        return "sockets and files NOT counted (needs strace, and leave to trace)"
    outside = deeds.written_outside(product.home)
    if deeds.internet_sockets or deeds.calls:
        raise SmokeError(f"sockets {deeds.sockets}, calls {deeds.calls[:5]}")
    if outside:
        raise SmokeError(f"{len(outside)} files written outside the home: {outside[:10]}")
    if not deeds.written:
        raise SmokeError("the trace saw no file written at all: it cannot be trusted")
    inside = len(deeds.written)
    return f"0 internet sockets ({deeds.sockets}), {inside} paths written, 0 outside the home"


def check_cancel_in_window(product: Product) -> str:
    """Somebody starts the quick check, then cancels it."""
    ready(product)
    steps = [
        {"press": "Benchmark", "role": "page tab", "see": "^Measured with", "limit_s": 60},
        {"see": "^Python .* with PyTorch", "limit_s": 60},
        {"press": "Run quick check", "role": "push button", "see": "^Cancel$", "limit_s": 30},
        {"press": "Cancel", "role": "push button", "see": "^Stopped by you", "limit_s": 30},
    ]
    walked = use(product, steps, is_traced=False)
    return f"stopped {walked.answer['done'][-1]['s']} s after the click"


def ready(product: Product) -> None:
    """Write settings as after the first questions, with the Python that measures."""
    chosen = {"schema": 1, "first_run_done": True, "theme": "light"}
    chosen["interpreter"] = product.interpreter
    product.home.mkdir(exist_ok=True)
    file = product.home / "settings.json"
    file.write_text(json.dumps(chosen), encoding="utf-8")
    (product.home / "window.ini").unlink(missing_ok=True)
    os.utime(file)
