"""Sizes and packages of an environment in words, the same in every face."""

from __future__ import annotations

from hwstudio.core.environment.ask_python import Found
from hwstudio.core.environment.make import Wish

_TITLES = {"onnxruntime": "ONNX Runtime", "jax": "JAX", "tensorflow": "TensorFlow"}
_GB, _MB = 1e9, 1e6


def packages_words(found: Found) -> str:
    """Return "JAX 0.7.1, TensorFlow 2.20.0"; "" without any."""
    packages = found.packages.items()
    return ", ".join(f"{_TITLES.get(name, name)} {version}" for name, version in packages)


def size_words(wish: Wish) -> str:
    """Return how large it gets, as a sentence; what nobody measured is called unknown."""
    fetched, disk = wish.sizes
    if wish.wheels is not None:
        return f"Nothing is downloaded; the wheels unpack to {bytes_words(disk or 0)}."
    if fetched is None:
        return "Size unknown before it is fetched."
    on_disk = f"about {bytes_words(disk)} on disk" if disk else "size on disk unknown"
    return f"About {bytes_words(fetched)} to download, {on_disk}."


def bytes_words(count: int) -> str:
    """Return "192 MB" or "2.8 GB"."""
    if count < _MB:
        return f"{max(1, round(count / 1e3))} kB"
    return f"{count / _MB:.0f} MB" if count < _GB else f"{count / _GB:.1f} GB"
