"""A validation loss is judged beside the training loss it belongs to."""

from __future__ import annotations

import math

from hwstudio.core.monitor.curves.follow import open_log
from hwstudio.core.monitor.curves.marks import MarkKind
from hwstudio.core.monitor.runs.log_marks import curves_of, marks_in, training_loss_of


def read(path):
    log = open_log(path)
    log.poll(1.0)
    while log.is_behind:
        log.poll(1.0)
    return log


def test_over_fitting_is_told_with_the_training_loss_of_a_run_beside(tmp_path):
    for name, rises in (("train", False), ("validation", True)):
        folder = tmp_path / name
        folder.mkdir()
        rows = [
            f"{n},{2.5 * math.exp(-n / 20) + (0.01 * max(0, n - 60) if rises else 0)}"
            for n in range(150)
        ]
        (folder / "metrics.csv").write_text("epoch,loss\n" + "\n".join(rows) + "\n")
    every = curves_of(read(tmp_path))
    (checked,) = [curve for curve in every if curve.run == "validation"]
    beside = training_loss_of(checked, every)
    assert beside is not None
    assert beside is next(curve for curve in every if curve.run == "train").series
    (mark,) = marks_in(checked, every)
    assert mark.kind is MarkKind.OVERFIT
    assert "training loss went on falling" in mark.sentence


def test_only_a_validation_loss_has_a_training_loss(tmp_path):
    (tmp_path / "metrics.csv").write_text("step,loss,accuracy\n1,2,0.1\n2,1,0.2\n")
    every = curves_of(read(tmp_path))
    assert [training_loss_of(curve, every) for curve in every] == [None, None]
