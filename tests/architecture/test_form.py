"""Size, names, docstrings and colours: the parts of the house rules that a machine can hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 50
MAX_PARAMETERS = 7
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
THEME_FILE = re.compile(r"hwstudio/gui/shell/theme\w*\.py")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def parameter_count(function: Function) -> int:
    """Count what a caller can pass; self and cls are not passed."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in named)


def without_docstring(tree: ast.Module) -> list[str]:
    """Return the public functions and classes of a module that say nothing about themselves."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, (*Function.__args__, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]


def colour_literals(tree: ast.AST) -> list[str]:
    """Return the strings of a module that are or hold a colour such as #2563C9."""
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and COLOUR.search(node.value)
    ]


def test_no_file_is_longer_than_500_lines(sources: list[Any]) -> None:
    sizes = {source.where: source.text.count("\n") for source in sources}
    assert {where: size for where, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines(sources: list[Any]) -> None:
    wrong = [
        f"{source.where}:{function.lineno} {function.name}: {size} lines"
        for source in sources
        for function in functions(source.tree)
        if (size := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert wrong == []


def test_no_function_takes_more_than_7_parameters(sources: list[Any]) -> None:
    wrong = [
        f"{source.where}:{function.lineno} {function.name}: {count} parameters"
        for source in sources
        for function in functions(source.tree)
        if (count := parameter_count(function)) > MAX_PARAMETERS
    ]
    assert wrong == [], "make a frozen dataclass of them"


def test_no_file_has_a_name_that_could_mean_anything(sources: list[Any]) -> None:
    wrong = [
        source.where
        for source in sources
        for part in PurePosixPath(source.where).with_suffix("").parts
        if part in FORBIDDEN_NAMES or part.startswith("base_")
    ]
    assert wrong == []


def test_init_files_hold_one_docstring_and_nothing_else(sources: list[Any]) -> None:
    wrong = [
        source.where
        for source in sources
        if source.where.endswith("/__init__.py")
        and (len(source.tree.body) != 1 or not ast.get_docstring(source.tree))
    ]
    assert wrong == []


def test_every_package_folder_has_its_init_file(root: Path) -> None:
    folders = {path.parent for path in (root / "hwstudio").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_module_says_why_it_exists(sources: list[Any]) -> None:
    assert [s.where for s in sources if not ast.get_docstring(s.tree)] == []


def test_every_public_class_and_function_of_the_core_has_a_docstring(sources: list[Any]) -> None:
    wrong = [
        f"{source.where}: {name}"
        for source in sources
        if source.where.startswith("hwstudio/core/")
        for name in without_docstring(source.tree)
    ]
    assert wrong == []


def test_colours_are_named_in_the_theme_and_nowhere_else(sources: list[Any], root: Path) -> None:
    wrong = [
        f"{source.where}: {text[:40]}"
        for source in sources
        if source.where.startswith("hwstudio/gui/") and not THEME_FILE.fullmatch(source.where)
        for text in colour_literals(source.tree)
    ]
    wrong += [
        sheet.relative_to(root).as_posix()
        for sheet in (root / "resources").rglob("*.qss")
        if re.search(r":\s*[^;{]*" + COLOUR.pattern, sheet.read_text(encoding="utf-8"))
    ]
    assert wrong == [], "take the colour from the theme's tokens"


def test_no_work_is_left_as_a_note_in_the_code(sources: list[Any]) -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    assert [source.where for source in sources if mark.search(source.text)] == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("def f(self, a, b, /, c, *, d): ...", 4),
        ("def f(a, *rest, b=1, **named): ...", 2),
    ],
)
def test_the_parameter_guard_counts_what_a_caller_passes(code: str, count: int) -> None:
    assert [parameter_count(function) for function in functions(ast.parse(code))] == [count]


def test_the_guards_see_what_they_forbid() -> None:
    assert without_docstring(ast.parse("def shown(): ...\ndef _hidden(): ...")) == ["shown"]
    assert colour_literals(ast.parse("a = 'color: #2563C9'\nb = 'issue #12'")) == ["color: #2563C9"]
