"""Made-up picture files for the loading test: written once, compressed, and known again."""

from __future__ import annotations

import os
import random
import zlib
from pathlib import Path
from typing import Any

SIDE_PX, CROP_PX, CHANNELS = 256, 224, 3
PICTURE_BYTES = SIDE_PX * SIDE_PX * CHANNELS
SEED = 20261120
PREFIX = ".hwstudio-data-test-"


def write_pictures(folder: Path, count: int) -> list[tuple[str, int]]:
    """Write ``count`` files; return each path with the checksum of its picture."""
    source = random.Random(SEED)  # noqa: S311
    found = []
    for number in range(count):
        picture = _picture(source)
        file = folder / f"{number:05d}.bin"
        with file.open("wb") as opened:
            opened.write(zlib.compress(picture, 6))
            opened.flush()
            os.fsync(opened.fileno())  # only what the drive has can be dropped from the cache
        found.append((str(file), zlib.crc32(picture)))
    return found


def _picture(source: random.Random) -> bytes:
    """Return pixels with large even areas and some noise; they shrink to about half."""
    row = bytearray()
    while len(row) < SIDE_PX * CHANNELS:
        run = source.randint(3, 40)
        row += (
            source.randbytes(run) if source.random() < 0.5 else bytes([source.getrandbits(8)]) * run
        )
    rows = []
    for _ in range(SIDE_PX):
        turn = source.randrange(len(row))
        rows.append(bytes(row[turn:] + row[:turn])[: SIDE_PX * CHANNELS])
    return b"".join(rows)


# One expression for the loading process. Our folder leaves sys.path again at once: torch and numpy
# must come from that Python's own place.
_REVIVE = (
    "(lambda path, load: (path.insert(0, {root!r}), load('hwstudio.worker.kernels.picture_files'),"
    " path.remove({root!r}))[1].Pictures({files!r}, is_cold={is_cold!r}))"
    "(__import__('sys').path, __import__('importlib').import_module)"
)


class Pictures:
    """A dataset: reads a file, unpacks it, cuts a random part out, mirrors it, scales it.

    A plain class that can be sent to another process on every system.
    """

    def __init__(self, files: list[tuple[str, int]], *, is_cold: bool) -> None:
        self._files, self._is_cold = files, is_cold

    def __reduce__(self) -> tuple[Any, ...]:
        """Bring our folder along: the loading process may know no hwstudio, or another one."""
        root = str(Path(__file__).parents[3])
        return eval, (_REVIVE.format(root=root, files=self._files, is_cold=self._is_cold),)

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, number: int) -> tuple[Any, int]:
        import torch

        path, checksum = self._files[number]
        raw = zlib.decompress(_read(path, is_cold=self._is_cold))
        if zlib.crc32(raw) != checksum:
            raise RuntimeError(f"{path} was read back different from what was written")
        whole = torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(SIDE_PX, SIDE_PX, CHANNELS)
        top, left = torch.randint(SIDE_PX - CROP_PX + 1, (2,)).tolist()
        part = whole[top : top + CROP_PX, left : left + CROP_PX].permute(2, 0, 1)
        if int(torch.randint(2, ())):
            part = part.flip(2)
        return part.to(torch.float32).div_(255.0).sub_(0.5).div_(0.25), number % 1000


def _read(path: str, *, is_cold: bool) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123  (called for every picture)
        data = file.read()
        forget = getattr(os, "posix_fadvise", None)
        if is_cold and forget is not None:
            # Dropped from the cache again, so that the next turn reads from the drive.
            forget(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return data


class Endless:
    """The order of the pictures: all of them in disorder, then again, without end."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __iter__(self) -> Any:
        source = random.Random(SEED)  # noqa: S311
        order = list(range(self._count))
        while True:
            source.shuffle(order)
            yield from order
