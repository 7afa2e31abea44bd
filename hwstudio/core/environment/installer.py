"""The command lines that make an environment: by uv where it is found, else by Python's own pip.

The index is written out in full, so that both programs take the same build of torch.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.paths import is_frozen
from hwstudio.core.bench.launch import clean_environment
from hwstudio.core.environment.managed import Managed, python_in

UV, PIP = "uv", "pip"


@dataclass(frozen=True, slots=True)
class Tool:
    """What installs. ``program`` is uv's path; empty for pip, which comes with Python."""

    name: str
    program: str = ""

    @property
    def title(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Source:
    """Where packages come from: an index ("" = Python's usual one), or a folder of wheels."""

    index: str = ""
    wheels: Path | None = None


def find_tool(path: str | None = None) -> Tool:
    """Return uv from PATH or from Python's packages; pip where there is none."""
    if program := shutil.which(UV, path=path) or _packaged_uv():
        return Tool(UV, program)
    return Tool(PIP)


def _packaged_uv() -> str:
    """Return the program inside the Python package uv, "" without it."""
    if importlib.util.find_spec(UV) is None:
        return ""
    try:
        return str(importlib.import_module(UV).find_uv_bin())
    except (ImportError, AttributeError, OSError):
        return ""


def make_command(tool: Tool, base: str, folder: Path) -> list[str]:
    """Return the command that makes an empty environment from the Python ``base``."""
    if tool.name == UV:
        no_fetching = ["--no-python-downloads", "--no-config", "--no-project"]
        return [tool.program, "venv", *no_fetching, "--python", base, str(folder)]
    return [base, "-I", "-m", "venv", str(folder)]


def install_command(
    tool: Tool, folder: Path, source: Source, packages: tuple[str, ...]
) -> list[str]:
    """Return the command that installs packages into an environment."""
    python = str(python_in(folder))
    if source.wheels is not None:
        where = ["--no-index", "--find-links", str(source.wheels)]
    else:
        where = ["--index-url", source.index] if source.index else []
    if tool.name == UV:
        offline = ["--offline", "--no-config"] if source.wheels is not None else []
        return [tool.program, "pip", "install", *offline, "--python", python, *where, *packages]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2"]
    return [python, "-I", "-m", "pip", "install", *quiet, *where, *packages]


def child_environment(managed: Managed, *, is_offline: bool) -> dict[str, str]:
    """Return the environment both programs run in.

    All they write lies under the home. Online the user's own proxy, certificates and mirrors hold;
    offline nothing of them is read, so that no setting can send the program to a network.
    """
    kept = clean_environment(os.environ, frozen=is_frozen())
    kept.pop("VIRTUAL_ENV", None)
    if is_offline:
        kept = _without_settings(kept)
        kept["PIP_CONFIG_FILE"] = os.devnull
    cache, temp = str(managed.cache), str(managed.temp)
    kept |= {"UV_CACHE_DIR": cache, "PIP_CACHE_DIR": cache, "NO_COLOR": "1"}
    kept |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temp)
    kept["PYTHONUNBUFFERED"] = "1"  # its lines are shown when they are said
    kept["PYTHONUTF8"] = "1"
    return kept


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    names = ("PIP_", "UV_")
    return {n: v for n, v in environment.items() if not n.upper().startswith(names)}
