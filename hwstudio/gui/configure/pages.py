"""The pages below the answer: parts list, alternatives of a row, checks, power sum."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.money import money, sign_of
from hwstudio.core.base.units import watts
from hwstudio.core.model.finding import Finding
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.project.answer import Alternative, Alternatives
from hwstudio.core.project.answer_words import tax_words
from hwstudio.core.project.guides.class_supply import supply_words
from hwstudio.core.project.places import Place
from hwstudio.core.project.seen import circumstances, ups_words
from hwstudio.core.project.state import PRICE_HIGH
from hwstudio.gui.configure import words
from hwstudio.gui.configure.finder import is_meant
from hwstudio.gui.configure.power_limit import PowerLimit
from hwstudio.gui.configure.rail.offered import PartNames
from hwstudio.gui.configure.rows import (
    PartRow,
    finding_rows,
    margin_words,
    part_rows,
    power_rows,
)
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.tables import ALTERNATIVES, PARTS, POWER, SOURCE_COLUMN
from hwstudio.gui.configure.why_not import WhyNotLine
from hwstudio.gui.kit.card import Chip
from hwstudio.gui.kit.fields import NumberField
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip

_COMPACT_ROW = 26  # px: the whole list of eight rows stands on a small screen
_LEAST_TABLE = 84  # px: header and two rows; the rest scrolls
_WITH_SOURCE = 1120  # px: below, the source is in the tooltip of the price only
NOTHING_YET = "The parts appear here as soon as a build is found."
NO_BUILD = "No build fits. Change a wish on the left, or take a way out above."


class PriceStrip(QFrame):
    """Types one's own price of the selected part, in place."""

    price_given = Signal(str, object, str)  # part id, amount, note
    price_cleared = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inset")
        self._row: PartRow | None = None
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        self._name = label("")
        self.amount = NumberField(
            "Your price for one piece", low=0, high=float(PRICE_HIGH), value=0, unit="$",
            decimals=2,
        )  # fmt: skip
        self.amount.setFixedWidth(128)
        self.note = QLineEdit()
        self.note.setPlaceholderText("Where from (optional)")
        self.note.setAccessibleName("Where the price is from")
        self.note.setMaxLength(200)
        self.use = QPushButton("Use this price")
        self.clear = QPushButton("Use the catalogue's")
        self.cancel = QPushButton("Cancel")
        row.addWidget(self._name)
        row.addWidget(self.amount)
        row.addWidget(self.note, 1)
        for button in (self.use, self.clear, self.cancel):
            row.addWidget(button)

    def _connect(self) -> None:
        self.use.clicked.connect(self._on_use)
        self.note.returnPressed.connect(self._on_use)
        self.amount.edit.returnPressed.connect(self._on_use)
        self.clear.clicked.connect(self._on_clear)
        self.cancel.clicked.connect(self.hide)

    def open(self, row: PartRow) -> None:
        """Ask for the price of one row's part."""
        self._row = row
        price = row.part.price
        if price is not None:
            self.amount.set_unit(sign_of(price.currency))
        self._name.setText(f"Your price for one {words.KIND_TITLE[row.kind].lower()}")
        self.amount.set_value(float(price.amount) if price else 0.0)
        self.note.clear()
        self.clear.setVisible(price is not None and price.kind.value == "own")
        self.show()
        self.amount.edit.setFocus()
        self.amount.edit.selectAll()

    @Slot()
    def _on_use(self) -> None:
        if self.amount.is_bad:
            self.amount.edit.setFocus()
            self.amount.edit.selectAll()
            return
        if self._row is not None:
            amount = Decimal(f"{self.amount.value:.2f}")
            self.price_given.emit(self._row.part.id, amount, self.note.text())
        self.hide()

    @Slot()
    def _on_clear(self) -> None:
        if self._row is not None:
            self.price_cleared.emit(self._row.part.id)
        self.hide()


class PartsPage(QWidget):
    """The parts list with what can be done to a row."""

    opened = Signal(object)  # the row whose alternatives are wanted
    locked = Signal(object, bool)  # kind, new state

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.table = DataTable("Parts list", PARTS, is_still=True)
        self.table.verticalHeader().setDefaultSectionSize(_COMPACT_ROW)
        self.prices = PriceStrip()
        self.note = label("", "small")
        box.addWidget(self.table, 1)
        box.addWidget(self.note)
        box.addWidget(self.prices)
        self.table.row_activated.connect(self._on_activated)
        self.table.model_.checked.connect(self._on_checked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.setColumnHidden(SOURCE_COLUMN, event.size().width() < _WITH_SOURCE)

    def show_state(self, state: ConfigureState) -> None:
        """Show the chosen build's parts."""
        chosen = state.answer.chosen if state.answer is not None else None
        nothing = NO_BUILD if state.is_infeasible else NOTHING_YET
        self.table.set_rows(part_rows(chosen, state.project), nothing)
        tax_pct = state.answer.asked.tax_pct if state.answer is not None else Decimal(0)
        self.note.setVisible(chosen is not None and bool(tax_pct))
        if chosen is not None:
            total = money(chosen.total.amount, chosen.total.currency)
            words_ = tax_words(chosen.total, tax_pct)
            self.note.setText(f"Prices of the rows are before tax; all of it {words_}: {total}.")

    def selected(self) -> PartRow | None:
        """Return the selected row; without a selection the first."""
        rows = self.table.selected_rows() or self.table.shown_rows()
        return rows[0] if rows else None

    @Slot(object)
    def _on_activated(self, row: object) -> None:
        if isinstance(row, PartRow):
            self.opened.emit(row)

    @Slot(object, bool)
    def _on_checked(self, row: object, is_on: bool) -> None:
        if isinstance(row, PartRow):
            self.locked.emit(row.kind, is_on)


class AlternativesPage(QWidget):
    """What else could stand in one row, cheapest first."""

    chosen = Signal(object)  # Alternative
    closed = Signal()

    def __init__(self, names: PartNames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.back = QPushButton("Back to the parts list")
        self.words: QLabel = label("", "muted")
        self.finder = QLineEdit()
        self.finder.setPlaceholderText("Find, such as 24 GB")
        self.finder.setAccessibleName("Find an alternative")
        self.finder.setClearButtonEnabled(True)
        self.finder.setFixedWidth(176)
        self.use = QPushButton("Use this part")
        row.addWidget(self.back)
        row.addWidget(self.words, 1)
        row.addWidget(self.finder)
        row.addWidget(self.use)
        box.addLayout(row)
        self.table = DataTable("Alternatives", ALTERNATIVES)
        box.addWidget(self.table, 1)
        self.why = WhyNotLine(names)
        box.addWidget(self.why)
        self.back.clicked.connect(self.closed)
        self.back.setShortcut("Esc")
        self.use.clicked.connect(self._on_use)
        self.table.row_activated.connect(self._on_activated)
        self.table.row_selected.connect(self._on_selected)
        self._found: Alternatives | None = None
        self.finder.textChanged.connect(self._show_found)
        self.finder.returnPressed.connect(self._on_find_done)

    def show_state(self, state: ConfigureState) -> None:
        """Show the alternatives, or that they are being looked up."""
        found, place = state.alternatives, state.looking_at
        self.why.show_why(place.kind if place is not None else None, state.why)
        title = _title_of(place, state) if place is not None else ""
        if found is None:
            self.words.setText(f"{title}: checking what fits…")
            self._found = None
            self.table.set_rows((), "Checking every part against this build…")
        elif found is not self._found:
            fits = f"{len(found.rows)} of {found.tried} fit this build"
            self.words.setText(f"{title}: {fits}, cheapest first")
            self._found = found
            self.finder.clear()
            self._show_found()
        self._on_selected(next(iter(self.table.selected_rows()), None))

    @Slot()
    def _show_found(self) -> None:
        """Show what was typed for, of all that fits."""
        if self._found is None:
            return
        typed = self.finder.text()
        rows = tuple(row for row in self._found.rows if is_meant(row.part, typed))
        none = "No part that fits has these words." if typed else "No other part fits this build."
        self.table.set_rows(rows, none)
        self._find_current(rows)

    @Slot()
    def _on_find_done(self) -> None:
        """Enter leads into the table."""
        if self.table.shown_rows():
            if not self.table.selected_rows():
                self.table.selectRow(0)
            self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def _find_current(self, rows: tuple[Alternative, ...]) -> None:
        """Select the part that is in the build, so the eye starts from there."""
        place = next((n for n, row in enumerate(rows) if row.is_current), None)
        if place is not None and not self.table.selected_rows():
            self.table.selectRow(place)
            self.table.scrollTo(
                self.table.model().index(place, 0), self.table.ScrollHint.PositionAtCenter
            )

    @Slot(object)
    def _on_selected(self, row: object) -> None:
        self.use.setEnabled(isinstance(row, Alternative) and not row.is_current)

    @Slot()
    def _on_use(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            self._on_activated(rows[0])

    @Slot(object)
    def _on_activated(self, row: object) -> None:
        if isinstance(row, Alternative) and not row.is_current:
            self.chosen.emit(row)


def _title_of(place: Place, state: ConfigureState) -> str:
    """Return what the open row is called in the parts list."""
    chosen = state.answer.chosen if state.answer is not None else None
    rows = part_rows(chosen, state.project)
    return next((r.title for r in rows if r.place == place), words.KIND_TITLE[place.kind])


class _FindingBox(QWidget):
    """One finding: how bad, what, and what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        self._chip = Chip()
        self._chip.setFixedWidth(104)
        row.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self._text = label("", wrap=True)
        self._advice = label("", "small", wrap=True)
        texts.addWidget(self._text)
        texts.addWidget(self._advice)
        row.addLayout(texts, 1)
        self._shown: Finding | None = None

    def show_finding(self, finding: Finding) -> None:
        """Show a finding; the same one costs nothing."""
        if finding == self._shown:
            return
        self._shown = finding
        self._chip.show_status(finding.severity.value)
        self._text.setText(finding.text)
        self._advice.setText(finding.advice)
        self._advice.setVisible(bool(finding.advice))
        self.setToolTip(rows_tip([("Rule", finding.rule), ("Source", finding.source)]))
        said = f"{self._chip.accessibleName()}: {finding.text} {finding.advice}"
        self.setAccessibleName(said)


class ChecksPage(QScrollArea):
    """Every finding in words, worst first; what is not known is said.

    Its rows are used again: building them anew takes longer than all the rest of a new answer.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Checks")
        holder = QWidget()
        self._box = QVBoxLayout(holder)
        self._box.setContentsMargins(0, 0, 8, 0)
        self._box.setSpacing(4)
        self._rows: list[_FindingBox] = []
        self._fine = Chip("info", NOTHING_YET)
        self._title = label("What fits, and the room left", "strong")
        self._room = label("", "small", wrap=True)
        for widget in (self._fine, self._title, self._room):
            self._box.addWidget(widget)
        self._box.addStretch(1)
        self.setWidget(holder)
        self._due: PlannedBuild | None = None
        self._shown: object = ()

    def show_state(self, state: ConfigureState) -> None:
        """Show the findings of the chosen build, at the latest when somebody looks."""
        self._due = state.answer.chosen if state.answer is not None else None
        if self.isVisible():
            self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        chosen = self._due
        if chosen is self._shown:
            return
        self._shown = chosen
        findings, room = finding_rows(chosen), margin_words(chosen)
        while len(self._rows) < len(findings):
            self._rows.append(_FindingBox())
            self._box.insertWidget(len(self._rows) - 1, self._rows[-1])
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(findings))
            if number < len(findings):
                row.show_finding(findings[number])
        words_ = "No rule has anything to say against this build." if chosen else NOTHING_YET
        self._fine.show_status("ok" if chosen else "info", words_)
        self._fine.setVisible(not findings)
        self._title.setVisible(bool(room))
        self._room.setVisible(bool(room))
        self._room.setText("\n".join(room))


class PowerPage(QWidget):
    """The watts as a sum, each with its source, and the limit one may set on the cards."""

    def __init__(self, limit: PowerLimit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.limit = limit
        self._state: ConfigureState | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.table = DataTable("Power sum", POWER)
        self.table.setMinimumHeight(_LEAST_TABLE)
        self.sum = label("", "strong", wrap=True)
        self.wall = label("", "small", wrap=True)
        box.addWidget(limit)
        box.addWidget(self.table, 1)
        box.addWidget(self.sum)
        box.addWidget(self.wall)

    def show_state(self, state: ConfigureState) -> None:
        """Show the power sum of the chosen build; worked out only while somebody looks."""
        self._state = state
        if self.isVisible():
            self._fill(state)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._state is not None:
            self._fill(self._state)

    def _fill(self, state: ConfigureState) -> None:
        chosen = state.answer.chosen if state.answer is not None else None
        self.limit.show_limit(state.answer, state.project.power_limit_w)
        self.table.set_rows(power_rows(chosen), NOTHING_YET)
        if chosen is None:
            self.sum.setText("")
            self.wall.setText("")
            return
        power = chosen.power
        self.sum.setText(
            f"Sum: {watts(power.sustained_w)} sustained, {watts(power.excursion_w)} in short "
            f"peaks; a supply of {watts(power.recommended_psu_w)} or more is recommended."
        )
        limit = power.wall_limit_w
        carries = f"; the circuit carries {watts(limit)} for hours" if limit is not None else ""
        self.wall.setText(
            f"At the wall: {watts(power.wall_w)} or {power.wall_a:.1f} A on {power.mains}"
            f"{carries}. "
            f"Heat: {power.btu_per_h:,.0f} BTU/h. Supply efficiency "
            f"{power.efficiency * 100:.0f} %, class {power.efficiency_class}. "
            f"A UPS for it: {watts(power.ups.power_w)} and {power.ups.apparent_va:,.0f} VA or more."
            f" {ups_words(circumstances(state.project), power)}".rstrip()
            + f" {supply_words(state.project, chosen.build)}".rstrip()
        )
