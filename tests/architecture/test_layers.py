"""Who may load whom, asked of a fresh process and of the syntax trees.

import-linter holds the floors inside the core (``python run.py --test`` runs it); here stands
what it cannot see: what a real import drags in, and which part of Qt a view-model touches.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

HEAVY = ("PySide6", "shiboken6", "pyqtgraph", "torch")
WORKER_MAY_IMPORT = {"torch", "numpy", "hwstudio"}

LOAD_ALL = """
import importlib, json, sys
for name in json.loads(sys.stdin.read()):
    importlib.import_module(name)
print(json.dumps(sorted({module.partition(".")[0] for module in sys.modules})))
"""


def imported(tree: ast.AST) -> list[str]:
    """Return the dotted names a module imports, anywhere in it."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def lambda_connections(tree: ast.AST) -> list[int]:
    """Return the lines where a lambda is connected to a signal."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and any(isinstance(argument, ast.Lambda) for argument in node.args)
    ]


def loaded_packages(modules: list[str], root: Path) -> set[str]:
    """Import modules in a fresh interpreter and return the top-level packages it then holds."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ALL],
        input=json.dumps(modules),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def file_name(source: Any) -> str:
    return PurePosixPath(source.where).name


def test_importing_the_core_and_the_command_line_loads_neither_qt_nor_torch(
    sources: list[Any], root: Path
) -> None:
    modules = [
        source.module
        for source in sources
        if source.where.startswith(("hwstudio/core/", "hwstudio/cli/"))
    ]
    assert len(modules) > 20
    assert loaded_packages(modules, root) & set(HEAVY) == set()


def test_the_fresh_process_would_notice_qt(root: Path) -> None:
    assert "PySide6" in loaded_packages(["PySide6.QtCore"], root)


def test_the_worker_imports_only_itself_the_standard_library_torch_and_numpy(
    sources: list[Any],
) -> None:
    allowed = WORKER_MAY_IMPORT | set(sys.stdlib_module_names)
    wrong = [
        f"{source.where}: {name}"
        for source in sources
        if source.where.startswith("hwstudio/worker/")
        for name in imported(source.tree)
        if name.partition(".")[0] not in allowed
        or (name.startswith("hwstudio.") and not name.startswith("hwstudio.worker"))
    ]
    assert wrong == []


def test_view_models_and_the_kit_connect_no_lambda(sources: list[Any]) -> None:
    wrong = [
        f"{source.where}:{line}"
        for source in sources
        if file_name(source) == "viewmodel.py" or source.where.startswith("hwstudio/gui/kit/")
        for line in lambda_connections(source.tree)
    ]
    assert wrong == [], "a lambda runs in the emitting thread; connect a bound @Slot method"


def test_the_lambda_guard_sees_a_lambda() -> None:
    tree = ast.parse("def f(self):\n    self.button.clicked.connect(lambda: self.go())\n")
    assert lambda_connections(tree) == [2]


def test_view_models_use_no_part_of_qt_but_qtcore(sources: list[Any]) -> None:
    qt = ("PySide6", "shiboken6", "pyqtgraph")
    wrong = [
        f"{source.where}: {name}"
        for source in sources
        if file_name(source) == "viewmodel.py"
        for name in imported(source.tree)
        if name.startswith(qt) and not name.startswith("PySide6.QtCore")
    ]
    assert wrong == []


def test_views_touch_no_database_process_or_file(sources: list[Any]) -> None:
    wrong = []
    for source in sources:
        if file_name(source) != "view.py":
            continue
        names = {name.partition(".")[0] for name in imported(source.tree)}
        wrong += [f"{source.where}: {n}" for n in sorted(names & {"sqlite3", "subprocess"})]
        wrong += [
            f"{source.where}:{node.lineno}: open()"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "open"
        ]
    assert wrong == []
