"""Where Pythons may lie: conda, virtual environments, pyenv, uv, the system, and our own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from hwstudio.core.bench.launch import candidates
from hwstudio.core.environment.ask_python import OURS, Found, ask
from hwstudio.core.environment.managed import Managed, python_in

_CONDAS = (
    *("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"),
    *(".conda", "Miniconda3", "Anaconda3", "Miniforge3"),
)
_VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_AT_ONCE = 4
_MOST = 60  # asking each takes a tenth of a second


def places(
    user: Path, environment: Mapping[str, str], system: Iterable[str] = ()
) -> Iterator[Path]:
    """Yield the Pythons that lie where they usually do.

    Args:
        user: the user's own folder.
        environment: CONDA_PREFIX, PYENV_ROOT, WORKON_HOME and so on are read.
        system: folders in which a system keeps its Pythons.
    """
    for folder in _conda_folders(user, environment):
        yield python_in(folder)
    pyenv = Path(environment.get("PYENV_ROOT") or user / ".pyenv")
    kept = Path(environment.get("WORKON_HOME") or user / ".virtualenvs")
    uv = user / ".local/share/uv/python"
    for root in (pyenv / "versions", pyenv / "pyenv-win" / "versions", kept, uv):
        for folder in _folders(root):
            yield python_in(folder)
    for home in system:
        for version in _VERSIONS:
            yield Path(home) / f"python{version}"
    if local := environment.get("LOCALAPPDATA"):
        for folder in _folders(Path(local) / "Programs" / "Python"):
            yield folder / "python.exe"


def _conda_folders(user: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    listed = user / ".conda" / "environments.txt"  # conda itself keeps this list
    try:
        yield from (Path(line.strip()) for line in listed.read_text("utf-8").splitlines() if line)
    except (OSError, ValueError):
        pass
    roots = [user / name for name in _CONDAS]
    roots += [
        Path(environment[name])
        for name in ("CONDA_ROOT", "MAMBA_ROOT_PREFIX")
        if environment.get(name)
    ]
    for root in roots:
        if (root / "conda-meta").is_dir():
            yield root
        yield from _folders(root / "envs")


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(each for each in root.iterdir() if each.is_dir())
    except OSError:
        return []


def paths_here(chosen: str, managed: Managed) -> list[str]:
    """Return the Pythons of this computer, our own first, each once."""
    found = [chosen] if chosen else []  # even where it is gone: the user must see what became of it
    found += [str(each.python) for each in managed.all()]
    found += candidates("")
    system = dict.fromkeys(("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"))
    if sys.platform == "win32":
        system = {}
    usual = places(Path.home(), os.environ, system)
    found += [str(path) for path in usual if path.is_file() or path.is_symlink()]
    return list(dict.fromkeys(path for path in found if path))[:_MOST]


def find(chosen: str, managed: Managed) -> tuple[Found, ...]:
    """Ask every Python that is found: the chosen and our own first, what cannot be used last."""
    ours = {str(each.python): each for each in managed.all()}
    paths = paths_here(chosen, managed)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ask-python") as pool:
        asked = list(pool.map(ask, paths))
    found: dict[str, Found] = {}
    for one in asked:
        own = ours.get(one.path)
        if own is not None:
            why = own.why_not or one.why_not
            one = replace(one, kind=OURS, name=own.name, why_not=why)
        found.setdefault(one.path if own or not one.real else one.real, one)
    return tuple(sorted(found.values(), key=lambda each: _rank(each, chosen)))


def _rank(found: Found, chosen: str) -> int:
    first = (found.path == chosen, found.kind == OURS, not found.why_not and bool(found.torch))
    return first.index(True) if any(first) else len(first) + bool(found.why_not)


def resolve(named: str, managed: Managed) -> str:
    """Return the path of a Python named by its path, its folder or its name here."""
    for each in managed.all():
        if each.name == named:
            return str(each.python)
    folder = Path(named).expanduser()
    if folder.is_dir():
        return str(python_in(folder))
    return shutil.which(str(folder)) or str(folder)


def ask_named(named: str, managed: Managed) -> Found:
    """Ask a Python named by its path, its folder or its name here."""
    found = ask(resolve(named, managed))
    for each in managed.all():
        if str(each.python) == found.path:
            return replace(found, kind=OURS, name=each.name)
    return found
