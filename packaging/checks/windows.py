"""Checks of the packaged window that need nobody to click: it comes up, draws, and closes."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

from checks.product_under_test import LeftOutError, Product, SmokeError, start

SMALLEST_PICTURE_BYTES = 40_000  # a tab that did not open leaves a plainer picture
TABS = 8


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
    if len(pictures) != 4 * len(tabs) or len(tabs) < TABS or empty:
        raise SmokeError(f"{len(pictures)} pictures of {sorted(tabs)}, empty: {empty}")
    return f"{len(tabs)} tabs: {', '.join(sorted(tabs))}"


@contextlib.contextmanager
def x_screen() -> Iterator[str]:
    """Give a virtual X screen on the first free number."""
    if shutil.which("Xvfb") is None:
        raise LeftOutError("Xvfb is not installed (apt install xvfb)")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"]
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
