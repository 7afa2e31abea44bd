"""Compiles the stand-in for libnvidia-ml, hands it a session, and reads back what it was asked."""

from __future__ import annotations

import csv
import mmap
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parent / "nvml_fake.c"
NAME = "libnvidia-ml.so.1"
NO_COMPILER = "the stand-in for libnvidia-ml needs Linux and a C compiler (cc, gcc or clang)"


def compiler() -> str | None:
    """Return a C compiler, or None."""
    if not sys.platform.startswith("linux"):
        return None
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def build(folder: Path, without: tuple[str, ...] = (), *, wide_processes: bool = False) -> Path:
    """Compile into ``folder`` and return the library.

    ``without``: symbols it shall not export, as an older driver would. ``wide_processes``: with
    the longer entries of the third process list that a few drivers had.

    Raises:
        RuntimeError: there is no compiler.
        subprocess.CalledProcessError: it does not compile.
    """
    found = compiler()
    if found is None:
        raise RuntimeError(NO_COMPILER)
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / NAME
    command = [found, "-O1", "-fPIC", "-shared", "-o", str(library), str(SOURCE), "-lpthread"]
    if wide_processes:
        command.append("-DWIDE_PROCESS_ENTRIES")
    if without:
        script = folder / "hidden.map"
        script.write_text("{ local: " + " ".join(f"{name};" for name in without) + " };\n")
        command.append(f"-Wl,--version-script={script}")
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return library


def environment(
    library: Path, session: Path, log: Path | None = None, clock: Path | None = None
) -> dict[str, str]:
    """Return the environment of a process that shall meet the library."""
    given = {"NVML_FAKE_SESSION": session, "NVML_FAKE_LOG": log, "NVML_FAKE_CLOCK": clock}
    before = os.environ.get("LD_LIBRARY_PATH")
    path = os.pathsep.join(filter(None, (str(library.parent), before)))
    return {
        **os.environ,
        **{name: str(value) for name, value in given.items() if value is not None},
        "LD_LIBRARY_PATH": path,
    }


class SharedClock:
    """The session's time in a file of eight bytes, which the library and a test both move."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            path.write_bytes(struct.pack("=d", 0.0))
        self.path = path
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    def now_s(self) -> float:
        """Return the session's time."""
        return float(struct.unpack("=d", self._map[:8])[0])

    def set(self, now_s: float) -> None:
        """Move the session to a time."""
        self._map[:8] = struct.pack("=d", now_s)


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as the library saw it; durations in seconds, ``None`` = it never returned."""

    time_s: float
    gpu: str
    call: str
    argument: str
    code: int
    latency_s: float | None  # as the session says
    took_s: float | None  # as measured


def read_log(path: Path) -> list[Asked]:
    """Return the calls in the order in which they ended."""
    with path.open(newline="") as file:
        return [
            Asked(float(time), gpu, call, argument, int(code), _us(latency), _us(took))
            for time, gpu, call, argument, code, latency, took in csv.reader(file)
        ]


def _us(text: str) -> float | None:
    return float(text) / 1e6 if text and float(text) >= 0 else None
