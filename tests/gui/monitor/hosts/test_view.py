"""The page of other computers and its dialog as people use them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QScrollBar, QWidget

from hwstudio.core.monitor.hosts.entry import HostEntry, Source
from hwstudio.core.monitor.hosts.list_file import read_list, write_list
from hwstudio.core.monitor.recorder_control import STOPPED
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.gui.monitor.hosts.empty import COMMAND
from hwstudio.gui.monitor.hosts.host_dialog import HostDialog
from hwstudio.gui.monitor.hosts.view import HostsPage
from hwstudio.gui.monitor.services import MonitorServices


def entry(name, *urls, **more):
    return HostEntry(name=name, urls=urls, **more)


@pytest.fixture
def shown(qtbot, context):
    pages = []

    def make(*entries, size=(1200, 560)):
        write_list(context.studio.home.hosts_file, entries)
        page = HostsPage(MonitorServices(context, Sampler([]), lambda: STOPPED, print))
        pages.append(page)
        qtbot.addWidget(page)
        page.resize(*size)
        page.show()
        return page

    yield make
    for page in pages:
        page.leave()
        page.close()
    QThreadPool.globalInstance().waitForDone(5000)


@pytest.fixture
def ask(qtbot, context):
    def make(*names, known=None):
        dialog = HostDialog(context.studio.network, names, known)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield make
    QThreadPool.globalInstance().waitForDone(5000)


def is_live(page, name):
    return any(row.name == name and row.words == "Live" for row in page.model.state.rows)


def test_without_a_computer_the_page_says_what_for_and_gives_the_command(qtbot, shown):
    page = shown()
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == COMMAND
    assert COMMAND.startswith("hwstudio monitor serve ")


def test_a_computer_is_chosen_in_the_table_and_seen_in_full(qtbot, shown, other):
    page = shown(entry("a", other(0.5).url), entry("b", other(0.0, 0.9).url))
    qtbot.waitUntil(lambda: is_live(page, "a") and is_live(page, "b"), timeout=8000)
    page.table.select("b")
    assert page.model.state.selected == "b"
    assert set(page.panel.tiles.tiles) >= {"cpu", "gpu.0", "gpu.1"}
    qtbot.keyClick(page.panel.tiles.tiles["gpu.1"], Qt.Key.Key_Space)
    assert page.model.state.host.selected == "gpu.1"
    titles = [chart.look.title for chart in page.panel.page.charts.charts]
    assert "Temperature" in titles
    assert page.table.shown_rows()[1].figures.gpus_used == 1


def test_the_table_filters_by_words_and_keeps_the_selection_when_sorted(qtbot, shown, closed_port):
    page = shown(entry("alpha", closed_port), entry("beta", closed_port))
    page.search.setText("bet")
    assert [row.name for row in page.table.shown_rows()] == ["beta"]
    page.search.clear()
    page.table.select("beta")
    page.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    page.model.repaint()
    assert page.table.current_name() == "beta"


def test_removing_can_be_undone_in_place(qtbot, shown, context, closed_port):
    page = shown(entry("a", closed_port), entry("b", closed_port))
    page.table.select("a")
    page.table.setFocus()
    qtbot.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    assert [each.name for each in read_list(context.studio.home.hosts_file)] == ["b"]
    page.notice.acted.emit()
    assert [each.name for each in read_list(context.studio.home.hosts_file)] == ["a", "b"]
    assert page.notice.isHidden()


def test_with_the_network_off_the_page_offers_the_settings(qtbot, shown, context):
    opened = []
    context.open_settings = lambda: opened.append(1)
    page = shown(entry("far", "http://192.0.2.1:9100/metrics"))
    assert page.shut.isVisible()
    page.shut.acted.emit()
    assert opened == [1]
    assert [row.words for row in page.table.shown_rows()] == ["Network is off"]


def test_lists_are_imported_and_exported(shown, context, tmp_path):
    page = shown()
    taken = tmp_path / "lines.txt"
    taken.write_text("127.0.0.1:1\n127.0.0.1:2\n", "utf-8")
    page.import_file(taken)
    given = tmp_path / "out.json"
    page.export_file(given)
    assert read_list(given) == read_list(context.studio.home.hosts_file)
    assert len(read_list(given)) == 2


def test_a_file_that_is_no_list_is_told_in_place(shown, tmp_path):
    page = shown()
    file = tmp_path / "broken.json"
    file.write_text("{", "utf-8")
    page._do(lambda: page.import_file(file))
    assert page.notice.isVisible()


@pytest.mark.parametrize("size", [(1232, 546), (912, 426)])
def test_it_fits_small_windows_and_everything_has_a_name(qtbot, shown, other, size):
    page = shown(entry("a", *[other(0.5, 0.5, 0.5, 0.5).url]), size=size)
    qtbot.waitUntil(lambda: is_live(page, "a"), timeout=8000)
    page.model.select_page("gpu.1")
    page.grab()
    assert (page.width(), page.height()) == size
    right = page.panel.mapTo(page, page.panel.rect().bottomRight())
    assert right.x() < size[0]
    assert right.y() < size[1]
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            found = QAccessible.queryAccessibleInterface(widget)
            assert found.text(QAccessible.Text.Name), widget
    bars = [bar for bar in page.findChildren(QScrollBar) if bar.isVisible()]
    assert not [bar for bar in bars if bar.orientation() == Qt.Orientation.Horizontal]


def test_a_theme_switch_redraws_without_error(shown, context, closed_port):
    page = shown(entry("a", closed_port))
    context.theme.set_mode("dark")
    page.grab()
    context.theme.set_mode("light")
    page.grab()


# --- the dialog ------------------------------------------------------------------------------


def test_the_dialog_refuses_in_place_what_cannot_be_used(qtbot, ask):
    dialog = ask("gpu1")
    assert dialog._problem.isHidden()  # nobody is scolded before having entered anything
    dialog.accept()
    assert "address" in dialog._problem.text()
    qtbot.keyClicks(dialog.addresses, "gpu1")
    assert dialog._problem.isVisible()
    qtbot.keyClicks(dialog.addresses, ":9100")
    assert "already" in dialog._problem.text()
    qtbot.keyClicks(dialog.name, "gpu9")
    assert dialog._problem.isHidden()
    dialog.accept()
    assert dialog.result() == HostDialog.DialogCode.Accepted
    assert dialog.entry().urls == ("http://gpu1:9100/metrics",)


def test_several_addresses_are_one_computer_named_after_the_first(qtbot, ask):
    dialog = ask()
    qtbot.keyClicks(dialog.addresses, "gpu1:9100, gpu1:9400")
    assert dialog.entry().name == "gpu1"
    assert len(dialog.entry().urls) == 2


def test_the_test_button_says_what_was_found(qtbot, ask, other):
    dialog = ask()
    qtbot.keyClicks(dialog.addresses, other(0.5).url)
    qtbot.mouseClick(dialog.test, Qt.MouseButton.LeftButton)
    assert not dialog.test.isEnabled()
    qtbot.waitUntil(dialog.test.isEnabled, timeout=8000)
    assert "1 GPU (NVIDIA Test)" in dialog.found.accessibleName()


def test_a_server_lets_one_tick_which_of_its_computers(qtbot, ask, server):
    dialog = ask()
    qtbot.keyClicks(dialog.addresses, server)
    qtbot.mouseClick(dialog.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.test.isEnabled, timeout=8000)
    assert dialog.kind.value == Source.SERVER.value
    dialog.computers.item(0).setCheckState(Qt.CheckState.Checked)
    assert dialog.match.text() == 'instance="a:9100"'
    assert (dialog.entry().name, dialog.entry().source) == ("a", Source.SERVER)


def test_a_secret_needs_its_file_and_a_known_entry_comes_back_as_it_was(qtbot, ask, tmp_path):
    known = entry("gpu1", "https://gpu1/metrics", token_file=str(tmp_path / "t"), interval_s=7.0)
    dialog = ask("gpu1", known=known)
    assert dialog.entry() == known
    dialog.secret.file.clear()
    dialog.accept()
    assert "file" in dialog._problem.text()


def test_a_port_of_a_server_is_guessed_until_a_person_chose(qtbot, ask):
    dialog = ask()
    qtbot.keyClicks(dialog.addresses, "prom:9090")
    assert dialog.kind.value == Source.SERVER.value
    dialog.kind.set_value(Source.PAGE.value)
    dialog.kind.chosen.emit(Source.PAGE.value)
    qtbot.keyClicks(dialog.addresses, " x:9090")
    assert dialog.kind.value == Source.PAGE.value
