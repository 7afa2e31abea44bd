"""A run teaches the estimates from its page: asked first, told to every tab, forgotten again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hwstudio.core.history.runs import Runs
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.recorder_control import STOPPED
from hwstudio.core.monitor.runs.energy import Span
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.predicted import document_of
from hwstudio.core.monitor.runs.summary import summarize
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.project.measured_speeds import forget_observations, observations
from hwstudio.core.project.run_prediction import predict_run
from hwstudio.core.project.scoring import score
from hwstudio.gui.monitor.runs.detail import PREDICTION
from hwstudio.gui.monitor.runs.predict_dialog import PredictDialog
from hwstudio.gui.monitor.runs.teach_dialog import LOG, PART, WHOLE, TeachDialog
from hwstudio.gui.monitor.runs.view import RunsPage
from hwstudio.gui.monitor.services import MonitorServices

START = 1_760_000_000.0


@pytest.fixture
def predicted(catalog, fitted, speed_model):
    workload, gpu = catalog.workload("llm_qlora_8b"), catalog.match_gpu("RTX 4090")
    return predict_run(workload, gpu, 1, fitted, speed_model)


@pytest.fixture
def run(studio, predicted):
    """A run that did its whole job at 0.8 x of the speed expected."""
    asked = predicted.asked
    seconds = asked.units / asked.expected_per_s / 0.8
    made = Run(id="r", title="Fine-tune", started_s=START, ended_s=START + seconds,
               predicted=document_of(predicted))  # fmt: skip
    Runs(studio.history).put(made)
    return made


@pytest.fixture
def page(qtbot, context):
    services = MonitorServices(context, Sampler([]), lambda: STOPPED, pytest.fail)
    shown = RunsPage(services)
    qtbot.addWidget(shown)
    shown.resize(1232, 570)
    shown.show()
    yield shown
    shown.leave()
    shown.close()


def summed(qtbot, page):
    qtbot.waitUntil(lambda: page.model.state.row.facts is not None, timeout=8000)
    page.detail.tabs.setCurrentIndex(PREDICTION)


def says(monkeypatch, choice):
    """Let the person answer the dialog so."""

    def chosen(self):
        self.did.set_value(choice)
        self._show()
        return 1

    monkeypatch.setattr(TeachDialog, "exec", chosen)


def facts(run):
    span = Span(run.started_s, run.ended_s)
    return RunFacts(run, span, summarize({}, span), 1.0, (), {}, 1, None)


def test_a_person_says_it_was_the_whole_job_and_every_tab_hears_of_it(
    qtbot, run, page, context, monkeypatch
):
    studio = context.studio
    summed(qtbot, page)
    strip = page.detail.teach
    assert "Estimates can learn from this run" in page.detail.recorded.text()
    says(monkeypatch, WHOLE)
    with qtbot.waitSignal(context.shared.speeds_changed, timeout=20_000):
        strip.button.click()
    told = "This run taught the estimates: 0.80 x of what was expected"
    assert strip.words.text().startswith(told)
    assert told in page.detail.recorded.text()
    assert not page.detail.change_prediction.isEnabled()
    assert len(observations(studio.home.own_speeds_file)) == 1
    assert score(studio.home.prediction_log).rows[0].ratio == pytest.approx(0.8, rel=1e-4)
    with qtbot.waitSignal(context.shared.speeds_changed, timeout=20_000):
        strip.button.click()
    assert strip.button.text() == "Teach…"
    assert observations(studio.home.own_speeds_file) == ()
    assert Runs(studio.history).get("r") == run
    assert page.detail.change_prediction.isEnabled()


def test_who_says_nothing_teaches_nothing(qtbot, run, page, context, monkeypatch):
    summed(qtbot, page)
    says(monkeypatch, "")
    page.detail.teach.button.click()
    assert not page.teaching.is_busy
    assert observations(context.studio.home.own_speeds_file) == ()


def test_what_is_forgotten_in_another_tab_is_no_longer_said_here(
    qtbot, run, page, context, monkeypatch
):
    summed(qtbot, page)
    says(monkeypatch, WHOLE)
    with qtbot.waitSignal(context.shared.speeds_changed, timeout=20_000):
        page.detail.teach.button.click()
    forget_observations(context.studio.home.own_speeds_file)
    context.shared.speeds_changed.emit()
    assert page.detail.teach.button.text() == "Teach…"


def test_an_older_prediction_says_why_it_cannot_teach(qtbot, studio, run, predicted, page):
    Runs(studio.history).put(replace(run, predicted=document_of(replace(predicted, asked=None))))
    page.model.reload()
    summed(qtbot, page)
    assert "older hwstudio" in page.detail.teach.words.text()
    assert not page.detail.teach.button.isVisible()


def test_the_question_is_kept_and_its_answer_logged_when_it_is_attached(
    qtbot, studio, run, page, monkeypatch
):
    Runs(studio.history).put(replace(run, predicted={}))
    page.model.reload()
    summed(qtbot, page)

    def chosen(self):
        self.workload.set_value("llm_qlora_8b")
        self.gpu.setCurrentIndex(self.gpu.findText("GeForce RTX 4090"))
        return 1

    monkeypatch.setattr(PredictDialog, "exec", chosen)
    page.detail.predict_wanted.emit()
    qtbot.waitUntil(studio.home.prediction_log.exists, timeout=20_000)
    (row,) = json.loads(studio.home.prediction_log.read_text("utf-8"))["rows"]
    assert row["measured"] is None
    assert row["question"] == page.model.state.row.run.predicted["asked"]["question"]


class TestDialog:
    """It takes nothing as read."""

    def test_nothing_is_chosen_at_first(self, qtbot, run):
        dialog = TeachDialog(facts(run))
        qtbot.addWidget(dialog)
        assert dialog.reached is None
        assert not dialog.ok.isEnabled()

    def test_a_part_needs_its_number_and_says_what_it_means(self, qtbot, run):
        dialog = TeachDialog(facts(run))
        qtbot.addWidget(dialog)
        dialog.did.set_value(PART)
        dialog._show()
        assert not dialog.ok.isEnabled()
        dialog.part.set_value(15_000)
        dialog.part.changed.emit(15_000)
        assert dialog.ok.isEnabled()
        assert "0.40 x of what was expected" in dialog.words.text()

    def test_a_roughly_known_end_leaves_only_the_log(self, qtbot, run, tmp_path):
        folder = tmp_path / "logs"
        folder.mkdir()
        rows = [json.dumps({"step": n, "samples_per_second": 2.5}) for n in range(9)]
        (folder / "log.jsonl").write_text("\n".join(rows) + "\n")
        about = replace(run, note="Ended about 2026-11-28 10:00: so.", log_path=str(folder))
        dialog = TeachDialog(facts(about))
        qtbot.addWidget(dialog)
        assert dialog.did.count() == 1
        assert "only known roughly" in dialog.words.text()
        qtbot.waitUntil(lambda: dialog.did.count() == 2, timeout=8000)
        dialog.did.set_value(LOG)
        dialog._show()
        assert dialog.reached.units_per_s == 2.5
