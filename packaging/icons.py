"""Icons of every system from the one drawing: ``python packaging/icons.py [FOLDER]``.

Needs PySide6. Writes hwstudio.ico (Windows), hwstudio.icns (macOS) and PNG files (Linux).
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "resources" / "icons" / "hwstudio.svg"
PNG_PX = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_PX = (16, 24, 32, 48, 64, 128, 256)
# Apple's four-letter names of PNG pictures by their size in pixels; two stand for "twice as fine".
ICNS_PX = (
    ("icp4", 16),
    ("icp5", 32),
    ("ic11", 32),
    ("ic12", 64),
    ("ic07", 128),
    ("ic13", 256),
    ("ic08", 256),
    ("ic14", 512),
    ("ic09", 512),
    ("ic10", 1024),
)


def render(size_px: int) -> bytes:
    """Return the drawing as a PNG picture of this many pixels a side."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon: a head, a row for each picture, the pictures as PNG."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    rows = b""
    for size_px, png in pictures.items():
        side = size_px % 256  # 256 is written as 0
        rows += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), at)
        at += len(png)
    return head + rows + b"".join(pictures.values())


def icns(pictures: dict[int, bytes]) -> bytes:
    """Return a macOS icon: each picture behind its name and its length."""
    parts = b"".join(
        name.encode() + struct.pack(">I", 8 + len(pictures[size_px])) + pictures[size_px]
        for name, size_px in ICNS_PX
    )
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def write(folder: Path) -> None:
    """Write the icons of every system into a folder."""
    sizes = sorted({*PNG_PX, *ICO_PX, *(size_px for _, size_px in ICNS_PX)})
    pictures = {size_px: render(size_px) for size_px in sizes}
    folder.mkdir(parents=True, exist_ok=True)
    for size_px in PNG_PX:
        (folder / f"hwstudio-{size_px}.png").write_bytes(pictures[size_px])
    (folder / "hwstudio.ico").write_bytes(ico({px: pictures[px] for px in ICO_PX}))
    (folder / "hwstudio.icns").write_bytes(icns(pictures))


def of_program(folder: Path) -> str | None:
    """Return the icon that goes into the program file itself; Linux keeps it beside."""
    kinds = {"win32": "hwstudio.ico", "darwin": "hwstudio.icns"}
    return str(folder / kinds[sys.platform]) if sys.platform in kinds else None


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "icons")
