"""Check my setup: each Python judged against the drivers, with the exact way to mend it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hwstudio.core.base.units import gib
from hwstudio.core.environment.ask_python import CONDA, OURS, Checked, Found, check
from hwstudio.core.environment.build_of_torch import CPU, CUDA
from hwstudio.core.environment.driver import OLDEST_DRIVER, Drivers
from hwstudio.core.environment.gpu_code import capability_of, has_code_for, span_words
from hwstudio.core.environment.match import (
    BLACKWELL,
    BLACKWELL_CUDA,
    ERROR,
    INFO,
    NEW_DRIVER,
    OK,
    WARN,
    Match,
    match,
)
from hwstudio.core.environment.wanted import CHOICES, fitting, index_of, lacks_build

_BLACKWELL_DRIVER = "Install NVIDIA driver 580 or newer, then the CUDA 13.0 build of PyTorch"
_HIDDEN = "Look whether CUDA_VISIBLE_DEVICES hides it; in a container, pass the GPU in"
_OLD_DRIVER = "Install NVIDIA driver {} or newer; no build offered here runs on this one"


@dataclass(frozen=True, slots=True)
class GpuSupport:
    """One NVIDIA GPU and one build of torch. ``is_supported`` None = not known."""

    gpu: str
    capability: float
    is_supported: bool | None


@dataclass(frozen=True, slots=True)
class Setup:
    """One Python and what is to be said of it. ``kind``: ok, info, warn or error.

    ``command`` makes a new environment that fits and touches nothing else; ``in_place`` mends this
    one. Both are "" where nothing is amiss or no command helps (a driver must be installed first).
    """

    found: Found
    kind: str
    words: str
    fix: str = ""
    command: str = ""
    in_place: str = ""
    build_id: str = ""  # what the installer of hwstudio should install
    gpus: tuple[GpuSupport, ...] = ()
    checked: Checked | None = None  # None: PyTorch there was not tried


def judge(found: Found, drivers: Drivers, checked: Checked | None = None) -> Setup:
    """Judge one Python. ``checked``: what came of trying its torch, None where nobody did."""
    gpus = _support(found, drivers, checked)
    verdict = _reachable(_verdict(found, drivers, checked, gpus), drivers)
    build_id = _mending_build(verdict, drivers)
    command = in_place = ""
    if build_id:
        command = f"hwstudio env make torch-{build_id} --backend {build_id}"
        in_place = _in_place(found, build_id)
    return Setup(
        found, verdict.kind, verdict.words, verdict.fix, command, in_place, build_id, gpus, checked
    )


def check_setups(
    found: Iterable[Found], drivers: Drivers, stopped: threading.Event | None = None
) -> Iterator[Setup]:
    """Try the torch of each Python, one after the other, and yield its verdict.

    Raises:
        Stopped: ``stopped`` was set.
    """
    for each in found:
        can_try = each.torch is not None and not each.why_not
        yield judge(each, drivers, check(each.path, stopped) if can_try else None)


def measuring(setups: Iterable[Setup], chosen: str) -> Setup | None:
    """Return the one benchmarks run in: the chosen, else the first with torch that starts."""
    usable = [each for each in setups if each.found.torch is not None and not each.found.why_not]
    named = [each for each in setups if chosen and each.found.path == chosen]
    return next(iter((*named, *usable)), None)


def summary(setups: Iterable[Setup], drivers: Drivers, chosen: str = "") -> tuple[str, str]:
    """Return kind and sentence for the whole computer: of the Python that measures."""
    listed = tuple(setups)
    used = measuring(listed, chosen)
    if used is None:
        return WARN, f"No Python with PyTorch was found. {drivers.title}."
    where = f"Benchmarks run in {used.found.path}."
    on = ", ".join(used.checked.devices) if used.checked else ""
    if used.kind == OK and used.checked is not None:
        return OK, f"Your setup works: PyTorch computed on {on or 'the processor'}. {where}"
    others = sum(each.kind == OK for each in listed if each is not used)
    more = ""
    if used.kind in (WARN, ERROR) and others:
        more = f" {others} other Python{' fits' if others == 1 else 's fit'}: choose one to use."
    return used.kind, f"{used.words}. {where}{more}"


def _support(found: Found, drivers: Drivers, checked: Checked | None) -> tuple[GpuSupport, ...]:
    torch = found.torch
    if torch is None or torch.backend != CUDA or len(drivers.capabilities) != len(drivers.gpus):
        return ()
    archs = checked.archs if checked is not None else ()
    return tuple(
        GpuSupport(gpu, number, _has_code(archs, number, found))
        for gpu, number in zip(drivers.gpus, drivers.capabilities, strict=True)
    )


def _has_code(archs: tuple[str, ...], number: float, found: Found) -> bool | None:
    """Ask the build's own list; without it only a CUDA too old for the GPU settles it."""
    told = has_code_for(archs, capability_of(number))
    if told is not None:
        return told
    return False if _is_before_blackwell(found) and number >= BLACKWELL else None


def _is_before_blackwell(found: Found) -> bool:
    parts = found.torch.backend_version.split(".") if found.torch else []
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return False
    return (int(parts[0]), int(parts[1])) < BLACKWELL_CUDA


def _verdict(
    found: Found, drivers: Drivers, checked: Checked | None, gpus: tuple[GpuSupport, ...]
) -> Match:
    if found.why_not:
        return Match(INFO, f"Cannot be used: {found.why_not}", "Choose another Python")
    fit = match(found.torch, drivers)
    if fit.kind == ERROR:
        return fit
    missing = next((each for each in gpus if each.is_supported is False), None)
    if missing is not None:
        return _no_code(missing, found, drivers, checked)
    if checked is None:
        return fit
    if checked.why_not:
        what = f"PyTorch does not work here: {checked.why_not}"
        return Match(ERROR, what, "Install PyTorch anew, into an environment of its own")
    if fit.kind == OK and found.torch is not None and found.torch.backend != CPU:
        return _tried(found, fit, checked)
    return fit


def _no_code(missing: GpuSupport, found: Found, drivers: Drivers, checked: Checked | None) -> Match:
    made_for = span_words(checked.archs) if checked is not None else ""
    torch = found.torch.title if found.torch else "PyTorch"
    reach = f"it was built for {made_for}" if made_for else f"CUDA {_words(BLACKWELL_CUDA)} is the"
    reach += "" if made_for else " first that can"
    what = (
        f"This {torch} build has no code for {missing.gpu} "
        f"(compute capability {missing.capability:.1f}): {reach}"
    )
    return Match(ERROR, what, f"Install the build that has it: {fitting(drivers).title}")


def _words(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _tried(found: Found, fit: Match, checked: Checked) -> Match:
    if checked.devices:
        return Match(OK, f"{fit.words}, and computed on {', '.join(checked.devices)}")
    torch = found.torch.title if found.torch else "PyTorch"
    what = f"{torch} fits the driver, yet PyTorch sees no GPU from this Python"
    return Match(WARN, what, _HIDDEN)


def _needs_newer_driver(drivers: Drivers) -> bool:
    """Say whether an NVIDIA driver is there that no offered build runs on."""
    return bool(drivers.nvidia) and fitting(drivers).id == CPU


def _reachable(verdict: Match, drivers: Drivers) -> Match:
    """Return the verdict with a fix that can be done: a build nobody offers is none."""
    if verdict.kind not in (WARN, ERROR) or not drivers.nvidia:
        return verdict
    if lacks_build(drivers):
        return Match(verdict.kind, verdict.words, _BLACKWELL_DRIVER)
    if _needs_newer_driver(drivers):
        oldest = min(OLDEST_DRIVER[major] for major in (12, 13))
        return Match(verdict.kind, verdict.words, _OLD_DRIVER.format(oldest))
    return verdict


def _mending_build(verdict: Match, drivers: Drivers) -> str:
    """Return which build mends it; "" where none does or nothing is amiss."""
    if verdict.kind not in (WARN, ERROR) or verdict.fix in ("", _BLACKWELL_DRIVER):
        return ""
    if drivers.nvidia_fault or drivers.is_apple or _needs_newer_driver(drivers):
        return ""
    if verdict.fix in (_HIDDEN, NEW_DRIVER):
        return ""
    return fitting(drivers).id


def _in_place(found: Found, build_id: str) -> str:
    if found.kind == OURS or not found.path:
        return ""  # those are made anew in a click
    build = next(each for each in CHOICES if each.id == build_id)
    index = index_of(build)
    source = f" --index-url {index}" if index else ""
    quoted = f'"{found.path}"' if " " in found.path else found.path
    return f"{quoted} -m pip install --force-reinstall torch{source}"


def python_document(found: Found, chosen: str) -> dict[str, Any]:
    """Return in JSON form which Python it is and what its PyTorch was built for."""
    torch = found.torch
    return {
        "path": found.path,
        "kind": found.kind,
        "name": found.name,
        "chosen": found.path == chosen,
        "python": found.python,
        "torch": torch.version if torch else None,
        "backend": torch.backend if torch else None,
        "backend_version": torch.backend_version if torch else None,
    }


def setup_document(setup: Setup, drivers: Drivers, chosen: str) -> dict[str, Any]:
    """Return the JSON form of one Python."""
    found, checked = setup.found, setup.checked
    return {
        **python_document(found, chosen),
        "driver": drivers.title,
        "tried": checked is not None,
        "devices": list(checked.devices) if checked else [],
        "memory_bytes": list(checked.memory_bytes) if checked else [],
        "built_for": list(checked.archs) if checked else [],
        "gpus": [
            {"name": each.gpu, "capability": each.capability, "supported": each.is_supported}
            for each in setup.gpus
        ],
        "verdict": setup.kind,
        "words": setup.words,
        "fix": setup.fix,
        "command": setup.command,
        "in_place": setup.in_place,
    }


def gpu_lines(setup: Setup) -> tuple[str, ...]:
    """Return each GPU that computed with its memory, in GiB and to the byte; () without any."""
    checked = setup.checked
    if checked is None or len(checked.memory_bytes) != len(checked.devices):
        return ()
    return tuple(
        f"{name}: {gib(size)} of memory ({size:,} bytes)"
        if size
        else f"{name}: no memory of its own"
        for name, size in zip(checked.devices, checked.memory_bytes, strict=True)
    )


def fix_lines(setup: Setup) -> tuple[str, ...]:
    """Return what to do, a line each, commands included; () where nothing is amiss."""
    if setup.kind not in (WARN, ERROR):
        return ()
    lines = [f"{setup.fix}."] if setup.fix else []
    if setup.command:
        lines.append(f"A new environment beside it: {setup.command}")
    if setup.in_place:
        conda = " (conda: pip inside that environment)" if setup.found.kind == CONDA else ""
        lines.append(f"Or change this one{conda}: {setup.in_place}")
    return tuple(lines)
