"""Classic methods: what grows with what, ranges as wide as the ground is thin, and refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.classic_job import ClassicJob, Method
from hwstudio.core.model.prediction import Evidence
from hwstudio.core.predict.classic.answer import answer
from hwstudio.core.predict.classic.rates import Ground, reckoned, seen_of
from hwstudio.core.predict.classic.work import operations
from hwstudio.core.predict.memory import Fit

GIB = 2**30
MACHINE = Ground(name="a processor", cores=8, memory_bytes=16 * GIB)
MEASURED = replace(MACHINE, seen={m: seen_of({1: 1e9, 8: 4e9}) for m in Method}, source="measured")


def job(method=Method.BOOSTING, **about):
    return ClassicJob(**{"method": method, "rows": 100_000, "columns": 50, **about})


@pytest.mark.parametrize("method", Method)
def test_more_rows_never_take_less_time_or_memory(method):
    small, large = answer(job(method), MACHINE), answer(job(method, rows=400_000), MACHINE)
    assert large.time.median > small.time.median
    assert large.memory.median > small.memory.median
    for told in (small, large):
        assert 0 < told.time.low < told.time.median < told.time.high
        assert 0 < told.memory.low <= told.memory.median < told.memory.high


@pytest.mark.parametrize(
    ("method", "more"),
    [
        (Method.FOREST, {"trees": 200}),
        (Method.BOOSTING, {"trees": 200}),
        (Method.BOOSTING, {"leaves": 127}),
        (Method.KMEANS, {"clusters": 32}),
        (Method.LOGISTIC, {"iterations": 400}),
        (Method.LOGISTIC, {"classes": 10}),
        (Method.NEIGHBOURS, {"asked": 50_000}),
        (Method.LINEAR, {"columns": 100}),
        (Method.PCA, {"columns": 100}),
        (Method.SVM, {"columns": 100}),
    ],
)
def test_the_numbers_of_a_method_count(method, more):
    assert operations(job(method, **more)) > operations(job(method))


def test_a_kernel_machine_takes_four_times_as_long_for_twice_the_rows():
    assert operations(job(Method.SVM, rows=200_000)) == 4 * operations(job(Method.SVM))


def test_a_tree_cut_short_is_less_work_and_less_memory():
    whole, cut = answer(job(Method.FOREST), MACHINE), answer(job(Method.FOREST, depth=6), MACHINE)
    assert cut.time.median < whole.time.median
    assert cut.memory.high < whole.memory.high


def test_an_answer_without_a_measurement_is_estimated_and_never_narrow():
    told = answer(job(), MACHINE)
    assert told.time.evidence is Evidence.ESTIMATED
    assert told.time.high / told.time.low > 9
    assert "measured by hwstudio" in told.time.inputs["ground"]


def test_a_measurement_here_narrows_the_range_and_is_named():
    told, reckoned_only = answer(job(), MEASURED), answer(job(), MACHINE)
    assert told.time.evidence is Evidence.MEASURED_HERE
    assert told.time.high / told.time.low < reckoned_only.time.high / reckoned_only.time.low
    assert told.time.inputs["ground"] == "measured"


def test_more_cores_help_as_much_as_was_measured_and_not_where_the_library_has_no_threads():
    one, eight = (answer(job(processes=n), MEASURED).time.median for n in (1, 8))
    assert one / eight == pytest.approx(4)
    one, eight = (answer(job(Method.SVM, processes=n), MEASURED).time.median for n in (1, 8))
    assert one == eight


def test_more_trainings_at_once_than_cores_save_nothing():
    eight, many = (answer(job(search=20, folds=5, processes=n), MEASURED) for n in (8, 64))
    assert eight.time.median == many.time.median


def test_a_search_takes_its_trainings_and_every_process_its_own_table():
    one, search = answer(job(), MEASURED), answer(job(search=10, folds=5), MEASURED)
    assert search.time.median == pytest.approx(one.time.median * (1 + 50 * 0.8), rel=0.05)
    side_by_side = answer(job(search=10, folds=5, processes=4), MEASURED)
    assert side_by_side.time.median < search.time.median / 2
    assert side_by_side.memory.median > search.memory.median + 3 * 0.8 * job().data_bytes


def test_single_precision_halves_the_table():
    assert job(precision="fp32").data_bytes < 0.6 * job().data_bytes


def test_what_does_not_fit_is_said():
    assert answer(job(), MACHINE).verdict is Fit.FITS
    assert answer(job(rows=10**8), MACHINE).verdict is Fit.NO
    assert answer(job(), replace(MACHINE, memory_bytes=None)).verdict is Fit.UNKNOWN


@pytest.mark.parametrize("bad", [{"rows": 0}, {"leaves": 1}, {"folds": 0}, {"precision": "int8"}])
def test_a_number_out_of_range_is_refused_by_its_name(bad):
    with pytest.raises(UserError, match=next(iter(bad))):
        answer(job(**bad), MACHINE)


def test_a_faster_clock_takes_less_time(catalog):
    cpu = next(c for c in catalog.cpus() if c.base_ghz and c.boost_ghz > c.base_ghz)
    slow = replace(cpu, base_ghz=cpu.base_ghz / 2, boost_ghz=cpu.boost_ghz / 2)
    fast_s, slow_s = (answer(job(), reckoned(each)).time.median for each in (cpu, slow))
    assert slow_s == pytest.approx(2 * fast_s)
