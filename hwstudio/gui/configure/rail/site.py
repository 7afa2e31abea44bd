"""Step 5: how the computer is used, and what the wall gives."""

from __future__ import annotations

from hwstudio.gui.configure.rail.page import StepPage


class SitePage(StepPage):
    """Socket and power limits, hours, years, price of electricity, projects, where it leads."""

    def build(self) -> None:
        self.box.addWidget(self.ask("mains", self.offered.mains))
        self.pair(self.ask("power"), self.ask("power_limit"))
        self.pair(self.ask("hours"), self.ask("years"))
        self.pair(self.ask("tariff"), self.ask("at_once"))
        self.box.addWidget(self.ask("deploy"))
