"""A dataclass does the same where its methods are compiled at their first call."""

from __future__ import annotations

import subprocess
import sys

import pytest

_CLASSES = """
import dataclasses, pickle, sys
if "late" in sys.argv:
    from hwstudio.core.base.late_methods import compile_methods_late
    assert compile_methods_late() and compile_methods_late()
from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace

@dataclass(frozen=True, slots=True, order=True)
class Point:
    x: int
    y: list[int] = field(default_factory=list, compare=False)
    z: float = field(default=0.5, kw_only=True)

@dataclass
class Named(Point):
    name: str = "none"
    def __post_init__(self):
        object.__setattr__(self, "x", self.x + 1)
""".replace("@dataclass\nclass Named", "@dataclass(frozen=True)\nclass Named")

_USE = """
def told(ask):
    try:
        return ask()
    except Exception as error:
        return type(error).__name__, str(error)

for _ in "first call", "later call":
    a, b = Point(1, [2]), Point(3, z=1.0)
    print(a, b, a == b, a == Point(1), a != 1, a < b, hash(a) == hash(Point(1)), a.y is b.y)
    print(told(lambda: setattr(a, "x", 2)), told(lambda: delattr(a, "x")), told(lambda: a < 1))
    print(told(Point), told(lambda: Point(1, nothing=2)), told(lambda: Point(1, [], 2)))
    print(Named(1, name="n"), Named(1) == a, {Named(1): "key"}[Named(1)], told(Named))
    print(replace(a, x=9), asdict(a), pickle.loads(pickle.dumps(a)))
    print(Point.__init__.__qualname__, told(lambda: setattr(Named(1), "name", "m")))
"""


def _said(*arguments: str) -> list[str]:
    command = [sys.executable, "-c", _CLASSES + _USE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="later Pythons write methods another way")
def test_making_showing_comparing_hashing_and_refusing_are_as_pythons_own():
    late, plain = _said("late"), _said()
    assert late == plain
    assert "FrozenInstanceError" in late[1]
