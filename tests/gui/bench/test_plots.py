"""The chart of a run: what it shows of points that are no matrix sizes."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.bench.suites import benches
from hwstudio.core.model.result import Metric
from hwstudio.gui.bench.method_bars import method_bars
from hwstudio.gui.bench.plots import BenchPlots
from hwstudio.gui.bench.size_plot import SizePlot
from hwstudio.gui.bench.state import BenchState
from hwstudio.gui.bench.tables import point_rows
from tests.data.probe_results import product


def run(bench, points, unit):
    """Return a run of these medians."""
    metrics = tuple(Metric(name, unit, value, value, value, 20) for name, value in points.items())
    return replace(product(1e12), bench=bench, metrics=metrics)


def test_waiting_is_drawn_over_the_size_of_the_buffer_from_the_smallest_to_the_largest(qtbot):
    plots = BenchPlots()
    qtbot.addWidget(plots)
    points = {"latency 1 MiB": 9e-9, "latency 16 KiB": 1e-9, "read 16 KiB": 2e11}
    plots.show_result(run("memory_ladder", points, "s"))
    chart = plots.currentWidget()
    assert isinstance(chart, SizePlot)
    rows = chart.as_csv().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["16384", "1048576"]


def test_each_method_is_one_bar_of_its_quickest_training_and_tells_the_other_beside_it():
    made = run("classic_ml", {"kmeans 1": 0.4, "kmeans 2": 0.2, "pca 1": 0.01}, "s")
    bars = method_bars(made)
    assert [bar.name for bar in bars] == ["Principal components", "k-means"]
    assert bars[1].value == 0.2
    assert bars[1].text == "200 ms on 2 cores, 400 ms on 1"


def test_a_percentile_tells_how_many_answers_it_was_taken_from():
    made = run("onnx_inference", {"layers 1 CPU p95": 0.002}, "s")
    bench = next(each for each in benches() if each.id == "onnx_inference")
    (row,) = point_rows(BenchState(bench=bench, shown=replace(made, samples={}, conditions={})))
    assert row.samples == 20
