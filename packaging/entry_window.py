"""Starts the window of the packaged app; ``--shots FOLDER`` pictures every tab instead."""

from __future__ import annotations

import io
import sys
import traceback

if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--multiprocessing-fork":
        import multiprocessing

        multiprocessing.freeze_support()  # becomes the child process; does not come back
    # A Windows program without a console has no output streams; messages then go nowhere.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    if sys.argv[1:2] == ["--shots"]:  # packaging/smoke.py: does every tab open in the package?
        from hwstudio.gui.shots import main

        try:
            sys.exit(main(sys.argv[2:]))
        except Exception:  # noqa: BLE001 - Windows would show it and wait for a click
            traceback.print_exc()
            sys.exit(1)
    from hwstudio.__main__ import window

    sys.exit(window())
