"""What the refresh window shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.cloud.refresh.chosen import Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshState:
    """``document`` is what the last refresh did; empty before the first."""

    chosen: Chosen
    is_allowed: bool  # the network
    age: str
    is_busy: bool = False
    reading: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    verdict: str = ""
    problem: str = ""
