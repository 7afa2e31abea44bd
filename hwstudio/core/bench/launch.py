"""Finds a Python that has torch, and says how to start our worker with it.

The worker runs in that Python from our plain source files. Nothing of this process may leak into
it: not our import path, not the libraries of the packaged app, not our Qt settings.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import bundled_worker, is_frozen, worker_root
from hwstudio.core.bench.packages import EXTRAS, install_line
from hwstudio.core.bench.packages import PROBE as PROBE_PACKAGES

PROBE_LIMIT_S = 15.0
_NO_WINDOW = 0x08000000  # else Windows flashes a console before our window
NO_PYTHON = "it is not a Python that can be started"
NO_TORCH = "this Python has no PyTorch"
OLDEST = (3, 10)  # the worker's own need, and torch's
INSTALL = 'Install it with: pip install "hwstudio[bench]", or choose a Python that has PyTorch'

# -I shuts out the user's own site-packages, where "pip install --user torch" lives: let them in
# again, unless this is a virtual environment, which has its own.
_USER_SITE = (
    "import site, sys\n"
    "if sys.prefix == sys.base_prefix:\n"
    "    site.addsitedir(site.getusersitepackages())\n"
)
_PROBE = (
    _USER_SITE
    + "import json\nfrom importlib import metadata, util\n"
    + "try:\n    version = metadata.version('torch') if util.find_spec('torch') else ''\n"
    + "except metadata.PackageNotFoundError:\n    version = 'unknown version'\n"
    + "numpy = metadata.version('numpy') if util.find_spec('numpy') else ''\n"
    + PROBE_PACKAGES
    + "told = {'python': list(sys.version_info[:3]), 'torch': version, 'numpy': numpy,"
    + " 'packages': packages}\n"
    + "print(json.dumps(told))\n"
)
# Our folder leaves sys.path again at once: torch and numpy must come from that Python's own place.
_START = (
    _USER_SITE
    + "sys.path.insert(0, {root!r})\nimport hwstudio.worker.loop as loop\n"
    + "sys.path.remove({root!r})\nsys.exit(loop.main())\n"
)
_LOADER_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "LIBPATH")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One Python. ``why_not`` says why it cannot measure with torch; "" when it can."""

    path: str
    python: str
    torch: str
    why_not: str = ""
    numpy: str = ""
    torch_fault: str = ""  # why a torch that is there cannot be used
    packages: Mapping[str, str] = field(default_factory=dict)  # module -> version, of EXTRAS
    others: tuple[Interpreter, ...] = ()  # Pythons that run what this one lacks

    @property
    def can_measure(self) -> bool:
        return not self.why_not

    def serving(self, needs: Iterable[str]) -> Interpreter:
        """Return the Python for these needs: this one, else the first other that has them."""
        needed = tuple(needs)
        if "torch" in needed or not self._lacks(needed):
            return self  # the devices people choose from are those of this one's torch
        return next((one for one in self.others if not one.lacks(needed)), self)

    def lacks(self, needs: Iterable[str]) -> str:
        """Return why neither it nor an other can run a benchmark with these needs, or ""."""
        needed = tuple(needs)
        served = self.serving(needed)
        return self._lacks(needed) if served is self else ""

    def _lacks(self, needs: tuple[str, ...]) -> str:
        needed = set(needs)
        if self.why_not and (self.why_not != NO_TORCH or "torch" in needed):
            return self.why_not
        if self.torch_fault and "torch" in needed:
            return self.torch_fault
        if "numpy" in needed and not self.numpy and not self.torch:
            return "this Python has no numpy"
        lacking = [need for need in needs if need in EXTRAS and need not in self.packages]
        return f"this Python has no {' and no '.join(lacking)}" if lacking else ""

    @property
    def title(self) -> str:
        """Return it in words: "Python 3.11.7 with torch 2.13.0+cpu"."""
        if self.why_not == NO_TORCH:
            return f"Python {self.python} without PyTorch"
        if not self.can_measure:
            return f"{self.path}: {self.why_not}"
        return f"Python {self.python} with PyTorch {self.torch}"


def command(interpreter: Interpreter) -> list[str]:
    """Return the command line that starts our worker in an interpreter."""
    if is_frozen() and Path(interpreter.path).stem == "hwstudio-worker":
        return [interpreter.path]
    return [interpreter.path, "-I", "-c", _START.format(root=str(worker_root()))]


def clean_environment(environment: Mapping[str, str], *, frozen: bool) -> dict[str, str]:
    """Return the environment for a foreign Python, without anything that belongs to us."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(("_PYI", "_MEI", "PYTHON", "QT_"))
    }
    if frozen:
        for name in _LOADER_PATHS:
            before = kept.pop(f"{name}_ORIG", None)
            kept.pop(name, None)
            if before:
                kept[name] = before
    return kept


def candidates(chosen: str = "") -> list[str]:
    """Return the Pythons worth asking, the likeliest first."""
    found: list[str] = [chosen] if chosen else []
    own = bundled_worker()
    found += [str(own)] if own else []
    if not is_frozen():
        found.append(sys.executable)
    active = (os.environ.get(name) for name in ("VIRTUAL_ENV", "CONDA_PREFIX"))
    found += [_python_in(Path(folder)) for folder in active if folder]
    found.append(_python_in(Path.cwd() / ".venv"))
    found += [shutil.which(name) or "" for name in ("python3", "python")]
    # Not resolved: a virtual environment's python is a link, and the link is what matters.
    return list(dict.fromkeys(path for path in found if path and Path(path).is_file()))


def _python_in(folder: Path) -> str:
    inside = folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"
    return str(inside if inside.is_file() else folder / "python.exe")


def probe(path: str) -> Interpreter:
    """Ask one Python, without importing torch (that takes seconds)."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_LIMIT_S,
            env=clean_environment(os.environ, frozen=is_frozen()),
            stdin=subprocess.DEVNULL,
            creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
            check=False,
        )
        about = json.loads(done.stdout.strip().splitlines()[-1])
        version = tuple(int(part) for part in about["python"])
        torch, numpy = str(about["torch"]), str(about["numpy"])
        packages = {str(name): str(told) for name, told in about["packages"].items()}
    except subprocess.TimeoutExpired:
        return Interpreter(path, "", "", f"it did not answer within {PROBE_LIMIT_S:.0f} s")
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Interpreter(path, "", "", NO_PYTHON)
    words = ".".join(str(part) for part in version)
    if version < OLDEST:
        return Interpreter(path, words, torch, f"Python {words} is too old, 3.10 is needed")
    why = "" if torch else NO_TORCH
    return Interpreter(path, words, torch, why, numpy, packages=packages)


def find_interpreters(paths: Iterable[str]) -> tuple[Interpreter, ...]:
    """Ask each path and return what was found, in the same order."""
    return tuple(probe(path) for path in paths)


def remedy(needs: Iterable[str]) -> str:
    """Return what to do where no Python has what is needed."""
    needed = tuple(needs)
    if "torch" in needed or not needed:
        return INSTALL
    return (
        f"Install it with: {install_line(needed)}, or choose a Python that has "
        f"{' and '.join(needed)}"
    )


def choose_interpreter(
    named: str = "", setting: str = "", needs: Iterable[str] = ("torch",)
) -> Interpreter:
    """Return the Python to measure with: the one named, else the first that has what is needed.

    Raises:
        UserError: the one named is no Python that can be started.
        HostError: the one named cannot measure, or none has what is needed.
    """
    needed = tuple(needs)
    if named:
        found = shutil.which(named) or named
        one = probe(found)
        if not one.lacks(needed):
            return one
        if one.why_not == NO_PYTHON:
            raise UserError(
                f"{named} is not a Python that can be started",
                "" if Path(found).exists() else "there is no such file",
                "Give the path of a Python that has PyTorch, or leave --interpreter out",
            )
        raise HostError(f"{named} cannot run benchmarks", one.lacks(needed), remedy(needed))
    asked: list[Interpreter] = []
    for path in candidates(setting):
        one = probe(path)
        if not one.lacks(needed):
            return one
        asked.append(one)
    looked = "; ".join(f"{one.path}: {one.lacks(needed)}" for one in asked) or "no Python was found"
    what = " and ".join(needed)
    raise HostError(f"No Python{f' with {what}' if what else ''} was found", looked, remedy(needed))
