"""``hwstudio monitor recorder start|stop|restart|status``: history while no window is open."""

from __future__ import annotations

import argparse
import time
from typing import Any

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration, significant
from hwstudio.core.monitor.recorder_control import (
    RecorderState,
    RecorderView,
    begin_recording,
    is_recording,
    restart_recorder,
    stop_recorder,
)

_LEAST_S, _MOST_S = 0.2, 3600.0
_RESTART = "Start it again, nothing is lost: hwstudio monitor recorder restart"


def add_recorder(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and what it takes."""
    made = verbs.add_parser(
        "recorder",
        help="write history in the background: start, stop, restart, status",
        description="The recorder is a small process of its own that writes every reading to the "
        "history, whether or not the window is open.",
        epilog="Example: hwstudio monitor recorder start",
    )
    made.add_argument("do", choices=("start", "stop", "restart", "status"), help="what to do")
    made.add_argument(
        "--interval", type=float, metavar="S", help="seconds between readings (1, or as before)"
    )
    common(made)
    made.set_defaults(run=run_recorder)


def run_recorder(args: argparse.Namespace, out: Output) -> int:
    """Do it and say what is now.

    Raises:
        UserError: the interval makes no sense.
        HostError: it cannot be started, or does not end.
    """
    home, interval_s = out.studio.home, args.interval
    if interval_s is not None and not _LEAST_S <= interval_s <= _MOST_S:
        raise UserError(
            "The interval cannot be used", f"it must be {_LEAST_S:g} to {_MOST_S:g} seconds"
        )
    view = RecorderView(home)
    try:
        _do(args.do, interval_s or view.look().interval_s, out)
        _say(view.look(), out, is_held=is_recording(home))
    finally:
        view.close()
    return 0


def _do(what: str, interval_s: float, out: Output) -> None:
    home = out.studio.home
    if what == "start" and not begin_recording(home, interval_s):
        out.note("The recorder is running already.")
    elif what == "restart":
        restart_recorder(home, interval_s)
    elif what == "stop" and not stop_recorder(home):
        out.note("No recorder is running.")


def _say(state: RecorderState, out: Output, *, is_held: bool) -> None:
    home = out.studio.home
    size = state.size_bytes if state.size_bytes is not None else _size(home.monitor_file)
    if out.is_json:
        out.document(
            {
                "is_running": is_held,
                "is_other_version": is_held and state.is_other_version,
                "pid": state.pid,
                "started_s": state.started_s,
                "interval_s": state.interval_s if state.is_running else None,
                "size_bytes": size,
                "path": home.monitor_file,
                "notice": state.notice,
            }
        )
        return
    if not is_held:
        out.line("The recorder is off.")
    elif state.started_s is None:
        out.line("The recorder is on; it shows no reading at the moment.")
    else:
        since = duration(max(0.0, time.time() - state.started_s))
        out.line(f"The recorder has been on for {since} (process {state.pid}).")
    if is_held and state.is_other_version:
        out.line(f"It was started by another version of hwstudio. {_RESTART}")
    stored = f"{significant(size / 1e6)} MB" if size is not None else "nothing yet"
    out.line(f"History on disk: {stored} in {home.monitor_file}")
    if state.notice:
        out.line(state.notice)


def _size(file: Any) -> int | None:
    try:
        return int(file.stat().st_size)
    except OSError:
        return None
