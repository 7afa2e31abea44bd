"""The page "Cost of owning" without its window: typed values in, one immutable state out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.cost.sheets.model import TYPED, Answer, Entry, Preset, Sheet, Value, begin
from hwstudio.core.cost.sheets.shelf import SHEETS, preset_of, sheet_of
from hwstudio.core.project.cost_inputs import Kept, load_cost_inputs, save_cost_inputs
from hwstudio.gui.cloud.costs.beginning import Beginnings, beginnings
from hwstudio.gui.cloud.state import CloudState


@dataclass(frozen=True, slots=True)
class CostsState:
    """Everything on the page. With a ``problem`` the answer is the last good one, if any."""

    sheet: Sheet
    preset: Preset | None
    inputs: Mapping[str, Entry]
    answer: Answer | None
    has_typed: bool
    problem: str = ""


class CostsViewModel(QObject):
    """``changed`` carries a CostsState, ``refused`` why something could not be kept."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, file: Path, tariff_source: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file, self._tariff_source = file, tariff_source
        self._open, self._kept = load_cost_inputs(file)
        self._begun: Beginnings = {}
        self._is_dirty = False
        self.state = CostsState(sheet_of(self._open), None, {}, None, False)
        self._set()

    @Slot(object)
    def follow(self, state: object) -> None:
        """Take hardware, use, tariff and offer of the page Own or rent as a beginning."""
        if not isinstance(state, CloudState) or state.is_waiting:
            return
        begun = beginnings(state, self._tariff_source)
        if begun != self._begun:
            self._begun = begun
            self._set()

    @Slot(str)
    def open_sheet(self, sheet_id: str) -> None:
        """Show another question."""
        self._open, self._is_dirty = sheet_of(sheet_id).id, True
        self._set()

    @Slot(str)
    def choose_preset(self, preset_id: str) -> None:
        """Begin anew with a preset, or with the user's own hardware ("")."""
        self._keep(Kept(preset_id, {}))

    @Slot(str, object)
    def set_value(self, field_id: str, value: object) -> None:
        """Take what was typed; None = not counted."""
        kept = self._kept.get(self._open, Kept())
        typed = value if value is None or isinstance(value, (Decimal, str)) else None
        self._keep(replace(kept, typed={**kept.typed, field_id: typed}))

    @Slot()
    def forget_typed(self) -> None:
        """Go back to what the sheet began with."""
        kept = self._kept.get(self._open, Kept())
        self._keep(Kept(kept.preset, {}))

    @Slot()
    def save(self) -> None:
        """Write what was typed, if anything changed."""
        if not self._is_dirty:
            return
        try:
            save_cost_inputs(self._file, self._open, self._kept)
            self._is_dirty = False
        except HwstudioError as error:
            self.refused.emit(error.sentence)

    def _keep(self, kept: Kept) -> None:
        self._kept[self._open] = kept
        self._is_dirty = True
        self._set()

    def _set(self) -> None:
        sheet = sheet_of(self._open)
        kept = self._kept.get(sheet.id, Kept())
        preset = preset_of(sheet, kept.preset)
        inputs = begin(sheet, preset)
        if preset is None:
            inputs |= self._begun.get(sheet.id, {})
        inputs |= {key: _typed(value) for key, value in kept.typed.items()}
        answer, problem = self._last_answer(sheet), ""
        try:
            answer = sheet.answer(inputs)
        except HwstudioError as error:
            problem = error.sentence
        has_typed = bool(kept.typed)
        self.state = CostsState(sheet, preset, inputs, answer, has_typed, problem)
        self.changed.emit(self.state)

    def _last_answer(self, sheet: Sheet) -> Answer | None:
        return self.state.answer if self.state.sheet is sheet else None


def _typed(value: Value) -> Entry:
    return Entry(value, TYPED)


def sheet_titles() -> tuple[tuple[str, str, str], ...]:
    """Return id, title and purpose of every sheet."""
    return tuple((sheet.id, sheet.title, sheet.about) for sheet in SHEETS)
