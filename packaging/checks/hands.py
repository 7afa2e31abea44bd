"""Uses the window as somebody with a screen reader does: by the names and roles it tells AT-SPI.

Started by person.py with the system's own Python, which has AT-SPI (gi): ``hands.py ORDER.json``.
The order holds the command, its environment and steps; the answer is one JSON document.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

ANSWER_LIMIT_MS = 30_000  # a tab that is built answers late
PLACES = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
LOOK_AGAIN_S = 0.3


class LostError(Exception):
    """What a step wants is not on the screen; the message says what was looked for."""


def shown(node: Any) -> Iterator[Any]:
    """Go through what is on the screen below a node; hidden branches are left out."""
    for number in range(node.get_child_count()):
        child = node.get_child_at_index(number)
        if child is not None and child.get_state_set().contains(Atspi.StateType.SHOWING):
            yield child
            yield from shown(child)


def window() -> Any:
    """Return the accessible application, or None while it is not there."""
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        found = desktop.get_child_at_index(number)
        if found is not None and found.get_name() == "hwstudio":
            return found
    return None


def wait_for(look: Any, what: str, limit_s: float) -> Any:
    """Look again until something is found.

    Raises:
        LostError: nothing within the limit.
    """
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with contextlib.suppress(GLib.Error):  # a part that went away while it was asked
            found = look()
            if found is not None:
                return found
        time.sleep(LOOK_AGAIN_S)
    raise LostError(f"{what} did not come up within {limit_s:.0f} s")


def find(app: Any, name: str, role: str = "") -> Any:
    """Return what is shown with a text in its name (an expression), and is enabled if pressed."""
    for node in shown(app):
        if role and node.get_role_name() != role:
            continue
        if re.search(name, node.get_name() or ""):
            if role and not node.get_state_set().contains(Atspi.StateType.SENSITIVE):
                continue
            return node
    return None


def press(app: Any, role: str, name: str, limit_s: float) -> None:
    """Press a button or a tab by its name."""
    node = wait_for(lambda: find(app, f"^{name}$", role), f"{role} {name!r}", limit_s)
    node.get_action_iface().do_action(0)


def follow(app: Any, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Do the steps in turn; return how long each took."""
    done = []
    for step in steps:
        began = time.monotonic()
        limit_s = float(step.get("limit_s", 30))
        if "press" in step:
            press(app, step["role"], step["press"], limit_s)
        text = step["see"]
        node = wait_for(lambda text=text: find(app, text), f"the text {text!r}", limit_s)
        seconds = round(time.monotonic() - began, 1)
        done.append({"step": step.get("press", ""), "saw": node.get_name()[:80], "s": seconds})
    return done


def names_missing(app: Any) -> list[str]:
    """Return the shown buttons that tell a screen reader no name."""
    roles = ("push button", "check box", "radio button", "page tab")
    return [
        n.get_role_name() for n in shown(app) if n.get_role_name() in roles and not n.get_name()
    ]


def main() -> int:
    """Start the app, follow the steps, end it, print the answer."""
    warnings.simplefilter("ignore")
    order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Atspi.set_timeout(ANSWER_LIMIT_MS, ANSWER_LIMIT_MS)
    launcher = next((place for place in PLACES if Path(place).exists()), PLACES[0])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    bus = subprocess.Popen([launcher, "--launch-immediately"], **quiet)
    env = {
        **order["environment"],
        "DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"],
    }
    answer: dict[str, Any] = {"done": [], "lost": "", "nameless": []}
    with Path(order["messages"]).open("wb") as messages:
        started = subprocess.Popen(order["command"], env=env, stdout=messages, stderr=messages)
        try:
            app = wait_for(window, "the window", 60)
            answer["done"] = follow(app, order["steps"])
            answer["nameless"] = names_missing(app)
            os.kill(app.get_process_id(), signal.SIGTERM)
        except (LostError, GLib.Error) as error:
            answer["lost"] = str(error)
            answer["ended_with"] = started.poll()
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(10 if not answer["lost"] else 0.1)
            started.kill()
            started.wait()
            bus.terminate()
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
