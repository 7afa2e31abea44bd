"""`hwstudio build power`."""

from __future__ import annotations

import argparse
import json

import pytest

from hwstudio.cli import build_power
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError


@pytest.fixture
def power(tmp_path, capsys):
    """Run the verb; return (exit code, JSON document)."""

    def run(*words, is_json=True):
        parser = argparse.ArgumentParser()
        build_power.add(parser.add_subparsers())
        arguments = parser.parse_args(["power", *words])
        out = Output(is_json=is_json, home=str(tmp_path))
        try:
            code = arguments.run(arguments, out)
        finally:
            out.close()
        text = capsys.readouterr().out
        return code, json.loads(text) if is_json else text

    return run


def test_the_promised_fields_are_there(power):
    code, answer = power("--gpu", "GeForce RTX 4090", "--cpu", "Ryzen 9 7950X")
    assert code == 0
    promised = [
        "sustained_w",
        "excursion_w",
        "vendor_minimum_w",
        "wall_w",
        "wall_a",
        "psu_w",
        "findings",
    ]
    assert set(promised) <= set(answer)
    assert answer["psu_w"] >= answer["vendor_minimum_w"] >= 850
    assert answer["sustained_w"] == pytest.approx(
        sum(item["count"] * item["each_w"] for item in answer["items"]), abs=0.1
    )


def test_a_power_limit_lowers_every_number(power):
    name = ("--gpu", "RTX 3090", "--count", "4", "--cpu", "Threadripper 3970X")
    _, free = power(*name)
    _, held = power(*name, "--power-limit-w", "300")
    for number in ("sustained_w", "excursion_w", "wall_w", "adjusted_minimum_w"):
        assert held[number] < free[number]
    assert held["vendor_minimum_w"] == free["vendor_minimum_w"] == 750


@pytest.mark.parametrize(
    ("gpu", "maker", "counted"),
    [("RTX 4090", 850, 938), ("RTX 5090", 1000, 1088), ("RTX 3090", 750, 838)],
)
def test_the_makers_minimum_is_the_makers_and_ours_stands_beside_it(power, gpu, maker, counted):
    _, answer = power("--gpu", gpu, "--cpu", "Ryzen 9 7950X")
    assert answer["vendor_minimum_w"] == maker
    assert answer["adjusted_minimum_w"] == counted
    assert "(230 - 142) W" in answer["adjusted_minimum_explained"]
    assert answer["psu_w"] >= counted
    _, text = power("--gpu", gpu, "--cpu", "Ryzen 9 7950X", is_json=False)
    assert f"minimum {maker:,} W; with this build we count {counted:,} W: {maker:,} W + " in text


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        ("RTX 3080", ("GeForce RTX 3080 (10 GB)", "GeForce RTX 3080 12 GB")),
        ("NVIDIA GeForce RTX 3080", ("GeForce RTX 3080 (10 GB)", "GeForce RTX 3080 12 GB")),
        ("RTX 4060 Ti", ("4060 Ti 8 GB", "4060 Ti 16 GB")),
        ("A100 PCIe", ("A100 PCIe 40 GB", "A100 PCIe 80 GB")),
        ("A100 80GB", ("A100 PCIe 80 GB", "A100 SXM4 80 GB")),
    ],
)
def test_a_name_of_several_variants_lists_them(power, name, variants):
    with pytest.raises(UserError) as refused:
        power("--gpu", name)
    assert "may be several" in refused.value.sentence
    assert "There is no" not in refused.value.sentence
    for variant in variants:
        assert variant in refused.value.sentence


@pytest.mark.parametrize(
    ("name", "vram_gib"),
    [("GeForce RTX 3080 (10 GB)", 10), ("RTX 3080 12GB", 12), ("4060 ti 16gb", 16)],
)
def test_a_variant_is_told_by_its_memory(catalog, name, vram_gib):
    assert build_power.find_card(catalog, name).vram_bytes == vram_gib * 2**30


@pytest.mark.parametrize("name", ["RTX 4900", "rtx 4O90"])
def test_a_misspelt_model_gets_near_names(power, name):
    with pytest.raises(UserError, match=r"Did you mean.*GeForce RTX 4090"):
        power("--gpu", name)


def test_eight_large_cards_on_one_circuit_end_with_1(power):
    code, answer = power("--gpu", "RTX 4090", "--count", "8", "--mains", "120V15A")
    assert code == 1
    assert any(f["rule"] == "R32" and "4 such circuits" in f["text"] for f in answer["findings"])


def test_a_power_supply_that_is_too_small_ends_with_1(power):
    code, answer = power("--gpu", "RTX 3090", "--count", "2", "--psu-w", "550")
    assert code == 1
    assert any(f["rule"] == "R25" and f["severity"] == "error" for f in answer["findings"])


def test_people_see_the_sum_and_the_four_numbers(power):
    code, text = power("--gpu", "RTX 4090", "--cpu", "Ryzen 9 7950X", is_json=False)
    assert code == 0
    for words in ("For hours", "For a millisecond", "minimum", "From the wall", "estimated"):
        assert words in text
    assert "For 10 milliseconds" in text
    assert "VA or more" in text


def test_the_ups_and_the_peaks_come_with_the_answer(power):
    _, answer = power("--gpu", "RTX 5090", "--cpu", "Ryzen 9 7950X", "--mains", "230V16A")
    one, ten = answer["peaks"]
    assert one["power_w"] == pytest.approx(answer["excursion_w"], abs=0.1)
    assert one["power_w"] - answer["sustained_w"] == pytest.approx(0.57 * 575, abs=0.1)
    assert ten["power_w"] - answer["sustained_w"] == pytest.approx(0.28 * 575, abs=0.1)
    assert answer["ups_va"] > answer["ups_w"] > answer["wall_w"]


def test_parts_can_be_named_by_what_tells_them_apart(power):
    assert power("--gpu", "4090", "--cpu", "7950X") == power(
        "--gpu", "GeForce RTX 4090", "--cpu", "AMD Ryzen 9 7950X"
    )


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--gpu", "RTX 4900"), "RTX 4"),
        (("--gpu", "RTX 4090", "--cpu", "Ryzen"), "Ryzen"),
        (("--gpu", "H100 SXM5 80 GB"), "module"),
        (("--gpu", "RTX 4090", "--mains", "lots"), "120V15A"),
        (("--gpu", "RTX 4090", "--psu-class", "Gold"), "--psu-w"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(power, words, hint):
    with pytest.raises(UserError) as refused:
        power(*words)
    assert hint in refused.value.sentence


@pytest.mark.parametrize(
    "words", [("--count", "-1"), ("--count", "0"), ("--count", "x"), ("--power-limit-w", "-5")]
)
def test_impossible_numbers_are_wrong_usage(power, words, capsys):
    with pytest.raises(SystemExit) as ended:
        power("--gpu", "RTX 4090", *words)
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_every_gpu_of_the_catalogue_is_found_by_its_own_name(catalog):
    for gpu in catalog.gpus():
        if gpu.form_factor == "PCIe":
            assert build_power.find_card(catalog, gpu.name).gpu.name == gpu.name
            assert build_power.find_card(catalog, gpu.id).gpu.id == gpu.id
