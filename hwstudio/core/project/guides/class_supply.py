"""A build's power supply against what a kind of work usually has: advice, not a need."""

from __future__ import annotations

from hwstudio.core.base.units import watts
from hwstudio.core.guide.presets import Preset
from hwstudio.core.model.build import Build
from hwstudio.core.project.guides.texts import presets
from hwstudio.core.project.state import ProjectState

KIND_OF = {"less": "less_demanding", "demanding": "demanding"}  # the wizard's answers
SUPPLY = "psu_w"


def supply_words(state: ProjectState, build: Build) -> str:
    """Return that a supply is under its kind of work's table, in a sentence; "" where it is not.

    Without an answer to the kind of work, or without a supply, there is nothing to say.
    """
    kind = _kind(state.answer_to("class"))
    if kind is None or build.psu is None:
        return ""
    least = next((m.least for m in kind.minimums if m.key == SUPPLY), 0.0)
    rated = build.psu.rated_w * build.psu_count
    if rated >= least:
        return ""
    return (
        f"{watts(rated)} is under the {watts(least)} that computers for {kind.title.lower()} "
        "usually have: enough for these parts, with less room for more."
    )


def _kind(answer: str) -> Preset | None:
    wanted = KIND_OF.get(answer)
    return next((kind for kind in presets().classes if kind.id == wanted), None)
