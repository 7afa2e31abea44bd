"""Another tab asks for one test; Benchmark chooses it with the settings and starts it."""

from __future__ import annotations

from hwstudio.core.bench.devices import Surroundings
from hwstudio.core.bench.launch import Interpreter
from hwstudio.gui.bench.plan import CHOSEN
from hwstudio.gui.bench.view import BenchView


def test_a_test_that_was_asked_for_starts_once_a_python_is_found(qtbot, context, monkeypatch):
    view = BenchView(context)
    qtbot.addWidget(view)
    started = []
    monkeypatch.setattr(view.model, "_start", started.append)
    monkeypatch.setattr(view.model, "look", lambda: None)
    context.shared.want_test("largest_batch", {"networks": ["resnet50"]})
    assert view.model.state.plan == CHOSEN
    assert view.model.state.chosen == ("largest_batch",)
    assert view.model.state.values["networks"] == ["resnet50"]
    assert not started  # no Python is known yet
    monkeypatch.setattr(type(view.model.state), "can_run", True)
    view.model._on_looked(Surroundings(None, (), ""))
    assert [step.params for step in started[0].steps] == [{"networks": ["resnet50"]}]
    view.model._on_looked(Surroundings(None, (), ""))
    assert len(started) == 1  # looking again starts nothing


def test_a_test_that_cannot_run_here_says_why_and_what_to_do(qtbot, context, monkeypatch):
    view = BenchView(context)
    qtbot.addWidget(view)
    monkeypatch.setattr(view.model, "look", lambda: None)
    context.shared.want_test("classic_ml", {})
    view.model._on_looked(Surroundings(Interpreter("py", "3.12", "2.13")))
    said = view.model.state.message
    assert said is not None
    assert said.text == (
        "Classic ML cannot run here: this Python has no sklearn. Install it with: "
        "pip install scikit-learn, or choose a Python that has sklearn."
    )
