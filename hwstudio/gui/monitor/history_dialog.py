"""How long the monitor's history is kept, and how much room it takes."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from hwstudio.core.base.paths import Home
from hwstudio.core.base.settings import Settings, changed
from hwstudio.core.base.units import significant
from hwstudio.core.history.readings.store import size_bytes
from hwstudio.gui.kit.fields import NumberField, labelled
from hwstudio.gui.kit.text import label

_PER_DAY_MB = 3.0  # of 60 sensors every second, as measured (benchmarks/monitor/store.py)


class HistoryDialog(QDialog):
    """Edits a copy of the settings; the recorder follows them within a minute."""

    def __init__(self, settings: Settings, home: Home, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("History settings")
        self.setMinimumWidth(460)
        self._settings = settings
        self.seconds = _days("Keep every second", settings.history_second_days)
        self.minutes = _days("Keep minutes", settings.history_minute_days)
        self.hours = _days("Keep hours", settings.history_hour_days)
        self.most = NumberField(
            "At most on disk",
            low=0.05,
            high=1000.0,
            value=settings.history_most_gb,
            unit="GB",
            decimals=2,
        )
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        self._lay_out(home)

    def _lay_out(self, home: Home) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        hint = (
            f"About {_PER_DAY_MB:.0f} MB a day for 60 sensors. What is older is kept as one value "
            "a minute, then one an hour, each with its lowest and highest."
        )
        for widget in (
            label("History of the monitor", "title"),
            label(_size_words(home), "muted", wrap=True),
            labelled("Keep every second for", self.seconds, hint),
            labelled("Keep minutes for", self.minutes),
            labelled("Keep hours for", self.hours),
            labelled("At most on disk", self.most, "The oldest seconds go first."),
            self._problem,
        ):
            box.addWidget(widget)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    def accept(self) -> None:
        fields = (self.seconds, self.minutes, self.hours, self.most)
        bad = next((field for field in fields if field.is_bad), None)
        why = bad.edit.toolTip() if bad is not None else ""
        if not why and not self.seconds.value <= self.minutes.value <= self.hours.value:
            why = "Minutes must be kept at least as long as seconds, and hours as long as minutes."
        self._problem.setText(why)
        self._problem.setVisible(bool(why))
        if not why:
            super().accept()

    def settings(self) -> Settings:
        """Return the settings as edited."""
        return changed(
            self._settings,
            history_second_days=self.seconds.value,
            history_minute_days=self.minutes.value,
            history_hour_days=self.hours.value,
            history_most_gb=self.most.value,
        )


def _days(name: str, value: float) -> NumberField:
    return NumberField(name, low=1.0, high=3660.0, value=value, unit="days")


def _size_words(home: Home) -> str:
    size = size_bytes(home.monitor_file)
    if not size:
        return "Nothing is recorded yet. Press Record in the Monitor to begin."
    return f"It takes {significant(size / 1e6)} MB now, in {home.monitor_file}."
