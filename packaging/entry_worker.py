"""Starts the worker of the packaged app, or tells what is in it (``--about``).

Where it holds torch (the full edition) it also answers ``-I -c CODE`` as a Python would: so it is
asked for its versions and tried out like any other Python, and torch's own helpers start.
"""

from __future__ import annotations

import importlib.util
import json
import sys

PYTHON_SWITCHES = ("-c", "-m", "-I", "-E", "-S", "-s", "-B")


def is_held(name: str) -> bool:
    """Say whether a library is loaded or packed into this executable.

    The bare folder of a library beside it, which belongs to the window, does not count.
    """
    spec = importlib.util.find_spec(name)
    return name in sys.modules or (spec is not None and spec.origin is not None)


def about() -> dict[str, str]:
    """Say which large libraries this executable holds."""
    names = {"qt": "PySide6", "torch": "torch"}
    return {key: "present" if is_held(name) else "absent" for key, name in names.items()}


def as_python(arguments: list[str]) -> int:
    """Run the code after -c as the main program; refuse what only a whole Python can do."""
    switches = arguments[: arguments.index("-c")] if "-c" in arguments else arguments
    code = arguments[len(switches) + 1 : len(switches) + 2]
    if not is_held("torch") or not code or not set(switches) <= set(PYTHON_SWITCHES) - {"-m"}:
        sys.stderr.write(f"hwstudio-worker: {arguments[0]} is for Python; this is no Python.\n")
        return 2
    sys.argv = ["-c", *arguments[len(switches) + 2 :]]
    # An environment of its own, so that nobody looks for libraries in the user's Python folders.
    sys.base_prefix = sys.base_exec_prefix = ""
    exec(compile(code[0], "<string>", "exec"), {"__name__": "__main__"})
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--multiprocessing-fork":
        import multiprocessing

        multiprocessing.freeze_support()  # becomes the child process; does not come back
    if sys.argv[1:] == ["--about"]:
        sys.stdout.write(json.dumps(about()) + "\n")
        sys.exit(0)
    if sys.argv[1:2] and sys.argv[1] in PYTHON_SWITCHES:
        sys.exit(as_python(sys.argv[1:]))
    from hwstudio.worker.loop import main

    sys.exit(main())
