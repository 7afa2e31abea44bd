"""The tables of Workload: names stay whole, the least important columns give way to them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hwstudio.gui.kit.table import Column
from hwstudio.gui.workload.giving_table import GivingTable


@dataclass(frozen=True)
class Row:
    name: str
    speed: int
    cost: int
    basis: str


COLUMNS = (
    Column("Hardware", lambda row: row.name, stretch=True),
    Column("Speed", lambda row: row.speed, width=100),
    Column("Cost", lambda row: row.cost, width=100),
    Column("Basis", lambda row: row.basis, width=100),
)
ROWS = (Row("RTX PRO 6000 Blackwell Max-Q", 3, 2, "scaled"), Row("T4", 1, 1, "scaled"))


@pytest.fixture
def table(qtbot):
    made = GivingTable("Where it runs", COLUMNS, (2, 3))
    qtbot.addWidget(made)
    made.show()
    made.set_rows(ROWS)
    return made


def hidden(table):
    return [n for n in range(4) if table.isColumnHidden(n)]


def name_px(table):
    return table.fontMetrics().horizontalAdvance(ROWS[0].name)


def test_with_room_every_column_is_shown(table):
    table.resize(1200, 300)
    assert hidden(table) == []


def test_the_first_to_give_way_goes_first_and_the_longest_name_stays_whole(table):
    need = name_px(table) + 24
    for width in range(1200, need + 110, -5):
        table.resize(width, 300)
        assert hidden(table) in ([], [2], [2, 3])
        assert table.columnWidth(0) > name_px(table)
    assert hidden(table) == [2, 3]


def test_what_gave_way_comes_back_and_is_copied_all_the_while(table):
    table.resize(name_px(table) + 150, 300)
    assert hidden(table) == [2, 3]
    assert table.as_csv().startswith("Hardware,Speed,Cost,Basis")
    table.resize(1200, 300)
    assert hidden(table) == []


def test_short_names_leave_room_for_everything(table):
    table.resize(name_px(table) + 300, 300)
    before = hidden(table)
    table.set_rows(ROWS[1:])
    assert len(hidden(table)) < len(before)
