"""Limits that somebody set are told apart from slowing down, and never from nothing."""

from __future__ import annotations

import pytest

from hwstudio.core.bench.caps import cpu_caps, gpu_caps, software_caps
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.score import Held, score
from hwstudio.core.bench.suites import bench


def reading(limit_w, *reasons):
    return {"power_limit_w": limit_w, "power_default_limit_w": 350.0, "throttle": reasons}


def test_a_gpu_that_would_draw_more_than_it_was_allowed_is_capped():
    assert gpu_caps([reading(250.0), reading(250.0, "power limit")]) == (
        "its power limit is set to 250 W, 350 W are usual",
    )
    assert gpu_caps([reading(250.0)]) == ()  # it never asked for more
    assert gpu_caps([reading(350.0, "power limit")]) == ()  # its own limit
    assert gpu_caps([{"throttle": ("power limit",)}]) == ()  # the driver does not say


@pytest.fixture
def system(tmp_path):
    cores, group = tmp_path / "cpu", tmp_path / "cgroup"
    for number in range(4):
        (cores / f"cpu{number}" / "cpufreq").mkdir(parents=True)
    group.mkdir()

    def ask(most="", possible="", share="", profile=""):
        (cores / "cpu0/cpufreq/scaling_max_freq").write_text(most)
        (cores / "cpu0/cpufreq/cpuinfo_max_freq").write_text(possible)
        (group / "cpu.max").write_text(share)
        (tmp_path / "profile").write_text(profile)
        return cpu_caps(cores, group, tmp_path / "profile")

    return ask


def test_a_processor_says_which_setting_holds_it(system):
    assert system(most="2000000", possible="4500000") == (
        "it may run at 2.0 GHz, 4.5 GHz are possible",
    )
    assert system(share="150000 100000") == ("its container may use 1.5 of 4 cores",)
    assert system(profile="low-power\n") == ("the computer is set to save power",)


def test_a_free_or_silent_system_has_no_limit(system, tmp_path):
    assert system("4500000", "4500000", "max 100000", "balanced") == ()
    assert system(share="400000 100000") == ()
    assert cpu_caps(tmp_path / "no", tmp_path / "no", tmp_path / "no") == ()


@pytest.mark.parametrize(("device", "part"), [("cpu", "The processor"), ("cuda:0", "The GPU")])
def test_a_number_under_a_limit_is_kept_and_says_so(device, part):
    made = Gathered(device={"device": device}, samples={"fp32 64": [1e9] * 20})
    made.units["fp32 64"] = "FLOP/s"
    made.series["fp32 64"] = {"clean": [1] * 20, "precision_asked": "fp32"}
    found = score(
        bench("torch_matmul"), made, None, Held((), ("the limit of it",), ("the limit of it",))
    )
    assert found.verdict.word == "capped"
    assert found.verdict.reason == f"{part} was held back by a setting: the limit of it"
    assert len(found.metrics) == 1


def test_a_variable_that_takes_a_library_its_instructions_is_named():
    there = {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "", "HOME": "/root"}
    told = software_caps("numpy", there)
    assert told == ("OPENBLAS_CORETYPE is set to Haswell",)
    assert software_caps("torch", there) == software_caps("", there) == ()
    made = Gathered(device={"device": "cpu"})
    for name, data in (("product 1", {}), ("compress 1", {"is_plain": True})):
        made.samples[name], made.units[name] = [1e9] * 20, "FLOP/s"
        made.series[name] = {"clean": [1] * 20, **data}
    scored = score(bench("cpu_cores"), made, None, Held(software_caps=told))
    assert {name: each.word for name, each in scored.by_series.items()} == {
        "product 1": "capped", "compress 1": "ok",
    }  # fmt: skip
    assert "OPENBLAS_CORETYPE is set to Haswell" in scored.verdict.reason
    assert len(scored.metrics) == 2
