"""The column of filters: what kind, which words, which limits; each says what it would leave."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.catalog.browse import PART_KINDS
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.range_field import RangeField
from hwstudio.gui.parts.facets import Choice, Limit, facets_of
from hwstudio.gui.parts.kinds import kind_words
from hwstudio.gui.parts.state import Filters, Limits, PartsState
from hwstudio.gui.parts.words import choice_words

ANY = ""
OWNABLE = {"system", "accelerator"}
ONLY = (
    ("only_priced", "With a price"),
    ("only_fresh", "Price of the last 180 days"),
    ("only_owned", "What I own"),
)


class KindField(ChoiceField):
    """The list of kinds under headings."""

    def show_kinds(self, kinds: tuple[str, ...], value: str) -> None:
        """List the kinds in their groups."""
        model = QStandardItemModel(self)
        group = ""
        for kind in kinds:
            words = kind_words(kind)
            if words.group != group:
                group = words.group
                heading = QStandardItem(group)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                model.appendRow(heading)
            item = QStandardItem(f"   {words.many}")
            item.setData(kind, Qt.ItemDataRole.UserRole)
            model.appendRow(item)
        self.setModel(model)
        self.setMaxVisibleItems(model.rowCount())
        self.set_value(value)


class FilterColumn(QWidget):
    """Shows Filters and hands on what the user changes."""

    kind_chosen = Signal(str)
    text_changed = Signal(str)
    limit_changed = Signal(str, object)
    choice_changed = Signal(str, str)
    only_changed = Signal(str, bool)
    cleared = Signal()
    search_saved = Signal()
    search_opened = Signal(str)
    search_removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._kinds: tuple[str, ...] = ()
        self._saved: tuple[tuple[str, str], ...] | None = None
        self.limits: dict[str, RangeField] = {}
        self.choices: dict[str, ChoiceField] = {}
        self._scales: dict[str, float] = {}
        self._build()
        self._connect()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        card = Card()
        card.body.setSpacing(10)
        self.kind = KindField("Kind")
        self.text = QLineEdit()
        self.text.setAccessibleName("Words of the name")
        self.text.setClearButtonEnabled(True)
        card.body.addWidget(labelled("Kind", self.kind))
        card.body.addWidget(labelled("Find", self.text))
        card.body.addLayout(self._saved_row())
        self._facets = QVBoxLayout()
        self._facets.setSpacing(8)
        card.body.addLayout(self._facets)
        self.only: dict[str, QCheckBox] = {}
        for name, words in ONLY:
            self.only[name] = QCheckBox(words)
            card.body.addWidget(self.only[name])
        self.clear = QPushButton("Clear filters")
        card.body.addWidget(self.clear)
        box.addWidget(card)
        box.addStretch(1)

    def _saved_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.saved = QPushButton("Saved searches")
        self.saved_menu = QMenu(self.saved)
        self.saved.setMenu(self.saved_menu)
        self.save = QPushButton("Save this one")
        row.addWidget(self.saved, 1)
        row.addWidget(self.save)
        return row

    def _connect(self) -> None:
        self.kind.chosen.connect(self.kind_chosen)
        self.text.textChanged.connect(self.text_changed)
        self.clear.clicked.connect(self.cleared)
        self.save.clicked.connect(self.search_saved)
        for name, box in self.only.items():
            box.toggled.connect(_Named(self.only_changed.emit, name))

    # --- the filters of a kind -------------------------------------------------------------------

    def _show_facets(self, kind: str) -> None:
        """Exchange the fields when the kind changes."""
        while (item := self._facets.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        self.limits, self.choices, self._scales = {}, {}, {}
        facets = facets_of(kind)
        for limit in facets.limits:
            self._facets.addWidget(self._limit(limit))
        for choice in facets.choices:
            self._facets.addWidget(self._choice(choice))
        self._kind = kind
        fields = [self.kind, self.text, self.saved, self.save]
        fields += [part for one in self.limits.values() for part in (one.low, one.high, one.slider)]
        fields += [*self.choices.values(), *self.only.values(), self.clear]
        for first, second in pairwise(fields):
            QWidget.setTabOrder(first, second)

    def _limit(self, limit: Limit) -> QWidget:
        field = RangeField(limit.title, unit=limit.unit, is_grouped=not limit.is_year)
        field.changed.connect(_Named(self._on_limit, limit.name))
        self.limits[limit.name], self._scales[limit.name] = field, limit.scale
        return field

    def _choice(self, choice: Choice) -> QWidget:
        field = ChoiceField(choice.title)
        field.chosen.connect(_Named(self.choice_changed.emit, choice.name))
        self.choices[choice.name] = field
        return labelled(choice.title, field)

    def _on_limit(self, name: str, shown: Limits) -> None:
        scale = self._scales[name]
        low, high = (None if value is None else value * scale for value in shown)
        self.limit_changed.emit(name, (low, high))

    # --- show ------------------------------------------------------------------------------------

    def show_state(self, state: PartsState) -> None:
        """Show the filters and the choices that are left."""
        filters = state.filters
        if state.kinds != self._kinds:
            self._kinds = state.kinds
            self.kind.show_kinds(state.kinds, filters.kind)
        self.kind.set_value(filters.kind)
        if self._kind != filters.kind:
            self._show_facets(filters.kind)
            self.text.setPlaceholderText(kind_words(filters.kind).hint)
        if self.text.text() != filters.text:
            self.text.setText(filters.text)
        self._show_limits(state)
        self._show_choices(state)
        for name, box in self.only.items():
            box.blockSignals(True)
            box.setChecked(getattr(filters, name))
            box.blockSignals(False)
        self.only["only_priced"].setVisible("price" in self.limits)
        self.only["only_fresh"].setVisible("price" in self.limits)
        self.clear.setEnabled(filters != Filters(kind=filters.kind))
        self.only["only_owned"].setVisible(filters.kind in PART_KINDS or filters.kind in OWNABLE)
        self._show_saved(state)

    def _show_limits(self, state: PartsState) -> None:
        bounds = dict(state.bounds)
        for name, field in self.limits.items():
            scale = self._scales[name]
            pair = bounds.get(name)
            field.setVisible(pair is not None)
            if pair is not None:
                field.set_bounds(pair[0] / scale, pair[1] / scale)
            low, high = state.filters.limit(name)
            field.set_limits(
                (None if low is None else low / scale, None if high is None else high / scale)
            )

    def _show_choices(self, state: PartsState) -> None:
        options = dict(state.options)
        for name, field in self.choices.items():
            chosen = state.filters.choice(name)
            found = [
                (word, f"{choice_words(name, word)} ({count:,})")
                for word, count in options.get(name, ())
            ]
            field.set_options([(ANY, "Any"), *found], chosen)
            field.set_value(chosen)

    def _show_saved(self, state: PartsState) -> None:
        if state.saved == self._saved:
            return
        self._saved = state.saved
        self.saved_menu.clear()
        for name, kind in state.saved:
            words = f"{name} ({kind_words(kind).many})"
            action = self.saved_menu.addAction(words)
            action.triggered.connect(_Picked(self.search_opened.emit, name))
        if state.saved:
            forget = self.saved_menu.addMenu("Forget")
            for name, _kind in state.saved:
                action = forget.addAction(name)
                action.triggered.connect(_Picked(self.search_removed.emit, name))
        self.saved.setEnabled(bool(state.saved))
        self.saved.setToolTip("" if state.saved else "None yet: save the filters you use often.")


class _Named:
    """Calls ``run(name, value)``: says which field a change comes from (no lambda in a loop)."""

    def __init__(self, run: Callable[[str, Any], object], name: str) -> None:
        self._run, self._name = run, name

    def __call__(self, value: Any) -> None:
        self._run(self._name, value)


class _Picked:
    """Calls ``run(name)`` when a menu entry is chosen."""

    def __init__(self, run: Callable[[str], object], name: str) -> None:
        self._run, self._name = run, name

    def __call__(self) -> None:
        self._run(self._name)
