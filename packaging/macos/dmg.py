"""Make the disk image on a Mac: ``python packaging/macos/dmg.py``; ``--dry-run`` only says how.

It signs with HWSTUDIO_MACOS_IDENTITY and has Apple check the image (notarisation) with the
keychain profile HWSTUDIO_NOTARY_PROFILE; without them the app is signed ad hoc and the user has
to allow it once by hand (docs/packaging.md says how).
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import info  # noqa: E402
from product import DIST, NAME, package_name, version  # noqa: E402


def image_file(app: Path, folder: Path) -> Path:
    """Return where the disk image of an app will lie; the full edition's name says so."""
    return folder / f"{package_name(app)}-{version()}-macos-{platform.machine()}.dmg"


def commands(app: Path, work: Path, file: Path) -> list[list[str]]:
    """Return the commands in order; work is an empty folder that becomes the image."""
    who = info.identity()
    sign = ["codesign", "--force", "--deep", "--sign", who or "-"]
    # Only a real identity has a time stamp and may use the hardened runtime.
    sign += ["--options", "runtime", "--timestamp"] if who else []
    steps = [
        [*sign, "--entitlements", str(HERE / "entitlements.plist"), str(app)],
        ["codesign", "--verify", "--deep", "--strict", str(app)],
        ["ditto", str(app), str(work / app.name)],
        ["ln", "-s", "/Applications", str(work / "Applications")],
    ]
    create = ["hdiutil", "create", "-volname", NAME, "-srcfolder", str(work)]
    steps.append([*create, "-fs", "HFS+", "-format", "UDZO", "-ov", str(file)])
    profile = os.environ.get("HWSTUDIO_NOTARY_PROFILE")
    if who:
        steps.append(["codesign", "--sign", who, "--timestamp", str(file)])
    if who and profile:
        submit = ["xcrun", "notarytool", "submit", str(file), "--keychain-profile", profile]
        steps += [[*submit, "--wait"], ["xcrun", "stapler", "staple", str(file)]]
    return steps


def main() -> int:
    """Run the commands, or print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", type=Path, default=DIST / f"{NAME}.app")
    parser.add_argument("--out", type=Path, default=DIST)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    work = options.out / "dmg"
    file = image_file(options.app, options.out)
    steps = commands(options.app, work, file)
    if options.dry_run:
        print("\n".join(map(shlex.join, steps)))
        return 0
    if sys.platform != "darwin":
        print("A disk image is made on macOS. --dry-run prints what would be done there.")
        return 3
    if not options.app.is_dir():
        print(f"{options.app} is not there. Build it first: python packaging/build.py")
        return 1
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for step in steps:
        subprocess.run(step, check=True)
    shutil.rmtree(work)
    print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
