"""Renders every tab, light and dark, small and large, into a folder: ``run.py --shots DIR``."""

from __future__ import annotations

import io
import logging
import os
import sys
import tempfile
from pathlib import Path

SIZES = ((1280, 720), (1920, 1080))
SCHEMES = ("light", "dark")
_SETTLE_MS = 2500


def main(argv: list[str] | None = None) -> int:
    """Write the pictures; return 0, or 2 without a folder."""
    arguments = sys.argv[1:] if argv is None else argv
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("Usage: python -m hwstudio.gui.shots FOLDER\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A pipe on Windows knows few letters, and the folder's name may hold any.
        sys.stdout.reconfigure(errors="replace")
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        try:
            return _shoot(folder, home)
        finally:
            logging.shutdown()  # Windows removes no file that is open


def _shoot(folder: Path, home: str) -> int:
    from hwstudio.core.base.settings import changed
    from hwstudio.core.studio import open_studio
    from hwstudio.gui.app import make_app, make_window
    from hwstudio.gui.shell.tabs import TABS

    studio = open_studio(home)
    studio.save_settings(changed(studio.settings, first_run_done=True, theme="light"))
    app = make_app()
    window = make_window(app, studio)
    window.show()
    for tab in TABS:
        window.open_tab(tab.id)
        _settle(_SETTLE_MS)
        for scheme in SCHEMES:
            window.theme.set_mode(scheme)
            for width, height in SIZES:
                window.resize(width, height)
                _settle(300)
                file = folder / f"{tab.id}-{scheme}-{width}x{height}.png"
                window.grab().save(str(file))
                sys.stdout.write(f"{file}\n")
        window.theme.set_mode("light")
    window.close()
    studio.close()
    return 0


def _settle(wait_ms: int) -> None:
    """Let timers, tasks and layouts do their work for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(wait_ms, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
