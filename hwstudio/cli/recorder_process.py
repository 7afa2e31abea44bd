"""The recorder process: ``hwstudio recorder``. Started by the window or ``monitor recorder start``.

It imports as little as it can: it runs all day beside other people's work.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import start_log
from hwstudio.core.base.paths import Home, open_home

_LEAST_S, _MOST_S = 0.2, 3600.0


def main(arguments: Sequence[str]) -> int:
    """Record until asked to stop; 0 = ended as asked, 2 = wrong input, 3 = the host refused."""
    try:
        home_name, interval_s = _parsed(arguments)
        home = open_home(home_name)
        start_log(home.log_dir)
        return _record(home, interval_s)
    except UserError as error:
        print(f"hwstudio: {error.sentence}", file=sys.stderr)
        return 2
    except HostError as error:
        print(f"hwstudio: {error.sentence}", file=sys.stderr)
        return 3


def _parsed(arguments: Sequence[str]) -> tuple[str | None, float]:
    home: str | None = None
    interval_s = 1.0
    for word in arguments:
        name, _, value = word.partition("=")
        if name == "--home":
            home = value
        elif name == "--interval":
            interval_s = _interval(value)
        else:
            raise UserError(
                f"The recorder does not know {word}",
                "it takes --home=DIR and --interval=SECONDS",
                "Start it with: hwstudio monitor recorder start",
            )
    return home, interval_s


def _interval(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not _LEAST_S <= value <= _MOST_S:
        raise UserError(
            "The interval cannot be used", f"{text!r} is not {_LEAST_S:g} to {_MOST_S:g} seconds"
        )
    return value


def _record(home: Home, interval_s: float) -> int:
    from hwstudio.cli.recorder_parts import make_recorder

    with file_lock(home.recorder_lock, wait_s=0):
        recorder = make_recorder(home, interval_s)

        def end(_signal: int, _frame: Any) -> None:
            recorder.stop()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        gc.collect()
        gc.freeze()  # what was imported is never swept again
        recorder.run()
        home.recorder_stop.unlink(missing_ok=True)
    return 0
