"""Which device a job runs on, what it is, and the precision it is told to use."""

from __future__ import annotations

from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.clock import Clock, CudaClock, MpsClock, XpuClock

FLOAT_NAMES = {
    "fp64": "float64",
    "fp32": "float32",
    "tf32": "float32",
    "fp16": "float16",
    "bf16": "bfloat16",
}
INT8, FP8 = "int8", ("fp8_e4m3", "fp8_e5m2")


def load_torch() -> Any:
    """Import torch.

    Raises:
        Failure: torch is missing or does not load.
    """
    try:
        import torch
    except ImportError as error:
        raise Failure(
            "no_torch",
            "This Python cannot load torch",
            str(error),
            'Install it with: pip install "hwstudio[bench]", or choose another interpreter',
        ) from error
    return torch


def has_mps(torch: Any) -> bool:
    """Say whether an Apple GPU can be used."""
    mps = getattr(torch.backends, "mps", None)
    return bool(mps is not None and mps.is_available())


def xpu_count(torch: Any) -> int:
    """Return how many Intel GPUs can be used."""
    xpu = getattr(torch, "xpu", None)
    return int(xpu.device_count()) if xpu is not None and xpu.is_available() else 0


def resolve(torch: Any, wanted: str) -> str:
    """Return ``cpu``, ``cuda:0``, ``xpu:0`` ... or ``mps`` for what was asked (``auto``: the best).

    Raises:
        Failure: this torch cannot use that device.
    """
    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda:0"
        if xpu_count(torch):
            return "xpu:0"
        return "mps" if has_mps(torch) else "cpu"
    if wanted == "cpu" or (wanted == "mps" and has_mps(torch)):
        return wanted
    if wanted.startswith("cuda"):
        return _resolve_cuda(torch, wanted)
    kind, _, number = wanted.partition(":")
    if kind == "xpu" and (number or "0").isdigit() and int(number or 0) < xpu_count(torch):
        return f"xpu:{number or 0}"
    raise Failure(
        "unsupported",
        f"The device {wanted!r} cannot be used",
        f"PyTorch {torch.__version__} finds {', '.join(names(torch))}",
        "Choose one of these",
    )


def _resolve_cuda(torch: Any, wanted: str) -> str:
    number = wanted.partition(":")[2] or "0"
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if number.isdigit() and int(number) < count:
        return f"cuda:{number}"
    if torch.version.cuda is None and getattr(torch.version, "hip", None) is None:
        raise Failure(
            "unsupported",
            f"{wanted} cannot be used",
            f"PyTorch {torch.__version__} was built without CUDA",
            "Choose the device cpu, or an interpreter with a CUDA build of torch",
        )
    raise Failure(
        "unsupported",
        f"{wanted} cannot be used",
        f"PyTorch finds {count} CUDA device(s)",
        "Choose one of: " + ", ".join(names(torch)),
    )


def names(torch: Any) -> list[str]:
    """Return every device this torch can use."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found += [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    found += [f"xpu:{index}" for index in range(xpu_count(torch))]
    return [*found, "mps"] if has_mps(torch) else found


def clock_for(torch: Any, device: str) -> Clock:
    """Return the clock that tells the truth on this device."""
    if device.startswith("cuda"):
        return CudaClock(torch, device)
    if device.startswith("xpu"):
        return XpuClock(torch, device)
    return MpsClock(torch) if device == "mps" else Clock()


def describe(torch: Any, device: str) -> dict[str, Any]:
    """Return what ran the job: names, versions, threads, library."""
    about: dict[str, Any] = {"device": device, "torch": torch.__version__}
    if device.startswith("cuda"):
        about |= _describe_cuda(torch, device)
    elif device.startswith("xpu"):
        properties = torch.xpu.get_device_properties(device)
        about |= {"device_name": properties.name, "vram_bytes": int(properties.total_memory)}
        about["library"] = "oneDNN"
    elif device == "mps":
        about["library"] = "Metal Performance Shaders"
    elif device == "cpu":
        about["threads"] = torch.get_num_threads()
        about["simd"] = torch.backends.cpu.get_cpu_capability()
        about["library"] = "oneDNN/MKL" if torch.backends.mkl.is_available() else "BLAS of torch"
    return about


def _describe_cuda(torch: Any, device: str) -> dict[str, Any]:
    properties = torch.cuda.get_device_properties(device)
    return {
        "device_name": properties.name,
        "uuid": str(getattr(properties, "uuid", "")),
        "vram_bytes": int(properties.total_memory),
        "compute_capability": f"{properties.major}.{properties.minor}",
        "cuda": torch.version.cuda or f"ROCm {torch.version.hip}",
        "library": "cuBLAS" if torch.version.cuda else "rocBLAS",
    }


def why_not(torch: Any, device: str, precision: str) -> str:
    """Return why this device has no such precision, or "" when it has."""
    if precision == INT8 or precision in FP8:
        return _why_no_eight_bits(torch, device, precision)
    if precision not in FLOAT_NAMES:
        return f"{precision} is not known"
    if precision == "tf32":
        if not device.startswith("cuda") or torch.version.cuda is None:
            return "TF32 exists only on NVIDIA GPUs"
        if torch.cuda.get_device_capability(device)[0] < 8:
            return "TF32 needs an Ampere or newer GPU"
    if precision == "fp64" and device == "mps":
        return "Apple GPUs have no fp64"
    return ""


def _why_no_eight_bits(torch: Any, device: str, precision: str) -> str:
    """Return why a device has no product of 8-bit numbers, as torch documents it."""
    if device == "mps":
        return f"PyTorch has no {precision} product for Apple GPUs"
    if precision in FP8:
        if not hasattr(torch, "float8_e4m3fn") or not hasattr(torch, "_scaled_mm"):
            return f"PyTorch {torch.__version__} has no fp8 product"
        if device.startswith("xpu"):
            return "PyTorch documents no fp8 product for Intel GPUs"
    if not device.startswith("cuda"):
        return ""
    if torch.version.cuda is None:
        gpu = str(getattr(torch.cuda.get_device_properties(device), "gcnArchName", ""))
        is_able = precision == INT8 or gpu.startswith(("gfx94", "gfx95", "gfx12"))
        return "" if is_able else f"fp8 needs an MI300 or a newer GPU, this one is {gpu}"
    capability = tuple(torch.cuda.get_device_capability(device))
    if precision == INT8:
        return "" if capability >= (7, 5) else "int8 needs a Turing or newer GPU"
    return "" if capability >= (8, 9) else "fp8 needs an Ada, Hopper or newer GPU"


def fp8_kind(torch: Any, device: str, precision: str) -> Any:
    """Return torch's type of an fp8 format; MI300 has formats of its own."""
    name = "float8_e4m3fn" if precision == "fp8_e4m3" else "float8_e5m2"
    if device.startswith("cuda") and torch.version.cuda is None:
        gpu = str(getattr(torch.cuda.get_device_properties(device), "gcnArchName", ""))
        if gpu.startswith("gfx94"):
            name = {"float8_e4m3fn": "float8_e4m3fnuz"}.get(name, "float8_e5m2fnuz")
    return getattr(torch, name)


def is_accelerator_clock(device: str) -> bool:
    """Say whether a device is timed by its own clock, so that the host's load is outside."""
    return device.startswith(("cuda", "xpu"))


def set_precision(torch: Any, precision: str) -> None:
    """Tell every library below torch what a float32 product may use: never left to a default."""
    is_tf32 = precision == "tf32"
    matmul = torch.backends.cuda.matmul
    if hasattr(matmul, "fp32_precision"):
        matmul.fp32_precision = "tf32" if is_tf32 else "ieee"
        torch.backends.mkldnn.matmul.fp32_precision = "ieee"
    else:
        matmul.allow_tf32 = is_tf32


def guess_oom(error: BaseException) -> bool:
    """Say whether an error means that memory ran out (torch has no single type for it)."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text or "alloc_cpu" in text
