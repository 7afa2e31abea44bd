"""The four numbers against what vendors ask for and what people measured."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import Cpu, Gpu, GpuCard, Psu, Ram
from hwstudio.core.power.answer import power_answer
from hwstudio.core.rules.facts import blank, card_of

CARD = blank(
    GpuCard, name="A 350 W card", tdp_w=350.0, gpu=blank(Gpu, vendor_min_psu_w=750.0), vram_bytes=0
)
CPU = blank(Cpu, name="A processor", socket="AM5", max_power_w=142.0)


def psu(watts, **known):
    return blank(Psu, rated_w=float(watts), **known)


def severity_of(answer, rule):
    return next((f.severity.value for f in answer.findings if f.rule == rule), None)


def test_the_sum_is_the_sum_of_its_items_each_with_a_source():
    answer = power_answer(Build(card=CARD, card_count=2, cpu=CPU))
    assert answer.sustained_w == sum(item.count * item.each_w for item in answer.items)
    assert answer.sustained_w > 2 * 350 + 142
    assert all(item.source for item in answer.items)


def test_a_550_w_psu_is_refused_for_two_350_w_cards():
    answer = power_answer(Build(card=CARD, card_count=2, cpu=CPU, psu=psu(550)))
    assert severity_of(answer, "R25") == "error"


def test_a_power_supply_at_90_percent_is_a_warning_and_at_70_nothing():
    build = Build(card=CARD, card_count=1, cpu=CPU)
    need = power_answer(build).sustained_w

    def severity(share):
        full = Build(card=CARD, card_count=1, cpu=CPU, psu=psu(need / share))
        return severity_of(power_answer(full), "R25")

    assert severity(0.90) == "warning"
    assert severity(0.70) is None


def test_an_overload_that_rests_on_estimates_alone_is_no_error():
    build = Build(card=CARD, card_count=4, cpu=blank(Cpu, socket="SP3", tdp_w=120), psu=psu(1600))
    answer = power_answer(build)
    assert answer.sustained_w > 1600
    assert severity_of(answer, "R25") == "warning"


def test_below_the_vendor_minimum_is_a_warning_naming_both_figures():
    answer = power_answer(Build(card=CARD, card_count=1, cpu=CPU, psu=psu(700)))
    (found,) = [f for f in answer.findings if f.rule == "R26"]
    assert found.severity is Severity.WARNING
    assert "700 W" in found.text
    assert "750 W" in found.text


def test_further_cards_and_a_hungry_processor_raise_the_vendor_minimum():
    hungry = blank(Cpu, max_power_w=242.0)
    assert power_answer(Build(card=CARD, card_count=1, cpu=CPU)).adjusted_minimum_w == 750
    several = power_answer(Build(card=CARD, card_count=3, cpu=hungry))
    assert several.adjusted_minimum_w == pytest.approx(750 + 2 * 1.1 * 350 + 100)
    assert several.vendor_minimum_w == 750
    assert "770 W for 2 further cards" in several.minimum_words
    assert "(242 - 142) W" in several.minimum_words
    assert several.recommended_psu_w >= several.adjusted_minimum_w


def test_a_finding_does_not_put_our_sum_into_the_makers_mouth():
    hot = replace(CPU, max_power_w=242.0)
    answer = power_answer(Build(card=CARD, card_count=1, cpu=hot, psu=psu(800)))
    (found,) = [f for f in answer.findings if f.rule == "R26"]
    assert "at least 750 W, with all of this build 850 W (750 W + " in found.text
    assert "refuse support" not in found.advice


def test_a_load_beyond_the_stated_circuit_is_an_error_that_counts_circuits():
    answer = power_answer(Build(card=CARD, card_count=8), mains="120V15A")
    (found,) = [f for f in answer.findings if f.rule == "R32"]
    assert found.severity.value == "error"
    assert f"it takes {math.ceil(answer.wall_w / 1440)} such circuits" in found.text


def test_a_load_a_circuit_carries_only_for_minutes_is_an_error_too():
    cpu = replace(CPU, max_power_w=120.0)
    answer = power_answer(Build(card=CARD, card_count=4, cpu=cpu), mains="120V15A")
    (found,) = [f for f in answer.findings if f.rule == "R32"]
    assert 1440 < answer.wall_w < 1900
    assert found.severity.value == "error"


def test_a_power_limit_above_the_cards_power_says_what_was_used():
    build = Build(card=CARD, card_count=1)
    answer = power_answer(build, power_limit_w=600)
    (found,) = [f for f in answer.findings if f.rule == "R51"]
    assert found.severity.value == "info"
    assert "350 W was used" in found.text
    assert answer.sustained_w == power_answer(build).sustained_w


def test_a_power_limit_no_card_allows_is_raised_to_a_third_and_said():
    answer = power_answer(Build(card=CARD, card_count=1), power_limit_w=20)
    (found,) = [f for f in answer.findings if f.rule == "R51"]
    assert found.severity.value == "warning"
    assert "117 W" in found.text
    assert answer.items[0].each_w == pytest.approx(350 / 3)


def test_a_power_limit_a_card_takes_says_nothing():
    answer = power_answer(Build(card=CARD, card_count=1), power_limit_w=300)
    assert not [f for f in answer.findings if f.rule == "R51"]


def test_an_unknown_vendor_minimum_stays_unknown():
    card = blank(GpuCard, tdp_w=350.0)
    answer = power_answer(Build(card=card, card_count=1, psu=psu(850)))
    assert answer.vendor_minimum_w is None
    assert severity_of(answer, "R26") == "unknown"


def test_atx_2_and_atx_3_units_stand_different_spikes():
    def severity(spec):
        unit = psu(750, atx_spec=spec)
        return severity_of(power_answer(Build(card=CARD, card_count=1, cpu=CPU, psu=unit)), "R27")

    assert severity("3.1") is None
    assert severity("2.4") == "warning"
    assert severity(None) == "unknown"


def test_puget_measured_1717_w_at_the_wall_for_four_3090_at_300_w(catalog):
    # Puget Systems 2020: four RTX 3090 limited to 300 W, Xeon W of 165 W, one EVGA 1600 P2.
    card = card_of(catalog.match_gpu("GeForce RTX 3090"))
    xeon = blank(Cpu, socket="LGA2066", max_power_w=165.0)
    unit = psu(1600, efficiency="Platinum")
    for cpu in (xeon, None):
        build = Build(card=card, card_count=4, cpu=cpu, psu=unit)
        answer = power_answer(build, power_limit_w=300, mains="120V20A")
        assert answer.wall_w == pytest.approx(1717, rel=0.05)
        assert severity_of(answer, "R25") == "warning"
        assert severity_of(answer, "R32") == "warning"


def test_lambda_reckons_1760_w_for_four_3090_and_a_high_end_processor(catalog):
    # Lambda 2020: "GPUs + CPU + motherboard consume 1760 W", four cards at 350 W.
    card = card_of(catalog.match_gpu("GeForce RTX 3090"))
    build = Build(card=card, card_count=4, cpu=blank(Cpu, socket="sTRX4", max_power_w=280.0))
    assert power_answer(build).sustained_w == pytest.approx(1760, rel=0.05)


def test_one_card_is_never_under_the_vendor_minimum_and_near_it_for_nine_in_ten(catalog):
    gpus = [g for g in catalog.gpus() if g.vendor_min_psu_w and g.form_factor == "PCIe"]
    assert len(gpus) > 80
    near = 0
    for gpu in gpus:
        answer = power_answer(Build(card=card_of(gpu), card_count=1, cpu=CPU))
        assert answer.recommended_psu_w >= gpu.vendor_min_psu_w, gpu.name
        near += answer.recommended_psu_w <= gpu.vendor_min_psu_w + 100
    assert near / len(gpus) >= 0.90


def test_a_1541_w_load_trips_a_100_v_15_a_outlet():
    card = blank(GpuCard, tdp_w=575.0)
    build = Build(card=card, card_count=2, cpu=blank(Cpu, max_power_w=200.0), psu=psu(1650))
    around = Circumstances(psu_efficiency=0.92)
    assert severity_of(power_answer(build, mains="100V15A", around=around), "R32") == "error"
    assert severity_of(power_answer(build, mains="230V16A", around=around), "R32") is None


def test_a_wall_socket_nobody_named_gives_no_error():
    card = blank(GpuCard, tdp_w=600.0)
    build = Build(card=card, card_count=4, cpu=CPU, psu=psu(3000))
    around = Circumstances(is_mains_assumed=True)
    assert severity_of(power_answer(build), "R32") == "error"
    assert severity_of(power_answer(build, around=around), "R32") == "warning"


def test_two_power_supplies_may_stand_on_two_circuits():
    build = Build(card=CARD, card_count=4, cpu=CPU, psu=psu(1200), psu_count=2)
    answer = power_answer(build)
    assert severity_of(answer, "R32") is None
    assert severity_of(answer, "R33") == "info"


def test_a_2000_w_unit_gives_that_only_at_high_mains():
    build = Build(card=CARD, card_count=4, cpu=blank(Cpu, max_power_w=280.0), psu=psu(2000))

    def said(mains):
        return [f.text for f in power_answer(build, mains=mains).findings if f.rule == "R32"]

    assert any("only at 200-240 V" in text for text in said("120V20A"))
    assert not any("only at 200-240 V" in text for text in said("230V16A"))


def test_a_small_ups_is_named():
    build = Build(card=CARD, card_count=1, cpu=CPU)
    assert severity_of(power_answer(build, around=Circumstances(ups_w=400)), "R48") == "warning"


def test_heat_follows_the_wall():
    answer = power_answer(Build(card=CARD, card_count=4, cpu=CPU))
    assert answer.btu_per_h == pytest.approx(answer.wall_w * 3.412)
    assert severity_of(answer, "R49") == "info"


def test_two_processors_count_twice():
    one = power_answer(Build(cpu=CPU)).sustained_w
    assert power_answer(Build(cpu=CPU), around=Circumstances(cpu_count=2)).sustained_w == one + 142


def test_registered_memory_and_kits_are_counted():
    kit = blank(Ram, modules=4, dimm_type="RDIMM")
    items = power_answer(Build(ram=kit, ram_kits=2)).items
    (memory,) = [item for item in items if item.label.startswith("Memory")]
    assert (memory.count, memory.each_w) == (8, 5.0)


@pytest.mark.parametrize("limit", [0, -1, float("nan"), 1e9])
def test_an_impossible_power_limit_is_refused(limit):
    with pytest.raises(UserError):
        power_answer(Build(card=CARD, card_count=1), power_limit_w=limit)


@given(
    watts=st.floats(100, 3000),
    more=st.floats(0, 2000),
    count=st.integers(1, 8),
    tdp=st.floats(30, 600),
    spec=st.sampled_from([None, "2.4", "3.1"]),
    label=st.sampled_from([None, "Bronze", "Titanium"]),
    mains=st.sampled_from(["120V15A", "120V20A", "100V15A", "230V16A"]),
)
def test_a_bigger_psu_never_adds_a_power_finding(watts, more, count, tdp, spec, label, mains):
    card = blank(GpuCard, tdp_w=tdp, gpu=blank(Gpu, vendor_min_psu_w=600.0))

    def found(rated):
        unit = psu(rated, atx_spec=spec, efficiency=label)
        build = Build(card=card, card_count=count, cpu=CPU, psu=unit)
        return {finding.rule for finding in power_answer(build, mains=mains).findings}

    assert found(watts + more) <= found(watts)


@given(limit=st.floats(50, 400), lower=st.floats(0, 200))
def test_a_lower_power_limit_never_draws_more(limit, lower):
    build = Build(card=CARD, card_count=2, cpu=CPU)
    high = power_answer(build, power_limit_w=limit)
    low = power_answer(build, power_limit_w=max(1.0, limit - lower))
    assert low.sustained_w <= high.sustained_w
    assert low.excursion_w <= high.excursion_w
    assert low.recommended_psu_w <= high.recommended_psu_w


def shared(*watts, cards=4, sync=None):
    first, *others = (psu(each) for each in watts)
    around = Circumstances(other_psus=tuple(others), has_psu_sync=sync)
    build = Build(card=CARD, card_count=cards, cpu=CPU, psu=first)
    return [f.severity.value for f in power_answer(build, around=around).findings
            if f.rule == "R33"]  # fmt: skip


def test_whole_cards_must_find_a_unit_with_the_watts_for_them():
    assert shared(1000, 1000) == ["info"]
    assert shared(1300, 300) == ["warning", "info"]  # three cards here, the fourth nowhere
    assert shared(1300, 350) == ["info"]


def test_units_nothing_starts_together_are_a_warning():
    assert shared(1000, 1000, sync=False) == ["warning"]
    assert shared(1000, 1000, sync=True) == ["info"]


def test_a_ups_must_meet_its_watts_and_its_volt_amperes():
    build = Build(card=CARD, card_count=1, cpu=CPU)
    wall = power_answer(build).wall_w

    def said(**ups):
        answer = power_answer(build, around=Circumstances(**ups))
        return [f.severity.value for f in answer.findings if f.rule == "R48"]

    assert said(ups_w=wall * 1.1, ups_va=wall * 1.2) == []
    assert said(ups_w=wall * 1.1, ups_va=wall * 1.05) == ["warning"]
    assert said(ups_w=wall * 0.9, ups_va=wall * 1.2) == ["warning"]
    assert said(ups_va=wall * 1.2) == ["unknown"]


@given(
    count=st.integers(1, 8),
    rated=st.floats(300, 3000),
    volts=st.sampled_from(["120V15A", "230V16A"]),
)
def test_one_card_less_never_adds_a_power_finding(count, rated, volts):
    def found(cards):
        build = Build(card=CARD, card_count=cards, cpu=CPU, psu=psu(rated, atx_spec="2.4"))
        return {(f.rule, f.severity) for f in power_answer(build, mains=volts).findings
                if f.severity is not Severity.INFO}  # fmt: skip

    worse, better = found(count), found(count - 1)
    assert {rule for rule, _ in better} <= {rule for rule, _ in worse}


def test_peaks_fall_with_their_length_and_the_first_is_the_excursion():
    answer = power_answer(Build(card=CARD, card_count=2, cpu=CPU))
    one, ten = answer.peaks
    assert (one.duration_ms, ten.duration_ms) == (1, 10)
    assert one.power_w == pytest.approx(answer.excursion_w)
    assert one.power_w > ten.power_w > answer.sustained_w


@given(count=st.integers(1, 8), tdp=st.floats(30, 600))
def test_an_atx_3_unit_at_80_percent_stands_every_peak(count, tdp):
    answer = power_answer(Build(card=blank(GpuCard, tdp_w=tdp), card_count=count, cpu=CPU))
    assert all(peak.least_atx3_w <= answer.sustained_w / 0.80 for peak in answer.peaks)


def test_the_ups_carries_the_wall_load_with_a_fifth_in_reserve():
    answer = power_answer(Build(card=CARD, card_count=1, cpu=CPU))
    assert answer.wall_w == pytest.approx(0.8 * answer.ups.power_w)
    assert answer.ups.apparent_va == pytest.approx(answer.ups.power_w / 0.9)
