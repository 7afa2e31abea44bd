"""What goes into the packaged app and what stays out: plain lists for the recipe and its tests."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Nothing of these is used; each would come along because some library mentions it.
# pydoc and unittest must stay: numpy and pyqtgraph import them, and without them the app dies.
# typst sets the pages of PDF reports and is the one exception: 84 MB (68 stripped) would pass the
# limit of the folder, so the packaged app writes the other forms and says so (docs/adr/0023).
UNUSED = [
    "typst",
    "torch",
    "torchvision",
    "tensorflow",
    "jax",
    "onnxruntime",
    "tkinter",
    "matplotlib",
    "pandas",
    "scipy",
    "PIL",
    "IPython",
    "jinja2",
    "pytest",
    "_pytest",
    "hypothesis",
    "mypy",
    "ruff",
    "importlinter",
    "grimp",
    "PyInstaller",
    "hatchling",
    "setuptools",
    "pkg_resources",
    "pip",
    "wheel",
    "rich",
    "markdown_it",
    "mdurl",
    "py",
    "pygments",
    "wcwidth",
    "pydantic",
    "cupy",
    "numba",
    "OpenGL",
    "h5py",
    "colorcet",
    "jupyter_rfb",
    "yaml",
    "lxml",  # openpyxl takes it where it is; it does without
    "typing_extensions",
    "numpy.f2py",
    "pydoc_data",
    "pyqtgraph.flowchart",
    "readline",  # brings GNU readline, GPL-3.0
    "curses",
]
LIGHT, FULL = "light", "full"
# The full edition's worker holds PyTorch. What PyTorch wants only to compile code, which needs a
# compiler that no package brings, stays out.
TORCH_NEEDS = {"torch", "typing_extensions"}
QT = ["PySide6", "shiboken6", "pyqtgraph"]
# Parts of Qt that only pyqtgraph asks for, and does without; a test holds that we import none.
# The OpenGL parts it wants to see: hook_without_opengl.py answers for them.
QT_UNUSED = [
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtTest",
]

# Files the libraries' own recipes collect and no screen of ours reaches, by where they would lie.
TRIMMED = re.compile(
    r"""
      PySide6/Qt/translations/
    | PySide6/Qt/qml/
    | PySide6/Qt/plugins/platforms/libq(eglfs|linuxfb|vnc|minimal|minimalegl|vkkhrdisplay)\.
    | PySide6/Qt/plugins/(platformthemes/libqgtk3|egldeviceintegrations|platforminputcontexts/
        libqtvirtualkeyboard|sqldrivers|qmltooling|designer|help)
    | PySide6/(Qt/)?plugins/(generic|networkinformation|tls)/
    | PySide6/(Qt/)?plugins/imageformats/(lib)?q(gif|icns|pdf|tga|tiff|wbmp|webp)\.
    | (^|/)(lib)?Qt6?(Qml|Quick|Designer|Help|Sql|UiTools|VirtualKeyboard|Pdf|Egl|Network|Test)
    | PySide6/(opengl32sw|d3dcompiler_\d+)\.dll  # drawing in 3D without a driver: 20 MB
    | ^lib(gssapi_krb5|krb5|krb5support|k5crypto|com_err|keyutils)\.  # only for Qt6Network
    | ^lib(readline|history|gdbm|gdbm_compat|ncursesw?|tinfow?)\.  # GPL, or only for such
    | (^|/)lib(gtk-3|gdk-3|gdk_pixbuf-2|pango\w*-1|cairo(-gobject)?|atk(-bridge)?-[12]|atspi|
        epoxy|rsvg-2|harfbuzz|fribidi|thai|datrie|graphite2|pixman-1)\b
    | pyqtgraph/(examples|opengl|icons/peegee)/
    | torch/(test|include|share)/
    | torch/bin/(?!torch_shm_manager)
    | torch/lib/lib(torchbind_test|jitbackend_test|backend_with_compiler|aoti_custom_ops)\.
    | numpy/(.*/)?tests/
    """,
    re.VERBOSE,
)


# In the light edition alone, or the app would believe that torch is in it.
NO_TORCH = re.compile(r"^torch-[^/]*\.dist-info/")


def is_trimmed(target: str, edition: str = LIGHT) -> bool:
    """Say whether a file the recipe found should stay out of the app."""
    name = target.replace("\\", "/")
    return bool(TRIMMED.search(name) or (edition == LIGHT and NO_TORCH.search(name)))


def trimmed(found: list[tuple[str, str, str]], edition: str = LIGHT) -> list[tuple[str, str, str]]:
    """Return the (target, source, kind) rows that stay."""
    return [row for row in found if not is_trimmed(row[0], edition)]


def unused_by_worker(edition: str) -> list[str]:
    """Return what the worker's executable leaves out."""
    kept = TORCH_NEEDS if edition == FULL else set()
    return [*(name for name in UNUSED if name not in kept), *QT]


def torch_modules(edition: str) -> list[str]:
    """Return what the worker imports by name in the full edition."""
    return ["torch", "torch.distributed"] if edition == FULL else []


def torch_libraries(edition: str) -> list[str]:
    """Return the libraries the full edition holds beyond the light one."""
    return ["torch", "sympy", "mpmath", "networkx", "fsspec", "filelock", "typing_extensions"] * (
        edition == FULL
    )


def torch_metadata(edition: str) -> list[tuple[str, str]]:
    """Return the file by which the full edition's worker knows its PyTorch's version."""
    if edition != FULL:
        return []
    package = distribution("torch")
    found = [file for file in package.files or [] if file.name == "METADATA"]
    return [(str(file.locate()), file.parent.as_posix()) for file in found]


def modules(*packages: str) -> list[str]:
    """Return every module of these packages of ours; many are imported by name at run time."""
    found = []
    for package in packages:
        for file in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
            name = file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            found.append(name.removesuffix(".__init__"))
    return [name for name in found if not name.endswith("__main__")]


def worker_sources() -> list[tuple[str, str]]:
    """Return as plain .py files what an outside Python runs: the worker, and the run kit's part."""
    sys.path.insert(0, str(ROOT))
    try:
        from hwstudio.core.bench.kit.sources import kit_sources

        files = kit_sources(ROOT)
    finally:
        sys.path.remove(str(ROOT))
    return [
        (str(file), (Path("worker_src") / place).parent.as_posix()) for place, file in files.items()
    ]


def resources() -> list[tuple[str, str]]:
    """Return the catalogue, the resource folders and our own notices."""
    top = [(str(ROOT / name), ".") for name in ("catalog.db", "LICENSE", "NOTICE.md")]
    folders = sorted(folder for folder in (ROOT / "resources").iterdir() if folder.is_dir())
    return top + [(str(folder), f"resources/{folder.name}") for folder in folders]


def licence_files(names: list[str]) -> list[tuple[str, str]]:
    """Return the licence texts that the installed libraries bring, a folder for each library."""
    found = []
    for name in names:
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        for file in package.files or []:
            is_text = re.search(r"licen[cs]e|copying|notice", file.name, re.IGNORECASE)
            if is_text and ".dist-info" in file.parts[0]:
                found.append((str(file.locate()), f"licenses/{name}"))
    return found
