"""Whether a build of torch and the drivers of this computer go together, and what to do if not."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.environment.build_of_torch import CPU, CUDA, MPS, ROCM, XPU, TorchBuild
from hwstudio.core.environment.driver import OLDEST_DRIVER, Drivers

OK, INFO, WARN, ERROR = "ok", "info", "warn", "error"
# From CUDA 12.8 on torch's builds leave out what is older than Turing. PyTorch's RELEASE.md,
# "CUDA support matrix" (2.11 to 2.14).
TURING = 7.5
_OLD_GPUS_UP_TO = (12, 6)
# The first CUDA whose compiler makes code for Blackwell (compute capability 10 and 12). NVIDIA,
# https://docs.nvidia.com/cuda/blackwell-compatibility-guide, section 1.4 (read 2026-11).
BLACKWELL, BLACKWELL_CUDA = 10.0, (12, 8)
NEW_DRIVER = "Install NVIDIA's driver, restart, and check again"


@dataclass(frozen=True, slots=True)
class Match:
    """``kind`` is ok, info, warn or error; ``fix`` says what to do, "" where nothing is amiss."""

    kind: str
    words: str
    fix: str = ""


def match(torch: TorchBuild | None, drivers: Drivers) -> Match:
    """Say whether this build can use the GPU there is."""
    if torch is None:
        return Match(INFO, "No PyTorch", "Install PyTorch into an environment of hwstudio")
    if torch.backend == CUDA:
        return _match_cuda(torch, drivers)
    if torch.backend == ROCM:
        if drivers.has_amd:
            return Match(OK, "Fits the AMD driver")
        if drivers.nvidia:
            what = f"This is the build for AMD GPUs, and the GPU here is {_gpu(drivers)}"
            return Match(ERROR, what, "Install the CUDA build of PyTorch")
        what = "This is the build for AMD GPUs, and AMD's compute driver is not loaded"
        return Match(WARN, what, "Install AMD's driver, or a build of PyTorch for what you have")
    if torch.backend == MPS:
        return Match(OK, "Uses the Apple GPU")
    if torch.backend == XPU:
        return Match(INFO, "Built for Intel GPUs; whether Intel's driver is in shows when tried")
    if drivers.is_apple:
        what = "This Python was made for Intel Macs, so PyTorch in it cannot use the Apple GPU"
        return Match(WARN, what, "Install a Python for Apple silicon, and PyTorch in it")
    if torch.backend == CPU and drivers.nvidia:
        what = f"Runs on the CPU only, though there is {_gpu(drivers)}"
        return Match(WARN, what, "Install the CUDA build of PyTorch")
    if torch.backend == CPU and drivers.has_amd:
        what = "Runs on the CPU only, though there is an AMD GPU with its compute driver"
        return Match(WARN, what, "Install the ROCm build of PyTorch")
    if drivers.silent_cards:
        what = f"Runs on the CPU only: {drivers.silent_cards[0]} is there without a driver"
        return Match(WARN, what, NEW_DRIVER)
    return Match(OK, "Runs on the CPU")


def _match_cuda(torch: TorchBuild, drivers: Drivers) -> Match:
    if drivers.nvidia_fault:
        what = f"The NVIDIA driver does not answer: {drivers.nvidia_fault}"
        return Match(ERROR, what, "Restart the computer, or install the driver again")
    if drivers.silent_cards:
        what = f"Built for {torch.title}, and {drivers.silent_cards[0]} has no driver that answers"
        return Match(ERROR, what, NEW_DRIVER)
    if not drivers.nvidia:
        what = f"Built for {torch.title}, and no NVIDIA driver is here; it runs on the CPU"
        return Match(INFO, what, "A CPU build is smaller and does the same")
    wanted = torch.backend_major
    if drivers.cuda is None or wanted is None:
        return Match(INFO, "Which CUDA the driver knows could not be read")
    if wanted > drivers.cuda[0]:
        known = f"{drivers.cuda[0]}.{drivers.cuda[1]}"
        what = f"Needs CUDA {torch.backend_version}; driver {drivers.nvidia} knows up to {known}"
        return Match(ERROR, what, _newer_driver(wanted, drivers.cuda[0]))
    if _leaves_out(torch, drivers):
        what = (
            f"{torch.title} builds leave out this GPU (compute capability {drivers.capability:g}; "
            f"{TURING:g} is the least)"
        )
        return Match(ERROR, what, "Install the CUDA 12.6 build of PyTorch")
    return Match(OK, f"Fits NVIDIA driver {drivers.nvidia}")


def _newer_driver(wanted: int, known: int) -> str:
    other = f"install a build of PyTorch for CUDA {known}"
    oldest = OLDEST_DRIVER.get(wanted)
    if oldest is None:
        return f"Install a newer NVIDIA driver, or {other}"
    return f"Install NVIDIA driver {oldest} or newer, or {other}"


def _leaves_out(torch: TorchBuild, drivers: Drivers) -> bool:
    major, _, minor = torch.backend_version.partition(".")
    if drivers.capability is None or not (major.isdigit() and minor.isdigit()):
        return False
    return (int(major), int(minor)) > _OLD_GPUS_UP_TO and drivers.capability < TURING


def _gpu(drivers: Drivers) -> str:
    return drivers.gpus[0] if drivers.gpus else "an NVIDIA GPU"
