"""The tables classic methods are measured on, and what is refused of what they learned."""

from __future__ import annotations

import pytest

from hwstudio.core.bench.suite.classic_ml import METHODS
from hwstudio.core.model.classic_job import Method
from hwstudio.worker.channel import Failure
from hwstudio.worker.kernels import classic_ml
from hwstudio.worker.kernels.classic_tasks import Task, table

np = pytest.importorskip("numpy")


class Recorder:
    """Stands in for the channel."""

    def __init__(self) -> None:
        self.told = {}

    def emit(self, _event, **data) -> None:
        self.told[data["name"]] = data["value"]


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    first, again, other = (table(np, (50, 4), "float64", seed) for seed in (1, 1, 2))
    assert all((one == two).all() for one, two in zip(first, again, strict=True))
    assert (first[0] != other[0]).any()


def test_a_table_can_be_learned_and_its_wrong_classes_are_as_many_as_asked():
    clear, noisy = (table(np, (20_000, 10), "float32", 3, flipped) for flipped in (0.0, 0.2))
    assert (clear[0] == noisy[0]).all()
    assert (clear[2] != noisy[2]).mean() == pytest.approx(0.2, abs=0.01)
    assert ((clear[1] > 0) == clear[2]).mean() > 0.8  # a straight line tells most of it


@pytest.mark.parametrize("reached", [0.5, float("nan")])
def test_a_method_that_learned_nothing_is_refused(reached):
    with pytest.raises(Failure, match="did not learn"):
        Task("random_forest", object, lambda _: reached).check(object())


def test_every_predicted_method_is_measured_and_on_one_core_too():
    assert set(METHODS) == set(classic_ml.TASKS) >= {m.value for m in Method}
    points = classic_ml._points([m.value for m in Method], 4, Recorder())
    assert {method for method, threads in points if threads == 1} == {m.value for m in Method}
    assert ("kernel_svm", 4) not in points  # its library has no threads


def test_a_package_that_is_not_installed_is_named_and_left_out(monkeypatch):
    monkeypatch.setattr(classic_ml, "find_spec", lambda _: None)
    told = Recorder()
    assert classic_ml._points(["xgboost", "pca"], 1, told) == [("pca", 1)]
    assert "xgboost" in next(iter(told.told))
