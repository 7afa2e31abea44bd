"""Which part next: every row answers with a gain or a reason, for the whole job."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.guide.priority import GAIN, NO_GAIN, UNKNOWN
from hwstudio.core.guide.supply import Loading
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.project.answer import Alternatives
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.guides.feeding import data_of, own_loading
from hwstudio.core.project.guides.part_next import which_part_next
from hwstudio.core.project.state import ProjectState

SLOW = Loading(40.0, "measured in a test")
FED = (PartKind.CPU, PartKind.GPU_CARD, PartKind.PSU)


class FewParts:
    """The real planner, looking only at rows these tests ask about."""

    def __init__(self, planner, kinds=FED):
        self._planner, self._kinds = planner, kinds

    def answer(self, state, *, keeps_parts):
        return self._planner.answer(state, keeps_parts=keeps_parts)

    def alternatives(self, state, kind):
        if kind not in self._kinds:
            return Alternatives(kind, (), 0, 0)
        found = self._planner.alternatives(state, kind)
        return Alternatives(kind, found.rows[::7], found.tried, found.refused)


@pytest.fixture(scope="module")
def planned(planner):
    answer = planner.answer(ProjectState(), keeps_parts=False)
    return answer, ProjectState(parts=choices_of(answer.chosen.build))


def ranks_of(planner, state, loading=None):
    return {r.kind: r for r in which_part_next(planner, state, Decimal(10**6), None, loading)}


def test_every_row_of_the_build_is_answered_with_what_it_rests_on(planner, planned):
    ranks = ranks_of(FewParts(planner, ()), planned[1])
    assert set(ranks) == {choice.kind for choice in planned[1].parts}
    assert all(rank.why for rank in ranks.values())
    assert ranks["psu"].status == NO_GAIN
    assert "600 MB/s" in ranks["storage"].why or "GB/s" in ranks["storage"].why


def test_a_measured_slow_loader_makes_the_processor_first_and_a_faster_card_worth_nothing(
    planner, planned
):
    few = FewParts(planner)
    unmeasured = ranks_of(few, planned[1])
    assert unmeasured["gpu_card"].status == GAIN
    assert unmeasured["cpu"].status == UNKNOWN
    assert "not measured" in unmeasured["cpu"].why
    fed = ranks_of(few, planned[1], SLOW)
    assert fed["cpu"].status == GAIN
    assert fed["gpu_card"].status == NO_GAIN
    assert "faster cards wait" in fed["gpu_card"].why


def test_text_needs_no_preparing_so_the_same_loader_changes_nothing(planner, planned):
    state = replace(planned[1], workload_id="bert_base_train")
    assert ranks_of(FewParts(planner), state, SLOW)["gpu_card"].status == GAIN


def test_a_power_limit_is_named_as_what_holds_the_cards(planner, planned):
    state = replace(planned[1], power_limit_w=150.0)
    why = ranks_of(FewParts(planner, ()), state)["psu"].why
    assert "held to 150 W" in why
    assert "faster" in why
    assert "Power page" in why


def result(name="data_loading", **other):
    rates = {"workers 1": 100.0, "workers 4": 320.0, "workers 8": 310.0}
    usual = {
        "id": "a", "bench": name, "method_version": 1, "taken_at": "2026-11-20T10:00:00Z",
        "machine": "pc", "device": "cpu", "params": {}, "outcome": Outcome.FINISHED, "words": "",
        "verdict": "ok", "verdict_reason": "", "conditions": {"cpu_cores": 4},
        "metrics": tuple(Metric(n, "samples/s", v, v, v, 5) for n, v in rates.items()),
    }  # fmt: skip
    return Result(**{**usual, **other})


def test_what_a_core_prepares_comes_from_the_newest_clean_run_out_of_memory():
    older = result(taken_at="2026-01-01T10:00:00Z", conditions={"cpu_cores": 1})
    assert own_loading([older, result()]).per_core_per_s == 80.0
    assert "320 pictures/s on 4 cores, 2026-11-20" in own_loading([result()]).words
    for unfit in (
        result(params={"source": "drive"}),
        result(outcome=Outcome.CRASHED),
        result(verdict="busy"),
        result(conditions={}),
        result("storage"),
    ):
        assert own_loading([unfit]) is None


def test_a_picture_of_imagenet_is_its_archive_divided_by_its_pictures(catalog):
    data = data_of(catalog.workload("resnet50_train"))
    assert data.sample_bytes == pytest.approx(115_440, rel=0.001)
    assert data_of(catalog.workload("llm_chat_8b")) is None
    assert data_of(catalog.workload("bert_base_train")).sample_bytes == 4 * 512
