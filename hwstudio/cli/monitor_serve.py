"""``hwstudio monitor serve``: this computer's readings for Prometheus and for other hwstudios."""

from __future__ import annotations

import argparse
import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from hwstudio.cli.output import Output, common, finish
from hwstudio.core.base.errors import UserError

_FASTEST_S, _SLOWEST_S = 0.2, 3600.0


def add_serve(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    serve = verbs.add_parser(
        "serve",
        help="show the readings to Prometheus or another hwstudio",
        description="Answer GET /metrics in Prometheus text until Ctrl+C. Only this computer may "
        "read, unless --bind says otherwise and --token-file or --no-token says to whom.",
        epilog="Example: hwstudio monitor serve --port 9877 --bind 0.0.0.0 --token-file token.txt",
    )
    serve.add_argument("--port", type=int, required=True, metavar="P", help="0 takes any free one")
    serve.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="where to answer")
    who = serve.add_mutually_exclusive_group()
    who.add_argument("--token-file", metavar="F", help="file with the token readers must give")
    who.add_argument(
        "--no-token", action="store_true", help="let everybody read who can reach the address"
    )
    serve.add_argument(
        "--interval", type=float, default=1.0, metavar="S", help="seconds between readings (1)"
    )
    common(serve)
    serve.set_defaults(run=run_serve)


def run_serve(args: argparse.Namespace, out: Output) -> int:
    """Serve until Ctrl+C or SIGTERM.

    Raises:
        UserError: the address needs a token, or an option makes no sense.
        HostError: the port cannot be used, or the token's file cannot be read.
    """
    from hwstudio.core.monitor.recorder_control import RecorderView
    from hwstudio.core.monitor.sampler import Sampler
    from hwstudio.core.monitor.serve import Server, ServeWish

    if not _FASTEST_S <= args.interval <= _SLOWEST_S:
        why = f"it must be {_FASTEST_S:g} to {_SLOWEST_S:g} seconds"
        raise UserError("The interval cannot be used", why)
    token = _token(Path(args.token_file), out) if args.token_file else ""
    fresh_s = max(10.0, 3 * args.interval)
    wish = ServeWish(args.port, args.bind, token, is_open=args.no_token, fresh_s=fresh_s)
    recorder = RecorderView(out.studio.home)
    sampler = Sampler(interval_s=args.interval, follow=lambda: recorder.look().sample)
    sampler.wants_processes = False
    server = Server(wish, lambda: sampler.sample)
    try:
        with _stopped_by_signal() as stop:
            server.start()
            sampler.start()
            _say(server, wish, out)
            while not stop.wait(0.5):  # a wait without end cannot be interrupted on Windows
                pass
    finally:
        server.stop()
        sampler.stop()
        recorder.close()
    return 0


def _token(file: Path, out: Output) -> str:
    from hwstudio.core.monitor.hosts.entry import secret_of

    token = secret_of(file)
    if os.name == "posix":
        with suppress(OSError):
            if file.expanduser().stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
                out.note(f"hwstudio: others on this computer can read {file}: chmod 600 it.")
    return token


def _say(server: Any, wish: Any, out: Output) -> None:
    """Tell where it answers; a script may wait for this."""
    if out.is_json:
        out.document(
            {"url": server.url, "bind": wish.bind, "port": server.port, "token": bool(wish.token)}
        )
    else:
        anybody = "everybody who can reach it" if wish.is_open else "this computer"
        who = "whoever has the token" if wish.token else anybody
        out.line(f"Serving {server.url} to {who}. Ctrl+C ends it.")
    finish()


@contextmanager
def _stopped_by_signal() -> Iterator[threading.Event]:
    """Yield an event that Ctrl+C and SIGTERM set; what they did before is put back."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
