"""The table every screen uses."""

from __future__ import annotations

import csv
import io
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


EVIL = ("=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", "＝1")


@pytest.mark.parametrize("text", EVIL)
def test_no_copied_text_is_run_as_a_formula(table, text):
    table.set_rows((Row(text, -5.0),))
    table.selectRow(0)
    table.copy_selection()
    flat = text.replace("\t", " ")
    assert QGuiApplication.clipboard().text() == f"'{flat}\t-5.0"
    assert next(csv.reader(table.as_csv().splitlines()[1:])) == [f"'{text}", "-5.0"]
    assert table.as_markdown().splitlines()[2] == f"| '{flat} | -5.0 |"


@pytest.mark.parametrize("text", ["-5", "+1,234.50", "-3.5%", "-1e9", "a=b", "–"])
def test_numbers_and_plain_text_are_copied_as_they_are(table, text):
    table.set_rows((Row(text, -5.0),))
    assert next(csv.reader(table.as_csv().splitlines()[1:])) == [text, "-5.0"]


@pytest.mark.parametrize(("shown", "copied"), [("-5 W", "-5 W"), ("-$5", "-$5"), ("=1", "'=1")])
def test_an_amount_keeps_its_sign_but_a_text_sorted_by_a_number_is_still_guarded(
    qtbot, theme, shown, copied
):
    made = DataTable("Draw", (Column("Draw", lambda row: row.price, lambda _: shown),))
    qtbot.addWidget(made)
    made.set_rows((Row("a", -5.0),))
    assert made.as_csv().splitlines()[1] == copied


def test_a_name_given_by_the_user_is_no_formula_in_the_header_either(qtbot, theme):
    made = DataTable("Compared", (Column("=cmd", lambda row: row.name),))
    qtbot.addWidget(made)
    assert made.as_csv().startswith("'=cmd")
    assert made.as_markdown().startswith("| '=cmd |")


def test_a_cell_of_several_lines_stays_one_cell_when_copied(table):
    table.set_rows((Row("one\ntwo\tthree|four", 1.0),))
    table.selectRow(0)
    table.copy_selection()
    assert QGuiApplication.clipboard().text() == "one two three|four\t1.0"
    assert table.as_markdown().splitlines()[2:] == ["| one two three\\|four | 1.0 |"]
    assert list(csv.reader(io.StringIO(table.as_csv())))[1] == ["one\ntwo\tthree|four", "1.0"]


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
