"""The process table keeps order, selection and Qt's rules while it changes every second."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.monitor.process_model import GPU_COLUMN
from hwstudio.gui.monitor.process_panel import ProcessPanel
from hwstudio.gui.monitor.tables import CPU_COLUMN, ProcessModel, ProcessTable
from hwstudio.gui.shell.theme_tokens import DARK, LIGHT


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
    table.resize(280, 300)  # beside the charts, on a screen of 1920 pixels at 200 % text
    assert table.isColumnHidden(5)
    assert table.columnWidth(0) >= 100
    table.resize(900, 300)
    assert not any(table.isColumnHidden(number) for number in (1, 2, 5))


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


# --- calm, filter, keys ---------------------------------------------------------------------------


def _changed(model):
    told = []
    model.dataChanged.connect(lambda a, b: told.extend(range(a.row(), b.row() + 1)))
    return told


def test_only_rows_that_differ_and_are_in_sight_are_painted_again(qtbot):
    model = ProcessModel()
    rows = tuple(ProcessUse(n, f"p{n}", "me", 1.0 - n / 1000, 2**20) for n in range(1, 401))
    model.set_rows(rows)
    model.watched = (0, 19)
    told = _changed(model)
    model.set_rows(rows)
    assert told == []
    other = tuple(
        ProcessUse(r.pid, r.name, r.user, r.cpu_share, 2**21) if r.pid in (5, 300) else r
        for r in rows
    )
    model.set_rows(other)
    assert told == [4]


def test_rows_never_start_anew_so_that_nothing_jumps(qtbot):
    model = ProcessModel()
    resets = []
    model.modelReset.connect(lambda: resets.append("reset"))
    model.layoutChanged.connect(lambda *_: resets.append("layout"))
    for seed, count in enumerate((400, 390, 0, 410)):
        model.set_rows(_rows(count, seed))
    assert resets == []


def test_equal_processes_keep_their_places(qtbot):
    model = ProcessModel()
    model.set_rows(tuple(ProcessUse(n, "p", "", 0.0, 0) for n in range(1, 40)))
    first = [row.pid for row in model.rows]
    for seed in range(5):
        mixed = [ProcessUse(n, "p", "", 0.0, 0) for n in range(1, 40)]
        random.Random(seed).shuffle(mixed)
        model.set_rows(tuple(mixed))
        assert [row.pid for row in model.rows] == first


def test_what_stands_in_the_last_row_stays_selected_when_another_process_ends(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    rows = tuple(ProcessUse(n, f"p{n}", "me", 1 - n / 10, 0) for n in range(1, 6))
    table.set_rows(rows, has_gpu=False)
    table.selectRow(4)
    assert [row.pid for row in table.selected()] == [5]
    table.set_rows(rows[1:], has_gpu=False)
    assert [row.pid for row in table.selected()] == [5]


def test_the_keyboards_place_follows_its_process(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows(_rows(30), has_gpu=False)
    table.setCurrentIndex(table.model_.index(table.model_.place_of(7), 0))
    for seed in range(1, 5):
        table.set_rows(_rows(30, seed), has_gpu=False)
        assert table.model_.rows[table.currentIndex().row()].pid == 7


def test_the_filter_finds_by_name_user_and_number_and_all_words_must_fit(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    rows = (
        ProcessUse(11, "python train.py", "ana", 0.9, 1),
        ProcessUse(12, "python serve.py", "ben", 0.5, 1),
        ProcessUse(113, "Xorg", "root", 0.1, 1),
    )
    table.set_rows(rows, has_gpu=False)
    for text, pids in (
        ("PYTHON", [11, 12]),
        ("ben", [12]),
        ("11", [11, 113]),
        ("python ana", [11]),
        ("nothing", []),
        ("", [11, 12, 113]),
    ):
        table.set_filter(text)
        assert [row.pid for row in table.model_.rows] == pids
    table.set_filter("python")
    table.set_rows((*rows, ProcessUse(14, "python -m x", "eve", 0.95, 1)), has_gpu=False)
    assert [row.pid for row in table.model_.rows] == [14, 11, 12]


def test_a_filter_without_a_match_says_so(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows(_rows(3), has_gpu=False)
    assert table._empty.isHidden()
    table.set_filter("nobody")
    assert not table._empty.isHidden()
    table.set_filter("")
    assert table._empty.isHidden()


def test_the_share_of_a_gpu_is_shown_once_it_is_known_and_its_column_stays(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows((ProcessUse(1, "a", "", 0.1, 1, 5),), has_gpu=True)
    assert table.isColumnHidden(GPU_COLUMN)
    table.set_rows((ProcessUse(1, "a", "", 0.1, 1, 5, gpu_share=0.42),), has_gpu=True)
    assert not table.isColumnHidden(GPU_COLUMN)
    assert table.model_.index(0, GPU_COLUMN).data() == "42"
    assert table.as_csv().splitlines()[1].endswith(",42.0")
    table.set_rows((ProcessUse(1, "a", "", 0.1, 1, 5),), has_gpu=True)
    assert not table.isColumnHidden(GPU_COLUMN)
    assert table.model_.index(0, GPU_COLUMN).data() == "–"


def test_no_name_of_a_process_is_run_by_a_spreadsheet(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.set_rows((ProcessUse(7, "=cmd|x", "@me", 0.5, 9),), has_gpu=False)
    assert table.as_csv().splitlines()[1].startswith("'=cmd|x,7,'@me")
    assert "'=cmd\\|x" in table.as_markdown()


def test_chosen_rows_are_copied_as_markdown(qtbot):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    table.set_rows(_rows(5), has_gpu=False)
    table.selectRow(1)
    table.copy_rows()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "| Process | PID | User | CPU, % | Memory |"
    assert len(lines) == 3
    assert lines[2].startswith(f"| {table.model_.rows[1].name} |")


@pytest.fixture
def panel(qtbot):
    made = ProcessPanel()
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.set_rows(_rows(30), has_gpu=False)
    made.show()
    return made


def test_typing_in_the_table_begins_a_filter_and_escape_empties_it(panel, qtbot):
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_P)
    qtbot.keyClicks(panel.filter, "21")
    assert panel.filter.text().lower() == "p21"
    assert [row.pid for row in panel.table.model_.rows] == [21]
    qtbot.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert panel.table.model_.rowCount() == 30


def test_ctrl_f_goes_to_the_filter_and_down_comes_back(panel, qtbot):
    panel.table.setFocus()
    panel.focus_filter()
    assert panel.filter.hasFocus() or panel.focusWidget() is panel.filter
    qtbot.keyClick(panel.filter, Qt.Key.Key_Down)
    assert panel.focusWidget() is panel.table
    assert len(panel.table.selected()) == 1


def test_the_button_ends_exactly_the_one_chosen_process(panel, qtbot):
    assert not panel.end.isEnabled()
    begun = []
    panel.table.end_wanted.connect(begun.append)
    panel.table.end_wanted.disconnect(panel.ender.begin)
    panel.table.selectRow(3)
    assert panel.end.isEnabled()
    panel.end.click()
    assert begun == [panel.table.model_.rows[3]]
    panel.table.selectAll()
    assert not panel.end.isEnabled()


def _pixels(widget):
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def _on_screen(widget):
    for _ in range(3):  # a row more or less is laid out by a timer of its own
        QTest.qWait(1)
    place = widget.mapTo(widget.window(), QPoint(0, 0))
    whole = QGuiApplication.primaryScreen().grabWindow(widget.window().winId())
    area = whole.copy(place.x(), place.y(), widget.width(), widget.height())
    return area.toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_what_is_painted_in_parts_looks_like_what_is_painted_anew(panel):
    for seed in range(12):
        count = 30 + seed % 3
        panel.set_rows(_rows(count, seed), has_gpu=seed > 6)
        if seed == 4:
            panel.table.selectRow(2)
        if seed == 8:
            panel.table.verticalScrollBar().setValue(5)
        assert _on_screen(panel.table.viewport()) == _pixels(panel.table.viewport())


def test_a_chosen_row_is_seen_in_both_schemes(theme, panel):
    for mode, tokens in (("light", LIGHT), ("dark", DARK)):
        theme.set_mode(mode)
        panel.table.restyle()
        panel.table.selectRow(1)
        image = _pixels(panel.table.viewport())
        height = panel.table.verticalHeader().defaultSectionSize()
        assert image.pixel(2, height + 4) == QColor(tokens.accent).rgb()
        assert image.pixel(2, 2 * height + 4) == QColor(tokens.surface).rgb()


def test_a_value_that_reads_the_same_is_not_painted_again(qtbot):
    model = ProcessModel()
    model.set_rows((ProcessUse(1, "a", "me", 0.5, 5 * 2**30),))
    told = _changed(model)
    model.set_rows((ProcessUse(1, "a", "me", 0.5, 5 * 2**30 + 4096),))
    assert told == []
    assert model.rows[0].memory_bytes == 5 * 2**30 + 4096


def test_a_row_that_came_before_looks_as_if_painted_for_the_first_time(qtbot, theme):
    def at(share, memory=10):
        return tuple(ProcessUse(n, f"p{n}", "me", share / n, n << memory) for n in range(1, 8))

    def grabbed(*states):
        table = ProcessTable()
        qtbot.addWidget(table)
        table.resize(420, 260)
        table.show()
        for rows in states:
            table.set_rows(rows, has_gpu=False)
            seen = table.viewport().grab().toImage()
        return seen

    last = at(0.7)
    assert grabbed(at(0.1), at(0.9), at(0.3, 20), at(0.2), last) == grabbed(last)


def test_the_table_takes_another_text_size(qtbot, theme):
    table = ProcessTable()
    qtbot.addWidget(table)
    table.resize(420, 260)
    table.set_rows(_rows(3), has_gpu=False)
    before = table.grab().toImage()
    bigger = table.font()
    bigger.setPixelSize(bigger.pixelSize() + 4)
    table.setFont(bigger)
    assert table.viewport().grab().toImage() != before.copy(table.viewport().geometry())


def test_the_filter_offers_to_be_emptied_once_there_is_text(qtbot):
    panel = ProcessPanel()
    qtbot.addWidget(panel)
    assert not panel.filter.isClearButtonEnabled()
    panel.filter.setText("python")
    assert panel.filter.isClearButtonEnabled()
