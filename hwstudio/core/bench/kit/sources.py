"""Which of our own files a run kit needs: the worker, the benchmarks, and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.paths import worker_root
from hwstudio.core.bench.suites import SUITES

PACKAGE = "hwstudio"
START = "hwstudio.core.bench.kit.entry"


def kit_sources(root: Path | None = None) -> dict[str, Path]:
    """Return the files by the place they have in the kit ("hwstudio/worker/loop.py").

    Raises:
        HostError: this installation does not have its own files as text.
    """
    root = root or worker_root()
    kernels = (_name(file, root) for file in (root / PACKAGE / "worker").rglob("*.py"))
    waiting = [START, *SUITES.modules(), *kernels]
    found: dict[str, Path] = {}
    while waiting:
        file = _file(root, waiting.pop())
        if file is None or (place := file.relative_to(root).as_posix()) in found:
            continue
        found[place] = file
        waiting += _imports(file)
        waiting += _parents(_name(file, root))
    if not {f"{START.replace('.', '/')}.py", f"{PACKAGE}/worker/loop.py"} <= set(found):
        raise HostError(
            "The run kit cannot be made",
            "hwstudio's own source files are missing from this installation",
            "Install hwstudio again",
        )
    return dict(sorted(found.items()))


def _file(root: Path, module: str) -> Path | None:
    """Return the file of a module of ours; None for a name inside a module."""
    base = root / module.replace(".", "/")
    for file in (base / "__init__.py", base.with_name(base.name + ".py")):
        if file.is_file():
            return file
    return None


def _name(file: Path, root: Path) -> str:
    name = file.relative_to(root).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _imports(file: Path) -> Iterator[str]:
    """Yield every module of ours that a file may import, also later on, inside a function."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith(PACKAGE))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            yield str(node.module)
            yield from (f"{node.module}.{each.name}" for each in node.names)
