"""Make the AppDir, and with a runtime the AppImage: ``python packaging/linux/appimage.py``.

``--runtime FILE`` takes the AppImage runtime; its SHA-256 must be the one written here. Without
it only the AppDir is made, which starts by its AppRun.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import share  # noqa: E402
from product import (  # noqa: E402
    DIST,
    NAME,
    PROGRAM_MODE,
    built,
    epoch_s,
    package_name,
    program,
    same_time,
    version,
)

RUNTIME_URL = "https://github.com/AppImage/type2-runtime/releases/download/20251108/runtime-x86_64"
RUNTIME_SHA256 = "2fca8b443c92510f1483a883f60061ad09b46b978b2631c807cd873a47ec260d"


def app_dir(dist: Path, target: Path) -> Path:
    """Lay the AppDir out at target: AppRun, menu entry and icon at its top, the rest below usr."""
    shutil.rmtree(target, ignore_errors=True)
    share.copy_program(dist, target / "usr" / "lib" / NAME)
    share.write(target / "usr" / "share")
    shutil.copyfile(HERE / "AppRun", target / "AppRun")
    (target / "AppRun").chmod(PROGRAM_MODE)
    icon = f"usr/share/icons/hicolor/256x256/apps/{NAME}.png"
    (target / f"{NAME}.png").symlink_to(icon)
    (target / ".DirIcon").symlink_to(f"{NAME}.png")
    (target / f"{NAME}.desktop").symlink_to(f"usr/share/applications/{NAME}.desktop")
    share.open_modes(target)
    same_time(target)
    return target


def checked_runtime(file: Path) -> bytes:
    """Return the runtime's bytes when they are the ones we know; stop otherwise."""
    if not file.is_file():
        raise SystemExit(f"There is no file {file}. Fetch it from {RUNTIME_URL}")
    content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != RUNTIME_SHA256:
        raise SystemExit(
            f"{file} is not the runtime we know: its SHA-256 is {found}, not {RUNTIME_SHA256}. "
            f"Fetch it again from {RUNTIME_URL}"
        )
    return content


def image(folder: Path, runtime: bytes, file: Path) -> Path:
    """Write the AppImage: the runtime, then the AppDir as a squashfs."""
    program("mksquashfs", "squashfs-tools")
    with tempfile.TemporaryDirectory() as temporary:
        packed = Path(temporary) / "image"
        command = ["mksquashfs", str(folder), str(packed), "-all-root", "-comp", "zstd", "-quiet"]
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch_s())}
        subprocess.run([*command, "-no-progress"], check=True, env=env)
        with file.open("wb") as out, packed.open("rb") as body:
            out.write(runtime)
            shutil.copyfileobj(body, out)
    file.chmod(PROGRAM_MODE)
    return file


def main() -> int:
    """Make the AppDir and, with a runtime, the AppImage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, help="the packaged folder (dist/hwstudio)")
    parser.add_argument("--out", type=Path, default=DIST)
    parser.add_argument("--runtime", type=Path)
    options = parser.parse_args()
    runtime = checked_runtime(options.runtime) if options.runtime else None
    options.out.mkdir(parents=True, exist_ok=True)
    folder = app_dir(built(options.dist), options.out / f"{NAME}.AppDir")
    print(folder)
    if runtime is not None:
        name = f"{package_name(built(options.dist))}-{version()}-{platform.machine()}.AppImage"
        file = image(folder, runtime, options.out / name)
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
