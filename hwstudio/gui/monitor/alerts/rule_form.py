"""The fields of a rule: condition, threshold, times, quiet hours, severity, words."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.model.finding import Severity
from hwstudio.core.monitor.alerts.rule import FORECASTS, LEVELS, WITHOUT_LEVEL, Rule, When
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.monitor.alerts.draft import Base, Draft, Problem, whens_for
from hwstudio.gui.monitor.alerts.typed_fields import ReasonBoxes, SpanField, UnitField, line, mark
from hwstudio.gui.monitor.alerts.units import typed_unit
from hwstudio.gui.monitor.alerts.words import SEVERITY, sensor_for

_WHENS = {
    When.ABOVE: "is at or above",
    When.BELOW: "is at or below",
    When.EQUALS: "is exactly",
    When.BITS: "shows one of these reasons",
    When.LOST: "goes missing (its device)",
    When.CHANGES: "changes",
    When.GROWS: "grows",
    When.WILL_EXCEED: "is on the way up to (forecast)",
    When.WILL_FALL: "is on the way down to (forecast)",
    When.SILENT: "writes nothing any more",
}
_BASES = (
    (Base.FIXED, "a fixed value"),
    (Base.LESS, "its own limit less"),
    (Base.PART, "a part of its own limit"),
)
_SEVERITIES = tuple((s.value, w) for s, w in SEVERITY.items() if s is not Severity.UNKNOWN)


class RuleForm(QWidget):
    """``changed`` is sent at every letter, so that the sentence below is always true."""

    changed = Signal()

    def __init__(self, old: Rule | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sensor = ""
        self._make(old)
        self._lay_out()
        for edit in (*self._edits().values(), self.title, self.advice):
            edit.textChanged.connect(self.changed)
        for choice in (self.when, self.base):
            choice.chosen.connect(self._on_shape)
        self.severity.chosen.connect(self.changed)
        self.reasons.changed.connect(self.changed)
        self.also.toggled.connect(self.changed)
        for span in (self.hold, self.within, self.repeat):
            span.unit.chosen.connect(self.changed)

    def _make(self, old: Rule | None) -> None:
        self.when = ChoiceField("Condition")
        self.base = ChoiceField("What the threshold stands on", _BASES, Base.FIXED)
        self.threshold = UnitField("Threshold")
        self.reasons = ReasonBoxes()
        self.hold = SpanField("For how long without a break")
        self.within = SpanField("Within")
        self.band = UnitField("Is over only this far back")
        self.repeat = SpanField("Quiet time between two messages")
        self.quiet_from = line("Quiet hours from", "22:00")
        self.quiet_to = line("Quiet hours to", "07:00")
        self.severity = ChoiceField("Severity", _SEVERITIES, Severity.WARNING)
        self.title = line("Title")
        self.advice = line("What to do", "One sentence, shown with the message")
        self.also = QCheckBox("Only while its second condition is true too")
        self.also.setChecked(old is not None and old.also is not None)
        self.also.setVisible(old is not None and old.also is not None)

    def _lay_out(self) -> None:
        level = QWidget()
        row = QHBoxLayout(level)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.base, 1)
        row.addWidget(self.threshold, 1)
        hours = QWidget()
        row = QHBoxLayout(hours)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.quiet_from)
        row.addWidget(self.quiet_to)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        self._level_box = labelled("Threshold", level)
        self._reasons_box = labelled("Reasons", self.reasons)
        self._goal = QWidget()
        box = QVBoxLayout(self._goal)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._level_box)
        box.addWidget(self._reasons_box)
        self._hold_box = labelled("For at least", self.hold)
        self._within_box = labelled("Within", self.within)
        self._band_box = labelled(
            "Over only this far back", self.band, "Keeps a value at the edge from telling twice"
        )
        grid.addWidget(labelled("Condition", self.when), 0, 0, 1, 2)
        grid.addWidget(self._goal, 1, 0, 1, 2)
        grid.addWidget(self.also, 2, 0, 1, 2)
        grid.addWidget(self._hold_box, 3, 0)
        grid.addWidget(self._band_box, 3, 1)
        grid.addWidget(self._within_box, 3, 1)
        grid.addWidget(labelled("Quiet between messages", self.repeat, "0 = say it once"), 4, 0)
        grid.addWidget(labelled("Quiet hours, from and to", hours), 4, 1)
        grid.addWidget(labelled("Severity", self.severity), 5, 0)
        grid.addWidget(labelled("Title", self.title), 5, 1)
        grid.addWidget(labelled("What to do", self.advice), 6, 0, 1, 2)
        grid.setRowStretch(7, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def _edits(self) -> dict[str, QLineEdit]:
        return {
            "threshold": self.threshold.edit,
            "hold": self.hold.edit,
            "within": self.within.edit,
            "band": self.band.edit,
            "repeat": self.repeat.edit,
            "quiet_from": self.quiet_from,
            "quiet_to": self.quiet_to,
        }

    # --- showing ---------------------------------------------------------------------------------

    def show_draft(self, draft: Draft) -> None:
        """Show all fields."""
        self.show_sensor(draft.sensor, draft.when)
        self.base.set_value(draft.base)
        self.threshold.edit.setText(draft.threshold)
        self.reasons.show_bits(draft.bits)
        for span, typed in (
            (self.hold, draft.hold), (self.within, draft.within), (self.repeat, draft.repeat),
        ):  # fmt: skip
            span.show_typed(typed)
        self.band.edit.setText(draft.band)
        self.quiet_from.setText(draft.quiet_from)
        self.quiet_to.setText(draft.quiet_to)
        self.severity.set_value(draft.severity)
        for edit, text in ((self.title, draft.title), (self.advice, draft.advice)):
            edit.setText(text)
            edit.setCursorPosition(0)
        self._shape()

    def show_sensor(self, sensor: str, when: When | None = None) -> None:
        """Offer the conditions and the unit of another sensor."""
        self._sensor = sensor
        known = whens_for(sensor) if sensor else tuple(w for w in When if w is not When.SILENT)
        if when is not None and when not in known:
            known = (*known, when)
        wanted = (when or self._when()).value
        offered = [(each.value, _WHENS[each]) for each in known]
        kept = wanted if wanted in {key for key, _ in offered} else offered[0][0]
        self.when.set_options(offered, kept)
        self._shape()
        self.changed.emit()

    def _when(self) -> When:
        return When(self.when.value or When.ABOVE)

    @Slot()
    def _on_shape(self) -> None:
        self._shape()
        self.changed.emit()

    def _shape(self) -> None:
        """Show the fields that the condition takes."""
        when = self._when()
        is_mask = when is When.BITS
        self._reasons_box.setVisible(is_mask)
        self._level_box.setVisible(not is_mask)
        self._goal.setVisible(when not in WITHOUT_LEVEL)
        self._band_box.setVisible(when in LEVELS)
        self._within_box.setVisible(when in FORECASTS)
        self._hold_box.setVisible(when not in (When.CHANGES, When.GROWS))
        word = typed_unit(sensor_for(self._sensor).unit).word if self._sensor else ""
        self.threshold.show_unit("%" if self.base.value == Base.PART else word)
        self.band.show_unit(word)

    # --- reading ---------------------------------------------------------------------------------

    def draft(self) -> Draft:
        """Return the fields as typed."""
        return Draft(
            sensor=self._sensor,
            when=self._when(),
            base=Base(self.base.value),
            threshold=self.threshold.edit.text(),
            bits=self.reasons.bits,
            hold=self.hold.typed,
            within=self.within.typed,
            band=self.band.edit.text(),
            repeat=self.repeat.typed,
            quiet_from=self.quiet_from.text(),
            quiet_to=self.quiet_to.text(),
            severity=Severity(self.severity.value),
            title=self.title.text(),
            advice=self.advice.text(),
            keeps_also=self.also.isChecked(),
        )

    def show_title_hint(self, text: str) -> None:
        """Show the title a rule gets when none is typed."""
        self.title.setPlaceholderText(text)

    def mark(self, problem: Problem | None) -> None:
        """Mark the field that cannot be used, and only that one."""
        for name, edit in self._edits().items():
            is_bad = problem is not None and problem.field == name
            mark(edit, problem.sentence if is_bad and problem is not None else "")

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor into the field that cannot be used."""
        edit = self._edits().get(problem.field)
        if edit is not None:
            edit.setFocus()
            edit.selectAll()
