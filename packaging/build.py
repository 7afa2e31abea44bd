"""Make the packaged app in dist/hwstudio: ``python packaging/build.py [--edition full] [--clean]``.

The light edition holds no PyTorch; the full one, for computers without a network, holds the one
that computes on the processor and is made in dist/full/hwstudio. ``--out`` names another folder.

Needs the extra "freeze". Then start what came out with packaging/smoke.py: a build can succeed
and its product still die at start.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bundle
import licences
import orphans
import system_libraries

ROOT = Path(__file__).resolve().parents[1]
MAX_BYTES = {bundle.LIGHT: 220_000_000, bundle.FULL: 800_000_000}


def folder_bytes(folder: Path) -> int:
    """Return the size of all files; a link counts as what it is, not as what it points to."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def largest(folder: Path, count: int = 8) -> list[tuple[int, str]]:
    """Return the largest files, for the day the limit is passed."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    sizes = sorted((path.stat().st_size, str(path.relative_to(folder))) for path in files)
    return sizes[: -count - 1 : -1]


def strip_python(folder: Path) -> None:
    """Take the debugging symbols out of Python's own libraries, some 20 MB where they are in them.

    Only there: stripping the libraries that come with numpy is known to break them.
    """
    tool = shutil.which("strip")
    if tool is None or not sys.platform.startswith("linux"):
        return
    inside = folder / "_internal"
    mine = [*inside.glob("libpython3*.so*"), *inside.glob("python3*/lib-dynload/*.so")]
    for library in mine:
        if not library.is_symlink():
            subprocess.run([tool, "--strip-unneeded", str(library)], check=True)


def is_passed_on(folder: Path, work: Path, libraries: list[licences.Library]) -> bool:
    """Put the licence texts into the folder; False, with the reason, when something may not go."""
    inside = folder / "_internal"
    try:
        licences.check_packed(work / "hwstudio", libraries)
    except licences.LicenceError as error:
        print(error)
        return False
    gpl = system_libraries.forbidden(inside)
    if gpl:
        print(f"GPL libraries came along: {', '.join(gpl)}. Leave them out in bundle.py.")
        return False
    page = licences.page(libraries, sys.version.partition(" ")[0])
    (inside / "licenses" / "ALL-LIBRARIES.txt").write_text(page, encoding="utf-8")
    print(f"{system_libraries.write(inside)} licence texts of system libraries")
    return True


def weigh(folder: Path, edition: str) -> int:
    """Say what the folder weighs; 1 and the largest files when it is too much."""
    size, limit = folder_bytes(folder), MAX_BYTES[edition]
    print(f"{folder}: {size / 1e6:.0f} MB (limit {limit / 1e6:.0f} MB)")
    if size > limit:
        print("Too large. The largest files:")
        for file_bytes, name in largest(folder):
            print(f"  {file_bytes / 1e6:6.1f} MB  {name}")
        return 1
    own = " --own-torch" if edition == bundle.FULL else ""
    print(f"Now start it: python packaging/smoke.py --dist {folder}{own}")
    return 0


def freeze(edition: str, out: Path, work: Path, *, is_clean: bool) -> bool:
    """Run PyInstaller; False when it failed."""
    if is_clean:
        shutil.rmtree(work, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(out), "--workpath", str(work)]
    command += ["--clean"] if is_clean else []
    command.append(str(ROOT / "packaging" / "hwstudio.spec"))
    env = {**os.environ, "HWSTUDIO_EDITION": edition}
    return not subprocess.call(command, cwd=ROOT, env=env)


def main() -> int:
    """Build, then weigh the result; 1 when it failed or weighs too much, 3 without PyInstaller."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clean", action="store_true", help="forget what the last build cached")
    parser.add_argument("--edition", choices=tuple(MAX_BYTES), default=bundle.LIGHT)
    parser.add_argument("--out", type=Path, help="the folder to make the folder hwstudio in")
    options = parser.parse_args()
    edition = options.edition
    if importlib.util.find_spec("PyInstaller") is None:
        print(f'PyInstaller is not here. Run: {sys.executable} -m pip install -e ".[freeze]"')
        return 3
    try:
        libraries = licences.product(edition)
        licences.check(libraries)
        licences.check_texts(libraries)
    except licences.LicenceError as error:
        print(error)
        return 1
    is_light = edition == bundle.LIGHT
    work = ROOT / "build" if is_light else ROOT / "build" / edition
    out = (options.out or (ROOT / "dist" if is_light else ROOT / "dist" / edition)).resolve()
    if not freeze(edition, out, work, is_clean=options.clean):
        print("The build failed; the reason stands above.")
        return 1
    folder = out / "hwstudio"
    strip_python(folder)
    freed = orphans.take_out(folder)
    print(f"{freed / 1e6:.1f} MB of system libraries that nothing needs were taken out")
    if not is_passed_on(folder, work, libraries):
        return 1
    return weigh(folder, edition)


if __name__ == "__main__":
    sys.exit(main())
