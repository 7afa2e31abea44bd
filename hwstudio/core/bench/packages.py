"""The Python packages benchmarks need beside our own: what provides them, how to install them.

They are found by their installed version in the Python that will run a benchmark; none of them is
ever imported here.
"""

from __future__ import annotations

from collections.abc import Iterable

# Module -> the names its builds have in the package index; the plainest first.
EXTRAS: dict[str, tuple[str, ...]] = {
    "onnxruntime": (
        "onnxruntime",
        "onnxruntime-gpu",
        "onnxruntime-directml",
        "onnxruntime-openvino",
        "onnxruntime-rocm",
        "onnxruntime-qnn",
    ),
    "jax": ("jax",),
    "tensorflow": (
        "tensorflow",
        "tensorflow-cpu",
        "tensorflow-macos",
        "tensorflow-rocm",
        "tf-nightly",
    ),
    "sklearn": ("scikit-learn",),
}
_PIP = {"torch": '"hwstudio[bench]"', "tensorflow": "tensorflow", "sklearn": "scikit-learn"}

# Runs in the Python that is asked: fills the dictionary ``packages``.
PROBE = (
    "packages = {}\n"
    f"for module, names in {EXTRAS!r}.items():\n"
    "    if util.find_spec(module):\n"
    "        packages[module] = 'unknown version'\n"
    "        for name in names:\n"
    "            try:\n"
    "                packages[module] = metadata.version(name)\n"
    "                break\n"
    "            except metadata.PackageNotFoundError:\n"
    "                pass\n"
)


def install_line(needs: Iterable[str]) -> str:
    """Return the pip line for these needs: ``pip install jax``; "" without any."""
    wanted = [_PIP.get(need, need) for need in needs]
    return f"pip install {' '.join(wanted)}" if wanted else ""
