"""Tables that keep their cells with Qt show the same as any table, and draw only what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt

from hwstudio.gui.kit.table import Column, DataTable

COLUMNS = (
    Column("Name", lambda r: r.name, tip=lambda r: f"about {r.name}"),
    Column("Size", lambda r: r.size, right=True),
    Column("Kept", lambda r: r.is_kept, text=lambda _r: "", check=lambda r: r.is_kept),
)
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.TextAlignmentRole,
    Qt.ItemDataRole.CheckStateRole,
)


@dataclass(frozen=True)
class Row:
    name: str
    size: float | None
    is_kept: bool = False


def cells(table):
    model = table.model()
    return [
        [model.index(n, c).data(role) for role in ROLES]
        for n in range(model.rowCount())
        for c in range(model.columnCount())
    ]


@pytest.fixture
def tables(qtbot):
    made = DataTable("still", COLUMNS, is_still=True), DataTable("plain", COLUMNS)
    for table in made:
        qtbot.addWidget(table)
    return made


def test_whatever_rows_come_and_go_both_kinds_of_table_show_the_same(tables):
    a, b, c = Row("a", 1.0), Row("b", None, is_kept=True), Row("c", 3.0)
    for rows in ((a, b), (a, replace(b, size=7.0)), (), (c,), (b, a, c), (a, a), (a, b)):
        for table in tables:
            table.set_rows(rows)
        still, plain = tables
        assert [(str(x[0]), x[1], int(x[2])) for x in cells(still)] == [
            (str(x[0]), x[1], int(x[2])) for x in cells(plain)
        ]
        assert [x[3] for x in cells(still)] == [x[3] for x in cells(plain)]
        assert still.shown_rows() == rows


def test_only_rows_that_changed_are_drawn_again(tables):
    still, _ = tables
    still.set_rows((Row("a", 1.0), Row("b", 2.0), Row("c", 3.0)))
    told = []
    still.model().dataChanged.connect(lambda a, b, *_: told.append((a.row(), b.row())))
    still.set_rows((Row("a", 1.0), Row("b", 5.0), Row("c", 3.0)))
    assert told == [(1, 1)]


def test_a_ticked_box_is_told_and_changes_nothing_by_itself(tables):
    still, _ = tables
    still.set_rows((Row("a", 1.0),))
    told = []
    still.model_.checked.connect(lambda row, is_on: told.append((row.name, is_on)))
    box = still.model().index(0, 2)
    still.model().setData(box, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert told == [("a", True)]
    assert Qt.CheckState(box.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Unchecked
