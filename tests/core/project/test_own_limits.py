"""The largest batch and the data supply of this computer stand beside a prediction."""

from __future__ import annotations

import platform
from dataclasses import replace

import pytest

from hwstudio.core.bench.suites import bench
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.project.own_limits import feed_words, measured_feed, own_limits, tried_batches


def result(name, values, taken_at="2026-11-28T10:00:00Z", **conditions):
    return Result(
        id=f"{name}-{taken_at}", bench=name, method_version=bench(name).method_version,
        taken_at=taken_at, machine=platform.node() or "this computer", device="a CPU", params={},
        outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=tuple(Metric(n, "samples", v, v, v, 1) for n, v in values.items()),
        conditions={"device": {"device": "cpu", "device_name": "a CPU"}, **conditions},
    )  # fmt: skip


@pytest.fixture
def batch():
    about = {"resnet50": {"next_batch": 22, "precision_asked": "fp32", "tokens": 0}}
    return result("largest_batch", {"resnet50": 21.0}, series=about, limit_bytes=2 * 2**30)


def test_what_was_tried_is_told_for_the_model_it_was_tried_with(batch):
    assert list(tried_batches([batch])) == ["timm-resnet50"]
    assert tried_batches([batch])["timm-resnet50"].words == (
        "Tried here 2026-11-28: 21 train, not 22 (processor, 2.00 GiB of memory, FP32)"
    )


def test_the_newest_try_counts_and_those_of_other_computers_never(batch):
    older = replace(batch, taken_at="2026-11-01T10:00:00Z", metrics=())
    assert tried_batches([batch, older])["timm-resnet50"].batch == 21
    elsewhere = replace(batch, machine="another")
    imported = replace(batch, conditions={**batch.conditions, "imported_from": "a friend"})
    assert not tried_batches([elsewhere, imported])


def test_the_supply_is_that_of_as_many_processes_as_bring_something():
    found = measured_feed(
        [result("data_loading", {"workers 1": 100.0, "workers 2": 190.0, "workers 4": 192.0},
                enough_workers=2)]
    )  # fmt: skip
    assert (found.images_per_s, found.workers) == (190.0, 2)
    assert feed_words(found, 150.0) == ""  # the data are there before they are asked for
    assert feed_words(found, 500.0).endswith(
        "the GPU could take 500, so here it would wait for data"
    )


def test_without_a_run_nothing_is_said(studio):
    found = own_limits(studio.history)
    assert not found.batches
    assert found.feed is None
