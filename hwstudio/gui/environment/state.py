"""What the window with the Pythons shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.environment.ask_python import Checked, Found
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.match import Match
from hwstudio.core.environment.wanted import AUTO


@dataclass(frozen=True, slots=True)
class Row:
    """One Python with what the drivers say to its torch."""

    found: Found
    match: Match
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentState:
    """``doing`` is "" or what is under way; ``line`` the last thing an installer said."""

    drivers: Drivers = field(default_factory=Drivers)
    found: tuple[Found, ...] = ()
    chosen: str = ""  # of the settings; "" = found automatically
    is_allowed: bool = False  # the network
    has_looked: bool = False
    doing: str = ""  # look | make | check | remove
    line: str = ""
    grown_bytes: int = 0  # what the environment being made takes on the disk
    said: str = ""  # how the last thing ended well
    problem: str = ""
    has_failed: bool = False  # the last installation
    checked: Mapping[str, Checked] = field(default_factory=dict)  # path -> what came of it
    tool: str = ""
    backend: str = AUTO
    wheels: Path | None = None
    name: str = "torch"
    base: str = ""
    plan: str = ""  # what an installation would do, and its size
    why_no_plan: str = ""  # why it cannot be done so
