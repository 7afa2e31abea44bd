"""Make the Windows setup: ``python packaging/windows/nsis.py``. Needs makensis and PySide6.

makensis runs on Windows and on Linux; the packaged folder has to come from Windows.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import icons
from product import DIST, ROOT, built, package_name, program, version

SCRIPT = Path(__file__).resolve().parent / "hwstudio.nsi"


def four_numbers(text: str) -> str:
    """Return a version as the four numbers Windows wants: 0.1.0rc1 is 0.1.0.0."""
    numbers = re.match(r"\d+(\.\d+)*", text)
    parts = numbers[0].split(".") if numbers else []
    return ".".join([*parts, "0", "0", "0", "0"][:4])


def command(dist: Path, icon: Path, file: Path) -> list[str]:
    """Return the makensis call."""
    size = sum(path.stat().st_size for path in dist.rglob("*") if path.is_file())
    defines = {
        "VERSION": version(),
        "VERSION4": four_numbers(version()),
        "EVERYTHING": f"{dist}{os.sep}*",
        "ICON": str(icon),
        "LICENCE": str(ROOT / "LICENSE"),
        "OUTFILE": str(file),
        "SIZE_KIB": str(size // 1024),
    }
    flags = [f"-D{key}={value}" for key, value in defines.items()]
    return [program("makensis", "nsis"), "-V2", "-WX", "-INPUTCHARSET", "UTF8", *flags, str(SCRIPT)]


def make(dist: Path, target: Path) -> Path:
    """Write the setup into the folder target and return its path."""
    target.mkdir(parents=True, exist_ok=True)
    file = target.resolve() / f"{package_name(dist)}-{version()}-windows-x64-setup.exe"
    with tempfile.TemporaryDirectory() as temporary:
        icons.write(Path(temporary))
        subprocess.run(command(dist.resolve(), Path(temporary) / "hwstudio.ico", file), check=True)
    return file


def main() -> int:
    """Make the setup and say its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, help="the packaged folder (dist/hwstudio)")
    parser.add_argument("--out", type=Path, default=DIST)
    options = parser.parse_args()
    file = make(built(options.dist), options.out)
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
