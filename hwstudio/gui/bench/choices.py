"""The left column of the Benchmark tab: what to measure, with which Python, other machines."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.bench.launch import INSTALL
from hwstudio.gui.bench.form import ParameterForm
from hwstudio.gui.bench.machines import NO_MACHINES
from hwstudio.gui.bench.plan import (
    CHOSEN,
    PLANS,
    lacking,
    purpose_text,
    tests_of,
    what_is_left_out,
)
from hwstudio.gui.bench.state import BenchState
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.table import row_px
from hwstudio.gui.kit.text import label

EFFORTS = (("quick", "Quick"), ("full", "Thorough, about 4 times longer"))
_ID = Qt.ItemDataRole.UserRole
_LACKS = _ID + 1
AROUND_PX = 16  # the frame and the padding of the list


class GreyLacking(QStyledItemDelegate):
    """Draws what cannot run here as switched off, though it can still be selected and read."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(_LACKS):
            option.state &= ~QStyle.StateFlag.State_Enabled


class TestList(QListWidget):
    """The tests of a plan; where one chooses, each has a tick. ``selected`` carries an id."""

    ticked = Signal(str, bool)
    selected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plain")
        self.setAccessibleName("Tests")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(GreyLacking(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.itemChanged.connect(self._on_changed)
        self.currentItemChanged.connect(self._on_current)

    def show_state(self, state: BenchState) -> None:
        """Show the tests of the plan."""
        tests = tests_of(state.plan)
        # All of it is seen, so it never scrolls; of a list too low Qt scrolls the first row away.
        self.setFixedHeight(len(tests) * row_px() + AROUND_PX)
        with QSignalBlocker(self):
            if [self.item(n).data(_ID) for n in range(self.count())] != [t.id for t in tests]:
                self.clear()
                for test in tests:
                    item = QListWidgetItem(test.title)
                    item.setData(_ID, test.id)
                    self.addItem(item)
            for place, test in enumerate(tests):
                self._show_item(self.item(place), state, lacking(state.interpreter, test))
                if state.plan == CHOSEN and test.id == state.bench.id:
                    self.setCurrentRow(place)

    def _show_item(self, item: QListWidgetItem, state: BenchState, lack: str) -> None:
        test = next(each for each in tests_of(state.plan) if each.id == item.data(_ID))
        item.setText(test.title)  # with a word behind it the long ones would be cut
        item.setData(_LACKS, bool(lack))
        spoken = f"{test.title}, left out" if lack else test.title
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        why = f"{test.title} cannot run here: {lack}. {INSTALL}."
        item.setToolTip(why if lack else test.purpose)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if state.plan == CHOSEN:
            is_on = test.id in state.chosen
            item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
        else:
            item.setData(Qt.ItemDataRole.CheckStateRole, None)
            item.setFlags(flags if not lack else Qt.ItemFlag.NoItemFlags)

    @Slot(QListWidgetItem)
    def _on_changed(self, item: QListWidgetItem) -> None:
        self.ticked.emit(item.data(_ID), item.checkState() is Qt.CheckState.Checked)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.selected.emit(item.data(_ID))


class Choices(QWidget):
    """All of the left column. ``given`` carries a parameter's name and value."""

    given = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._form: ParameterForm | None = None
        self._form_of = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.settings = self._settings()
        for card in (self._what(), self.settings, self._with(), self._others()):
            box.addWidget(card)

    @property
    def form(self) -> ParameterForm | None:
        """Return the fields of the selected test."""
        return self._form

    def _what(self) -> Card:
        card = Card("What to measure")
        self.plan = ChoiceField("What to measure", PLANS, "quick")
        self.purpose = label("", "small", wrap=True)
        self.tests = TestList()
        self.left_out = label("", "small", wrap=True)
        for widget in (self.plan, self.purpose, self.tests, self.left_out):
            card.body.addWidget(widget)
        return card

    def _settings(self) -> Card:
        card = Card("Settings")
        self.about = label("", "small", wrap=True)
        self.holder = QVBoxLayout()
        self.effort = ChoiceField("Effort", EFFORTS, "quick")
        card.body.addWidget(self.about)
        card.body.addLayout(self.holder)
        card.body.addWidget(
            labelled(
                "Effort of all ticked tests",
                self.effort,
                "Sampling ends early once the median is sure to ±1 %.",
            )
        )
        return card

    def _with(self) -> Card:
        card = Card("Measured with")
        self.interpreter = label("", "small", wrap=True)
        self.change = QPushButton("Choose another Python")
        card.body.addWidget(self.interpreter)
        card.body.addWidget(self.change)
        return card

    def _others(self) -> Card:
        card = Card("Other machines")
        self.machines_said = label(NO_MACHINES, "small", wrap=True)
        self.take_in = QPushButton("Import result files")
        self.give_out = QPushButton("Export my results")
        self.kit = QPushButton("Make a run kit…")
        self.kit.setToolTip("A folder for a USB stick: measures computers without a network")
        self.several = QPushButton("Several computers…")
        self.several.setToolTip("Train one model over computers you can log in to")
        buttons = (self.take_in, self.give_out, self.kit, self.several)
        for widget in (self.machines_said, *buttons):
            card.body.addWidget(widget)
        return card

    def show_state(self, state: BenchState) -> None:
        """Show the choices of a state."""
        is_free = not state.is_running
        is_own = state.plan == CHOSEN
        self.plan.set_value(state.plan)
        self.purpose.setText(purpose_text(state.plan))
        self.tests.show_state(state)
        left_out = what_is_left_out(state.interpreter, state.plan)
        self.left_out.setText(left_out)
        self.left_out.setVisible(bool(left_out))
        self.settings.setVisible(is_own)
        self.settings.title.setText(f"Settings: {state.bench.title}")
        self.about.setText(state.bench.purpose)
        self.effort.set_value("quick" if state.is_quick else "full")
        for widget in (self.plan, self.tests, self.settings):
            widget.setEnabled(is_free)
        self._show_form(state)
        self._show_python(state)
        self.give_out.setEnabled(bool(state.results))

    def _show_form(self, state: BenchState) -> None:
        if self._form is None or self._form_of != state.bench.id:
            if self._form is not None:
                self.holder.removeWidget(self._form)
                self._form.hide()
                self._form.deleteLater()
            self._form = ParameterForm(state.bench)
            self._form.given.connect(self.given)
            self._form_of = state.bench.id
            self.holder.addWidget(self._form)
        self._form.show_values(state.values)
        if state.surroundings is not None:
            device = str(state.values.get("device", "auto"))
            self._form.show_devices(state.surroundings.devices, device)

    def _show_python(self, state: BenchState) -> None:
        found = state.interpreter
        if state.surroundings is None:
            self.interpreter.setText("Looking for a Python to measure with.")
        elif found is None:
            self.interpreter.setText("No Python is ready.")
        else:
            self.interpreter.setText(found.title)
            self.interpreter.setToolTip(found.path)
