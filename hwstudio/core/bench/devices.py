"""Asks a Python with torch which devices it can use; torch is loaded there, never here."""

from __future__ import annotations

import os
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.paths import is_frozen
from hwstudio.core.base.units import gib
from hwstudio.core.bench.conditions import cpu_name
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome

LIMIT_S = 60.0
EIGHT_BITS = ("int8", "fp8_e4m3", "fp8_e5m2")  # the worker says which of them a device lacks


@dataclass(frozen=True, slots=True)
class Device:
    """One device to measure: the worker's name for it and words for people."""

    name: str
    title: str
    precisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """An interpreter and its devices; ``why_not`` says why there are none.

    ``note`` is what people should know although it works, e.g. that their choice could not.
    """

    interpreter: Interpreter | None
    devices: tuple[Device, ...] = ()
    why_not: str = ""
    note: str = ""


def look_around(interpreter: Interpreter, log_dir: Path, cancel: threading.Event) -> Surroundings:
    """Start a worker that names its devices."""
    stem = log_dir / f"inspect-{uuid.uuid4().hex[:8]}"
    found: list[Device] = []

    def take(event: Event) -> None:
        about = event.data.get("value")
        if event.kind == "condition" and isinstance(about, dict):
            found.append(_device(event.text("name"), about))

    job = Job(
        command(interpreter),
        clean_environment(os.environ, frozen=is_frozen()),
        "inspect",
        {},
        stem,
    )
    ending = Supervisor(job, take, cancel, Limits(total_s=LIMIT_S)).run()
    if ending.outcome is not Outcome.FINISHED:
        return Surroundings(interpreter, (), ending.words)
    for ending_name in (".log", ".jsonl"):  # nothing went wrong, so nobody will read them
        stem.with_suffix(ending_name).unlink(missing_ok=True)
    return Surroundings(interpreter, tuple(found))


def _device(name: str, about: dict[str, Any]) -> Device:
    if name == "cpu":
        return Device(name, f"CPU: {cpu_name()}", ("fp32", "bf16", "fp16", "fp64", *EIGHT_BITS))
    if name == "mps":
        return Device(name, "Apple GPU", ("fp32", "fp16", "bf16"))
    title = f"{about.get('device_name', name)} ({name})"
    memory = about.get("vram_bytes")
    if isinstance(memory, int):
        title = f"{about.get('device_name', name)}, {gib(memory)} ({name})"
    known: tuple[str, ...] = ("fp32", "tf32", "fp16", "bf16", "fp64")
    if name.startswith("xpu"):
        return Device(name, title, ("fp32", "fp16", "bf16", "fp64", "int8"))
    known += EIGHT_BITS
    major = str(about.get("compute_capability", "0")).partition(".")[0]
    has_tf32 = major.isdigit() and int(major) >= 8 and "ROCm" not in str(about.get("cuda", ""))
    return Device(name, title, known if has_tf32 else tuple(p for p in known if p != "tf32"))
