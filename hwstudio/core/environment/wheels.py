"""A folder of wheels to install from without a network: what is in it and how large that gets."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import UserError


@dataclass(frozen=True, slots=True)
class WheelFolder:
    """``packed_bytes`` and ``unpacked_bytes`` are of all wheels: what is needed is at most that."""

    folder: Path
    projects: frozenset[str]  # names as in the file names, in small letters
    packed_bytes: int
    unpacked_bytes: int


def read_wheels(folder: Path) -> WheelFolder:
    """Look into a folder of wheels.

    Raises:
        UserError: it is no folder, holds no wheel of torch, or one that is damaged.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder", "", "Choose the folder that holds the wheels")
    files = sorted(folder.glob("*.whl"))
    projects = frozenset(file.name.partition("-")[0].casefold() for file in files)
    if "torch" not in projects:
        count = f"{len(files)} other wheels" if files else "no wheel at all"
        raise UserError(
            f"{folder} holds no wheel of torch",
            f"it holds {count}",
            "On a computer with a network: pip download torch numpy --dest FOLDER",
        )
    return WheelFolder(
        folder.resolve(),
        projects,
        sum(file.stat().st_size for file in files),
        sum(_unpacked(file) for file in files),
    )


def _unpacked(wheel: Path) -> int:
    try:
        with zipfile.ZipFile(wheel) as packed:
            return sum(each.file_size for each in packed.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{wheel.name} is damaged", str(error), "Copy it into the folder again"
        ) from error
