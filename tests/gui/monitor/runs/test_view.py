"""The Runs page as people use it: empty, with runs, with a log, by keyboard, by dropping."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.history.runs import Runs
from hwstudio.core.model.run import Run
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.recorder_control import STOPPED
from hwstudio.core.monitor.runs.predicted import GPU_BYTES, SECONDS, document_of, predicted_of
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.probe.live import ProcessUse
from hwstudio.core.project.run_prediction import predict_run
from hwstudio.gui.monitor.runs import run_dialog
from hwstudio.gui.monitor.runs.detail import CHARTS, CURVES, NUMBERS, PREDICTION
from hwstudio.gui.monitor.runs.predict_dialog import PredictDialog
from hwstudio.gui.monitor.runs.run_dialog import EditDialog, StartDialog
from hwstudio.gui.monitor.runs.tables import range_text
from hwstudio.gui.monitor.runs.view import RunsPage
from hwstudio.gui.monitor.services import MonitorServices

START = 1_760_000_000
DATA = Path(__file__).parents[3] / "core" / "monitor" / "curves" / "data"


@pytest.fixture
def log(tmp_path):
    """A run whose validation loss rises again."""
    folder = tmp_path / "logs"
    folder.mkdir()
    rows = [
        f"{n},{2 * math.exp(-n / 20)},{2 * math.exp(-n / 20) + 0.01 * max(0, n - 60)}"
        for n in range(150)
    ]
    (folder / "metrics.csv").write_text("step,train_loss,val_loss\n" + "\n".join(rows) + "\n")
    return folder


@pytest.fixture
def full(home, studio, catalog, log):
    """An hour of a GPU, and two runs in it: one with a prediction and a log."""
    writer = ReadingWriter.open(home.monitor_file)
    writer.begin("boot", 1.0)
    for second in range(3601):
        values = {"gpu.0.energy_j": 1000.0 + 360 * second, "gpu.0.power_w": 360.0,
                  "gpu.0.busy_share": 0.87, "gpu.0.vram_used_bytes": 20.0 * 2**30,
                  "gpu.0.vram_total_bytes": 24.0 * 2**30, "gpu.0.temperature_c": 66.0}  # fmt: skip
        writer.add(START + second, values)
    assert writer.flush()
    writer.close()
    predicted = predict_run(catalog.workload("llm_qlora_8b"), catalog.match_gpu("RTX 4090"), 1)
    runs = Runs(studio.history)
    runs.put(Run(id="new", title="Fine-tune", started_s=START, ended_s=START + 3600.0,
                 log_path=str(log), predicted=document_of(predicted)))  # fmt: skip
    runs.put(Run(id="old", title="Before the recorder", started_s=START - 9000.0,
                 ended_s=START - 8000.0))  # fmt: skip


@pytest.fixture
def page(qtbot, context):
    """Shows pages and closes them."""
    made = []
    problems = []

    def make():
        services = MonitorServices(context, Sampler([]), lambda: STOPPED, problems.append)
        found = RunsPage(services)
        found.problems = problems
        made.append(found)
        qtbot.addWidget(found)
        found.resize(1232, 570)
        found.show()
        return found

    yield make
    for found in made:
        found.leave()
        found.close()


def drawn(qtbot, shown):
    qtbot.waitUntil(lambda: shown.model.picture.run_id == shown.model.state.selected, timeout=8000)


def read(qtbot, shown):
    qtbot.waitUntil(lambda: len(shown.detail.curves.charts) > 0, timeout=8000)


def test_empty_it_says_what_it_is_for_and_has_one_button_to_begin(qtbot, page):
    shown = page()
    assert shown.right.currentIndex() == 0
    assert shown.first.button.text() == "Start a run"
    assert shown.first.button.isVisible()
    assert not shown.start.isVisible()
    assert not shown.end.isVisible()
    assert "Energy and use need the recorder: press Record" in shown.hint.text()


def test_a_run_is_told_in_a_sentence_with_figures_that_say_who(qtbot, page, full):
    shown = page()
    drawn(qtbot, shown)
    assert shown.detail.sentence.text() == (
        "Used 0.360 kWh (GPU energy counter), $0.06 at $0.165 per kWh; GPU 0 was in use 87 % of "
        "the time, at most 20.0 of 24 GiB."
    )
    figures = shown.detail.figures
    assert "GPU energy counter" in figures["Energy"].toolTip()
    assert "GlobalPetrolPrices" in figures["Cost"].toolTip()
    assert "GPU use: 87 %" in figures["GPU use"].accessibleName()
    titles = [chart.look.title for chart in shown.detail.charts.charts]
    assert titles == ["GPU use", "GPU memory", "Power", "Temperature"]
    power = shown.detail.charts.charts[2].look
    assert [limit.words for limit in power.limits] == ["predicted"]
    assert power.zones


def test_the_list_says_what_each_run_used(qtbot, page, full):
    shown = page()
    qtbot.waitUntil(lambda: all(row.facts for row in shown.model.state.rows), timeout=8000)
    told = [shown.list.model_.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(2)]
    assert told[0].startswith("Fine-tune, ended, ")
    assert told[0].endswith("1 h, 0.360 kWh · $0.06 · GPU 87 %")
    assert told[1].endswith("nothing recorded")
    lines = shown.list.as_csv().splitlines()
    assert lines[1].startswith("Fine-tune,ended,")
    assert ",3600,0.36," in lines[1]


def test_the_keyboard_goes_through_the_runs(qtbot, page, full):
    shown = page()
    drawn(qtbot, shown)
    shown.list.setFocus()
    qtbot.keyClick(shown.list, Qt.Key.Key_Down)
    assert shown.model.state.selected == "old"
    qtbot.waitUntil(lambda: "Nothing was recorded" in shown.detail.sentence.text(), timeout=8000)
    assert shown.detail._charts_stack.currentWidget() is shown.detail.no_charts


def test_numbers_and_prediction_are_tables_with_words(qtbot, page, full):
    shown = page()
    drawn(qtbot, shown)
    shown.detail.tabs.setCurrentIndex(NUMBERS)
    rows = {row.name: row for row in shown.detail.numbers.shown_rows()}
    assert rows["GPU 0: power"].stats.mean == pytest.approx(360.0)
    shown.detail.tabs.setCurrentIndex(PREDICTION)
    table = shown.detail.beside.as_markdown()
    assert "| Power of a GPU | 360 W |" in table
    assert "inside" in table
    assert shown.detail.beside_sentence.text()
    shown.detail.remove_prediction.click()
    assert shown.detail._prediction.currentWidget() is shown.detail.no_prediction
    drawn(qtbot, shown)
    qtbot.waitUntil(lambda: not shown.detail.charts.charts[2].look.zones, timeout=8000)


def test_a_unit_that_both_ends_of_a_range_share_is_said_once():
    assert range_text(GPU_BYTES, 7.5 * 2**30, 13.7 * 2**30) == "7.50 to 13.7 GiB"
    assert range_text(SECONDS, 23 * 60.0, 115 * 60.0) == "23 min to 1 h 55 min"


def test_the_curves_of_a_run_are_followed_only_while_they_are_seen(qtbot, page, full, log):
    shown = page()
    drawn(qtbot, shown)
    curves = shown.detail.curves
    assert not curves.model._timer.isActive()
    shown.detail.tabs.setCurrentIndex(CURVES)
    read(qtbot, shown)
    assert curves.model._timer.isActive()
    assert [chart.look.title for chart in curves.charts] == ["Loss"]
    qtbot.waitUntil(lambda: "rising since" in curves.sentences[0].text(), timeout=8000)
    with (log / "metrics.csv").open("a") as more:
        more.write("150,nan,1.5\n")
    qtbot.waitUntil(lambda: "became NaN" in curves.sentences[0].text(), timeout=8000)
    shown.detail.tabs.setCurrentIndex(CHARTS)
    assert not curves.model._timer.isActive()


def test_smoothing_axis_scale_and_total_are_wishes(qtbot, page, log):
    shown = page()
    shown.look_at_log(log)
    read(qtbot, shown)
    curves = shown.detail.curves
    curves.smoothing.setValue(0)
    qtbot.waitUntil(lambda: curves.model.picture.wish.smoothing == 0.0, timeout=8000)
    assert len(curves.charts[0].lines) == 2
    assert not curves.axis.isEnabled()
    curves.log_scale.setChecked(True)
    assert curves.charts[0].look.is_log
    curves.charts[0].window_wanted.emit((10.0, 50.0))
    qtbot.waitUntil(lambda: curves.model.picture.wish.window == (10.0, 50.0), timeout=8000)
    assert curves.charts[0].window_shown == (10.0, 50.0)
    curves.show_all()
    curves.total.edit.setText("300")
    curves.total.edit.editingFinished.emit()
    qtbot.waitUntil(lambda: "Time left" in curves.left.text(), timeout=8000)


def test_several_runs_of_a_log_can_be_hidden_one_by_one(qtbot, page):
    shown = page()
    shown.look_at_log(DATA / "tf2")
    read(qtbot, shown)
    curves = shown.detail.curves
    assert curves.runs.text() == "2 of 2 runs"
    curves._run_menu.actions()[0].setChecked(False)
    qtbot.waitUntil(lambda: curves.runs.text() == "1 of 2 runs", timeout=8000)
    curves._run_menu.actions()[1].setChecked(False)
    qtbot.waitUntil(lambda: curves.empty.button.text() == "Show all runs", timeout=8000)
    curves.empty.button.click()
    qtbot.waitUntil(lambda: curves.runs.text() == "2 of 2 runs", timeout=8000)


def test_a_folder_without_curves_and_a_file_that_is_none_are_told_in_words(qtbot, page, tmp_path):
    shown = page()
    words = shown.detail.curves.empty._words
    (tmp_path / "empty").mkdir()
    shown.look_at_log(tmp_path / "empty")
    qtbot.waitUntil(lambda: words.text().startswith("There is nothing to plot"), timeout=8000)
    (tmp_path / "notes.bin").write_bytes(b"\0\1\2")
    shown.look_at_log(tmp_path / "notes.bin")
    qtbot.waitUntil(lambda: "is not a training log" in words.text(), timeout=8000)
    shown.detail.close_log.click()
    assert shown.right.currentIndex() == 0


def test_a_log_is_dropped_onto_the_page(qtbot, page, log):
    shown = page()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(log))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none)
    shown.dropEvent(event)
    read(qtbot, shown)
    assert shown.detail.log_title.text() == "Training log: logs"
    assert not shown.detail.tabs.isVisible()


def test_curves_are_copied_and_every_point_is_saved(qtbot, page, log, tmp_path):
    shown = page()
    shown.look_at_log(log)
    read(qtbot, shown)
    curves = shown.detail.curves
    curves.copy_csv()
    assert QGuiApplication.clipboard().text().startswith("chart,curve,step,value")
    curves.copy_svg()
    assert "<svg" in QGuiApplication.clipboard().text()
    curves.copy_png()
    assert not QGuiApplication.clipboard().image().isNull()
    with qtbot.waitSignal(curves.said, timeout=8000) as told:
        curves.save_to(tmp_path / "points.all.csv")
    assert told.args == ["300 points written to points.all.csv"]
    curves.save_to(tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").is_file()
    refused = []
    curves.refused.connect(refused.append)
    curves.save_to(tmp_path / "curves.docx")
    assert "Cannot save" in refused[0]


def test_runs_are_started_renamed_ended_and_deleted_from_the_page(qtbot, page, monkeypatch, studio):
    shown = page()
    monkeypatch.setattr(StartDialog, "exec", lambda self: 1)
    shown.first.button.click()
    run = shown.model.state.row.run
    assert run.title.startswith("Run of ")
    assert shown.end.isEnabled()

    def edited(self):
        self.name.setText("Named")
        self.note.setPlainText("worth it")
        return 1

    monkeypatch.setattr(EditDialog, "exec", edited)
    shown.edit.click()
    assert Runs(studio.history).get(run.id).note == "worth it"
    shown.end.click()
    assert not shown.model.state.row.run.is_open
    assert not shown.end.isEnabled()
    asked = []
    shown.ask = lambda question: bool(asked.append(question))
    shown.delete.click()
    assert "“Named”" in asked[0]
    assert len(shown.model.state.rows) == 1
    shown.ask = lambda question: True
    shown.delete.click()
    assert shown.model.state.rows == ()


def test_a_prediction_is_chosen_from_the_catalogue(qtbot, page, full, monkeypatch, studio):
    shown = page()
    drawn(qtbot, shown)
    shown.model.select("old")

    def chosen(self):
        self.workload.set_value("resnet50_train")
        self.count.setValue(4)
        return 1

    monkeypatch.setattr(PredictDialog, "exec", chosen)
    shown.detail.predict_wanted.emit()
    kept = predicted_of(Runs(studio.history).get("old").predicted)
    assert (kept.workload, kept.count) == ("Train ResNet-50 on images", 4)


def test_every_widget_that_takes_focus_has_a_name(qtbot, page, full):
    shown = page()
    drawn(qtbot, shown)
    for number in range(4):
        shown.detail.tabs.setCurrentIndex(number)
        if number == CURVES:
            read(qtbot, shown)
        for widget in shown.findChildren(QWidget):
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
                continue
            face = QAccessible.queryAccessibleInterface(widget)
            assert face is not None
            assert face.text(QAccessible.Text.Name), widget


@pytest.mark.parametrize("number", [CHARTS, NUMBERS, PREDICTION, CURVES])
def test_it_fits_into_the_smallest_window(qtbot, page, full, number):
    shown = page()
    drawn(qtbot, shown)
    shown.detail.tabs.setCurrentIndex(number)
    if number == CURVES:
        read(qtbot, shown)
        qtbot.waitUntil(lambda: bool(shown.detail.curves.sentences[0].text()), timeout=8000)
    shown.resize(912, 447)  # what 960x600 leaves beside the frame of the window and the tab
    qtbot.wait(150)
    assert (shown.width(), shown.height()) == (912, 447)
    assert not shown.detail._figures.isVisible()


def test_the_theme_is_followed(qtbot, page, full, context):
    shown = page()
    drawn(qtbot, shown)
    context.theme.set_mode("dark")
    shown.grab()
    context.theme.set_mode("light")
    shown.grab()


def test_hiding_the_page_stops_every_timer(qtbot, page, full):
    shown = page()
    drawn(qtbot, shown)
    shown.detail.tabs.setCurrentIndex(CURVES)
    shown.hide()
    assert not shown.model._timer.isActive()
    assert not shown.detail.curves.model._timer.isActive()


class TestStartDialog:
    """By hand or with a process, which GPUs, which log."""

    processes = (
        ProcessUse(5, "browser", "me", 0.9, 2**30),
        ProcessUse(7, "python train.py", "me", 0.5, 2**30, 2**33),
    )
    gpus = (Device("gpu.0", "RTX 4090", "gpu"), Device("gpu.1", "RTX 4090", "gpu"))

    @pytest.fixture
    def dialog(self, qtbot, theme):
        made = StartDialog(lambda: self.processes, self.gpus)
        qtbot.addWidget(made)
        made.show()
        return made

    def test_the_process_with_gpu_memory_is_offered_first(self, dialog):
        dialog.ending.set_value("process")
        dialog.ending.chosen.emit("process")
        assert dialog.wish().pid == 7
        assert dialog.processes.isVisible()
        dialog.ending.set_value("hand")
        dialog.ending.chosen.emit("hand")
        assert dialog.wish().pid is None

    def test_all_gpus_are_meant_by_default(self, dialog):
        assert dialog.wish().devices == ()
        dialog.gpus[1].setChecked(False)
        assert dialog.wish().devices == ("gpu.0",)
        dialog.gpus[0].setChecked(False)
        dialog.accept()
        assert dialog.isVisible()
        assert dialog._problem.text() == "Tick at least one GPU."

    def test_a_run_needs_a_name(self, dialog):
        dialog.name.setText("  ")
        dialog.accept()
        assert dialog.isVisible()

    def test_processes_that_are_not_read_yet_come_as_soon_as_they_are(self, qtbot, theme):
        found = []
        made = StartDialog(lambda: found, ())
        qtbot.addWidget(made)
        made.show()
        made.ending.set_value("process")
        made.ending.chosen.emit("process")
        assert made._timer.isActive()
        made.accept()
        assert made.isVisible()
        found.extend(self.processes)
        qtbot.waitUntil(lambda: made.wish().pid == 7, timeout=3000)
        assert not made._timer.isActive()


def test_the_tariff_is_the_users(page, studio):
    tariff = page()._tariff()
    assert tariff.per_kwh == Decimal(str(studio.settings.electricity_per_kwh))
    assert run_dialog.suggested_title(0.0).startswith("Run of ")


def test_a_prediction_can_be_attached_as_soon_as_it_is_there(qtbot, studio):
    dialog = PredictDialog(studio.catalog, studio.predictors.now, "RTX 4090", 2)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog._attach.isEnabled()
    qtbot.waitUntil(dialog._attach.isEnabled, timeout=20_000)
    shown = dialog.predicted()
    workload = studio.catalog.workload(dialog.workload.value)
    gpu = studio.catalog.match_gpu("RTX 4090")
    speed = studio.predictors.now().speed(workload, gpu, count=2)
    assert shown.figures[SECONDS].median == pytest.approx(workload.job_units / speed.median)
    dialog.count.setValue(1)
    assert not dialog._attach.isEnabled()
    qtbot.waitUntil(dialog._attach.isEnabled, timeout=20_000)
    assert dialog.predicted().count == 1
