"""The performance report: figures by hand, honest gaps, exact money, the same every time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.monitor.export.shape import Span
from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.bill import bill
from hwstudio.core.report.blocks import KeyFigures, Status, Table
from hwstudio.core.report.chances import chances
from hwstudio.core.report.efficiency import efficiency
from hwstudio.core.report.gpu_use import gpu_use
from hwstudio.core.report.incidents import alert_sums, slow_downs, unrecorded_h
from hwstudio.core.report.performance import ReportWishes, performance_report
from hwstudio.core.report.period import Course, Notice, Period, Prices, RunEnd, RunNote
from hwstudio.core.report.right_size import SizeThresholds, Verdict, fewer_cards, right_size
from hwstudio.core.report.roi import DEFAULT_TARGETS, Target, roi_figures

T0 = 1_763_596_800.0  # 2025-11-20T00:00:00Z
CARD = Device("gpu.0", "RTX 4090", "gpu", {"vram_used_bytes": 24.0 * GIB, "temperature_c": 87.0})
TARIFF = Prices(per_kwh=Decimal("0.30"), currency="EUR", per_kwh_source="contract",
                as_of="2025-11-01")  # fmt: skip


def course(values, *, start=T0, step=60.0, seconds=None):
    """A course of equal buckets; None is no bucket."""
    rows = [(start + i * step, v) for i, v in enumerate(values) if v is not None]
    starts, means = [s for s, _ in rows], [v for _, v in rows]
    return Course(starts, [seconds or step] * len(rows), means, means, means)


def period(busy, *, power=None, vram=None, more=None, **wish):
    """A period with one GPU; numbers are minute means."""
    courses = {"gpu.0.busy_share": course(busy), "cpu.busy_share": course([0.1] * len(busy))}
    if power is not None:
        courses["gpu.0.power_w"] = course(power)
    if vram is not None:
        courses["gpu.0.vram_used_bytes"] = course([v * 24 * GIB for v in vram])
    courses |= more or {}
    end = T0 + 60.0 * len(busy)
    return Period(**{"host": "lab", "from_s": T0, "to_s": end, "made_at": "2025-12-01T00:00:00Z",
                     "devices": (CARD,), "courses": courses, **wish})  # fmt: skip


def use_of(p):
    return gpu_use(p, CARD)


DAY = 24 * 60


def test_use_is_what_one_computes_by_hand():
    # 12 h at 80 %, 6 h idle with memory held, 6 h idle without.
    busy = [0.8] * 720 + [0.0] * 720
    vram = [0.5] * 1080 + [0.01] * 360
    use = use_of(period(busy, power=[400.0] * 720 + [50.0] * 720, vram=vram))
    assert use.recorded_h == pytest.approx(24)
    assert use.busy_mean == pytest.approx(0.4)
    assert use.busy_p95 == pytest.approx(0.8)
    assert use.busy_h == pytest.approx(9.6)
    assert use.idle_h == pytest.approx(12)
    assert use.held_idle_h == pytest.approx(6)
    assert use.vram_most_share == pytest.approx(0.5)
    assert use.power_idle_w == pytest.approx(50)
    assert use.energy_kwh == pytest.approx((400 * 12 + 50 * 12) / 1000)
    assert use.energy_how == "power readings over the recorded time"


def test_the_energy_counter_comes_first():
    p = period([0.5] * 60, power=[100.0] * 60, increases={"gpu.0.energy_j": 7.2e6})
    assert use_of(p).energy_kwh == pytest.approx(2.0)
    assert "counter" in use_of(p).energy_how


def test_what_was_not_recorded_is_neither_idle_nor_busy():
    use = use_of(period([0.8] * 60 + [None] * 60 + [0.8] * 60))
    assert use.recorded_h == pytest.approx(2)
    assert use.busy_mean == pytest.approx(0.8)
    assert use.idle_h == 0


def test_nothing_measured_stays_nothing():
    use = gpu_use(Period(host="h", from_s=0, to_s=3600, made_at=""), CARD)
    assert (use.busy_mean, use.energy_kwh, use.power_mean_w, use.vram_most_share) == (None,) * 4


def test_the_quantile_counts_recorded_time_not_buckets():
    mixed = Course([0, 1], [10.0, 990.0], [1.0, 0.1], [1.0, 0.1], [1.0, 0.1])
    assert mixed.quantile(0.95) == 0.1
    assert mixed.quantile(0.995) == 1.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_pieces_of_a_course_lose_nothing(values):
    whole = course(values)
    parts = [part for _, part in whole.cut(3600.0, T0 - 1800)]
    assert sum(part.recorded_s for part in parts) == pytest.approx(whole.recorded_s)
    assert sum(part.integral for part in parts) == pytest.approx(whole.integral)


# --- money ---------------------------------------------------------------------------------------


def test_money_is_exact_and_has_its_parts():
    p = period([0.5] * DAY, increases={"gpu.0.energy_j": 3.6e6 * 10})
    found = bill(p, [use_of(p)], replace(TARIFF, machine_per_hour=Decimal("1.25")))
    assert found.energy == Decimal("3.0000")
    assert found.machine == Decimal("30.00")
    assert found.total == Decimal("33.00")
    assert found.per_useful_hour == Decimal("2.75")
    assert found.covers == "GPU electricity and the machine's hours"


def test_without_a_price_or_work_there_is_no_cost_of_a_useful_hour():
    p = period([0.0] * DAY, power=[30.0] * DAY)
    assert bill(p, [use_of(p)], TARIFF).per_useful_hour is None
    assert bill(p, [use_of(p)], Prices()).total is None


# --- efficiency ----------------------------------------------------------------------------------


def test_a_steady_fall_in_energy_per_busy_hour_is_told_with_its_interval():
    busy, power = [0.5] * DAY * 12, []
    for day in range(12):
        power += [300.0 - 5 * day] * DAY
    found = efficiency(p := period(busy, power=power), [use_of(p)])
    assert [s.label for s in found.stretches][:2] == ["2025-11-20", "2025-11-21"]
    assert found.stretches[0].kwh_per_busy_h == pytest.approx(0.6)
    assert found.trend.slope == pytest.approx(-0.01)
    assert "0.01 kWh less" in found.sentence
    assert "12 days" in found.sentence


def test_noise_is_called_chance_and_few_days_no_trend():
    power = []
    for day in range(10):
        power += [300.0 + (-1) ** day * 20] * DAY
    p = period([0.5] * DAY * 10, power=power)
    assert "chance" in efficiency(p, [use_of(p)]).sentence
    short = period([0.5] * DAY * 2, power=[300.0] * DAY * 2)
    assert "3 are needed" in efficiency(short, [use_of(short)]).sentence


def test_a_day_without_readings_is_a_gap_in_the_chart():
    p = period([0.5] * DAY + [None] * DAY + [0.5] * DAY)
    assert [s.busy_share for s in efficiency(p, [use_of(p)]).stretches] == [0.5, None, 0.5]


def test_days_begin_at_local_midnight():
    p = period([0.5] * DAY, utc_offset_s=3600.0)
    assert [s.label for s in efficiency(p, [use_of(p)]).stretches] == ["2025-11-20", "2025-11-21"]
    assert efficiency(p, [use_of(p)]).stretches[0].busy_h == pytest.approx(11.5)


def test_a_long_period_goes_by_weeks():
    busy = Course(*([T0 + 3600.0 * i for i in range(24 * 100)], *([[1.0] * 2400] * 4)))
    p = period([0.5], to_s=T0 + 100 * 86400, more={"gpu.0.busy_share": busy})
    found = efficiency(p, [use_of(p)])
    assert found.is_weekly
    assert len(found.stretches) == 15


# --- incidents -----------------------------------------------------------------------------------


def event(kind, at, held=0.0, **wish):
    return AlertEvent(**{"kind": kind, "rule": "hot", "title": "Hot", "subject": "gpu.0",
                         "severity": Severity.WARNING, "at_s": T0 + at, "since_s": T0 + at - held,
                         "held_s": held, "value": None, "threshold": None, "sentence": "",
                         **wish})  # fmt: skip


def test_alerts_are_summed_by_rule_and_subject():
    sums = alert_sums(
        [
            event(Kind.RAISED, 100, 30.0),
            event(Kind.REPEATED, 3700, 3630.0),
            event(Kind.CLEARED, 7300, 7200.0),
            event(Kind.RAISED, 9000, 60.0),
            event(Kind.TEST, 1),
            event(Kind.RAISED, 5, 0.0, subject="gpu.1"),
        ]
    )
    assert [(s.subject, s.count, round(s.hours, 3), s.is_open) for s in sums] == [
        ("gpu.0", 2, 2.017, True),
        ("gpu.1", 1, 0.0, True),
    ]


def test_slow_downs_are_told_by_reason_and_several_may_hold():
    p = period([0.5] * 60, slowed_s={"gpu.0": {0: 1800.0, 0x4: 900.0, 0x44: 900.0, 0x1: 0.0}})
    found = {s.bit: (s.hours, s.share) for s in slow_downs(p)}
    assert found == {0x4: (0.5, 0.5), 0x40: (0.25, 0.25)}


def test_hours_not_recorded_are_said_openly():
    p = period([0.5] * 60 + [None] * 60, gaps=(Span(T0 + 3600, T0 + 7200, "the computer slept"),))
    p = replace(p, courses={"gpu.0.busy_share": course([0.5] * 60)})
    assert unrecorded_h(p) == pytest.approx(1)
    text = markdown(performance_report(p, ReportWishes()))
    assert "the computer slept" in text
    assert "50.0 %" in text
    assert "1.0 h of the period were not recorded" in text


# --- advice --------------------------------------------------------------------------------------

LIMITS = SizeThresholds()


def advice(busy, vram, power=None, limit=450.0):
    more = {"gpu.0.power_limit_w": course([limit] * len(busy))} if power else None
    return right_size(use_of(period(busy, vram=vram, power=power, more=more)), LIMITS)


def test_a_card_that_uses_little_of_both_could_be_smaller():
    found = advice([0.22] * DAY, [0.38] * DAY, [150.0] * DAY)
    assert found.verdict is Verdict.SMALLER
    assert "at most 38 % of its memory" in found.sentence
    assert "at most 22 % of its compute" in found.sentence
    assert "a smaller card would do" in found.sentence
    assert found.need_bytes == 11 * GIB


def test_power_that_contradicts_the_load_stops_the_advice():
    found = advice([0.22] * DAY, [0.38] * DAY, [440.0] * DAY)
    assert found.verdict is Verdict.LESS_MEMORY


@pytest.mark.parametrize(
    ("busy", "vram", "verdict"),
    [
        (0.9, 0.7, Verdict.FASTER),
        (0.6, 0.97, Verdict.MORE_MEMORY),
        (0.6, 0.7, Verdict.FITS),
        (0.7, 0.3, Verdict.LESS_MEMORY),
    ],
)
def test_each_verdict_has_its_use(busy, vram, verdict):
    assert advice([busy] * DAY, [vram] * DAY).verdict is verdict


def test_a_short_recording_gives_no_advice():
    assert advice([0.2] * 60, [0.3] * 60).verdict is Verdict.UNKNOWN
    lazy = advice([0.01] * DAY, [0.3] * DAY)
    assert lazy.verdict is Verdict.UNKNOWN
    assert "renting" in lazy.sentence


def test_one_peak_of_memory_forbids_less_memory():
    found = advice([0.22] * DAY, [0.2] * (DAY - 1) + [0.9])
    assert found.verdict is Verdict.FITS


def test_a_card_whose_size_fits_needs_no_more_memory_than_it_has():
    fits = advice([0.6] * DAY, [0.84] * DAY)  # a fifth more than that is more than the card has
    assert (fits.verdict, fits.need_bytes) == (Verdict.FITS, 24 * GIB)
    full = advice([0.6] * DAY, [0.97] * DAY)
    assert (full.verdict, full.need_bytes) == (Verdict.MORE_MEMORY, 32 * GIB)


def test_two_half_used_cards_could_be_one():
    p = period([0.3] * DAY)
    a = use_of(p)
    b = replace(a, device=replace(CARD, id="gpu.1"))
    assert "1 of them" in fewer_cards([a, b], LIMITS)
    assert fewer_cards([a], LIMITS) == ""
    other = replace(a, device=replace(CARD, id="gpu.1", title="Other"))
    assert fewer_cards([a, other], LIMITS) == ""


# --- opportunities -------------------------------------------------------------------------------


def test_idle_hours_are_priced_with_power_and_rent():
    p = period([0.0] * DAY, power=[50.0] * DAY)
    prices = replace(TARIFF, machine_per_hour=Decimal("2"))
    (found,) = [c for c in chances(p, [use_of(p)], prices) if c.title == "Idle GPU hours"]
    assert found.worth == Decimal("0.30") * Decimal("1.2") + 48
    assert found.hours == pytest.approx(24)


def test_waiting_for_data_needs_a_loaded_gpu_and_something_at_its_end():
    full = {"cpu.max_core_share": course([0.99] * 600)}
    p = period([0.4] * 600, vram=[0.5] * 600, more=full)
    (found,) = [c for c in chances(p, [use_of(p)], Prices()) if c.title == "Waiting for data"]
    assert found.hours == pytest.approx(6.0)
    calm = period([0.4] * 600, vram=[0.5] * 600, more={"cpu.max_core_share": course([0.5] * 600)})
    assert [c for c in chances(calm, [use_of(calm)], Prices()) if "Waiting" in c.title] == []
    empty = period([0.4] * 600, vram=[0.02] * 600, more=full)
    assert [c for c in chances(empty, [use_of(empty)], Prices()) if "Waiting" in c.title] == []


def test_a_power_limit_has_room_or_holds_back():
    limit = {"gpu.0.power_limit_w": course([450.0] * 600)}
    p = period([0.9] * 600, power=[200.0] * 600, more=limit)
    assert "Power limit with room" in [c.title for c in chances(p, [use_of(p)], Prices())]
    capped = replace(p, slowed_s={"gpu.0": {0x4: 600.0, 0: 1200.0}})
    assert "Power limit reached" in [c.title for c in chances(capped, [use_of(p)], Prices())]


# --- return --------------------------------------------------------------------------------------


def figures(p, prices=TARIFF, targets=None):
    uses = [use_of(p)]
    return {f.id: f for f in roi_figures(p, uses, prices, bill(p, uses, prices), targets)}


def test_six_figures_each_say_what_they_are_and_what_would_measure_them():
    found = figures(Period(host="h", from_s=T0, to_s=T0 + 3600, made_at=""), Prices())
    assert list(found) == list(DEFAULT_TARGETS)
    for figure in found.values():
        assert figure.status is Status.UNKNOWN
        assert figure.definition
        assert figure.source
        assert figure.needs


def test_six_figures_by_hand():
    runs = (
        RunNote("a", T0, T0 + 10 * 3600, RunEnd.FINISHED),
        RunNote("b", T0 + 5 * 3600, T0 + 12 * 3600, RunEnd.FAILED),
        RunNote("c", T0 + 20 * 3600, None, RunEnd.RUNNING),
        RunNote("d", T0, T0 + 2 * 3600, RunEnd.CANCELLED),
    )
    p = period([0.85] * DAY, increases={"gpu.0.energy_j": 3.6e6 * 16}, runs=runs)
    prices = replace(
        TARIFF, cloud_bill=Decimal("24"), purchase=Decimal(12000), life_years=Decimal(5)
    )
    found = figures(p, prices, {"success_rate": Target(value=Decimal("0.52"), is_least=True)})
    assert found["utilisation"].value == Decimal("0.85")
    # 12 hours with a run and 4 more of the one that still goes on.
    assert found["cost_per_training_hour"].value == Decimal("4.80") / 16
    assert found["time_to_result"].value == 10
    assert found["success_rate"].value == Decimal("0.5")
    assert found["success_rate"].status is Status.WATCH
    assert found["cloud_per_month"].value == Decimal("730")
    assert found["cloud_per_month"].status is Status.BAD
    assert found["depreciation_per_month"].value == Decimal(200)
    assert found["depreciation_per_month"].status is Status.GOOD


@pytest.mark.parametrize(
    ("name", "value"), [("speed", "1"), ("utilisation", "-1"), ("utilisation", "NaN")]
)
def test_targets_that_make_no_sense_are_refused(name, value):
    with pytest.raises(UserError, match="target"):
        figures(period([0.5] * 60), targets={name: Target(value=Decimal(value), is_least=True)})


# --- the whole -----------------------------------------------------------------------------------


def full_period():
    return period(
        [0.5] * DAY * 4,
        power=[250.0] * DAY * 4,
        vram=[0.4] * DAY * 4,
        alerts=(event(Kind.RAISED, 100), event(Kind.CLEARED, 4000, 3900.0)),
        slowed_s={"gpu.0": {0x20: 600.0, 0: 6000.0}},
        notices=(Notice("gpu.0", "It runs 6 °C hotter at the same power than in October.", T0),),
    )


def test_the_same_input_gives_the_same_report():
    wishes = ReportWishes(prices=TARIFF)
    assert performance_report(full_period(), wishes) == performance_report(full_period(), wishes)


def test_every_chapter_is_there():
    document = performance_report(full_period(), ReportWishes(prices=TARIFF))
    tables = {block.title for block in document.blocks if isinstance(block, Table)}
    assert tables >= {"GPUs", "Energy", "Alerts", "Slowed down", "Advice", "Six figures", "Notices"}
    (top,) = [block for block in document.blocks if isinstance(block, KeyFigures)]
    assert {f.name for f in top.figures} >= {"Recorded", "Cost", "Cost of a useful GPU-hour"}
    for block in document.blocks:
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows)


def test_a_machine_without_a_gpu_gets_a_report_too():
    p = Period(host="h", from_s=T0, to_s=T0 + 3600, made_at="x",
               courses={"cpu.busy_share": course([0.5] * 60)})  # fmt: skip
    text = markdown(performance_report(p, ReportWishes()))
    assert "No GPU was recorded" in text
    assert "Processor load" in text
    assert "nan" not in text.lower()


def test_an_empty_history_gives_an_honest_report():
    text = markdown(
        performance_report(Period(host="h", from_s=T0, to_s=T0 + 60, made_at=""), ReportWishes())
    )
    assert "Nothing was recorded" in text


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(UserError):
        performance_report(Period(host="h", from_s=2.0, to_s=1.0, made_at=""), ReportWishes())
