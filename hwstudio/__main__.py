"""Picks a face and imports only that one."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from hwstudio.core.base.safe_mode import SWITCH, set_safe_mode

# A library that calls "sys.executable -c ..." inside the packaged app would re-run the app.
_PYTHON_SWITCHES = ("-c", "-m", "-E", "-I", "-S", "-s", "-B", "--multiprocessing-fork")


def main(argv: list[str] | None = None) -> int:
    """Run hwstudio: a worker, a command, or (without arguments) the window."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments and arguments[0] == "worker":
        from hwstudio.worker.loop import main as work

        return work()
    if arguments and arguments[0] == "recorder":
        from hwstudio.core.base.late_inspect import load_inspect_late

        load_inspect_late()
        from hwstudio.cli.recorder_process import main as record

        return record(arguments[1:])
    if arguments and arguments[0] in _PYTHON_SWITCHES:
        print(
            f"hwstudio: {arguments[0]} is for Python; this is hwstudio. See: hwstudio --help",
            file=sys.stderr,
        )
        return 2
    home, rest = _split_home(arguments)
    rest = _take_safe_mode(rest)
    if _is_window(rest):
        return _window_or_terminal(home, rest[0] if rest else None)
    from hwstudio.cli.main import main as command

    return command(arguments)


def window() -> int:
    """Open the window (the entry point of the desktop icon)."""
    return main()


def _split_home(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take ``--home DIR`` out, so that ``hwstudio --home DIR`` still opens the window."""
    home, rest = None, list(arguments)
    for at, word in enumerate(arguments):
        if word == "--home" and at + 1 < len(arguments):
            home, rest = arguments[at + 1], arguments[:at] + arguments[at + 2 :]
        elif word.startswith("--home="):
            home, rest = word.partition("=")[2], arguments[:at] + arguments[at + 1 :]
    return home, rest


def _take_safe_mode(rest: list[str]) -> list[str]:
    """Take ``--safe-mode`` out where the window is to open; commands know no such option."""
    others = [word for word in rest if word != SWITCH]
    if len(others) == len(rest) or not _is_window(others):
        return rest
    set_safe_mode(is_on=True)
    return others


def _is_window(rest: list[str]) -> bool:
    return not rest or (len(rest) == 1 and rest[0].casefold().endswith(".hws"))


def _window_or_terminal(home: str | None, project: str | None) -> int:
    """Open the window, or say why it cannot open and assess in the terminal instead."""
    _start_light()
    from hwstudio.gui.shell.screen_check import find_screen

    gc.disable()  # what a start makes is no garbage; the window sweeps by itself once it stands
    screen = find_screen(os.environ, sys.platform)
    if screen.reason:
        gc.enable()
        return _terminal(home, project, screen.reason)
    if screen.platform:
        os.environ["QT_QPA_PLATFORM"] = screen.platform
    import hwstudio.gui.quick_qt  # noqa: F401 - before the imports that it makes quick
    from hwstudio.core.base.errors import HostError, UserError
    from hwstudio.gui.app import run

    try:
        return run(home, project)
    except (UserError, HostError) as error:
        return _refused(error)


def _start_light() -> None:
    """Leave undone what Python does for every class and few classes need.

    The recorder leaves methods as they are: what waits to be compiled takes a little more memory.
    """
    from hwstudio.core.base.late_inspect import load_inspect_late

    load_inspect_late()  # first: the next line loads dataclasses
    from hwstudio.core.base.late_methods import compile_methods_late

    compile_methods_late()


def _terminal(home: str | None, project: str | None, reason: str) -> int:
    """Assess in the terminal; a project that cannot be read is refused as the window would."""
    from hwstudio.cli.main import main as command
    from hwstudio.core.base.errors import HostError, UserError

    notice = f"hwstudio: {reason} "
    if project is not None:
        from hwstudio.core.project.file import load_project

        try:
            load_project(Path(project))
        except (UserError, HostError) as error:
            return _refused(error)
        notice += f"The project {project} needs the window. "
    notice += "Here is the assessment of this machine instead.\n"
    place = () if home is None else (f"--home={home}",)
    return command([*place, "assess"], notice=notice)


def _refused(error: Exception) -> int:
    from hwstudio.cli.output import complain, speak_any_text
    from hwstudio.core.base.errors import UserError

    speak_any_text()
    complain(str(error))
    return 2 if isinstance(error, UserError) else 3


if __name__ == "__main__":
    sys.exit(main())
