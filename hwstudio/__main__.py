"""Picks a face and imports only that one."""

from __future__ import annotations

import os
import sys

# A library that calls "sys.executable -c ..." inside the packaged app would re-run the app.
_PYTHON_SWITCHES = ("-c", "-m", "-E", "-I", "-S", "-s", "-B", "--multiprocessing-fork")


def main(argv: list[str] | None = None) -> int:
    """Run hwstudio: a worker, a command, or (without arguments) the window."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments and arguments[0] == "worker":
        from hwstudio.worker.loop import main as work

        return work()
    if arguments and arguments[0] in _PYTHON_SWITCHES:
        print(
            f"hwstudio: {arguments[0]} is for Python; this is hwstudio. See: hwstudio --help",
            file=sys.stderr,
        )
        return 2
    home, rest = _split_home(arguments)
    if not rest or (len(rest) == 1 and rest[0].endswith(".hws")):
        return _window_or_terminal(home, rest[0] if rest else None)
    from hwstudio.cli.main import main as command

    return command(arguments)


def window() -> int:
    """Open the window (the entry point of the desktop icon)."""
    return main()


def _split_home(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take ``--home DIR`` out, so that ``hwstudio --home DIR`` still opens the window."""
    if len(arguments) >= 2 and arguments[0] == "--home":
        return arguments[1], arguments[2:]
    if arguments and arguments[0].startswith("--home="):
        return arguments[0].partition("=")[2], arguments[1:]
    return None, arguments


def _window_or_terminal(home: str | None, project: str | None) -> int:
    """Open the window, or say why it cannot open and assess in the terminal instead."""
    from hwstudio.gui.shell.screen_check import why_no_window

    reason = why_no_window(dict(os.environ), sys.platform)
    if reason:
        print(f"hwstudio: {reason} Here is the assessment of this machine instead.\n")
        from hwstudio.cli.main import main as command

        return command([*(("--home", home) if home else ()), "assess"])
    from hwstudio.core.base.errors import HostError, UserError
    from hwstudio.gui.app import run

    try:
        return run(home, project)
    except (UserError, HostError) as error:
        print(f"hwstudio: {error.sentence}", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 3


if __name__ == "__main__":
    sys.exit(main())
