"""Writes a run kit: one file that any Python from 3.10 on starts, or a folder with starters too."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.bench.kit.order import PLACE, order_bytes
from hwstudio.core.bench.kit.sources import START, kit_sources
from hwstudio.core.bench.profile import Profile

SUFFIX = ".pyz"
FILE = "hwstudio-kit.pyz"
# The name in the folder, and where its text lies among the resources.
STARTERS = {
    "Start on Windows.bat": "bench/kit/start.bat",
    "Start on Linux.sh": "bench/kit/start.sh",
    "Start on macOS.command": "bench/kit/start.sh",
    "Read me.txt": "bench/kit/readme.txt",
}
_LINE = b"#!/usr/bin/env python3\n"
_DATE = (2026, 1, 1, 0, 0, 0)  # the same kit is the same file, byte for byte


@dataclass(frozen=True, slots=True)
class Kit:
    """What was written."""

    file: Path  # the one that measures
    files: tuple[Path, ...]
    size_bytes: int  # of all of them


def build_kit(out: Path, profile: Profile) -> Kit:
    """Write the kit to ``out``: a file ending in .pyz, or a folder that may exist already.

    Raises:
        UserError: ``out`` is a file that is no .pyz.
        HostError: it cannot be written.
    """
    content = kit_bytes(profile)
    if out.suffix.lower() == SUFFIX:
        files = {out: content}
    elif out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file", "", "Name a folder, or a file that ends in .pyz")
    else:
        files = {out / FILE: content}
        files |= {out / name: resource_bytes(place) for name, place in STARTERS.items()}
    try:
        next(iter(files)).parent.mkdir(parents=True, exist_ok=True)
        for file, each in files.items():
            _write(file, each)
    except OSError as error:
        raise HostError(
            f"The run kit cannot be written to {out}",
            error.strerror or str(error),
            "Choose another place",
        ) from error
    return Kit(next(iter(files)), tuple(files), sum(len(each) for each in files.values()))


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all: a full stick keeps the kit it had."""
    part = file.with_name(file.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError:
        with contextlib.suppress(OSError):  # a read-only stick refuses this too
            part.unlink(missing_ok=True)
        raise
    if file.suffix in (SUFFIX, ".sh", ".command"):
        try:
            file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        except OSError:
            pass  # a stick's file system may know no such mark


def kit_bytes(profile: Profile) -> bytes:
    """Return the one file.

    Raises:
        HostError: this installation does not have its own files as text.
    """
    sources = kit_sources()
    content = {place: file.read_bytes() for place, file in sources.items()}
    content["__main__.py"] = content[START.replace(".", "/") + ".py"]
    content[PLACE] = order_bytes(profile)
    content |= _nvidia()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, data in sorted(content.items()):
            archive.writestr(zipfile.ZipInfo(place, _DATE), data, zipfile.ZIP_DEFLATED)
    return _LINE + packed.getvalue()


def _nvidia() -> dict[str, bytes]:
    """Return NVIDIA's own reader of its driver (BSD, its notice stands in it), if it is here.

    With it a run on a GPU says whether the GPU held itself back.
    """
    spec = importlib.util.find_spec("pynvml")
    file = Path(spec.origin) if spec is not None and spec.origin else None
    if file is None or file.suffix != ".py" or not file.is_file():
        return {}
    return {"pynvml.py": file.read_bytes()}
