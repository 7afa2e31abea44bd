"""Published numbers are held against data sheets and against each other, whatever their order."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.claims.claim import claim_of
from hwstudio.core.bench.claims.judge import judge_claims


@pytest.fixture(scope="module")
def match(catalog):
    return catalog.match_gpu


def claim(device="NVIDIA GeForce RTX 4090", value=100.0, unit="TFLOP/s", **more):
    row = {"device": device, "value": str(value), "unit": unit, "test": "matmul", "n_devices": "1"}
    row |= {"dtype": "fp32", "size_or_batch": "8192", "metric": "median"}
    return claim_of(row | {name: str(each) for name, each in more.items()})


def train(count, value, device="Dell H100 80GB SXM5", **more):
    return claim(device, value, "images/s", test="train_resnet50", n_devices=count, **more)


def verdicts(match, *claims):
    return [each.verdict for each in judge_claims(claims, match)]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (claim(value=55), "ok"),
        (claim(value=84), "ok"),
        (claim(value=100, dtype="tf32"), "ok"),  # an overclocked card
        (claim(value=113), "suspect_high"),
        (claim(value=160, dtype="fp16"), "ok"),
        (claim(value=900, dtype="fp16"), "impossible"),
        (claim(value=12, dtype="fp16"), "suspect_low"),
        (claim(value=1.3, dtype="fp16", size_or_batch="128"), "ok"),  # too small to fill the card
        (claim("NVIDIA Tesla V100S 32GB", 9.9, dtype="bf16"), "no_hardware"),
        (claim("NVIDIA GeForce GTX 1650 Laptop", 2.2, dtype="tf32"), "no_hardware"),
        (claim("AMD Radeon VII", 5.0, dtype="bf16"), "no_hardware"),
        (claim("Apple M4 Max", 13.0, dtype="tf32"), "no_hardware"),
        (claim("NVIDIA A100-SXM4-80GB", 250, dtype="fp8"), "no_hardware"),
        (claim(value=1000, unit="GB/s", test="memory_bandwidth"), "ok"),
        (claim(value=2.6, unit="TB/s", test="memory_bandwidth"), "impossible"),
        (claim("H100 PCIe", 60, "GB/s", test="host_to_device"), "ok"),
        (claim("NVIDIA A100-SXM4-80GB", 60, "GB/s", test="host_to_device"), "impossible"),
        (claim("GH200 96GB", 350, "GB/s", test="host_to_device"), "ok"),
    ],
)
def test_physics_speaks_first(match, row, word):
    assert verdicts(match, row) == [word]


@pytest.mark.parametrize(
    ("device", "count", "value", "word"),
    [
        ("NVIDIA H100 SXM5 80GB", 8, 476, "above_wire_but_real"),
        ("NVIDIA H200 SXM 141GB", 8, 480, "above_wire_but_real"),
        ("NVIDIA B200 SXM", 8, 950, "above_wire_but_real"),
        ("NVIDIA H100 SXM5 80GB", 8, 440, "ok"),
        ("NVIDIA H100 SXM5 80GB", 2, 476, "impossible"),  # two have nothing to add in a switch
        ("NVIDIA A100-SXM4-80GB", 8, 400, "impossible"),  # its switches do not add up
        ("NVIDIA H100 SXM5 80GB", 8, 900, "impossible"),
        ("NVIDIA H100 SXM5 80GB", 64, 430, "above_wire_but_real"),  # past the network adapters
        ("NVIDIA GeForce RTX 4090", 2, 45, "impossible"),  # PCIe is all it has
    ],
)
def test_adding_up_over_gpus_is_held_against_the_wire(match, device, count, value, word):
    row = claim(device, value, "GB/s", test="all_reduce", n_devices=count, metric="busbw")
    assert verdicts(match, row) == [word]


@pytest.mark.parametrize(
    ("eight", "word"),
    [(8000, "ok"), (9000, "suspect_high"), (13000, "impossible"), (3000, "suspect_low")],
)
def test_eight_gpus_are_held_against_one_of_the_same_system(match, eight, word):
    assert verdicts(match, train(1, 1000), train(8, eight)) == ["ok", word]


def test_another_system_is_no_measure_unless_the_excess_is_absurd(match):
    other = train(1, 1000, "SMC H100 80GB SXM5")
    assert verdicts(match, other, train(8, 13000)) == ["ok", "ok"]
    assert verdicts(match, other, train(8, 47000)) == ["ok", "impossible"]


def test_writing_text_need_not_scale(match):
    rows = [
        claim(value=v, unit="tokens/s", test="llm_generate", n_devices=n, dtype="f16",
              size_or_batch="LLaMA 3 8B tg1024")
        for n, v in ((1, 54), (8, 52))
    ]  # fmt: skip
    assert verdicts(match, *rows) == ["ok", "ok"]


def test_weights_cannot_be_read_faster_than_the_memory_gives_them(match):
    row = claim(value=130, unit="tokens/s", test="llm_generate", dtype="f16",
                size_or_batch="LLaMA 3 8B tg1024")  # fmt: skip
    assert verdicts(match, row) == ["impossible"]


def test_a_precision_no_faster_than_single_on_an_unknown_chip_has_no_unit(match):
    rows = [claim("Ascend 910ProA", v, dtype=d) for d, v in (("fp32", 39.8), ("bf16", 1.1))]
    assert verdicts(match, *rows) == ["ok", "no_hardware"]


def test_one_far_under_its_like_is_doubted(match):
    names = ["NVIDIA L20", "L20", "NVIDIA L20 48GB", "Dell L20"]
    rows = [claim(name, value) for name, value in zip(names, (37, 36.5, 38, 18), strict=True)]
    assert verdicts(match, *rows) == ["ok", "ok", "ok", "suspect_low"]


UNITS = {"TFLOP/s": 1.0, "GFLOP/s": 1e3, "PFLOP/s": 1e-3}
VALUES = st.floats(min_value=0.5, max_value=2000, allow_nan=False)
PRECISIONS = st.sampled_from(["fp32", "tf32", "bf16", "fp16", "fp8"])
DEVICES = st.sampled_from(["NVIDIA L20", "Tesla P40", "MTT S80", "AMD MI300X", "Dell H100 SXM5"])
ROWS = st.lists(st.tuples(DEVICES, PRECISIONS, VALUES), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.sampled_from(sorted(UNITS)))
def test_another_unit_changes_no_verdict(match, rows, unit):
    plain = [claim(d, v, dtype=p) for d, p, v in rows]
    scaled = [claim(d, v * UNITS[unit], unit, dtype=p) for d, p, v in rows]
    assert verdicts(match, *plain) == verdicts(match, *scaled)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_verdict(match, rows, chance):
    claims = [claim(d, v, dtype=p) for d, p, v in rows]
    order = list(range(len(claims)))
    chance.shuffle(order)
    straight = verdicts(match, *claims)
    shuffled = verdicts(match, *(claims[each] for each in order))
    assert [straight[each] for each in order] == shuffled


@pytest.mark.parametrize(
    "row",
    [
        {"device": "", "test": "matmul", "value": "1"},
        {"device": "L20", "test": "", "value": "1"},
        {"device": "L20", "test": "matmul", "value": "fast"},
        {"device": "L20", "test": "matmul", "value": "-1"},
        {"device": "L20", "test": "matmul", "value": "nan"},
        {"device": "L20", "test": "matmul", "value": "1", "n_devices": "1.5"},
    ],
)
def test_a_row_that_says_nothing_is_refused(row):
    with pytest.raises(UserError):
        claim_of(row)


def _read(file):
    return csv.DictReader(file.read_text("utf-8").splitlines())


def test_the_catalogues_own_rows_are_judged_as_a_person_did(match):
    files = sorted(Path("resources/catalog/reference_result").glob("*.csv"))
    rows = [row for file in files for row in _read(file)]
    claims = [claim_of({k: v for k, v in row.items() if k != "verdict"}) for row in rows]
    found = [each.verdict for each in judge_claims(claims, match)]
    wrong = [r["row_id"] for r, v in zip(rows, found, strict=True) if r["verdict"] != v]
    assert len(rows) > 100
    assert wrong == []
