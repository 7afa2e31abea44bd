"""Asks one Python what it is and what it holds, in a process of its own; torch is not imported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.paths import is_frozen
from hwstudio.core.bench.launch import OLDEST, clean_environment
from hwstudio.core.bench.packages import PROBE as PROBE_PACKAGES
from hwstudio.core.environment.build_of_torch import TorchBuild, torch_build
from hwstudio.core.environment.child import run_child

ASK_LIMIT_S = 20.0
CHECK_LIMIT_S = 180.0  # importing torch for the first time, from a slow disk
CONDA, VENV, PYENV, SYSTEM, OURS, UV = "conda", "venv", "pyenv", "system", "hwstudio", "uv-managed"
_NO_WINDOW = 0x08000000
_TOO_OLD = "Python {} is too old, 3.10 is needed"
_USER_SITE = (
    "import site, sys\n"
    "if sys.prefix == sys.base_prefix:\n"
    "    site.addsitedir(site.getusersitepackages())\n"
)
_ASK = (
    _USER_SITE
    + "import json, os\n"
    + "about = {'python': list(sys.version_info[:3]), 'prefix': sys.prefix,"
    + " 'base': sys.base_prefix, 'program': sys.executable,"
    + " 'conda': os.path.isdir(os.path.join(sys.prefix, 'conda-meta'))}\n"
    + f"if sys.version_info < {OLDEST}:\n    print(json.dumps(about))\n    sys.exit()\n"
    + "import platform, runpy\nfrom importlib import metadata, util\n"
    + "torch, spec = {}, util.find_spec('torch')\n"
    + "if spec:\n"
    + "    try:\n        torch['version'] = metadata.version('torch')\n"
    + "    except metadata.PackageNotFoundError:\n        torch['version'] = 'unknown version'\n"
    + "    try:\n        folder = os.path.dirname(spec.origin)\n"
    + "        told = runpy.run_path(os.path.join(folder, 'version.py'))\n"
    + "        torch['version'] = str(told.get('__version__') or torch['version'])\n"
    + "        torch.update({n: told.get(n) for n in ('cuda', 'hip', 'xpu')})\n"
    + "    except Exception as error:\n        torch['fault'] = repr(error)\n"
    + "    torch['is_apple'] = sys.platform == 'darwin' and platform.machine() == 'arm64'\n"
    + "numpy = metadata.version('numpy') if util.find_spec('numpy') else ''\n"
    + PROBE_PACKAGES
    + "about.update({'torch': torch, 'numpy': numpy, 'packages': packages})\n"
    + "print(json.dumps(about, default=str))\n"
)
_CHECK = (
    _USER_SITE
    + "import json, torch\n"
    + "assert float((torch.ones(8, 8) @ torch.ones(8, 8))[0, 0]) == 8.0\n"
    + "flags = getattr(getattr(torch, '_C', None), '_cuda_getArchFlags', None)\n"
    + "told = {'version': str(torch.__version__), 'devices': [], 'memory_bytes': [], 'fault': '',"
    + " 'archs': ((flags() if flags else '') or '').split()}\n"
    + "try:\n"
    + "    if torch.cuda.is_available():\n"
    + "        for i in range(torch.cuda.device_count()):\n"
    + "            name = torch.cuda.get_device_name(i)\n"
    + "            ones = torch.ones(8, 8, device=f'cuda:{i}')\n"
    + "            assert float((ones * 2).sum()) == 128.0, f'{name} computed a wrong number'\n"
    + "            told['devices'].append(name)\n"
    + "            about = torch.cuda.get_device_properties(i)\n"
    + "            told['memory_bytes'].append(int(about.total_memory))\n"
    + "except Exception as error:\n"
    + "    told['fault'] = (str(error) or repr(error)).splitlines()[0]\n"
    + "mps = getattr(torch.backends, 'mps', None)\n"
    + "if mps and mps.is_available():\n    told['devices'].append('Apple GPU')\n"
    + "    told['memory_bytes'].append(None)\n"  # it has none of its own
    + "xpu = getattr(torch, 'xpu', None)\n"
    + "if xpu and xpu.is_available():\n"
    + "    for i in range(xpu.device_count()):\n"
    + "        told['devices'].append(xpu.get_device_name(i))\n"
    + "        about = xpu.get_device_properties(i)\n"
    + "        told['memory_bytes'].append(int(about.total_memory))\n"
    + "print(json.dumps(told))\n"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One Python. ``why_not`` says why it cannot be started or is too old; "" where it can."""

    path: str
    kind: str = SYSTEM
    name: str = ""  # of its folder: the name of an environment
    python: str = ""
    torch: TorchBuild | None = None
    numpy: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)  # onnxruntime, jax, tensorflow
    why_not: str = ""
    real: str = ""  # the same for two paths that lead to one Python

    @property
    def title(self) -> str:
        """Return it in words: "Python 3.11.7 with torch 2.13.0+cpu"."""
        if self.why_not:
            return self.why_not
        with_torch = f"with PyTorch {self.torch.version}" if self.torch else "without PyTorch"
        return f"Python {self.python} {with_torch}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of really using torch. ``why_not`` is "" where it works."""

    version: str = ""
    devices: tuple[str, ...] = ()  # GPUs that computed
    why_not: str = ""
    archs: tuple[str, ...] = ()  # GPU generations this build has code for, "sm_89"; () = untold
    memory_bytes: tuple[int | None, ...] = ()  # of each of ``devices``, as PyTorch sees it


def ask(path: str) -> Found:
    """Ask one Python."""
    name = _name_of(path)
    if Path(path).is_symlink() and not Path(path).exists():
        gone = os.path.realpath(path)
        return Found(path, VENV, name, why_not=f"the Python it was made from is gone: {gone}")
    told, fault = _told(path, _ASK, ASK_LIMIT_S)
    if fault:
        fault = _too_old(path) or fault
        return Found(path, _kind_by_place(path), name, why_not=fault)
    try:
        version = tuple(int(part) for part in told["python"])
        torch = torch_build(told.get("torch", {}))
        numpy = str(told.get("numpy", ""))
        packages = {str(key): str(value) for key, value in told.get("packages", {}).items()}
        kind, real = _kind(path, told), f"{told['prefix']}|{os.path.realpath(told['program'])}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return Found(path, name=name, why_not="it is not a Python that can be started")
    words = ".".join(str(part) for part in version)
    why = _TOO_OLD.format(words) if version < OLDEST else ""
    if kind != VENV:  # a start script lies elsewhere than what it starts
        name = Path(path).name if kind == SYSTEM else Path(told["prefix"]).name
    return Found(path, kind, name, words, torch, numpy, packages, why, real)


def _too_old(path: str) -> str:
    """Say so where it is a Python 2, which does not even know how it is asked."""
    try:
        done = subprocess.run(
            [path, "-V"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ASK_LIMIT_S,
            stdin=subprocess.DEVNULL,
            creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.match(r"Python (2\.[\d.]+)", done.stdout + done.stderr)
    return _TOO_OLD.format(found[1]) if found else ""


def check(path: str, stopped: threading.Event | None = None) -> Checked:
    """Import torch in that Python and compute with it on every GPU it sees; may take minutes.

    Raises:
        Stopped: ``stopped`` was set.
    """
    lines: deque[str] = deque(maxlen=20)
    env = clean_environment(os.environ, frozen=is_frozen())
    command = [path, "-I", "-c", _CHECK]
    try:
        code = run_child(command, env, lines.append, stopped or threading.Event(), CHECK_LIMIT_S)
    except HostError as error:
        return Checked(why_not=error.why)
    if code:
        return Checked(why_not=_last_words(code, lines))
    told = _document(lines)
    if told is None:
        return Checked(why_not="its answer cannot be read")
    return checked_of(told)


def checked_of(told: Mapping[str, Any]) -> Checked:
    """Return what the document of a tried torch says: version, devices, fault, archs."""
    return Checked(
        str(told.get("version", "")),
        tuple(map(str, told.get("devices", ()))),
        str(told.get("fault", "")).rstrip("."),
        tuple(map(str, told.get("archs", ()))),
        tuple(each if isinstance(each, int) else None for each in told.get("memory_bytes", ())),
    )


def _told(path: str, code: str, limit_s: float) -> tuple[dict[str, Any], str]:
    """Return the document a Python printed, or why there is none."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", code],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            env=clean_environment(os.environ, frozen=is_frozen()),
            stdin=subprocess.DEVNULL,
            creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {}, f"it did not answer within {limit_s:.0f} s"
    except OSError as error:
        return {}, f"it cannot be started: {error.strerror or error}"
    if done.returncode:
        return {}, _last_words(done.returncode, done.stderr.splitlines())
    told = _document(done.stdout.splitlines())
    return ({}, "it is not a Python that can be started") if told is None else (told, "")


def _document(lines: Iterable[str]) -> dict[str, Any] | None:
    """Return the one JSON document among the lines; other things may print too."""
    for line in reversed([*lines]):
        if line.startswith("{"):
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict):
                return told
    return None


def _last_words(code: int, said: Iterable[str]) -> str:
    lines = [line.strip() for line in said if line.strip()]
    last = lines[-1].rstrip(".") if lines else ""
    if code < 0:
        return f"it was ended by signal {-code}{f': {last}' if last else ''}"
    return last or f"it ended with code {code}"


def _kind(path: str, told: Mapping[str, Any]) -> str:
    if told["conda"]:
        return CONDA
    if told["prefix"] != told["base"]:
        return VENV
    return _kind_by_place(path)


def _kind_by_place(path: str) -> str:
    parts = Path(path).parts
    if ".pyenv" in parts or "pyenv-win" in parts:
        return PYENV
    if "/uv/python/" in Path(path).as_posix():
        return UV
    return VENV if (_prefix_of(path) / "pyvenv.cfg").is_file() else SYSTEM


def _prefix_of(path: str) -> Path:
    folder = Path(path).parent
    return folder.parent if folder.name in ("bin", "Scripts") else folder


def _name_of(path: str) -> str:
    folder = _prefix_of(path)
    return folder.parent.name if folder.name in (".venv", "venv", "env") else folder.name
