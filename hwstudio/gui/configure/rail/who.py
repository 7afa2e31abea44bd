"""Step 1: who it is for, and what for."""

from __future__ import annotations

from hwstudio.core.project.wizard_questions import FOCUS_JOBS
from hwstudio.core.project.wizard_supposed import suited_jobs
from hwstudio.core.project.wizard_wishes import listed
from hwstudio.gui.configure.rail.page import StepPage
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.steady_label import SteadyLabel


class WhoPage(StepPage):
    """User, focus, size of projects, class of work; two ways to start elsewhere."""

    def build(self) -> None:
        self.box.addWidget(self.ask("user"))
        self.box.addWidget(self.ask("focus"))
        self.box.addWidget(self.ask("scale"))
        self.box.addWidget(self.ask("class"))
        self.note = SteadyLabel("", "small")
        self.box.addWidget(self.note)
        ready = self.link("Ready-made builds…", "builds", "Start from a ready-made build")
        self.pair(
            ready, self.link("Which setup suits me?", "setup", "Guide: which setup suits me?")
        )

    def show_state(self, state: ConfigureState) -> None:
        super().show_state(state)
        said = note_of(state)
        self.note.setText(said)
        self.note.setVisible(bool(said))


def note_of(state: ConfigureState) -> str:
    """Return what these answers changed elsewhere, "" = nothing."""
    project = state.project
    chosen = listed(project.answer_to("focus"))
    said = []
    if chosen and not suited_jobs(project):
        said.append("The job library has no job of this kind: choose the nearest one in step 2.")
    elif any(focus not in FOCUS_JOBS for focus in chosen):
        said.append("For some of these the job library has no job yet.")
    sets_drive = project.answer_to("class") in ("less", "demanding")
    if sets_drive or project.answer_to("scale") in ("medium", "large", "enterprise"):
        what = "least memory and drive" if sets_drive else "least memory"
        said.append(f"What you chose sets the {what} in step 2; you can change it there.")
    return " ".join(said)
