"""The process table keeps order, selection and Qt's rules while it changes every second."""

from __future__ import annotations

import random

from PySide6.QtCore import QItemSelectionModel, Qt

from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.monitor.tables import CPU_COLUMN, ProcessModel, ProcessTable


def _rows(count, seed=0):
    chance = random.Random(seed)
    return tuple(
        ProcessUse(pid, f"p{pid}", "me", chance.random(), chance.randrange(2**30))
        for pid in range(1, count + 1)
    )


def test_the_model_keeps_qts_rules_while_rows_come_and_go(qtmodeltester, qtbot):
    model = ProcessModel()
    model.set_rows(_rows(5))
    qtmodeltester.check(model)
    for seed, count in enumerate((9, 3, 0, 4)):
        model.set_rows(_rows(count, seed))
        assert model.rowCount() == count


def test_processes_are_sorted_by_number_not_by_text(qtbot):
    model = ProcessModel()
    model.set_rows(tuple(ProcessUse(n, "p", "", n, 0) for n in (2, 10, 9)))
    assert [row.pid for row in model.rows] == [10, 9, 2]
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert [row.pid for row in model.rows] == [2, 9, 10]


def test_the_chosen_order_stays_when_new_values_come(qtbot):
    model = ProcessModel()
    model.set_rows(_rows(6))
    model.sort(4, Qt.SortOrder.AscendingOrder)
    model.set_rows(_rows(6, seed=3))
    sizes = [row.memory_bytes for row in model.rows]
    assert sizes == sorted(sizes)


def test_a_selected_process_stays_selected_when_it_moves_and_is_let_go_when_it_ends(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows(_rows(5), has_gpu=False)
    model = table.model_
    place = [row.pid for row in model.rows].index(3)
    table.selectionModel().select(
        model.index(place, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )

    def chosen():
        return {model.rows[index.row()].pid for index in table.selectionModel().selectedRows()}

    for seed in range(1, 6):
        table.set_rows(_rows(5, seed), has_gpu=False)
        assert chosen() == {3}
    table.set_rows(tuple(row for row in _rows(5, 9) if row.pid != 3), has_gpu=False)
    assert 3 not in chosen()


def test_the_gpu_column_is_shown_only_with_a_gpu_and_unknown_is_a_dash(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows(_rows(2), has_gpu=False)
    assert table.isColumnHidden(5)
    table.set_rows(_rows(2), has_gpu=True)
    assert not table.isColumnHidden(5)
    assert table.model_.index(0, 5).data() == "–"


def test_the_owner_gives_way_in_a_narrow_window(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    table.set_rows(_rows(2), has_gpu=True)
    assert not table.isColumnHidden(2)
    table.resize(520, 300)
    assert (table.isColumnHidden(2), table.isColumnHidden(1)) == (True, False)
    table.resize(400, 300)
    assert (table.isColumnHidden(2), table.isColumnHidden(1)) == (True, True)
    table.resize(900, 300)
    assert (table.isColumnHidden(2), table.isColumnHidden(1)) == (False, False)


def test_it_copies_as_csv_with_units_in_the_header(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows((ProcessUse(7, "a, b", "me", 0.5, 9, 11),), has_gpu=True)
    lines = table.as_csv().splitlines()
    assert lines[0] == "process,pid,user,cpu_percent,memory_bytes,vram_bytes"
    assert lines[1] == '"a, b",7,me,50.0,9,11'


def test_it_opens_sorted_by_cpu(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    assert table.horizontalHeader().sortIndicatorSection() == CPU_COLUMN
    table.set_rows(_rows(9), has_gpu=False)
    shares = [row.cpu_share for row in table.model_.rows]
    assert shares == sorted(shares, reverse=True)
