"""Rows of benchmarks for one purpose, each with a cap on the time of the whole."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.base.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One benchmark of a profile. ``expected_s`` is about what it takes on two cores."""

    bench: str
    expected_s: float
    is_quick: bool = True
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A row of steps. ``is_endless``: it begins again until ``cap_s`` is over."""

    id: str
    title: str
    purpose: str
    steps: tuple[Step, ...]
    cap_s: float
    is_endless: bool = False

    @property
    def expected_s(self) -> float:
        """Return about how long it takes on two cores."""
        if self.is_endless:
            return self.cap_s
        return min(self.cap_s, sum(step.expected_s for step in self.steps))


QUICK = Profile(
    id="quick",
    title="Quick check",
    purpose="Two to five minutes: what this computer does, and whether the numbers can be trusted.",
    steps=(
        Step(bench="torch_matmul", expected_s=16, params={"sizes": [512, 1024, 2048]}),
        Step(bench="memory_bandwidth", expected_s=7),
        Step(bench="training_step", expected_s=16, params={"networks": ["pictures", "text"]}),
        Step(bench="inference_latency", expected_s=20, params={"batches": [1]}),
        Step(bench="llm_decode", expected_s=16),
        Step(bench="data_loading", expected_s=30),
        Step(bench="cpu_cores", expected_s=16),
        Step(bench="storage", expected_s=22),
    ),
    cap_s=300.0,
)
STANDARD = Profile(
    id="standard",
    title="Thorough check",
    purpose="Every benchmark with the time it needs to be sure, up to half an hour.",
    steps=(
        Step(bench="torch_matmul", expected_s=60, is_quick=False),
        Step(bench="matmul_shapes", expected_s=45, is_quick=False),
        Step(bench="numpy_matmul", expected_s=50, is_quick=False),
        Step(bench="memory_bandwidth", expected_s=14, is_quick=False),
        Step(bench="memory_ladder", expected_s=20, is_quick=False),
        Step(bench="training_step", expected_s=75, is_quick=False),
        Step(bench="inference_latency", expected_s=50, is_quick=False),
        Step(bench="llm_decode", expected_s=26, is_quick=False),
        Step(bench="data_loading", expected_s=45, is_quick=False),
        Step(bench="cpu_cores", expected_s=40, is_quick=False),
        Step(bench="storage", expected_s=60, is_quick=False),
        Step(bench="ddp", expected_s=90, is_quick=False),
        Step(bench="fsdp", expected_s=45, is_quick=False),
        Step(bench="two_devices", expected_s=45, is_quick=False),
    ),
    cap_s=1800.0,
)
SOAK = Profile(
    id="soak",
    title="Burn-in",
    purpose="One hour of hard work whose results are checked: does this computer make errors?",
    steps=(
        Step(bench="burn_in", expected_s=300, is_quick=False, params={"seconds": 300.0}),
        Step(bench="memory_pattern", expected_s=90, is_quick=False, params={"percent": 50.0}),
        Step(bench="torch_matmul", expected_s=60, is_quick=False),
        Step(bench="training_step", expected_s=30, is_quick=False),
        Step(bench="memory_bandwidth", expected_s=14, is_quick=False),
    ),
    cap_s=3600.0,
    is_endless=True,
)
PROFILES = {each.id: each for each in (QUICK, STANDARD, SOAK)}


def profile(name: str) -> Profile:
    """Return one profile.

    Raises:
        UserError: there is none of this name.
    """
    if name in PROFILES:
        return PROFILES[name]
    close = difflib.get_close_matches(name, PROFILES, 1)
    hint = f"Did you mean {close[0]}" if close else "There are: " + ", ".join(PROFILES)
    raise UserError(f"There is no profile {name!r}", "", hint)
