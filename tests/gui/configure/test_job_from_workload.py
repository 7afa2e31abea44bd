"""A job described in Workload becomes the job a computer is planned for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QThreadPool

from hwstudio.gui.configure.view import ConfigureView

LORA = "model:llama-3.1-8b?mode=lora"
CHAT = "model:llama-3.1-8b?mode=inference"


@pytest.fixture
def view(qtbot, context, planner, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.configure.making.ProjectPlanner", lambda *_asked: planner)

    def make():
        made = ConfigureView(context)
        qtbot.addWidget(made)
        made.resize(1280, 660)
        qtbot.waitUntil(lambda: not made.model.state.is_updating, timeout=20_000)
        return made

    yield make
    QThreadPool.globalInstance().waitForDone(10_000)


def test_a_job_asked_for_before_the_tab_was_open_is_planned_when_it_opens(context, view):
    context.shared.want_job(LORA)
    model = view().model
    assert model.state.project.workload_id == LORA
    assert "LoRA" in model.state.answer.workload.title
    assert not context.shared.waiting_jobs


def test_a_further_job_stands_beside_the_first_and_one_undo_takes_it_back(context, view):
    model = view().model
    first = model.state.project.workload_id
    context.shared.want_job(CHAT, is_further=True)
    assert model.state.project.also == (CHAT,)
    context.shared.want_job(CHAT, is_further=True)
    assert model.state.project.also == (CHAT,)
    model.undo()
    assert model.state.project.also == ()
    assert model.state.project.workload_id == first
