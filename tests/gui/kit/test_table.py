"""The table every screen uses."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from hwstudio.gui.kit.table import Column, DataTable, TableModel


@dataclass(frozen=True)
class Row:
    name: str
    price: float | None


COLUMNS = (
    Column("Name", lambda row: row.name),
    Column("Price, $", lambda row: row.price, right=True),
)
ROWS = (Row("b", 10.0), Row("a", 2.0), Row("c", None))


@pytest.fixture
def table(qtbot, theme):
    made = DataTable("Prices", COLUMNS)
    qtbot.addWidget(made)
    made.set_rows(ROWS)
    return made


def test_the_model_keeps_qts_contract(qtmodeltester):
    model = TableModel(COLUMNS)
    model.set_rows(ROWS)
    qtmodeltester.check(model)


def test_numbers_sort_by_value_not_by_text(table):
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [row.name for row in table.shown_rows()] == ["a", "b", "c"]


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_a_missing_value_sorts_last_in_both_directions(table, order):
    table.sortByColumn(1, order)
    assert table.shown_rows()[-1].name == "c"


def test_a_missing_value_is_shown_as_a_dash_never_as_zero(table):
    assert table.model_.index(2, 1).data() == "–"


def test_the_table_is_copied_as_csv_in_the_order_shown(table):
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    table.copy_csv()
    assert QGuiApplication.clipboard().text().splitlines() == [
        'Name,"Price, $"',
        "a,2.0",
        "b,10.0",
        "c,–",
    ]


def test_markdown_marks_right_aligned_columns(table):
    assert table.as_markdown().splitlines()[1] == "|---|---:|"


def test_an_empty_table_says_what_would_stand_there(table):
    table.set_rows((), empty="No results yet.")
    assert table._empty.text() == "No results yet."
    assert not table._empty.isHidden()


def test_choosing_a_row_tells_which(table, qtbot):
    with qtbot.waitSignal(table.row_selected) as caught:
        table.selectRow(0)
    assert caught.args[0].name == "b"
