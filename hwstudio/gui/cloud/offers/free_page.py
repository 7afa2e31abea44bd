"""What costs nothing: quota, GPU, session limit, source and day checked; core-hours as hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.catalog.cloud_tables import CloudRow, FreeTier
from hwstudio.core.cloud.age import age_words, is_stale
from hwstudio.core.cloud.free_hours import core_hours, hours_on
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import rows_tip

_SIZES = tuple((str(n), f"{n} cores") for n in (2, 4, 8, 16, 32))
_SURE = {"seen": "read in the source", "partly": "read in part", "recalled": "not confirmed"}
_WORDS = (
    "Limits change without notice: look at the day each was checked. A service counted in "
    "core-hours lasts longer on a small machine."
)


_CHOOSE = "Choose a service to read its limits in full."


class FreePage(QWidget):
    """All free services, those with a GPU first."""

    def __init__(self, rows: Iterable[CloudRow], memory: Memory, today: date) -> None:
        super().__init__()
        self._rows = tuple(
            sorted((row for row in rows if isinstance(row, FreeTier)), key=_without_gpu)
        )
        self._memory, self._today = memory, today
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        card = Card("Free services")
        self.cores = ChoiceField("Size of the machine", _SIZES, memory.texts().get("cores", "4"))
        self.cores.setFixedWidth(120)
        card.head.addWidget(label("Core-hours counted on", "small"))
        card.head.addWidget(self.cores)
        card.body.addWidget(label(_WORDS, "muted", wrap=True))
        self.table = DataTable("Free services", self._columns())
        card.body.addWidget(self.table, 1)
        self.detail = label(_CHOOSE, "muted", wrap=True)
        self.detail.setMinimumHeight(52)
        card.body.addWidget(self.detail)
        box.addWidget(card)
        self.table.row_selected.connect(self._on_row)
        self.cores.chosen.connect(self._on_size)
        self._show()

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Service", lambda row: row.service, tip=self._tip, width=210),
            Column("GPU", _gpu, tip=self._tip, width=180),
            Column("Quota", lambda row: row.quota, tip=self._tip, width=230),
            Column(
                "Hours a month",
                self._hours,
                self.hours_words,
                right=True,
                tip=self._tip,
                width=140,
            ),
            Column("Session limit", lambda row: row.session_limit, tip=self._tip, width=160),
            Column(
                "Last checked",
                lambda row: row.as_of,
                lambda row: f"{row.as_of}  stale" if self._is_stale(row) else row.as_of,
                tip=self._tip,
                colour=lambda row: "warn" if self._is_stale(row) else "",
                width=120,
            ),
            Column("Source", lambda row: row.source, tip=self._tip, width=320),
            Column("For whom", lambda row: row.who, tip=self._tip, width=150),
            Column("RAM, GB", lambda row: row.ram, tip=self._tip, width=80),
            Column("Storage", lambda row: row.storage, tip=self._tip, width=180),
            Column("Credit, $", _credit, tip=self._tip, width=110),
            Column("Limits", lambda row: row.limits, tip=self._tip, width=300),
        )

    def _hours(self, row: FreeTier) -> float | None:
        free = core_hours(row.quota)
        return None if free is None else hours_on(free, int(self.cores.value))

    def hours_words(self, row: FreeTier) -> str:
        """Return ``30 h on 4 cores``; a dash where no core-hours are counted."""
        hours = self._hours(row)
        return "–" if hours is None else f"{hours:,.4g} h on {self.cores.value} cores"

    def _is_stale(self, row: FreeTier) -> bool:
        return is_stale(row.as_of, self._today)

    def _tip(self, row: FreeTier) -> str:
        return rows_tip(
            [
                ("For whom", row.who),
                ("GPU", row.accelerator or ""),
                ("Quota", row.quota or ""),
                ("Session", row.session_limit or ""),
                ("Limits", row.limits or ""),
                ("Source", row.source),
                ("Last checked", f"{row.as_of} ({age_words(row.as_of, self._today)} ago)"),
                ("How sure", _SURE.get(row.confidence, row.confidence)),
                ("Note", row.note),
            ],
            row.service,
        )

    @Slot(object)
    def _on_row(self, row: object) -> None:
        self.detail.setText(self.words(row) if isinstance(row, FreeTier) else _CHOOSE)

    def words(self, row: FreeTier) -> str:
        """Return all that is known of a service, in sentences."""
        said = (
            ("For", row.who),
            ("GPU", row.accelerator),
            ("quota", row.quota),
            ("session", row.session_limit),
            ("RAM", f"{row.ram} GB" if row.ram else None),
            ("storage", row.storage),
            ("limits", row.limits),
        )
        facts = "; ".join(f"{name}: {text}" for name, text in said if text)
        sure = _SURE.get(row.confidence, row.confidence)
        return f"{row.service}. {facts}. Last checked {row.as_of}, {sure}: {row.source}."

    @Slot()
    def _on_size(self) -> None:
        self._memory.keep({"cores": self.cores.value})
        self._show()

    def _show(self) -> None:
        self.table.set_rows(self._rows)


def _gpu(row: FreeTier) -> str | None:
    return None if _without_gpu(row) else row.accelerator


def _credit(row: FreeTier) -> str | None:
    if not row.credit:
        return None
    months = f" for {row.credit_months:g} months" if row.credit_months else ""
    return f"{row.credit}{months}"


def _without_gpu(row: FreeTier) -> bool:
    return not row.accelerator or "none" in row.accelerator
