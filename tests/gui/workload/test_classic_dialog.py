"""Classic ML in the window: fields follow the method, the answer follows the fields."""

from __future__ import annotations

import pytest

from hwstudio.core.model.classic_job import Method
from hwstudio.core.predict.classic.rates import Ground
from hwstudio.gui.workload.classic_dialog import ClassicDialog


@pytest.fixture
def dialog(qtbot, theme, catalog):
    own = Ground(name="a processor", cores=8, memory_bytes=16 * 2**30)
    made = ClassicDialog(own, catalog.cpus()[:3])
    qtbot.addWidget(made)
    return made


def choose(dialog, method):
    dialog.method.set_value(method.value)
    dialog.method.chosen.emit(method.value)


def shown(dialog):
    return {name for name, field in dialog.fields.items() if not field.isHidden()}


def test_only_what_the_method_reads_is_asked(dialog):
    choose(dialog, Method.FOREST)
    assert {"trees", "depth"} <= shown(dialog)
    choose(dialog, Method.KMEANS)
    assert "clusters" in shown(dialog)
    assert not {"trees", "depth"} & shown(dialog)


def test_an_estimate_leads_with_its_range_and_its_ground(dialog):
    assert dialog.sentence.text().startswith("Between ")
    assert "measured by hwstudio" in dialog.ground.text()


def test_a_larger_table_stops_fitting(dialog):
    assert "It fits" in dialog.sentence.text()
    dialog.fields["rows"].set_value(1e9)
    dialog.fields["rows"].changed.emit(1e9)
    assert "does not fit" in dialog.sentence.text()


def test_another_processor_answers_for_its_own_memory_only(dialog, catalog):
    dialog.place.set_value(catalog.cpus()[0].id)
    dialog.place.chosen.emit(catalog.cpus()[0].id)
    assert "yours to choose" in dialog.sentence.text()


def test_measuring_leaves_for_the_benchmark(dialog, qtbot):
    with qtbot.waitSignal(dialog.accepted):
        dialog.measure.click()
    assert dialog.wants_test
