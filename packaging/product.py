"""What every installer has to know: names, version, the time that is written into files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
NAME = "hwstudio"
APP_ID = "hwstudio.desktop"  # also the bundle identifier on macOS
SUMMARY = "Plan, measure and prove AI hardware"
MIME = "application/x-hwstudio-project"
LIBRARY_MODE, PROGRAM_MODE = 0o644, 0o755
PROGRAMS = ("hwstudio", "hwstudio-cli", "hwstudio-worker")


def version() -> str:
    """Return the version, read as text so that nothing of hwstudio is imported."""
    source = (ROOT / "hwstudio" / "core" / "base" / "version.py").read_text(encoding="utf-8")
    found = re.search(r'VERSION = "([^"]+)"', source)
    if found is None:
        raise SystemExit("No VERSION in hwstudio/core/base/version.py; packaging needs it.")
    return found[1]


def epoch_s() -> int:
    """Return the time stamped on every packed file, so that the same input gives the same bytes.

    SOURCE_DATE_EPOCH where it is set, else the time of the last commit; outside of git 2026-01-01.
    """
    if os.environ.get("SOURCE_DATE_EPOCH"):
        return int(os.environ["SOURCE_DATE_EPOCH"])
    asked = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
        return int(done.stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def day() -> str:
    """Return the date of this build as YYYY-MM-DD (UTC)."""
    return datetime.fromtimestamp(epoch_s(), UTC).date().isoformat()


def built(folder: Path | None = None) -> Path:
    """Return the packaged folder, or stop with what to do when it is not there."""
    found = folder or DIST / NAME
    missing = [name for name in PROGRAMS if not any(found.glob(f"{name}*"))]
    if missing:
        raise SystemExit(
            f"{found} lacks {', '.join(missing)}. Build it first: python packaging/build.py"
        )
    return found


def holds_torch(folder: Path) -> bool:
    """Say whether a packaged folder is the full edition, with PyTorch in its worker."""
    places = ("_internal", "Contents/Frameworks", "Contents/Resources")  # the last two in a .app
    return any((folder / place / "torch").is_dir() for place in places)


def package_name(folder: Path) -> str:
    """Return what an installer of this folder is called: the full edition says so."""
    return f"{NAME}-full" if holds_torch(folder) else NAME


def program(command: str, package: str) -> str:
    """Return a tool's name, or stop with the package that has it."""
    import shutil

    if shutil.which(command) is None:
        raise SystemExit(f"{command} is not installed. On Debian: sudo apt install {package}")
    return command


def same_time(folder: Path) -> None:
    """Stamp everything in a folder, the folder too, with the one time of the build."""
    moment = epoch_s()
    for path in [*folder.rglob("*"), folder]:
        if path.is_symlink() and sys.platform == "win32":
            continue
        os.utime(path, (moment, moment), follow_symlinks=not path.is_symlink())
