"""Removes a test file that a worker left behind; most systems free it before we come to look."""

from __future__ import annotations

import contextlib
from pathlib import Path

PREFIX = ".hwstudio-drive-test-"  # nothing else is ever removed
FOLDER_PREFIX = ".hwstudio-data-test-"


def remove_scratch(told: object) -> None:
    """Remove the file or folder a worker told of, if it is one of ours and still there."""
    if not isinstance(told, str):
        return
    file = Path(told)
    if file.name.startswith(PREFIX):
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
    elif file.name.startswith(FOLDER_PREFIX) and not file.is_symlink():
        with contextlib.suppress(OSError):
            for each in file.glob("*.bin"):
                each.unlink()
            file.rmdir()  # refuses while anything else is in it
