"""What the Configure tab shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.project.answer import Alternatives, Answer, Frontier
from hwstudio.core.project.places import Place
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.undo import Timeline


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to tell in place: kind error, warn, info or ok, and one sentence."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A question about a wanted part; ``words`` "" while its answer is looked for."""

    part_id: str
    name: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureState:
    """The project, the newest answer, and what is on its way. The answer may be older."""

    project: ProjectState = field(default_factory=ProjectState)
    answer: Answer | None = None
    is_updating: bool = False
    trouble: Trouble | None = None
    timeline: Timeline = field(default_factory=Timeline)
    file: Path | None = None
    is_saved: bool = True
    looking_at: Place | None = None  # the row whose alternatives are open
    frontier: Frontier | None = None  # what other budgets buy, for the newest wishes
    alternatives: Alternatives | None = None  # None while they are being looked up
    why: WhyNot | None = None  # the newest question about a wanted part

    @property
    def is_infeasible(self) -> bool:
        """Say whether the newest answer is that nothing fits."""
        return self.answer is not None and not self.answer.solution.builds
