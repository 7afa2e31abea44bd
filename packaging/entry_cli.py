"""Starts the command line of the packaged app; it holds no Qt, so it cannot open a window."""

from __future__ import annotations

import sys

PYTHON_SWITCHES = ("-c", "-m", "-I", "-E", "-S", "-s", "-B", "--multiprocessing-fork")

if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--multiprocessing-fork":
        import multiprocessing

        multiprocessing.freeze_support()  # becomes the child process; does not come back
    if sys.argv[1:2] and sys.argv[1] in PYTHON_SWITCHES:
        # A library took this program for a Python.
        sys.stderr.write(f"hwstudio: {sys.argv[1]} is for Python. See: hwstudio-cli --help\n")
        sys.exit(2)
    if sys.argv[1:2] == ["recorder"]:  # the monitor's background process
        from hwstudio.cli.recorder_process import main as record

        sys.exit(record(sys.argv[2:]))
    from hwstudio.cli.main import main

    sys.exit(main(sys.argv[1:]))
