"""NVML's time is rationed: what calls cost decides how often they are made."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.probe import fake_nvml
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.nvml import NvmlOptions, NvmlProbe
from hwstudio.core.probe.nvml_budget import BUDGET, Purse, Usual, spread
from tests.fake_nvml.session import LAPTOP_4090_US, OTHERS_US

_COSTS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([1.0, 2.0, 5.0, 10.0, 60.0])),
    min_size=1,
    max_size=30,
)


class _Realistic(dict):
    """Latencies in which what nobody published takes as long as assumed."""

    def get(self, call, _default=None):
        return LAPTOP_4090_US.get(call, OTHERS_US)


def _laptop(*gpus, **latencies):
    nvml = FakeNvml(*gpus)
    nvml.latency_us = _Realistic()
    return nvml, NvmlProbe(nvml, NvmlOptions(clock=nvml.clock))


def _run(nvml, probe, seconds, spent):
    """Read once a second; note the driver's time of each GPU and second."""
    for second in range(seconds):
        before = dict(nvml.spent_s)
        nvml.now_s = max(nvml.now_s, float(second))
        probe.read(float(second))
        for uuid, after in nvml.spent_s.items():
            spent.setdefault(uuid, []).append(after - before.get(uuid, 0.0))


@given(_COSTS, st.floats(1e-4, 1e-2))
def test_spread_out_calls_never_cost_more_than_the_budget(costs, budget):
    every = spread(costs, budget)
    load = sum(cost / gap for (cost, _), gap in zip(costs, every, strict=True))
    assert load <= budget * (1 + 1e-9)


@given(_COSTS, st.floats(1e-4, 1e-2))
def test_no_call_is_made_more_often_than_wished_and_cheap_ones_as_often_as_wished(costs, budget):
    for (cost, wished), gap in zip(costs, spread(costs, budget), strict=True):
        assert gap >= wished * (1 - 1e-12)
        if cost / wished <= budget / len(costs):
            assert gap == wished


@given(_COSTS, st.floats(1e-4, 1e-2))
def test_what_is_demoted_uses_the_budget_up(costs, budget):
    every = spread(costs, budget)
    demoted = any(gap > wished for (_, wished), gap in zip(costs, every, strict=True))
    load = sum(cost / gap for (cost, _), gap in zip(costs, every, strict=True))
    if demoted:
        assert load == pytest.approx(budget)


def test_slow_answers_among_quick_ones_do_not_change_what_a_call_usually_takes():
    usual = Usual()
    for took in (900.0, 1.0, 1.0, 900.0, 1.0, 900.0, 900.0):
        usual.add(took)
    assert usual.value == 1.0


def test_a_call_that_is_always_slow_is_known_to_be():
    usual = Usual()
    for _ in range(5):
        usual.add(4.5e-3)
    assert usual.value == 4.5e-3


def test_a_busy_computer_at_the_start_does_not_freeze_the_power_reading():
    """A first call that waited 40 ms for its turn must not be taken for a dear one."""
    now = [0.0]
    gpu = FakeGpu(power_mw=24_000)
    nvml = FakeNvml(gpu)
    waits = iter([0.04] * 6)

    def clock():
        now[0] += next(waits, 0.0)
        return now[0]

    probe = NvmlProbe(nvml, NvmlOptions(clock=clock))
    shown = []
    for second in range(8):
        gpu.power_mw = 24_000 + second * 10_000
        shown.append(probe.read(float(second)).value.gpus[0].power_w.value)
    probe.close()
    assert shown == [24.0 + second * 10.0 for second in range(8)]


def test_a_dear_call_waits_until_it_is_saved_up_and_a_cheap_one_never():
    purse = Purse(1e-3)
    purse.earn(0.0)
    purse.pay(9e-3)
    assert purse.can_pay(100e-6)
    assert not purse.can_pay(4.5e-3)
    purse.earn(16.8)
    assert not purse.can_pay(4.5e-3)
    purse.earn(16.9)
    assert purse.can_pay(4.5e-3)


def test_one_hang_does_not_forbid_dear_calls_for_long():
    purse = Purse(1e-3)
    purse.earn(0.0)
    purse.pay(3600.0)
    purse.earn(100.0)
    assert purse.can_pay(4.5e-3)


def test_a_laptops_dear_process_list_keeps_within_one_millisecond_a_second():
    nvml, probe = _laptop(FakeGpu(uuid="a", processes=((1, 2),)), FakeGpu(uuid="b"))
    spent = {}
    _run(nvml, probe, 600, spent)
    for seconds in spent.values():
        for start in range(541):
            assert sum(seconds[start : start + 60]) <= 60 * BUDGET, start
    probe.close()


def test_the_costs_say_what_is_dear_and_how_often_it_is_really_made():
    nvml, probe = _laptop(FakeGpu(processes=((1, 2),)))
    _run(nvml, probe, 120, {})
    costs = {cost.function: cost for cost in probe.costs()}
    lists = costs["nvmlDeviceGetComputeRunningProcesses"]
    assert lists.usual_s == pytest.approx(4.5e-3)
    assert lists.is_demoted
    assert 10 < lists.every_s < 25
    assert costs["nvmlDeviceGetFanSpeed"].usual_s == pytest.approx(137e-6)
    assert not costs["nvmlDeviceGetFanSpeed"].is_demoted
    assert not costs["nvmlDeviceGetUtilizationRates"].is_demoted
    assert costs["nvmlDeviceGetUtilizationRates"].count == 120
    assert costs["nvmlDeviceGetMaxClockInfo"].every_s == math.inf
    total = sum(cost.usual_s / cost.every_s for cost in probe.costs())
    assert total <= BUDGET
    probe.close()


def test_a_driver_that_is_slow_in_everything_is_still_asked_everything_but_rarely():
    nvml = FakeNvml(FakeGpu())
    nvml.latency_us = dict.fromkeys(fake_nvml._ANSWERS, 2000.0)
    probe = NvmlProbe(nvml, NvmlOptions(clock=nvml.clock))
    spent = {}
    _run(nvml, probe, 600, spent)
    (seconds,) = spent.values()
    assert sum(seconds[60:]) <= 540 * BUDGET
    asked = {cost.function for cost in probe.costs() if cost.count > 1}
    assert {"nvmlDeviceGetUtilizationRates", "nvmlDeviceGetFanSpeed"} <= asked
    assert {"nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetEnforcedPowerLimit"} <= asked
    probe.close()


def test_what_is_not_offered_is_asked_for_once_a_minute_only():
    nvml = FakeNvml(FakeGpu(errors={"nvmlDeviceGetFanSpeed": fake_nvml.NVMLError_NotSupported()}))
    probe = NvmlProbe(nvml)
    for second in range(120):
        probe.read(float(second))
    assert nvml.calls.count("nvmlDeviceGetFanSpeed") == 2


def test_the_first_look_already_shows_everything():
    _, probe = _laptop(FakeGpu(processes=((7, 2**30),)))
    found = probe.read(0.0).value
    assert found.gpus[0].fan_share.value == 0.41
    assert [process.pid for process in found.processes] == [7]
