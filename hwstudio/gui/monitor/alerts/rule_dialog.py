"""Write or change a rule in plain words; a sentence says at every moment what it will do."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.rule import Rule
from hwstudio.gui.kit.room import resize_within
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.alerts.choices import choices
from hwstudio.gui.monitor.alerts.draft import Draft, Problem, draft_of, rule_of
from hwstudio.gui.monitor.alerts.now import now_words
from hwstudio.gui.monitor.alerts.rule_form import RuleForm
from hwstudio.gui.monitor.alerts.sensor_picker import SensorPicker
from hwstudio.gui.monitor.alerts.words import promise_words, title_words
from hwstudio.gui.monitor.wrapping import let_wrap

_WIDTH, _HEIGHT = 900, 540
_BEGIN = "Choose on the left what to watch."


class RuleDialog(QDialog):
    """``rule`` is what was written, once the dialog was accepted."""

    def __init__(
        self,
        sample: Sample | None,
        old: Rule | None,
        taken: Collection[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Edit the rule" if old else "New rule")
        self._sample, self._old, self._taken = sample, old, taken
        self.rule: Rule | None = None
        draft = draft_of(old) if old is not None else Draft()
        self.picker = SensorPicker(choices(sample, draft.sensor), draft.sensor)
        self.form = RuleForm(old)
        self._lay_out()
        self.form.show_draft(draft)
        self.picker.chosen.connect(self.form.show_sensor)
        self.form.changed.connect(self._on_changed)
        self._on_changed()
        (self.form.threshold.edit if old else self.picker.search).setFocus()
        resize_within(self, _WIDTH, _HEIGHT)

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self.picker, 4)
        columns.addWidget(self.form, 5)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setProperty("primary", True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(columns, 1)
        box.addWidget(self._preview())
        box.addWidget(self.buttons)
        let_wrap(self)

    def _preview(self) -> QWidget:
        frame = QFrame()
        frame.setObjectName("inset")
        self.promise = label("", "strong", wrap=True)
        self.now = label("", "small", wrap=True)
        self.problem = label("", "error", wrap=True)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(2)
        for shown in (self.promise, self.now, self.problem):
            inside.addWidget(shown)
        return frame

    def _read(self) -> Rule | Problem:
        return rule_of(self.form.draft(), self._old, self._taken)

    @Slot()
    def _on_changed(self) -> None:
        found = self._read()
        is_good = isinstance(found, Rule)
        self.promise.setVisible(is_good)
        self.now.setVisible(is_good)
        self.problem.setVisible(not is_good)
        if isinstance(found, Rule):
            self.promise.setText(promise_words(found))
            self.now.setText(now_words(found, self._sample))
            self.form.show_title_hint(title_words(found))
            self.form.mark(None)
            return
        self.problem.setText(_BEGIN if found.field == "sensor" else found.sentence)
        # An empty threshold is not wrong yet: it has not been typed.
        is_begun = found.field != "threshold" or bool(self.form.threshold.edit.text().strip())
        self.form.mark(found if is_begun else None)

    def accept(self) -> None:
        found = self._read()
        if isinstance(found, Problem):
            self.form.mark(found)
            self.form.focus_on(found)
            if found.field == "sensor":
                self.picker.search.setFocus()
            return
        self.rule = found
        super().accept()
