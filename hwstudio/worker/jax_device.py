"""Starts JAX: which device, in which words, and the precision it is told to use."""

from __future__ import annotations

import os
from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.extra import load, processor

# What JAX calls the arithmetic of a product; a TPU's and a GPU's default is coarser than float32.
PRECISION = {"fp32": "highest", "fp64": "highest", "tf32": "tensorfloat32"}
KINDS = {
    "fp64": "float64",
    "fp32": "float32",
    "tf32": "float32",
    "fp16": "float16",
    "bf16": "bfloat16",
}


def load_jax() -> Any:
    """Import JAX without letting it take all of a GPU's memory.

    Raises:
        Failure: it is missing or does not load.
    """
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    jax = load("jax")
    jax.config.update("jax_enable_x64", True)  # or float64 is float32 without a word
    return jax


def names(jax: Any) -> list[str]:
    """Return every device JAX can use here: ``gpu:0``, ``cpu:0``."""
    found = list(jax.devices())
    if found and found[0].platform != "cpu":
        found += list(jax.devices("cpu"))
    return [f"{each.platform}:{each.id}" for each in found]


def resolve(jax: Any, wanted: str) -> Any:
    """Return the device for ``auto`` (the best), ``cpu``, ``gpu:1``, ``cuda:0`` or ``tpu:0``.

    Raises:
        Failure: JAX has no such device.
    """
    if wanted == "auto":
        return jax.devices()[0]
    kind, _, number = wanted.replace("cuda", "gpu").partition(":")
    try:
        found = jax.devices(kind)
        return found[int(number or 0)]
    except (RuntimeError, IndexError, ValueError) as error:
        raise Failure(
            "unsupported",
            f"The device {wanted!r} cannot be used",
            f"JAX {jax.__version__} finds {', '.join(names(jax))}",
            "Choose one of these",
        ) from error


def describe(jax: Any, device: Any) -> dict[str, Any]:
    """Return what runs the job."""
    about: dict[str, Any] = {"jax": jax.__version__, "library": "XLA"}
    if device.platform == "cpu":
        return {**processor(usable_cores()), **about}
    memory = (device.memory_stats() or {}).get("bytes_limit")
    about |= {"device": f"{device.platform}:{device.id}", "device_name": device.device_kind}
    return {**about, "memory_limit_bytes": memory} if memory else about


def why_not(device: Any, precision: str) -> str:
    """Return why this device has no such precision, "" when it has."""
    if precision not in KINDS:
        return f"{precision} is not known"
    if precision == "tf32" and device.platform not in ("gpu", "cuda"):
        return "TF32 exists only on NVIDIA GPUs"
    return ""


def free_bytes(device: Any) -> int | None:
    """Return the free memory of an accelerator; None where it cannot be asked."""
    stats = device.memory_stats() or {}
    if "bytes_limit" not in stats:
        return None
    return int(stats["bytes_limit"]) - int(stats.get("bytes_in_use", 0))
