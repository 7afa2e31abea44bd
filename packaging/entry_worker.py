"""Starts the worker of the packaged app, or tells what is in it (``--about``)."""

from __future__ import annotations

import importlib.util
import json
import sys


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


if __name__ == "__main__":
    if sys.argv[1:] == ["--about"]:
        sys.stdout.write(json.dumps(about()) + "\n")
        sys.exit(0)
    from hwstudio.worker.loop import main

    sys.exit(main())
