"""The tables of the Alerts page: what is raised, the rules, and what happened."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap, QPixmapCache
from PySide6.QtWidgets import QWidget

from hwstudio.core.model.finding import Severity
from hwstudio.core.monitor.alerts.event import Kind
from hwstudio.gui.kit.card import ICON_OF
from hwstudio.gui.kit.icon import pixmap
from hwstudio.gui.kit.table import Column, DataTable, row_px
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.kit.tip import rows_tip
from hwstudio.gui.monitor.alerts.state import ActiveRow, EventRow, RuleRow
from hwstudio.gui.monitor.alerts.units import span_words
from hwstudio.gui.monitor.alerts.words import SEVERITY

_RANK = {severity: rank for rank, severity in enumerate(SEVERITY)}
_COLOUR = {Severity.ERROR: "error", Severity.WARNING: "warn"}
_MOST_ACTIVE, _FEW_ACTIVE = 3, 2
_QUIET, _RULE = 4, 4  # numbers of columns
_LEAST_PX = 96


def _icon(severity: Severity) -> QIcon:
    colour = tokens().status(severity.value)
    made = QIcon(_picture(ICON_OF[severity.value], colour))
    made.addPixmap(_picture(ICON_OF[severity.value], tokens().on_accent), QIcon.Mode.Selected)
    return made


def _picture(name: str, colour: str) -> QPixmap:
    """Return a drawn icon; tables ask for it at every paint, so it is drawn once."""
    key, found = f"alerts-{name}-{colour}", QPixmap()
    if not QPixmapCache.find(key, found):
        found = pixmap(name, colour, 16)
        QPixmapCache.insert(key, found)
    return found


# --- raised now ----------------------------------------------------------------------------------


def _active_tip(row: ActiveRow) -> str:
    event = row.event
    quiet = f"not told, because: {event.silent_why}" if event.is_silent else ""
    return rows_tip([("Watched", event.subject), ("Rule", event.rule), ("Told", quiet)],
                    row.sentence)  # fmt: skip


_ACTIVE = (
    Column("Severity", lambda r: _RANK[r.event.severity],
           text=lambda r: SEVERITY[r.event.severity],
           colour=lambda r: _COLOUR.get(r.event.severity, ""),
           icon=lambda r: _icon(r.event.severity), width=104),
    Column("Alert", lambda r: r.event.title, tip=_active_tip, width=216),
    Column("What is so now", lambda r: r.sentence, tip=_active_tip, stretch=True),
    Column("Since", lambda r: r.event.since_s, text=lambda r: r.since, width=176),
)  # fmt: skip


class ActiveTable(DataTable):
    """As high as its rows, up to three (two in a low window); more are scrolled to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Alerts that are raised now", _ACTIVE, parent)

    def show_rows(self, rows: tuple[ActiveRow, ...]) -> None:
        """Show what is raised; one alone stands in the sentence above and needs no table."""
        self.set_rows(rows)
        self.setVisible(len(rows) > 1)
        self._fit()

    def _fit(self) -> None:
        count = len(self.model_.rows)
        self.setMinimumHeight(self._height(min(count, _FEW_ACTIVE)))
        self.setMaximumHeight(self._height(min(count, _MOST_ACTIVE)))
        self.updateGeometry()

    def _height(self, rows: int) -> int:
        return self.horizontalHeader().sizeHint().height() + rows * row_px() + 2

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.maximumHeight())


# --- rules ---------------------------------------------------------------------------------------


def _rule_tip(row: RuleRow) -> str:
    rule = row.rule
    told = span_words(rule.repeat_s) if rule.repeat_s else "told once"
    return rows_tip(
        [
            ("Watches now", row.fits),
            ("Advice", rule.advice),
            ("Quiet between two messages", told),
            ("Pattern", rule.sensor),
            ("Name", rule.id),
        ],
        row.watches,
    )


_RULES = (
    Column("On", lambda r: not r.rule.is_enabled, text=lambda _r: "",
           check=lambda r: r.rule.is_enabled, width=44),
    Column("Rule", lambda r: r.rule.title, tip=_rule_tip, width=256),
    Column("Watches", lambda r: r.watches, tip=_rule_tip, stretch=True),
    Column("Severity", lambda r: _RANK[r.rule.severity],
           text=lambda r: SEVERITY[r.rule.severity],
           colour=lambda r: _COLOUR.get(r.rule.severity, ""),
           icon=lambda r: _icon(r.rule.severity), width=104),
    Column("Quiet", lambda r: r.quiet or None, tip=lambda r: r.quiet, width=150),
    Column("Last raised", lambda r: None if r.last_s is None else -r.last_s,
           text=lambda r: "now" if r.is_raised else r.last, width=124),
)  # fmt: skip


class RulesTable(DataTable):
    """Space switches the chosen rule, Delete takes it out, Enter edits it."""

    switched = Signal(object, bool)  # the row, whether it is to be on
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Alert rules", _RULES, parent)
        self.setMinimumHeight(_LEAST_PX)
        self.model_.checked.connect(self.switched)

    def show_rows(self, rows: tuple[RuleRow, ...], empty: str) -> None:
        """Show rules; what is chosen stays chosen."""
        chosen = self.chosen()
        self.set_rows(rows, empty)
        self.setColumnHidden(_QUIET, not any(row.quiet for row in rows))
        if chosen is not None and self.chosen() is None:
            self.choose(chosen.rule.id)

    def chosen(self) -> RuleRow | None:
        """Return the selected rule."""
        rows = self.selected_rows()
        found: RuleRow | None = rows[0] if rows else None
        return found

    def choose(self, rule_id: str) -> None:
        """Select a rule by its name."""
        for number, row in enumerate(self.shown_rows()):
            if row.rule.id == rule_id:
                self.selectRow(number)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.chosen()
        if row is not None and event.key() == Qt.Key.Key_Space:
            self.switched.emit(row, not row.rule.is_enabled)
        elif row is not None and event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)


# --- what happened -------------------------------------------------------------------------------


def _kind_colour(row: EventRow) -> str:
    if row.event.kind is Kind.CLEARED:
        return "ok"
    return "muted" if row.is_test else _COLOUR.get(row.event.severity, "")


def _event_tip(row: EventRow) -> str:
    event = row.event
    told = f"no, because: {event.silent_why}" if event.is_silent else "yes"
    return rows_tip(
        [("Rule", event.title), ("Watched", event.subject), ("Told on the desktop", told)],
        event.sentence,
    )


_EVENTS = (
    Column("When", lambda r: r.event.at_s, text=lambda r: r.when, width=172),
    Column("What", lambda r: r.kind, tip=_event_tip,
           colour=_kind_colour, width=84),
    Column("Severity", lambda r: _RANK[r.event.severity],
           text=lambda r: SEVERITY[r.event.severity],
           icon=lambda r: _icon(r.event.severity), width=104),
    Column("Subject", lambda r: r.subject, tip=_event_tip, width=130),
    Column("Rule", lambda r: r.event.title, tip=_event_tip, width=200),
    Column("What was said", lambda r: r.event.sentence, tip=_event_tip,
           stretch=True),
)  # fmt: skip


class EventsTable(DataTable):
    """What was raised, repeated and over, the newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What was alerted", _EVENTS, parent)
        self.setMinimumHeight(_LEAST_PX)
        self.setColumnHidden(_RULE, True)  # in the copy, and in each row's tooltip

    def show_rows(self, rows: tuple[EventRow, ...], empty: str = "") -> None:
        """Show events."""
        self.set_rows(rows, empty)
