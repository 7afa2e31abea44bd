"""What a family of metrics (node_exporter, DCGM, ...) says about a series, and what it fills in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from hwstudio.core.model.sample import Device, Missing


class Kind(Enum):
    """What is done with the number of a series."""

    VALUE = 0  # it is a sensor's number
    PART = 1  # kept under a name for the family's ``finish``
    PART_RATE = 2  # a counter; its growth per second is kept for ``finish``
    FACT = 3  # only its labels are kept for ``finish``


@dataclass(frozen=True, slots=True)
class Target:
    """Where the number of one series goes.

    ``name`` is a sensor's id for a VALUE, else a name within ``group``.
    """

    kind: Kind
    name: str
    group: str = ""
    scale: float = 1.0
    labels: Mapping[str, str] = field(default_factory=dict)  # kept with a FACT or PART


@dataclass(slots=True)
class Draft:
    """What one look at a page found, while it becomes a sample."""

    values: dict[str, float] = field(default_factory=dict)
    groups: dict[str, dict[str, float]] = field(default_factory=dict)  # PART and PART_RATE
    facts: dict[str, dict[str, Mapping[str, str]]] = field(default_factory=dict)  # by group
    devices: dict[str, Device] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    age_s: float = 0.0

    def group(self, name: str) -> dict[str, float]:
        """Return the numbers of a group, by name."""
        return self.groups.get(name, {})

    def fact(self, group: str, name: str) -> Mapping[str, str]:
        """Return the labels of a fact; none where it is not on the page."""
        return self.facts.get(group, {}).get(name, {})

    def device(self, made: Device) -> None:
        """Add a device unless it is known."""
        self.devices.setdefault(made.id, made)


class Family(Protocol):
    """The metrics of one exporter."""

    @property
    def metrics(self) -> str:
        """Return a regular expression of the names wanted, for a Prometheus server's selector."""

    def target(self, name: str, labels: Mapping[str, str]) -> Target | None:
        """Return where a series goes; None = it is not ours or not wanted."""

    def finish(self, draft: Draft) -> None:
        """Work out what needs several series, and the devices."""
