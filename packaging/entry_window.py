"""Starts the window of the packaged app; ``--shots FOLDER`` pictures every tab instead."""

from __future__ import annotations

import io
import sys

if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--multiprocessing-fork":
        import multiprocessing

        multiprocessing.freeze_support()  # becomes the child process; does not come back
    # A Windows program without a console has no output streams; messages then go nowhere.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    if sys.argv[1:2] == ["--shots"]:  # packaging/smoke.py: does every tab open in the package?
        from hwstudio.gui.shots import main

        sys.exit(main(sys.argv[2:]))
    from hwstudio.__main__ import window

    sys.exit(window())
