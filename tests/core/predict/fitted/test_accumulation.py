"""No better card is slower: rates on data sheets that are not felt mislead no ranking."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.predict.fitted.accumulation import ENOUGH, felt, is_unhalved
from hwstudio.core.predict.fitted.job import question_for, sheet_of, speeds
from hwstudio.core.predict.fitted.software import usual_software

JOBS = (
    "resnet50_train", "bert_base_train", "gpt2_train", "llm_full_finetune_8b", "llm_qlora_8b",
    "llm_chat_8b",
)  # fmt: skip
NOISE = 1.15  # two halves of one product line, as near as measurements of the same card are


@pytest.fixture(scope="module")
def sheets(catalog, speed_model):
    known = tuple(speed_model.devices.values())
    return {gpu.name: sheet_of(gpu, known) for gpu in catalog.gpus()}


def figures(sheet):
    return (
        sheet.fp32_flop_per_s, sheet.fp16_flop_per_s, sheet.bandwidth_bytes_per_s,
        sheet.memory_bytes, sheet.board_w,
    )  # fmt: skip


def worse_and_better(sheets):
    """Return pairs of one architecture: the first is better in nothing."""
    for a, b in itertools.permutations(sheets, 2):
        mine, other = figures(sheets[a]), figures(sheets[b])
        is_kin = (sheets[a].vendor, sheets[a].architecture) == (
            sheets[b].vendor, sheets[b].architecture,
        )  # fmt: skip
        is_worse = all(x <= y for x, y in zip(mine, other, strict=True)) and mine != other
        if is_kin and all(mine) and is_worse:
            yield a, b


@pytest.mark.parametrize("name", JOBS)
def test_a_card_that_is_better_in_nothing_is_not_predicted_faster(
    name, sheets, catalog, speed_model
):
    job = catalog.workload(name)
    software = usual_software(speed_model, job)
    told = dict(
        zip(sheets, speeds(speed_model, job, list(sheets.values()), 1, software), strict=True)
    )
    pairs = [(a, b) for a, b in worse_and_better(sheets) if told[a].median and told[b].median]
    assert len(pairs) > 500
    for worse, better in pairs:
        assert told[worse].median <= told[better].median * NOISE, (worse, better)
        assert told[worse].median <= told[better].high, (worse, better)


@pytest.mark.parametrize("name", ["llm_qlora_8b", "llm_full_finetune_8b"])
@pytest.mark.parametrize(
    ("small", "large"),
    [
        ("RTX PRO 4000 Blackwell", "GeForce RTX 5080"),
        ("RTX PRO 4500 Blackwell", "GeForce RTX 5090"),
        ("RTX A5500", "GeForce RTX 3090 Ti"),
    ],
)
def test_a_workstation_card_with_the_smaller_chip_does_not_outrun_the_larger_one(
    name, small, large, sheets, catalog, speed_model
):
    job = catalog.workload(name)
    software = usual_software(speed_model, job)
    slow, fast = speeds(speed_model, job, [sheets[small], sheets[large]], 1, software)
    assert sheets[small].fp32_flop_per_s < sheets[large].fp32_flop_per_s
    assert slow.median < fast.median


@given(met=st.integers(0, ENOUGH + 3), place=st.integers(0, 181))
def test_a_felt_rate_is_never_above_the_stated_one_nor_below_half(sheets, met, place):
    sheet = list(sheets.values())[place]
    looked = felt(sheet, met)
    assert sheet.fp16_flop_per_s / 2 <= looked.fp16_flop_per_s <= sheet.fp16_flop_per_s
    assert looked.fp16_flop_per_s <= felt(sheet, met + 1).fp16_flop_per_s
    same = replace(
        looked, fp16_flop_per_s=sheet.fp16_flop_per_s, tf32_flop_per_s=sheet.tf32_flop_per_s
    )
    assert same == sheet
    if not is_unhalved(sheet) or met >= ENOUGH:
        assert looked == sheet


@pytest.mark.parametrize(
    ("name", "is_whole"),
    [
        ("RTX PRO 4000 Blackwell", True), ("RTX A6000", True), ("L40S", True), ("Tesla T4", True),
        ("GeForce RTX 5080", False), ("GeForce RTX 3090", False), ("H100 SXM5 80 GB", False),
        ("A100 PCIe 80 GB", False), ("Tesla V100 SXM2 32 GB", False),
        ("Radeon RX 7900 XTX", False),
    ],
)  # fmt: skip
def test_only_chips_that_are_also_sold_with_half_the_rate_are_looked_at_so(name, is_whole, sheets):
    assert is_unhalved(sheets[name]) is is_whole


def test_a_card_that_was_measured_with_such_work_keeps_its_stated_rate(
    catalog, speed_model, sheets
):
    job = catalog.workload("bert_base_train")
    known, unknown = sheets["RTX A6000"], sheets["RTX PRO 4000 Blackwell"]
    group = speed_model.groups["text"]
    assert group.as_felt(question_for(job, known)).device == known
    llm = catalog.workload("llm_qlora_8b")
    assert group.as_felt(question_for(llm, unknown)).device == felt(unknown, 0)
