"""Usual tasks as a person finds and opens them."""

from __future__ import annotations

import pytest

from hwstudio.core.base.units import gib
from hwstudio.core.predict.tasks import task_answers
from hwstudio.gui.workload.tasks_dialog import CPU_ENOUGH, TasksDialog, card_text, memory_text


@pytest.fixture
def dialog(qtbot, catalog):
    models = {model.id: model for model in catalog.known_models()}
    made = TasksDialog(lambda: task_answers(models, catalog.gpus()))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: len(made.table.shown_rows()) > 15, timeout=20_000)
    return made


def row_of(dialog, words):
    return next(row for row in dialog.table.shown_rows() if words in row.task.title)


def test_every_task_names_its_models_and_the_memory_never_a_card_alone(dialog):
    for row in dialog.table.shown_rows():
        assert row.models
        if row.card is not None and not row.is_cpu_enough:
            assert card_text(row).startswith(gib(row.card.vram_bytes))
            assert row.card.vram_bytes >= row.need_high_bytes


def test_where_a_processor_is_enough_it_says_so_and_opens_nothing(dialog):
    row = row_of(dialog, "Forecasting, classical")
    assert memory_text(row) == card_text(row) == CPU_ENOUGH
    dialog._on_row(row)
    assert not dialog.opener.isEnabled()
    assert "needs no GPU" in dialog.note.text()


def test_a_classical_method_that_is_counted_can_be_opened(dialog):
    row = row_of(dialog, "Text classification, classical")
    dialog._on_row(row)
    assert row.is_classic
    assert dialog.opener.isEnabled()


def test_reinforcement_learning_counts_the_processors_part(dialog):
    dialog._on_row(row_of(dialog, "Reinforcement learning from pictures"))
    assert "one core for each environment" in dialog.note.text()


def test_a_double_click_opens_the_task(dialog, qtbot):
    row = row_of(dialog, "QLoRA")
    with qtbot.waitSignal(dialog.accepted):
        dialog._on_activated(row)
    assert dialog.chosen is row
    assert row.opens.id == "llama-3.1-8b"
