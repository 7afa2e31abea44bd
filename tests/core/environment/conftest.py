"""A wheel of torch so small that it is made here, and a border that installs nothing."""

from __future__ import annotations

import zipfile

import pytest

from hwstudio.core.base.network import Network
from hwstudio.core.base.paths import Home
from hwstudio.core.environment.managed import Managed

CODE = (
    "__version__ = '2.13.0+cpu'\n"
    "class _Sheet:\n"
    "    def __matmul__(self, other): return self\n"
    "    def __getitem__(self, place): return 8.0\n"
    "def ones(*shape): return _Sheet()\n"
    "class cuda:\n    is_available = staticmethod(lambda: False)\n"
    "class backends: pass\n"
)


def tiny_torch(folder, code=CODE):
    """Write a wheel that any Python can install."""
    folder.mkdir(parents=True, exist_ok=True)
    about = "torch-2.13.0+cpu.dist-info"
    files = {
        "torch/__init__.py": code,
        "torch/version.py": "__version__ = '2.13.0+cpu'\ncuda = None\nhip = None\n",
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0+cpu\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(folder / "torch-2.13.0+cpu-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return folder


@pytest.fixture
def managed(tmp_path):
    return Managed(Home(tmp_path / "ein Heim"))


@pytest.fixture
def network(managed):
    """A door that is shut; ``open`` in its list opens it."""
    is_open: list[bool] = []
    made = Network(Home(managed.root.parent), lambda: bool(is_open))
    made.open_it = lambda: is_open.append(True)
    return made
