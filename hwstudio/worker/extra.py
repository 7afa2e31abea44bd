"""Loads an optional package, in words when it is missing, and says what the processor can do."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from hwstudio.worker.channel import Failure


def load(module: str, install: str = "") -> Any:
    """Import an optional package; ``install`` is its name for pip.

    Raises:
        Failure: it is missing or does not load.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise Failure(
            "unsupported",
            f"This Python cannot load {module}",
            str(error),
            f"Install it with: pip install {install or module}, or choose another interpreter",
        ) from error


def simd(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the widest vector unit (AVX512, AVX2, SVE256, NEON), "" where it cannot be asked."""
    try:
        lines = cpuinfo.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    flags = next((each for each in lines if each.startswith(("flags", "Features"))), "").split()
    known = (("avx512f", "AVX512"), ("avx2", "AVX2"), ("sve", "SVE256"), ("asimd", "NEON"))
    return next((name for flag, name in known if flag in flags), "")


def processor(threads: int) -> dict[str, Any]:
    """Return the part of a description that bounds what a processor can do."""
    about: dict[str, Any] = {"device": "cpu", "threads": threads}
    return {**about, "simd": simd()} if simd() else about
