"""The few settings there are, each with its unit and what it changes."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.clock import today
from hwstudio.core.base.settings import Settings, changed
from hwstudio.gui.environment.opening import open_environments
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.context import Context
from hwstudio.gui.shell.welcome import _MAINS

_THEMES = (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark"))

_NETWORK = (
    "Switched off, nothing is sent or fetched. Switched on, hwstudio goes online only when you "
    "ask it to, and writes every call into the network log. Who is asked for cloud prices is "
    "chosen under Cloud, More actions, Refresh prices: nobody until you switch one on."
)


class SettingsDialog(QDialog):
    """Edits a copy; the caller saves it on accept."""

    def __init__(
        self,
        settings: Settings,
        parent: QWidget | None = None,
        context: Context | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle("Settings")
        self.setMinimumWidth(440)
        self._settings = settings
        self._make_fields()
        self._lay_out()

    def _make_fields(self) -> None:
        settings = self._settings
        self.theme = ChoiceField("Colours", _THEMES, settings.theme)
        self.mains = ChoiceField("Mains socket", _MAINS, settings.mains)
        self.electricity = NumberField(
            "Electricity price",
            low=0.0,
            high=5.0,
            value=settings.electricity_per_kwh,
            unit="$ per kWh",
            decimals=3,
        )
        self.interpreter = QLineEdit(settings.interpreter)
        self.interpreter.setAccessibleName("Python with PyTorch")
        self.interpreter.setPlaceholderText("Found automatically")
        self.pythons = QPushButton("Find or install PyTorch…")
        self.pythons.setAutoDefault(False)
        self.pythons.setVisible(self._context is not None)
        self.pythons.clicked.connect(self._on_pythons)
        self.diagnostics = QPushButton("Something is wrong? Save diagnostics…")
        self.diagnostics.setAutoDefault(False)
        self.diagnostics.setVisible(self._context is not None)
        self.diagnostics.clicked.connect(self._on_diagnostics)
        self.compact = QCheckBox("Compact table rows (from the next start)")
        self.compact.setChecked(settings.compact_rows)
        self.network = QCheckBox("Let hwstudio use the network")
        self.network.setChecked(settings.network_allowed)

    def _lay_out(self) -> None:
        settings = self._settings
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        now = f"Now {settings.electricity_per_kwh:.3f} $ per kWh. {settings.electricity_source}"
        python = "Path of a Python that has PyTorch. Leave empty to let hwstudio look for one."
        for widget in (
            label("Settings", "title"),
            labelled("Colours", self.theme),
            labelled("Mains socket", self.mains, "Limits how much power a build may draw."),
            labelled("Electricity price", self.electricity, now),
            labelled("Python with PyTorch, for benchmarks", self.interpreter, python),
            self.pythons,
            self.compact,
            self.network,
            label(_NETWORK, "small", wrap=True),
            self.diagnostics,
        ):
            box.addWidget(widget)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    @Slot()
    def _on_pythons(self) -> None:
        """Let a Python be chosen or made; what is chosen there stands in the field here."""
        if self._context is not None:
            open_environments(self._context, self)
            self.interpreter.setText(self._context.studio.settings.interpreter)

    @Slot()
    def _on_diagnostics(self) -> None:
        from hwstudio.gui.shell.diagnostics_dialog import show_diagnostics

        if self._context is not None:
            show_diagnostics(self._context.studio.home, self)

    def settings(self) -> Settings:
        """Return the settings as edited."""
        price = self.electricity.value
        source = self._settings.electricity_source
        if price != self._settings.electricity_per_kwh:
            source = f"Your own figure, {today().isoformat()}"
        return changed(
            self._settings,
            theme=self.theme.value,
            mains=self.mains.value,
            electricity_per_kwh=price,
            electricity_source=source,
            interpreter=self.interpreter.text().strip(),
            compact_rows=self.compact.isChecked(),
            network_allowed=self.network.isChecked(),
        )
