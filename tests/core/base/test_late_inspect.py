"""Python's inspect loads when it is used; what runs all day never uses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="there dataclasses ask inspect about every class"
)

_START = """
import sys
from hwstudio.core.base.late_inspect import load_inspect_late
print(load_inspect_late(), load_inspect_late())
"""

_USED = (
    _START
    + """
import inspect as stand_in
def fits(number: int) -> bool: ...
print(stand_in.signature(fits), hasattr(stand_in, "nothing_of_this_name"))
import inspect
print(inspect is stand_in, inspect.isfunction(fits), load_inspect_late())
"""
)

_RECORDER = (
    _START
    + """
import hwstudio.cli.recorder_process, hwstudio.cli.recorder_parts
from hwstudio.core.probe.probe import PROBES, all_probes
all_probes(PROBES.names())
print(sorted({"ast", "dis", "tokenize", "inspect"} & set(sys.modules)))
print(type(sys.modules["inspect"]).__module__)
"""
)


def _said_by(program: str) -> list[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_stand_in_becomes_the_real_module_at_the_first_use():
    assert _said_by(_USED) == ["True False", "(number: int) -> bool False", "False True False"]


def test_the_recorder_and_every_probe_load_without_it():
    assert _said_by(_RECORDER)[-1] == "hwstudio.core.base.late_inspect"
