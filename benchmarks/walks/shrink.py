"""Writes pictures of the window small enough for a manual: ``python shrink.py FROM... INTO``.

A window has few colours but many shades between them, of letters' edges. The 256 most used stay,
the others become the nearest of these; no eye sees it, and a file is a quarter of the size.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

_COLOURS = 256


def shrink(source: Path, target: Path) -> int:
    """Write one picture with 256 colours; return its bytes."""
    image = QImage(str(source)).convertToFormat(QImage.Format.Format_RGB32)
    width, height = image.width(), image.height()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, width) & 0xFFFFFF
    shades, place, count = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = shades[np.argsort(-count, kind="stable")[:_COLOURS]]
    nearest = _nearest(shades, kept)
    indices = nearest[place].reshape(height, width).astype(np.uint8)
    packed = np.zeros((height, (width + 3) // 4 * 4), np.uint8)
    packed[:, :width] = indices
    small = QImage(packed.tobytes(), width, height, packed.shape[1], QImage.Format.Format_Indexed8)
    small.setColorTable([int(0xFF000000 | shade) for shade in kept])
    small.save(str(target), "PNG", 0)
    return target.stat().st_size


def _nearest(shades: np.ndarray, kept: np.ndarray) -> np.ndarray:
    def parts(colours: np.ndarray) -> np.ndarray:
        return np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], 1).astype(int)

    mine, theirs = parts(shades), parts(kept)
    return np.array([((theirs - one) ** 2).sum(1).argmin() for one in mine])


def main() -> int:
    """Shrink files into a folder."""
    *sources, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        size = shrink(source, folder / source.name)
        sys.stdout.write(f"{folder / source.name} {size / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
