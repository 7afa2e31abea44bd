"""Lets ``python -m hwstudio.worker`` and the frozen ``hwstudio-worker`` start the loop."""

from __future__ import annotations

import sys

from hwstudio.worker.loop import main

if __name__ == "__main__":
    sys.exit(main())
