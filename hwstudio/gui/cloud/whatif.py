"""Further inputs of the left column: the hybrid, spot interruptions, and what matters to you."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox

from hwstudio.core.assess.when import TICKED
from hwstudio.core.cost.spot_terms import SCENARIO_HOURS, SpotTerms
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.fold import Fold
from hwstudio.gui.kit.text import label

_PUBLISHED = "published"
_BEST = "Saved every 0 min: as often as costs least."


class SpotControls(Fold):
    """How often spot machines are taken away, and how work is saved; ``changed``: SpotTerms."""

    changed = Signal(object)
    rejected = Signal(str)

    def __init__(self) -> None:
        super().__init__("Spot interruptions")
        self.terms = SpotTerms()
        every = tuple((f"{hours:g}", f"Every {hours:g} h") for hours in SCENARIO_HOURS)
        options = (*every, (_PUBLISHED, "As published (at best)"))
        self.rate = ChoiceField("Interrupted", options, f"{self.terms.mtbi_hours:g}")
        self.save = NumberField(
            "Time to save once", low=1, high=86400, value=self.terms.checkpoint_s, unit="s"
        )
        self.again = NumberField(
            "Time to start again", low=0, high=86400, value=self.terms.recover_s, unit="s"
        )
        self.every = NumberField("Saved every", low=0, high=10000, value=0, unit="min")
        self.body.addWidget(labelled("Interrupted", self.rate))
        self.body.addWidget(labelled("Time to save once", self.save))
        self.body.addWidget(labelled("Time to start again", self.again))
        self.body.addWidget(labelled("Saved every", self.every))
        self.body.addWidget(label(_BEST, "small", wrap=True))
        self.rate.chosen.connect(self._on_changed)
        for field in (self.save, self.again, self.every):
            field.changed.connect(self._on_changed)
            field.rejected.connect(self.rejected)

    @Slot()
    def _on_changed(self) -> None:
        rate, every_s = self.rate.value, self.every.value * 60
        self.terms = replace(
            self.terms,
            mtbi_hours=None if rate == _PUBLISHED else float(rate),
            checkpoint_s=self.save.value,
            recover_s=self.again.value,
            interval_s=every_s or None,
        )
        self.changed.emit(self.terms)

    def show_terms(self, terms: SpotTerms) -> None:
        """Show what is reckoned with; a refused change goes back."""
        if terms == self.terms:
            return
        self.terms = terms
        self.rate.set_value(_PUBLISHED if terms.mtbi_hours is None else f"{terms.mtbi_hours:g}")
        self.save.set_value(terms.checkpoint_s)
        self.again.set_value(terms.recover_s)
        self.every.set_value((terms.interval_s or 0) / 60)


class ReasonControls(Fold):
    """What matters beside money; ``changed`` carries the ticked keys as a frozenset."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__("What else matters")
        self.boxes: dict[str, QCheckBox] = {}
        for reason in TICKED:
            box = QCheckBox(reason.words)
            side = "owning" if reason.side == "own" else "renting"
            strength = "leaves no choice but" if reason.is_hard else "speaks for"
            box.setToolTip(f"This {strength} {side}.")
            box.toggled.connect(self._on_ticked)
            self.boxes[reason.key] = box
            self.body.addWidget(box)

    def show_keys(self, keys: frozenset[str]) -> None:
        """Tick these and no others."""
        for key, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(key in keys)

    @Slot()
    def _on_ticked(self) -> None:
        self.changed.emit(frozenset(key for key, box in self.boxes.items() if box.isChecked()))
