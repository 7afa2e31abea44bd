"""Starts TensorFlow quietly: devices, threads, precision."""

from __future__ import annotations

import os
from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.extra import load, processor

KINDS = {
    "fp64": "float64",
    "fp32": "float32",
    "tf32": "float32",
    "fp16": "float16",
    "bf16": "bfloat16",
}


def load_tensorflow(threads: int, precision_is_tf32: bool = False) -> Any:
    """Import TensorFlow with so many threads (0: one per core) and its log kept to errors.

    Raises:
        Failure: it is missing or does not load.
    """
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    tensorflow = load("tensorflow")
    tensorflow.get_logger().setLevel("ERROR")
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads or usable_cores())
    tensorflow.config.experimental.enable_tensor_float_32_execution(precision_is_tf32)
    return tensorflow


def accelerators(tensorflow: Any) -> list[str]:
    """Return the names of the GPUs it can use: ``GPU:0``."""
    found = tensorflow.config.list_physical_devices("GPU")
    return [f"GPU:{number}" for number in range(len(found))]


def resolve(tensorflow: Any, wanted: str) -> str:
    """Return ``CPU:0`` or ``GPU:1`` for what was asked (``auto`` takes the best).

    Raises:
        Failure: TensorFlow has no such device.
    """
    found = [*accelerators(tensorflow), "CPU:0"]
    if wanted == "auto":
        return found[0]
    name = wanted.upper().replace("CUDA", "GPU")
    name = name if ":" in name else f"{name}:0"
    if name in found:
        return name
    raise Failure(
        "unsupported",
        f"The device {wanted!r} cannot be used",
        f"TensorFlow {tensorflow.__version__} finds {', '.join(found)}",
        "Choose one of these",
    )


def describe(tensorflow: Any, device: str, threads: int) -> dict[str, Any]:
    """Return what runs the job."""
    about: dict[str, Any] = {"tensorflow": tensorflow.__version__, "library": "oneDNN/Eigen"}
    if device.startswith("CPU"):
        return {**processor(threads or usable_cores()), **about}
    physical = tensorflow.config.list_physical_devices("GPU")[int(device.partition(":")[2])]
    name = tensorflow.config.experimental.get_device_details(physical).get("device_name", device)
    return {**about, "device": device.lower(), "device_name": name, "library": "cuBLAS"}


def sync(tensorflow: Any) -> None:
    """Wait until every device has done what was asked."""
    tensorflow.test.experimental.sync_devices()
