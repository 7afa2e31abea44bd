"""Make the Debian package from the packaged folder: ``python packaging/linux/deb.py``.

Needs dpkg-deb and PySide6 (for the icons). The same folder and commit give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import lzma
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parent))

import share
from product import (
    DIST,
    NAME,
    built,
    epoch_s,
    holds_torch,
    package_name,
    program,
    same_time,
    version,
)

MAX_BYTES = 65_000_000
MAX_FULL_BYTES = 220_000_000
# Everything else the window needs lies in the package itself.
DEPENDS = (
    "libc6 (>= 2.36), libgl1, libegl1, fontconfig-config, fonts-dejavu-core, "
    "libwayland-cursor0, libwayland-egl1"
)
# A .deb is an ar archive: a line, then for each part a header of 60 bytes and the part.
AR_MAGIC, AR_HEADER_BYTES = b"!<arch>\n", 60
PART_BYTES = 1 << 20
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
DESCRIPTION = """plan, measure and prove AI hardware
 Says what this computer can do for AI work, whether a model fits and how
 long it takes, which computer to buy inside a budget or what to rent, and
 measures how fast a machine really is. Works offline; sends nothing.
"""
WITHOUT_TORCH = """ .
 Benchmarks that train need a Python with PyTorch; the window finds it."""
WITH_TORCH = """ .
 This edition holds PyTorch for the processor, so that it measures without a
 network. For a GPU the window finds or makes a Python with the right one."""


def control(size_kib: int, maintainer: str, *, is_full: bool = False) -> str:
    """Return the package's control file; size in KiB of 1024 bytes.

    The two editions lie in the same place, so one takes the other's.
    """
    name, other = (f"{NAME}-full", NAME) if is_full else (NAME, f"{NAME}-full")
    fields = {
        "Package": name,
        "Version": version(),
        "Section": "science",
        "Priority": "optional",
        "Architecture": ARCHITECTURES[platform.machine()],
        "Maintainer": maintainer,
        "Installed-Size": str(size_kib),
        "Depends": DEPENDS,
        "Recommends": "shared-mime-info, desktop-file-utils",
        "Conflicts": other,
        "Replaces": other,
        "Description": DESCRIPTION + (WITH_TORCH if is_full else WITHOUT_TORCH),
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


def changelog(maintainer: str, name: str = NAME) -> str:
    """Return what Debian's tools read as the package's history; the real one is in NEWS.gz."""
    moment = format_datetime(datetime.fromtimestamp(epoch_s(), UTC))
    head = f"{name} ({version()}) unstable; urgency=medium"
    return f"{head}\n\n  * See NEWS.gz.\n\n -- {maintainer}  {moment}\n"


def stage(dist: Path, root: Path, maintainer: str) -> None:
    """Lay the package out below root as it will lie on a computer."""
    share.copy_program(dist, root / "usr" / "lib" / NAME)
    (root / "usr" / "bin").mkdir(parents=True)
    for name in ("hwstudio", "hwstudio-cli"):
        (root / "usr" / "bin" / name).symlink_to(f"../lib/{NAME}/{name}")
    share.write(root / "usr" / "share")
    doc = root / "usr" / "share" / "doc" / package_name(dist)
    share.write_doc(doc)
    (doc / "changelog.gz").write_bytes(
        gzip.compress(changelog(maintainer, package_name(dist)).encode(), 9, mtime=0)
    )
    files = [path for path in root.rglob("*") if not path.is_dir() and not path.is_symlink()]
    size_kib = sum(-(-path.stat().st_size // 1024) for path in files)
    (root / "DEBIAN").mkdir()
    text = control(size_kib, maintainer, is_full=holds_torch(dist))
    (root / "DEBIAN" / "control").write_text(text, encoding="utf-8")
    share.open_modes(root)
    same_time(root)


def make(dist: Path, target: Path, maintainer: str) -> Path:
    """Write the package into the folder target and return its path."""
    program("dpkg-deb", "dpkg")
    target.mkdir(parents=True, exist_ok=True)
    file = target / f"{package_name(dist)}_{version()}_{ARCHITECTURES[platform.machine()]}.deb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        stage(dist, root, maintainer)
        plain = Path(folder) / "plain.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(root), str(plain)]
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch_s())}
        subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
        shutil.rmtree(root)
        compress(plain, file)
    return file


def compress(plain: Path, target: Path) -> None:
    """Write a package again with its parts (control.tar, data.tar) compressed by xz.

    The three programs hold much the same, and a window of 64 MiB sees it. dpkg-deb itself cuts the
    content at 192 MiB, and what lies behind the cut is written a second time: 7 MB more.
    """
    with plain.open("rb") as source, target.open("wb") as out:
        out.write(source.read(len(AR_MAGIC)))
        while header := source.read(AR_HEADER_BYTES):
            name, size = header[:16].strip(), int(header[48:58])
            begin = out.tell()
            out.write(header)
            if name.endswith(b".tar"):
                packer, name = lzma.LZMACompressor(preset=9 | lzma.PRESET_EXTREME), name + b".xz"
                copy(source, out, size, packer)
            else:
                copy(source, out, size)
            source.seek(size % 2, os.SEEK_CUR)  # each part begins at an even place
            end = out.tell()
            out.seek(begin)
            written = end - begin - AR_HEADER_BYTES
            out.write(name.ljust(16) + header[16:48] + b"%-10d" % written + header[58:])
            out.seek(end)
            out.write(b"\n" * (written % 2))


def copy(
    source: BinaryIO, out: BinaryIO, count: int, packer: lzma.LZMACompressor | None = None
) -> None:
    """Copy bytes, compressed where a packer is given."""
    while count:
        part = source.read(min(count, PART_BYTES))
        if not part:
            raise SystemExit("dpkg-deb wrote a package that ends too early.")
        count -= len(part)
        out.write(packer.compress(part) if packer else part)
    if packer:
        out.write(packer.flush())


def main() -> int:
    """Make the package and weigh it; 1 when it is too heavy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, help="the packaged folder (dist/hwstudio)")
    parser.add_argument("--out", type=Path, default=DIST)
    parser.add_argument(
        "--maintainer",
        # .invalid is the domain that stands for "no address"
        default=os.environ.get("HWSTUDIO_MAINTAINER")
        or "hwstudio contributors <none@hwstudio.invalid>",
    )
    options = parser.parse_args()
    dist = built(options.dist)
    file = make(dist, options.out, options.maintainer)
    size, limit = file.stat().st_size, MAX_FULL_BYTES if holds_torch(dist) else MAX_BYTES
    print(f"{file}: {size / 1e6:.1f} MB (limit {limit / 1e6:.0f} MB)")
    return 1 if size > limit else 0


if __name__ == "__main__":
    sys.exit(main())
