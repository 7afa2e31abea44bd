"""A benchmark's parameters are read from text, checked, and refused in one sentence."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.suites import bench, benches


def test_every_benchmark_has_the_kernel_the_worker_knows():
    from hwstudio.worker.loop import KERNELS

    assert {each.kernel for each in benches()} <= set(KERNELS)


def test_every_default_lies_in_its_own_range():
    for each in benches():
        for parameter in each.parameters:
            value = parameter.default
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            assert parameter.parse(text) == value


def test_a_short_name_from_the_table_stands_for_its_benchmark():
    assert bench("matmul").id == "torch_matmul"


@pytest.mark.parametrize("name", ["torch_matmu", "torch", "torch_matmuls"])
def test_a_part_of_an_id_starts_nothing(name):
    with pytest.raises(UserError, match="There is no benchmark"):
        bench(name)


def test_a_slip_of_the_pen_is_answered_with_the_id_that_was_meant():
    with pytest.raises(UserError, match=r"Did you mean torch_matmul\.$"):
        bench("torch_matmu")


def test_a_value_that_is_no_number_is_refused_in_plain_words():
    with pytest.raises(UserError, match="'big' is not a whole number"):
        bench("torch_matmul").settle({"sizes": "big"})
    with pytest.raises(UserError, match="'long' is not a number"):
        bench("torch_matmul").settle({"cap_s": "long"})
    with pytest.raises(UserError, match="it is not a number"):
        bench("torch_matmul").settle({"cap_s": None})


def test_a_value_out_of_range_is_refused_with_the_range_and_an_example_inside_it():
    with pytest.raises(UserError, match=r"64 to 1,048,576\. Example: size_mib=1024\.$"):
        bench("storage").settle({"size_mib": "4"})


@pytest.mark.parametrize("name", ["matmull", "", "ddp2"])
def test_an_unknown_benchmark_is_refused_with_the_ones_there_are(name):
    with pytest.raises(UserError, match="There is no benchmark"):
        bench(name)


def test_the_quick_profile_gives_way_to_what_was_asked():
    matmul = bench("torch_matmul")
    assert matmul.settle({}, is_quick=True)["cap_s"] == 2.0
    assert matmul.settle({"cap_s": "3"}, is_quick=True)["cap_s"] == 3.0
    assert matmul.settle({"sizes": "64, 128"})["sizes"] == [64, 128]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sizes", "big"),
        ("sizes", "0"),
        ("sizes", "64,64"),
        ("precisions", "fp7"),
        ("cap_s", "-1"),
        ("cap_s", "nan"),
        ("threads", "1e9"),
        ("colour", "red"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(name, value):
    with pytest.raises(UserError, match=name):
        bench("torch_matmul").settle({name: value})


def test_one_process_is_too_few_to_share_work():
    with pytest.raises(UserError, match="nproc"):
        bench("ddp").settle({"nproc": "1"})
