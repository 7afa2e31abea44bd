"""Reads a machine that was written down as text (tests/data/machines/NAME/machine.txt).

Lines: ``# about``; ``@ system Linux``; ``@ mount DEVICE POINT FILE_SYSTEM OPTIONS TOTAL FREE``;
``= PLACE TEXT`` a file of one line; ``== PLACE`` one of the lines that follow; ``-> PLACE WHERE``
a link; ``$ PROGRAM`` what it prints; ``! FUNCTION`` its answer in JSON. "{0-15}" in a place or at
its end repeats it for each number, which "{n}", "{n//2}", "{n%2}", "{n+16}" name in the text.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.mount import Mount
from hwstudio.core.probe.source import WrittenSource

MACHINES = Path(__file__).parents[2] / "data" / "machines"
_RANGE = re.compile(r"\s?\{(\d+)-(\d+)\}")
_NUMBER = re.compile(r"\{n((?:(?://|[%*+])\d+)*)\}")
_STEP = re.compile(r"(//|[%*+])(\d+)")
_OPERATIONS = {
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "*": lambda a, b: a * b,
    "+": lambda a, b: a + b,
}


@dataclass
class WrittenMachine:
    """What the text says, and what stands for it."""

    name: str
    about: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    calls: dict[str, Any] = field(default_factory=dict)
    mounts: list[Mount] = field(default_factory=list)
    spaces: dict[str, tuple[int, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def source(self, **changed: Any) -> WrittenSource:
        """Return a source that plays the machine, with some parts changed."""
        parts = {
            "about": self.about,
            "files": self.files,
            "links": self.links,
            "outputs": self.outputs,
            "calls": self.calls,
            "spaces": self.spaces,
        }
        return WrittenSource(**(parts | changed))

    @property
    def nvml(self) -> FakeNvml | None:
        """Return NVIDIA's library with the written GPUs, or None where there is none."""
        rows = self.calls.get("nvml")
        if rows is None:
            return None
        as_tuples = [
            {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows
        ]
        gpus = (FakeGpu(**row) for row in as_tuples for row in _each(row))
        return FakeNvml(*gpus)


def _each(row: dict[str, Any]) -> list[dict[str, Any]]:
    count = row.pop("count", 1)
    return [row | {"uuid": f"GPU-{number}-{row.get('name')}"} for number in range(count)]


def read_machine(name: str) -> WrittenMachine:
    """Return the machine of that folder."""
    machine = WrittenMachine(name)
    head, body = "", []
    text = (MACHINES / name / "machine.txt").read_text("utf-8")
    for line in [*text.splitlines(), "# end"]:
        if re.match(r"(#|@|=|==|->|\$|!) ", line):
            _add(machine, head, "\n".join(body))
            head, body = line, []
        else:
            body.append(line)
    return machine


def _add(machine: WrittenMachine, head: str, body: str) -> None:
    sign, _, rest = head.partition(" ")
    if sign == "#":
        machine.notes.append(rest)
    elif sign == "@":
        _about(machine, rest)
    elif sign == "=":
        place, _, text = rest.partition(" ")
        _write(machine.files, place, text)
    elif sign == "==":
        _write(machine.files, rest, body)
    elif sign == "->":
        place, _, where = rest.partition(" ")
        _write(machine.links, place, where)
    elif sign == "$":
        machine.outputs[rest] = body
    elif sign == "!":
        _call(machine, rest, json.loads(body))


def _about(machine: WrittenMachine, rest: str) -> None:
    key, _, value = rest.partition(" ")
    if key != "mount":
        machine.about[key] = value
        return
    device, point, file_system, options, total, free = value.split(" ")
    machine.mounts.append(Mount(device, point, file_system, options))
    machine.spaces[point] = (int(total), int(free))


def _write(into: dict[str, str], place: str, text: str) -> None:
    found = _RANGE.search(place)
    if found is None:
        into[place] = text
        return
    numbers = range(int(found[1]), int(found[2]) + 1)
    if found.end() == len(place) and place[found.start()] == " ":
        into[place[: found.start()]] = "\n".join(_filled(text, n) for n in numbers)
        return
    for n in numbers:
        into[place.replace(found[0], str(n))] = _filled(text, n)


def _filled(text: str, n: int) -> str:
    def value(found: re.Match[str]) -> str:
        number = n
        for sign, operand in _STEP.findall(found[1]):
            number = _OPERATIONS[sign](number, int(operand))
        return str(number)

    return _NUMBER.sub(value, text)


def _call(machine: WrittenMachine, name: str, answer: Any) -> None:
    if name == "processors":
        answer = _processor_records(answer).hex()
    machine.calls[name] = answer


def _processor_records(shape: dict[str, Any]) -> bytes:
    """Return records as GetLogicalProcessorInformationEx packs them."""
    out = b""
    bit = 0
    for efficiency, threads, count in shape["cores"]:
        for _ in range(count):
            mask = (2**threads - 1) << bit
            bit += threads
            out += struct.pack("<IIBB20xHQH6x", 0, 48, int(threads > 1), efficiency, 1, mask, 0)
    for level, kind, size, count in shape["caches"]:
        head = struct.pack("<IIBBHII", 2, 56, level, 8, 64, size, kind)
        out += (head + struct.pack("<18xHQH6x", 1, 1, 0)) * count
    out += struct.pack("<IIBB20xHQH6x", 3, 48, 0, 0, 1, 1, 0) * shape["packages"]
    return out
