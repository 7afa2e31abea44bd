"""Step 4: what a build must respect."""

from __future__ import annotations

from hwstudio.core.project.wizard_questions import question_of
from hwstudio.gui.configure.rail.drives import DrivesField
from hwstudio.gui.configure.rail.lists import BrandsField, PartsField
from hwstudio.gui.configure.rail.page import StepPage


class LimitsPage(StepPage):
    """Cards, case, noise, second-hand parts, data drives, brands, parts at hand and forbidden."""

    def build(self) -> None:
        offered, names = self.offered, self.offered.parts
        makers = (("any", "Any"), *((name, name) for name in offered.makers))
        self.pair(self.ask("maker", makers), self.ask("count"))
        self.pair(self.ask("case", offered.cases), self.ask("noise"))
        drives = DrivesField(question_of("drives"))
        drives.top.addWidget(self.link("Plan…", "storage", "Storage planner"))
        self.pair(self.ask("used"), self.wired(drives))
        self.box.addWidget(drives.more)
        self.box.addWidget(self.wired(BrandsField(question_of("brands"), names)))
        self.box.addWidget(self.wired(PartsField(question_of("owned"), names)))
        self.box.addWidget(self.wired(PartsField(question_of("forbidden"), names)))
