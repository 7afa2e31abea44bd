"""Finds the Python to measure with and its devices; one without torch still measures the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hwstudio.core.base.errors import HostError
from hwstudio.core.bench.devices import Surroundings, look_around
from hwstudio.core.bench.launch import Interpreter, candidates, choose_interpreter, probe
from hwstudio.core.bench.suites import benches


class Look:
    """Finds the interpreter and asks it for its devices (a job for the pool)."""

    def __init__(self, setting: Callable[[], str], log_dir: Path, cancel: threading.Event) -> None:
        self._setting, self._log_dir, self._cancel = setting, log_dir, cancel

    def __call__(self) -> Surroundings:
        """Return what there is.

        Raises:
            HostError: there is no Python at all that can be started.
        """
        wanted = self._setting()
        try:
            interpreter = choose_interpreter(setting=wanted)
        except HostError:
            bare = choose_interpreter(setting=wanted, needs=())
            bare = replace(bare, others=helpers(bare, wanted))
            return Surroundings(bare, (), note=passed_over(wanted, bare))
        found = look_around(interpreter, self._log_dir, self._cancel)
        if found.why_not:  # torch is there and does not work: what needs none runs all the same
            fault = f"PyTorch in it cannot be used. {found.why_not}".rstrip(".")
            found = Surroundings(replace(interpreter, torch_fault=fault))
        used = found.interpreter or interpreter
        used = replace(used, others=helpers(used, wanted))
        return replace(found, interpreter=used, note=passed_over(wanted, used))


def helpers(used: Interpreter, wanted: str) -> tuple[Interpreter, ...]:
    """Return the Pythons that run a benchmark the first one lacks a library for."""
    wanted_by = (each.needs for each in benches() if "torch" not in each.needs)
    lacking = [needs for needs in wanted_by if used.lacks(needs)]
    if not lacking:
        return ()
    found = (probe(path) for path in candidates(wanted) if path != used.path)
    return tuple(one for one in found if any(not one.lacks(needs) for needs in lacking))


def passed_over(wanted: str, used: Interpreter) -> str:
    """Say why the Python of the settings is not the one that measures, if it is not."""
    if not wanted:
        return ""
    asked = probe(wanted)
    if asked.can_measure or asked.path == used.path:
        return ""
    if any(one.path == asked.path for one in used.others):
        return (
            f"{wanted}, chosen in the settings, has no PyTorch. It runs what its own libraries "
            f"allow; {used.title} at {used.path} runs the rest."
        )
    return (
        f"{wanted}, chosen in the settings, cannot run benchmarks: {asked.why_not}. "
        f"{used.title} at {used.path} is used instead."
    )
