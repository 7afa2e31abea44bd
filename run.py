"""Set hwstudio up in this folder and start it, or run its tests.

python run.py               start hwstudio (the first time: set it up, which downloads packages)
python run.py ARGUMENTS     hand them to hwstudio, for example: python run.py assess --json
python run.py --test        set up the test tools too, then run every check
python run.py --shots DIR   save pictures of every screen into the folder DIR
python run.py --help        show this

Everything goes into the folder .venv beside this file. Delete that folder to start afresh.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "hwstudio-setup.txt"
QT_INSTALL = {
    "apt": "sudo apt install libgl1 libegl1 libxkbcommon0 libfontconfig1 libglib2.0-0 libdbus-1-3 "
    "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0",
    "dnf": "sudo dnf install libglvnd-glx libglvnd-egl libxkbcommon fontconfig glib2 dbus-libs "
    "xcb-util-cursor libxkbcommon-x11 xcb-util-wm xcb-util-keysyms",
}
VENV_INSTALL = {"apt": "sudo apt install python3-venv", "dnf": "sudo dnf install python3-pip"}

# Loads Qt as the window would; with a display also the part that talks to it.
QT_PROBE = """
import ctypes, os, pathlib, PySide6.QtGui
if os.environ.get("DISPLAY") and not os.environ.get("QT_QPA_PLATFORM"):
    ctypes.CDLL(str(pathlib.Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"))
"""

# What pip says -> what it means. The first match counts.
PIP_PROBLEMS = (
    ("No space left|not enough space", "The disk is full. Free about 8 GB"),
    ("Permission denied|Access is denied", f"Writing to {VENV} was refused. Close hwstudio"),
    ("ConnectionError|timed out|from versions: none", "You seem to be offline. Connect"),
    ("", "Installing the packages failed, pip's own words are above. Mend what they name"),
)
CHECKS = (
    ("Style (ruff check)", ("ruff", "check", ".")),
    ("Layout of the code (ruff format)", ("ruff", "format", "--check", ".")),
    ("Types (mypy)", ("mypy",)),
    ("Layers (import-linter)", ("lint-imports",)),
    ("Tests (pytest)", ("pytest", "-n", "2", "--dist", "worksteal")),
)


class StopError(Exception):
    """The run cannot go on; the message says what, why and what to do."""


def python_problem(version: tuple[int, int], is_64_bit: bool) -> str | None:
    """Say in words why this Python cannot run hwstudio, or None if it can."""
    if version < (3, 11):
        why = "which is too old for hwstudio"
    elif version > (3, 14):
        why = "and torch has no build for it yet"
    elif not is_64_bit:
        why = "32-bit, and Qt and torch have no builds for that"
    else:
        return None
    cure = "Install a 64-bit Python 3.11, 3.12, 3.13 or 3.14 and run this again with it."
    return f"This is Python {version[0]}.{version[1]}, {why}. {cure}"


def install_line(lines: dict[str, str]) -> str:
    """Return the exact command for this system's package tool, or the general advice."""
    known = (line for tool, line in lines.items() if shutil.which(tool))
    return f"Install it with:  {next(known, 'your system package tool')}"


def fingerprint() -> str:
    """Return what an installation depends on: pyproject.toml, this Python, this folder."""
    project = (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(project + f"{sys.version_info[:2]} {ROOT}".encode()).hexdigest()


def is_ready(extras: set[str]) -> bool:
    """Say whether a finished installation with at least these extras is there."""
    if not STAMP.is_file() or not PYTHON.exists():
        return False
    mark, _, installed = STAMP.read_text(encoding="utf-8").partition("\n")
    return mark == fingerprint() and extras <= set(installed.split())


def is_other_python() -> bool:
    """Say whether .venv was made by another Python version, or has lost its Python."""
    config = VENV / "pyvenv.cfg"
    text = config.read_text(encoding="utf-8") if config.is_file() else ""
    mine = r"^version\w* = {}\.{}\.".format(*sys.version_info[:2])
    return bool(text) and not (re.search(mine, text, re.MULTILINE) and PYTHON.exists())


def make_venv() -> None:
    """Make .venv, or mend it; one of another Python is emptied first."""
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        cure = install_line(VENV_INSTALL)
        raise StopError(f"This Python lacks the venv module, which hwstudio needs. {cure}")
    import venv

    is_stale = is_other_python()
    print("Rebuilding .venv for this Python ..." if is_stale else "Preparing .venv ...", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt", clear=is_stale).create(VENV)
        STAMP.unlink(missing_ok=True)  # no stamp while half done: an interrupted run is redone
    except (OSError, subprocess.CalledProcessError) as error:
        cure = "Check that you may write there and the disk has room, or copy hwstudio elsewhere."
        raise StopError(f"The folder {VENV} could not be made ({error}). {cure}") from error


def pip_install(extras: set[str]) -> None:
    """Install hwstudio and these extras, showing pip's progress to a person."""
    print("Installing packages; PyTorch is large (0.2 GB, on Linux up to 3 GB) ...", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    command += [] if sys.stdout.isatty() else ["--quiet"]
    command += ["--editable", f".[{','.join(sorted(extras))}]"]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        problem = next(text for words, text in PIP_PROBLEMS if re.search(words, done.stderr))
        raise StopError(f"{problem}, then run the same command again.")


def set_up(extras: set[str]) -> None:
    """Make or mend the environment; with nothing to do this takes milliseconds."""
    if not is_ready(extras):
        make_venv()
        pip_install(extras)
        STAMP.write_text(f"{fingerprint()}\n{' '.join(sorted(extras))}\n", encoding="utf-8")
        print("Ready.", flush=True)


def check_qt(env: dict[str, str]) -> None:
    """Stop with the exact install line when Linux lacks a library that Qt loads."""
    probe = [str(PYTHON), "-c", QT_PROBE]
    done = subprocess.run(probe, env=env, capture_output=True, text=True, check=False)
    missing = re.search(r"(\S+\.so[.\d]*): cannot open shared object", done.stderr)
    if missing:
        cure = install_line(QT_INSTALL)
        raise StopError(f"The window needs {missing[1]}, a system library. {cure}")


def run_checks(pytest_arguments: list[str], env: dict[str, str]) -> int:
    """Run every check in order and stop at the first that fails."""
    for title, (tool, *arguments) in CHECKS:
        print(f"\n== {title}", flush=True)
        extra = pytest_arguments if tool == "pytest" else []
        if subprocess.call([str(BIN / tool), *arguments, *extra], cwd=ROOT, env=env):
            print(f"\nStopped at: {title}. Mend what is named above, then run this again.")
            return 1
    print("\nAll checks passed.")
    return 0


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit code."""
    mode = arguments[0] if arguments else ""
    if mode in ("--help", "-h"):
        print(__doc__)
        return 0
    problem = python_problem(sys.version_info[:2], sys.maxsize > 2**32)
    if mode == "--shots" and len(arguments) != 2:
        problem = "--shots needs one folder to save into: python run.py --shots DIR"
    if problem:
        raise StopError(problem)
    set_up({"bench", "test"} if mode == "--test" else {"bench"})
    env = dict(os.environ)
    if mode in ("--test", "--shots"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    has_screen = any(env.get(k) for k in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))
    if sys.platform == "linux" and has_screen and mode in ("", "--test", "--shots"):
        check_qt(env)
    if mode == "--test":
        return run_checks(arguments[1:], env)
    module = ["hwstudio.gui.shots", arguments[1]] if mode == "--shots" else ["hwstudio", *arguments]
    command = [str(PYTHON), "-m", *module]
    if os.name != "nt":
        os.execve(command[0], command, env)  # become the app; Windows can only wait for it
    return subprocess.call(command, env=env)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StopError as stop:
        sys.exit(f"hwstudio: {stop}")
    except KeyboardInterrupt:
        sys.exit("\nhwstudio: stopped. Run this again to go on.")
