"""The Benchmark tab in its window: one button, the answer in a sentence, tables that agree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.bench.devices import Device, Surroundings
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.gui.bench.details import PUBLISHED, RUNS
from hwstudio.gui.bench.state import LiveRun, LiveSeries, Phase
from hwstudio.gui.bench.tables import EARLIER_COLUMN
from hwstudio.gui.bench.view import BenchView
from tests.data.probe_results import step

AROUND = Surroundings(
    Interpreter("py", "3.12", "2.13.0"), (Device("cpu", "CPU: mine", ("fp32", "bf16")),)
)


def point(name, median, width=0.01, unit="FLOP/s") -> Metric:
    return Metric(name, unit, median, median * (1 - width), median * (1 + width), 20)


def result(ident="a", **more) -> Result:
    made = Result(
        id=ident,
        bench="torch_matmul",
        method_version=1,
        taken_at="2026-11-20T10:00:00Z",
        machine="m",
        device="Some CPU",
        params={"device": "auto"},
        outcome=Outcome.FINISHED,
        words="",
        verdict="ok",
        verdict_reason="",
        metrics=(point("fp32 512", 1.9e11), point("fp32 1024", 2.11e11), point("bf16 512", 4e11)),
        samples={"fp32 512": [1.9e11] * 3, "fp32 1024": [2e11] * 4, "bf16 512": [4e11] * 5},
        conditions={
            "device": {"device": "cpu", "threads": 2},
            "series": {n: {"unit": "FLOP/s"} for n in ("fp32 512", "fp32 1024", "bf16 512")},
            "verdicts": {
                n: {"verdict": "ok", "reason": ""} for n in ("fp32 512", "fp32 1024", "bf16 512")
            },
        },
    )
    return replace(made, **more)


@pytest.fixture
def make(qtbot, context, monkeypatch):
    """Open the tab over a history of some results."""
    monkeypatch.setattr(
        "hwstudio.gui.bench.viewmodel.BenchViewModel.look", lambda self: self._on_looked(AROUND)
    )
    made = []

    def go(*results):
        for each in results:
            context.studio.history.add_result(each)
        view = BenchView(context)
        qtbot.addWidget(view)
        view.resize(1280, 640)
        view.show()
        qtbot.waitExposed(view)
        made.append(view)
        return view

    yield go
    for view in made:
        view.leave()


def test_at_first_it_says_what_this_is_for_and_offers_the_one_button(make):
    view = make()
    assert view.empty.isVisible()
    assert not view.details.isVisible()
    assert view.empty.button.text() == "Run quick check"
    assert view.empty.button.isEnabled()
    assert not view.run_button.isVisible(), "one button to begin"


def test_a_result_is_a_sentence_with_a_verdict(make):
    view = make(result())
    said = view.answer.sentence.text()
    assert "Your CPU does 211 GFLOP/s in fp32 at 1024 and 400 GFLOP/s in bf16 at 512." in said
    assert "clean, within ±1.0 %" in said
    assert view.answer.chip.accessibleName() == "Clean measurement"


def test_every_point_has_a_row_with_its_interval_and_samples(make):
    view = make(result())
    rows = view.details.points.shown_rows()
    assert [(row.name, row.samples) for row in rows] == [
        ("fp32 512", 3),
        ("fp32 1024", 4),
        ("bf16 512", 5),
    ]
    assert "211 GFLOP/s" in view.details.points.as_csv()


def test_a_busy_machine_shows_no_number_but_the_reason(make):
    busy = {"fp32 512": {"verdict": "busy", "reason": "Other programs took the processor away"}}
    view = make(
        result(
            metrics=(),
            verdict="busy",
            verdict_reason="Other programs took the processor away.",
            conditions={**result().conditions, "verdicts": busy},
        )
    )
    assert view.answer.sentence.text().startswith("No result. Other programs")
    assert view.answer.chip.accessibleName() == "Machine was busy"
    assert "no result" in view.details.points.as_csv()


def test_points_that_other_programs_cost_are_counted(make):
    marks = {"fp32 512": "ok", "fp32 1024": "busy", "bf16 512": "busy"}
    verdicts = {name: {"verdict": word, "reason": "why"} for name, word in marks.items()}
    view = make(
        result(
            metrics=(point("fp32 512", 1.9e11),),
            verdict="busy",
            conditions={**result().conditions, "verdicts": verdicts},
        )
    )
    said = view.answer.sentence.text()
    assert "190 GFLOP/s" in said
    assert "disturbed 2 of 3 points, which have no result" in said


@pytest.mark.parametrize(
    ("outcome", "word"), [(Outcome.CRASHED, "Crashed"), (Outcome.CANCELLED, "Stopped by you")]
)
def test_a_run_that_did_not_finish_says_why_and_how_much_was_kept(make, outcome, word):
    view = make(result(outcome=outcome, words="The memory ran out.", metrics=(), verdict=""))
    assert view.answer.sentence.text() == "The memory ran out. 12 samples were kept."
    assert view.answer.chip.accessibleName() == word


def test_a_scaling_result_says_what_is_lost_and_where(make):
    view = make(
        result(
            bench="ddp",
            metrics=(
                point("efficiency", 0.72, unit="1"),
                point("compute_share", 0.96, unit="1"),
                point("communication_share", 0.75, unit="1"),
            ),
            samples={"efficiency": [0.7, 0.72, 0.74]},
            conditions={"ranks": [{}, {}], "series": {"efficiency": {"unit": "1"}}},
        )
    )
    view.model.choose_bench("ddp")
    said = view.answer.sentence.text()
    assert "2 processes together do 72 % of 2 times one." in said
    assert "keeps 96 %, exchanging gradients keeps 75 %" in said


def test_while_it_runs_the_button_cancels_and_the_step_and_time_left_are_said(make, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.bench.answer.monotonic_s", lambda: 100.0)
    view = make(result())
    series = (LiveSeries("fp32 512", "FLOP/s", (1e11, 2e11)),)
    live = LiveRun("fp32 1024", 2, 8, 1, 1, "Matrix product", 0.2, 130.0, series)
    view.model._set(phase=Phase.RUNNING, live=live)
    assert view.run_button.text() == "Cancel"
    assert view.run_button.isEnabled()
    assert view.answer.sentence.text() == (
        "Matrix product: fp32 1024, step 3 of 8, about 30 s left."
    )
    assert view.answer.progress.isVisible()
    assert not view.choices.tests.isEnabled()
    assert not view.details.isVisible(), "the tables tell of the run before"
    view.model._set(phase=Phase.STOPPING)
    assert not view.run_button.isEnabled()
    view.model._set(phase=Phase.IDLE)
    assert not view.answer.progress.isVisible()


def test_no_python_with_torch_is_said_in_place_and_the_button_waits(make):
    view = make()
    view.model._on_look_failed("No Python with torch was found. Install it with pip.")
    assert view.frame.notice.isVisible()
    assert "Install it" in view.frame.notice.accessibleName()
    assert not view.run_button.isEnabled()


def test_choosing_a_run_in_the_list_shows_it(make, qtbot):
    old = result("old", taken_at="2026-11-19T10:00:00Z", device="Old CPU")
    view = make(old, result("new"))
    view.details.tabs.setCurrentIndex(RUNS)
    ratios = [
        view.details.runs.model_.columns[4].shown(row) for row in view.details.runs.shown_rows()
    ]
    assert ratios == ["shown", "–"], "another device is not compared"
    view.details.runs.selectRow(1)
    assert view.model.state.shown.id == "old"


def test_a_deleted_run_comes_back_by_the_notices_button(make):
    view = make(result("a"), result("b", taken_at="2026-11-21T10:00:00Z"))
    view.details.delete.click()
    assert [row.result.id for row in view.details.runs.shown_rows()] == ["a"]
    view.frame.notice.acted.emit()
    assert {row.result.id for row in view.details.runs.shown_rows()} == {"a", "b"}


def test_a_processor_has_no_published_results_and_the_table_says_so(make):
    view = make(result())
    view.details.tabs.setCurrentIndex(PUBLISHED)
    assert view.details.published.shown_rows() == ()
    assert "GPUs, not for processors" in view.details.published._empty.text()


def test_the_form_follows_the_benchmark(make):
    view = make()
    view.model.choose_bench("ddp")
    assert set(view.choices.form.fields) == {"nproc", "device", "batch"}
    view.choices.form.fields["nproc"].edit.setText("3")
    view.choices.form.fields["nproc"].edit.editingFinished.emit()
    assert view.model.state.values["nproc"] == 3


def test_training_says_pictures_and_tokens_and_its_precision_can_be_chosen(make):
    view = make(step())
    view.model.choose_bench("training_step")
    said = view.answer.sentence.text()
    assert (
        "trains ResNet-18 on 30.0 pictures/s and a small language model on 2,500 tokens/s." in said
    )
    view.choices.form.fields["precision"].chosen.emit("bf16")
    assert view.model.state.values["precision"] == "bf16"


def test_a_precision_the_device_lacks_cannot_be_ticked(make):
    boxes = make().choices.form.fields["precisions"].boxes
    assert not boxes["tf32"].isEnabled()
    assert boxes["fp32"].isEnabled()


def test_the_charts_follow_the_scheme_and_have_words_for_screen_readers(make, context):
    view = make(result())
    context.theme.set_mode("dark")
    plot = view.answer.plots.currentWidget()
    assert "GFLOP/s" in plot.accessibleDescription()


def test_the_list_of_tests_never_scrolls_by_itself_and_keeps_its_first_row(make, qtbot):
    view = make()
    view.model.set_plan("chosen")
    tests = view.choices.tests
    tests.setCurrentRow(tests.count() - 1)
    qtbot.wait(20)
    assert tests.verticalScrollBar().maximum() == 0
    assert tests.visualItemRect(tests.item(0)).top() >= 0


def test_points_have_their_whole_names_in_a_small_window(make, qtbot):
    names = ("all_reduce", "together_rate")
    run = result(
        bench="ddp",
        metrics=tuple(point(name, 15_180.0, unit="samples/s") for name in names),
        conditions={"verdicts": {name: {"verdict": "ok"} for name in names}},
    )
    before = replace(run, id="b", taken_at="2026-11-19T10:00:00Z")
    view = make(before, run)
    view.model.choose_bench("ddp")
    view.model.select("a")
    points = view.details.points
    qtbot.waitUntil(lambda: points.model().rowCount() == 2)
    assert not points.isColumnHidden(EARLIER_COLUMN)
    for column in (0, 1):
        words = [points.model().index(row, column).data() for row in (0, 1)]
        widest = max(map(points.fontMetrics().horizontalAdvance, words))
        assert points.columnWidth(column) >= widest + 20, words


def test_a_number_that_the_test_chooses_itself_is_not_shown_as_zero(make):
    view = make()
    view.model.choose_bench("largest_batch")
    field = view.choices.form.fields["limit_mib"]
    assert (field.edit.text(), field.edit.placeholderText()) == ("", "Automatic")
    field.edit.setText("512")
    field.edit.editingFinished.emit()
    assert view.model.state.values["limit_mib"] == 512
    field.edit.setText("")
    field.edit.editingFinished.emit()
    assert view.model.state.values["limit_mib"] == 0
    assert not field.is_bad
