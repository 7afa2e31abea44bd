"""Every network call hwstudio made or refused, for the user to see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.network_log import DONE, FAILED, REFUSED, Call
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

_EMPTY = "hwstudio has not used the network."
_OFF = "The network is switched off in Settings: nothing is sent or fetched."
_ON = "The network is switched on in Settings: hwstudio goes online only when you ask it to."


class NetworkLogDialog(QDialog):
    """A table of calls, the newest first."""

    def __init__(
        self,
        calls: Sequence[Call],
        file: Path,
        *,
        is_allowed: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Network log")
        self.resize(960, 480)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Network log", "title"))
        box.addWidget(label(_ON if is_allowed else _OFF, wrap=True))
        self.table = DataTable("Network calls", _COLUMNS)
        self.table.set_rows(tuple(calls), _EMPTY)
        box.addWidget(self.table, 1)
        box.addWidget(
            label(
                f"What stands after “?” in an address is not kept. File: {file}", "small", wrap=True
            )
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton("Copy")
        copy.setToolTip("Copy the table as CSV")
        copy.setEnabled(bool(calls))
        copy.clicked.connect(self.table.copy_csv)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)


def _when(call: Call) -> str:
    return call.time


def _when_text(call: Call) -> str:
    return call.time.replace("T", " ").removesuffix("Z") + " UTC"


def _purpose(call: Call) -> str:
    return call.purpose


def _where(call: Call) -> str:
    return call.where


def _where_tip(call: Call) -> str:
    return "\n".join((call.where, *(f"sent on to {hop}" for hop in call.redirects)))


def _bytes(call: Call) -> int:
    return call.bytes


def _bytes_text(call: Call) -> str:
    return f"{call.bytes:,}"


def _result(call: Call) -> str:
    return call.result


def _colour(call: Call) -> str:
    return {DONE: "", REFUSED: "muted", FAILED: "error"}.get(call.state, "warn")


_COLUMNS = (
    Column("When", _when, _when_text, width=195),
    Column("What for", _purpose, width=190, tip=_purpose),
    Column("Where", _where, width=240, tip=_where_tip),
    Column("Bytes", _bytes, _bytes_text, right=True, width=80),
    Column("Result", _result, stretch=True, tip=_result, colour=_colour),
)
