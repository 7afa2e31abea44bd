"""Whether hwstudio was started with --safe-mode: nothing that could stop a start is touched.

It is kept in the environment, so that processes hwstudio starts know it too.
"""

from __future__ import annotations

import os

SWITCH = "--safe-mode"
_NAME = "HWSTUDIO_SAFE_MODE"
NO_GPU = "GPUs are not asked in safe mode"


def is_safe_mode() -> bool:
    """Say whether this run is a safe one."""
    return os.environ.get(_NAME) == "1"


def set_safe_mode(*, is_on: bool) -> None:
    """Switch it on or off for this process and those it starts."""
    if is_on:
        os.environ[_NAME] = "1"
    else:
        os.environ.pop(_NAME, None)
