"""The Learn tab: what the list, the links and the buttons do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from hwstudio.core.guide.cell import TIP, Bar
from hwstudio.core.project.learn.shelf import shelf
from hwstudio.gui.bench.plan import CHOSEN
from hwstudio.gui.bench.view import BenchView
from hwstudio.gui.learn.cells import bar_image
from hwstudio.gui.learn.opening import page_commands
from hwstudio.gui.learn.view import LOOKED, NOTHING_FOUND, LearnView
from hwstudio.gui.learn.viewmodel import LOOKING
from tests.core.assess.test_readiness import machine


@pytest.fixture
def view(qtbot, context):
    context.shared.set_machine(machine())
    made = LearnView(context)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.model.state.own is not None, timeout=30_000)
    return made


def titles(view):
    items = [view.list.item(number) for number in range(view.list.count())]
    return [item.text() for item in items if item.flags() & Qt.ItemFlag.ItemIsEnabled]


def text_of(view):
    return view.reader.toPlainText()


def click(view, url):
    view.reader.anchorClicked.emit(QUrl(url))


def test_the_first_page_fills_with_this_computers_numbers(view):
    assert text_of(view).startswith("Memory, from registers to disk")
    assert "32.0 GiB" in text_of(view)
    assert LOOKING.strip("*") not in text_of(view)
    assert view.purpose.text() == LOOKED


def test_the_list_is_walked_by_keyboard(qtbot, view):
    qtbot.keyClick(view.list, Qt.Key.Key_Down)
    assert text_of(view).startswith("Why GPUs are fast")
    for _ in range(len(shelf().pages) - 1):
        qtbot.keyClick(view.list, Qt.Key.Key_Down)
    assert view.model.code == shelf().codes[0], "the heading between is stepped over"


def test_what_is_typed_is_looked_for_in_the_whole_text(view):
    view.filter.setText("pinned memory")
    assert "DataLoader and pinned memory (PyTorch)" in titles(view)
    assert "Project folders" not in titles(view)
    view.filter.setText("zebra crossing")
    assert titles(view) == []
    assert view.list.item(0).text() == NOTHING_FOUND


def test_a_link_to_another_page_moves_the_list_too(view):
    click(view, "hwstudio:code/ddp_torch")
    assert "DistributedDataParallel" in text_of(view)
    assert view.list.currentItem().text() == shelf().code("ddp_torch").title


def test_a_link_to_a_test_ticks_it_in_benchmark(qtbot, context, view):
    opened = []
    context.open_tab = opened.append
    bench = BenchView(context)
    qtbot.addWidget(bench)
    click(view, "hwstudio:bench/storage")
    assert opened == ["bench"]
    assert bench.model.state.bench.id == "storage"
    assert bench.model.state.chosen == ("storage",), "nothing else is measured"
    assert bench.model.state.plan == CHOSEN
    click(view, "hwstudio:bench/data_loading")
    assert bench.model.state.chosen == ("storage", "data_loading")
    bench.leave()


def test_a_link_to_the_ways_asks_workload_for_them(context, view):
    wanted = []
    context.open_tab = wanted.append
    context.shared.place_wanted.connect(lambda tab, place: wanted.append((tab, place)))
    click(view, "hwstudio:place/ways")
    assert wanted == ["workload", ("workload", "ways")]


def test_a_link_out_of_hwstudio_leads_nowhere(view):
    before = view.model.state
    click(view, "https://example.org")
    assert view.model.state is before


def test_copy_takes_the_whole_file_with_what_it_was_tested_with(view):
    assert not view.primary.isVisible()
    view.model.show("code", "timing_torch")
    view.primary.click()
    assert QGuiApplication.clipboard().text() == shelf().code("timing_torch").to_copy


def test_save_writes_the_file_or_says_why_not(view, tmp_path, monkeypatch):
    view.model.show("code", "timing_torch")
    file = tmp_path / "mine.py"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    view.save.click()
    assert file.read_text("utf-8") == shelf().code("timing_torch").to_copy
    view.model.save_code(tmp_path / "no folder" / "mine.py")
    assert "cannot be written" in view.model.state.error
    assert view.notice.isVisible()


def test_project_folders_are_created_where_one_says(qtbot, view, tmp_path, monkeypatch):
    view.model.show("page", "project_folders")
    assert view.primary.text() == "Create project folders…"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    view.primary.click()
    qtbot.waitUntil(lambda: "files written" in view.model.state.said, timeout=30_000)
    assert (tmp_path / "configs" / "base.toml").is_file()


def test_another_scheme_keeps_the_page_and_its_place(view, theme):
    view.model.show("code", "ddp_torch")
    bar = view.reader.verticalScrollBar()
    view.resize(1000, 400)
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    theme.set_mode("dark")
    assert bar.value() == place
    assert "DistributedDataParallel" in text_of(view)


def test_the_search_of_the_app_finds_pages_by_their_words(context, view):
    for command in page_commands(context):
        context.commands.add(command)
    found = context.commands.find("torchrun")
    assert [command.id for command in found] == ["learn.code.ddp_torch"]
    found[0].run()
    assert view.model.code == shelf().code("ddp_torch")


def test_a_cell_of_the_comparison_tells_more_when_one_rests_on_it(view):
    view.model.show("page", "which_device")
    found = view.reader.document().find("branches, little arithmetic")
    assert "scikit-learn runs on processors" in found.charFormat().toolTip()
    assert found.charFormat().anchorHref() == TIP
    here = view.model.state
    click(view, TIP)
    assert view.model.state is here, "a tip leads nowhere"


def test_bars_are_painted_as_long_as_their_share_and_this_computers_in_its_own_colour(theme):
    def first_and_length(bar):
        image = bar_image(bar, 1.0)
        row = [image.pixelColor(x, image.height() // 2 - 3) for x in range(image.width())]
        return row[5].name(), sum(colour.alpha() > 128 for colour in row)

    colour, length = first_and_length(Bar(0.5, 0.5, 0.5, True))
    other, whole = first_and_length(Bar(1.0, 1.0, 1.0, False))
    assert length == pytest.approx(whole / 2, abs=2)
    assert colour == theme.tokens.series[0].lower()
    assert colour != other


def test_the_way_from_a_page_to_the_chooser_names_its_tab(context, view):
    wanted = []
    context.open_tab = wanted.append
    context.shared.place_wanted.connect(lambda tab, place: wanted.append((tab, place)))
    click(view, "hwstudio:place/chooser")
    assert wanted == ["configure", ("configure", "chooser")]
