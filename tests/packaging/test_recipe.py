"""The recipe of the packaged app: what it names, what it leaves out, what the worker gets."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


def load(name: str) -> ModuleType:
    """Load one file of the packaging folder."""
    spec = importlib.util.spec_from_file_location(f"hwstudio_{name}", PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    return load("bundle")


@pytest.fixture
def smoke() -> ModuleType:
    from checks import product_under_test  # its folder is on the path only inside a test

    return product_under_test


def recipe() -> ast.Module:
    return ast.parse((PACKAGING / "hwstudio.spec").read_text(encoding="utf-8"))


def calls(name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(recipe())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def test_the_recipe_makes_three_executables_in_one_folder() -> None:
    made = {
        call.args[0].value: {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        for call in calls("executable")
        if isinstance(call.args[0], ast.Constant)
    }
    assert made == {
        "hwstudio": {"console": False},
        "hwstudio-cli": {"console": True},
        "hwstudio-worker": {"console": True},
    }
    assert len(calls("COLLECT")) == 1
    assert {word.arg: ast.unparse(word.value) for word in calls("EXE")[0].keywords}[
        "exclude_binaries"
    ] == "True"


def test_only_the_window_gets_qt() -> None:
    excluded = {
        ast.literal_eval(call.args[0]): ast.unparse(call.args[2]) for call in calls("analyse")
    }
    assert excluded == {
        "entry_window.py": "[*bundle.UNUSED, *bundle.QT_UNUSED]",
        "entry_cli.py": "[*bundle.UNUSED, *bundle.QT]",
        "entry_worker.py": "bundle.unused_by_worker(EDITION)",
    }


def test_what_is_left_out_of_qt_is_nothing_our_window_imports(bundle: ModuleType) -> None:
    sources = (PACKAGING.parent / "hwstudio").rglob("*.py")
    imported = {
        name
        for file in sources
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in imports(node)
    }
    assert "PySide6.QtWidgets" in imported
    assert not imported & set(bundle.QT_UNUSED)


def imports(node: ast.AST) -> list[str]:
    """Return the modules an import statement may mean."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_every_entry_script_exists_and_parses() -> None:
    for call in calls("analyse"):
        ast.parse((PACKAGING / ast.literal_eval(call.args[0])).read_text(encoding="utf-8"))


def test_only_the_full_editions_worker_gets_torch_and_no_worker_gets_qt(bundle: ModuleType) -> None:
    light, full = map(bundle.unused_by_worker, (bundle.LIGHT, bundle.FULL))
    assert set(light) - set(full) == bundle.TORCH_NEEDS
    assert set(bundle.QT) <= set(full)


def test_torchs_tests_and_headers_stay_out_of_the_full_edition(bundle: ModuleType) -> None:
    metadata = "torch-2.13.0+cpu.dist-info/METADATA"
    rows = [
        (name, "", "") for name in (metadata, "torch/test/a", "torch/bin/protoc", "torch/lib/c")
    ]
    assert [row[0] for row in bundle.trimmed(rows, bundle.FULL)] == [metadata, "torch/lib/c"]
    assert [row[0] for row in bundle.trimmed(rows)] == ["torch/lib/c"]


def test_torch_stays_out_and_what_the_libraries_need_stays_in(bundle: ModuleType) -> None:
    assert {"torch", "tkinter", "matplotlib", "IPython"} <= set(bundle.UNUSED)
    assert not {"pydoc", "unittest", "numpy", "psutil", "highspy"} & set(bundle.UNUSED)


@pytest.mark.parametrize(
    "target",
    [
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/QtQml.abi3.so",
        "libgtk-3.so.0",
        "libQt6EglFsKmsSupport.so.6",
        "PySide6/Qt/plugins/imageformats/libqwebp.so",
        "PySide6/plugins/imageformats/qtiff.dll",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/lib/libQt6Network.so.6",
        "libreadline.so.8",
        "torch-2.13.0+cpu.dist-info/METADATA",
        "pyqtgraph\\examples\\Plotting.py",
        "pyqtgraph/icons/peegee/peegee_512px.png",
        "PySide6/opengl32sw.dll",
    ],
)
def test_what_no_screen_reaches_is_left_out(bundle: ModuleType, target: str) -> None:
    assert bundle.is_trimmed(target)


@pytest.mark.parametrize(
    "target",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/lib/libQt6Svg.so.6",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/plugins/imageformats/qico.dll",
        "PySide6/plugins/imageformats/qjpeg.dll",
        "PySide6/Qt/lib/libQt6OpenGL.so.6",
        "PySide6/Qt/lib/libicudata.so.73",
        "numpy.libs/libscipy_openblas64_.so",
        "click-8.5.1.dist-info/METADATA",
        "catalog.db",
    ],
)
def test_what_the_window_needs_stays(bundle: ModuleType, target: str) -> None:
    assert not bundle.is_trimmed(target)


def test_the_worker_is_shipped_as_sources_an_outside_python_can_import(
    bundle: ModuleType, tmp_path: Path
) -> None:
    import subprocess

    for source, folder in bundle.worker_sources():
        target = tmp_path / folder / Path(source).name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(source).read_bytes())
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'worker_src')!r})\n"
        "import hwstudio.worker.loop as loop; print(loop.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith(str(tmp_path)), done.stderr


def test_every_registered_thing_is_a_module_the_recipe_names(bundle: ModuleType) -> None:
    from hwstudio.core.bench.suites import SUITES
    from hwstudio.core.probe.probe import PROBES

    named = set(bundle.modules("hwstudio.core", "hwstudio.cli", "hwstudio.gui"))
    assert {*SUITES.modules(), *PROBES.modules()} <= named


def test_licence_texts_of_the_libraries_are_found(bundle: ModuleType) -> None:
    found = bundle.licence_files(["numpy", "highspy", "not-installed-anywhere"])
    assert {folder for _, folder in found} == {"licenses/numpy", "licenses/highspy"}
    assert all(Path(source).is_file() for source, _ in found)


def test_the_smoke_run_fails_a_program_that_prints_a_traceback(smoke: ModuleType) -> None:
    with pytest.raises(smoke.SmokeError, match="boom"):
        smoke.start([sys.executable, "-c", "raise ValueError('boom')"], (0, 1))


def test_the_smoke_run_fails_an_unexpected_exit_code(smoke: ModuleType) -> None:
    with pytest.raises(smoke.SmokeError, match="exit 3"):
        smoke.start([sys.executable, "-c", "raise SystemExit(3)"])


def test_the_smoke_run_wants_one_json_document_with_its_fields(smoke: ModuleType) -> None:
    assert smoke.document('{"a": 1}', "a") == {"a": 1}
    with pytest.raises(smoke.SmokeError, match="not one JSON"):
        smoke.document("{} {}")
    with pytest.raises(smoke.SmokeError, match="lacks"):
        smoke.document("{}", "a")


def test_plots_draw_without_the_opengl_parts_of_qt() -> None:
    import os
    import subprocess

    code = (
        "import sys, runpy\n"
        "for name in ('QtNetwork', 'QtTest'): sys.modules['PySide6.' + name] = None\n"
        f"runpy.run_path({str(PACKAGING / 'hook_without_opengl.py')!r})\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "import pyqtgraph\n"
        "plot = pyqtgraph.PlotWidget(); plot.plot([1, 2, 3]); plot.resize(200, 200)\n"
        "picture = plot.grab().toImage()\n"
        "colours = {picture.pixel(x, y) for x in range(200) for y in range(200)}\n"
        "print(len(colours) > 2, 'libQt6OpenGL' in open('/proc/self/maps').read()\n"
        "      if sys.platform == 'linux' else False, flush=True)\n"
        "import os; os._exit(0)\n"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout == "True False\n", done.stderr
