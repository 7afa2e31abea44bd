"""Make the tar.xz with its installer for one user: ``python packaging/linux/tarball.py``."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import share  # noqa: E402
from product import DIST, NAME, PROGRAM_MODE, ROOT, built, epoch_s, package_name, version  # noqa: E402


def stage(dist: Path, folder: Path) -> None:
    """Lay out what the archive holds: the program, the share files, the installer, the licence."""
    share.copy_program(dist, folder / NAME)
    share.write(folder / "share")
    shutil.copyfile(HERE / "install.sh", folder / "install.sh")
    (folder / "install.sh").chmod(PROGRAM_MODE)
    for name in ("LICENSE", "NOTICE.md"):
        shutil.copyfile(ROOT / name, folder / name)
    share.open_modes(folder)


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Take out of an entry who built it and when."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = epoch_s()
    return entry


def make(dist: Path, target: Path) -> Path:
    """Write the archive into the folder target and return its path."""
    target.mkdir(parents=True, exist_ok=True)
    top = f"{package_name(dist)}-{version()}-linux-{platform.machine()}"
    file = target / f"{top}.tar.xz"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / top
        folder.mkdir()
        stage(dist, folder)
        with tarfile.open(file, "w:xz", preset=8, format=tarfile.PAX_FORMAT) as archive:
            archive.add(folder, top, filter=plain)  # sorted by name, folder by folder
    return file


def main() -> int:
    """Make the archive and say its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, help="the packaged folder (dist/hwstudio)")
    parser.add_argument("--out", type=Path, default=DIST)
    options = parser.parse_args()
    file = make(built(options.dist), options.out)
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
