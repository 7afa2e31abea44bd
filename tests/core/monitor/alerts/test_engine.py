"""What the engine raises, when it keeps quiet, and what never fools it."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.engine import AlertEngine
from hwstudio.core.monitor.alerts.event import Kind
from hwstudio.core.monitor.alerts.rule import Also, Level, Rule, When

T0 = 1_700_000_000.0
GPU = "gpu.0.temperature_c"
CARD = Device("gpu.0", "NVIDIA GeForce RTX 4090", "gpu", {"temperature_c": 87.0})


def _rule(**wish):
    return Rule(**{"id": "r", "title": "R", "sensor": GPU, "when": When.ABOVE,
                   "level": Level(85.0), **wish})  # fmt: skip


def _play(engine, values, *, start=T0, step=1.0, name=GPU, **more):
    """Feed one value a step (None = missing) and return [(seconds, kind)]."""
    out = []
    for i, value in enumerate(values):
        numbers = {} if value is None else {name: value}
        events = engine.check(Sample(start + i * step, numbers, **more))
        out.extend((event.at_s - T0, event) for event in events)
    return out


def _kinds(played):
    return [(at, event.kind) for at, event in played]


def test_an_alert_is_raised_only_after_it_held_long_enough():
    engine = AlertEngine([_rule(hold_s=5)])
    assert _kinds(_play(engine, [90.0] * 10)) == [(5.0, Kind.RAISED)]


def test_a_dip_begins_the_time_anew():
    engine = AlertEngine([_rule(hold_s=5)])
    assert _kinds(_play(engine, [90.0] * 4 + [80.0] + [90.0] * 7)) == [(10.0, Kind.RAISED)]


def test_at_the_threshold_counts():
    assert _kinds(_play(AlertEngine([_rule()]), [85.0])) == [(0.0, Kind.RAISED)]
    below = _rule(when=When.BELOW)
    assert _kinds(_play(AlertEngine([below]), [85.1, 85.0])) == [(1.0, Kind.RAISED)]


def test_within_the_band_nothing_flaps():
    engine = AlertEngine([_rule(band=5.0)])
    played = _play(engine, [86.0, 84.0, 86.0, 81.0, 80.0, 79.9])
    assert _kinds(played) == [(0.0, Kind.RAISED), (5.0, Kind.CLEARED)]


def test_a_gap_neither_raises_nor_clears():
    engine = AlertEngine([_rule(hold_s=60)])
    assert _play(engine, [90.0, 90.0]) == []
    # Ten minutes later it is hot again: nobody knows what was in between.
    assert _play(engine, [90.0] * 30, start=T0 + 600) == []
    raised = _play(engine, [90.0] * 31, start=T0 + 630)
    assert _kinds(raised) == [(660.0, Kind.RAISED)]
    assert _play(engine, [None] * 50, start=T0 + 700) == []
    assert engine.active[0].subject == GPU


def test_a_single_missing_value_does_not_begin_the_time_anew():
    engine = AlertEngine([_rule(hold_s=5)])
    assert _kinds(_play(engine, [90.0, 90.0, None, 90.0, 90.0, 90.0])) == [(5.0, Kind.RAISED)]


def test_nan_is_no_value():
    engine = AlertEngine([_rule(), _rule(id="eq", when=When.EQUALS)])
    assert _play(engine, [math.nan, math.nan]) == []
    _play(engine, [90.0], start=T0 + 5)
    assert _play(engine, [math.nan], start=T0 + 6) == []
    assert len(engine.active) == 1


@pytest.mark.parametrize("jump", [-7200.0, -3.0])
def test_a_clock_set_back_neither_raises_early_nor_loses_what_was_seen(jump):
    engine = AlertEngine([_rule(hold_s=10)])
    assert _play(engine, [90.0] * 6) == []  # five seconds seen
    played = _play(engine, [90.0] * 6, start=T0 + 6 + jump)  # five more; the jump counts nothing
    assert [event.held_s for _, event in played] == [10.0]
    assert played[0][1].since_s <= played[0][1].at_s


def test_a_clock_set_ahead_does_not_count_as_time_held():
    engine = AlertEngine([_rule(hold_s=10)])
    assert _play(engine, [90.0] * 3) == []
    assert _play(engine, [90.0] * 10, start=T0 + 86400) == []


def test_thresholds_come_from_the_device_and_differ_between_cards():
    rule = _rule(sensor="gpu.*.temperature_c", level=Level(of_limit=True, margin=2.0))
    cards = (CARD, Device("gpu.1", "Other", "gpu", {"temperature_c": 95.0}))
    sample = Sample(T0, {GPU: 86.0, "gpu.1.temperature_c": 86.0}, devices=cards)
    events = AlertEngine([rule]).check(sample)
    assert [(e.subject, e.threshold) for e in events] == [(GPU, 85.0)]


def test_without_a_stated_limit_a_rule_about_it_says_nothing():
    rule = _rule(level=Level(of_limit=True, margin=2.0))
    bare = Device("gpu.0", "Card", "gpu")
    assert _play(AlertEngine([rule]), [150.0] * 3, devices=(bare,)) == []


def test_a_limit_learned_late_is_used_from_then_on():
    engine = AlertEngine([_rule(level=Level(of_limit=True))])
    assert _play(engine, [88.0]) == []
    played = _play(engine, [88.0], start=T0 + 1, devices=(CARD,))
    assert played[0][1].threshold == 87.0


def test_the_size_beside_stands_in_for_a_limit():
    rule = _rule(sensor="gpu.*.vram_used_bytes", level=Level(of_limit=True, share=0.97))
    engine = AlertEngine([rule])
    used, total = "gpu.0.vram_used_bytes", "gpu.0.vram_total_bytes"
    assert engine.check(Sample(T0, {used: 96e9, total: 100e9})) == ()
    (event,) = engine.check(Sample(T0 + 1, {used: 97.5e9, total: 100e9}))
    assert event.threshold == pytest.approx(97e9)
    assert "there are 93.1 GiB" in event.sentence


def test_the_sentence_says_what_how_long_which_limit_and_what_to_do():
    (rule,) = [r for r in default_rules() if r.id == "gpu-hot"]
    engine = AlertEngine([rule])
    (_, event), *_ = _play(engine, [91.0] * 40, devices=(CARD,))
    assert event.sentence == (
        "GPU 0 (NVIDIA GeForce RTX 4090): temperature has been at 91 °C for 30 s; it slows down "
        "from 87 °C. Check the fans, the filters and the room's temperature."
    )


def test_it_is_said_again_only_after_the_quiet_time():
    engine = AlertEngine([_rule(repeat_s=60)])
    played = _play(engine, [90.0] * 130)
    assert _kinds(played) == [(0.0, Kind.RAISED), (60.0, Kind.REPEATED), (120.0, Kind.REPEATED)]
    never = AlertEngine([_rule(repeat_s=0)])
    assert _kinds(_play(never, [90.0] * 500)) == [(0.0, Kind.RAISED)]


def test_coming_back_within_the_quiet_time_is_kept_but_not_told():
    engine = AlertEngine([_rule(repeat_s=60)])
    played = _play(engine, [90.0, 70.0, 90.0, 70.0] + [70.0] * 60 + [90.0])
    told = [(at, e.kind) for at, e in played if not e.is_silent]
    assert told == [(0.0, Kind.RAISED), (1.0, Kind.CLEARED), (64.0, Kind.RAISED)]
    assert [e.silent_why for _, e in played if e.is_silent] == [
        "told a short while ago",
        "nobody was told of it",
    ]


def test_muted_alerts_are_kept_and_told_when_the_time_is_over_if_still_true():
    engine = AlertEngine([_rule(mute_until_s=T0 + 10)])
    played = _play(engine, [90.0] * 15)
    assert [(at, e.kind, e.is_silent) for at, e in played] == [
        (0.0, Kind.RAISED, True),
        (10.0, Kind.REPEATED, False),
    ]


def test_quiet_hours_cross_midnight_and_end_with_what_is_still_wrong():
    def minute_of(at_s):
        return int((at_s - T0) // 60 + 21 * 60 + 59) % 1440  # T0 is 21:59

    rule = _rule(quiet_from=22 * 60, quiet_to=6 * 60, repeat_s=3600)
    engine = AlertEngine([rule], minute_of=minute_of)
    played = _play(engine, [70.0] * 120 + [90.0] * 530, step=60.0)
    assert [(at / 60, e.kind, e.is_silent) for at, e in played] == [
        (120.0, Kind.RAISED, True),
        (481.0, Kind.REPEATED, False),
        *((481.0 + 120.0 * n, Kind.REPEATED, False) for n in (1,)),
    ]


def test_a_restart_tells_nothing_twice_and_still_clears():
    rule = _rule(hold_s=2, repeat_s=3600)
    engine = AlertEngine([rule])
    assert _kinds(_play(engine, [90.0] * 5)) == [(2.0, Kind.RAISED)]
    saved = json.loads(json.dumps(engine.document()))
    again = AlertEngine([rule], saved)
    assert _play(again, [90.0] * 10, start=T0 + 300) == []
    assert again.active[0].rule == "r"
    assert _kinds(_play(again, [70.0], start=T0 + 320)) == [(320.0, Kind.CLEARED)]


def test_a_restart_with_another_condition_begins_anew():
    saved = AlertEngine([_rule()])
    _play(saved, [90.0])
    changed = AlertEngine([_rule(level=Level(89.0), repeat_s=0)], saved.document())
    assert changed.active == ()
    assert _kinds(_play(changed, [90.0], start=T0 + 9)) == [(9.0, Kind.RAISED)]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"schema": 99, "watches": []},
        {"schema": 1, "watches": "x"},
        {"schema": 1, "watches": [3, {"rule": 1}, {"rule": "r", "subject": GPU}]},
    ],
)
def test_a_damaged_state_is_left_out(raw):
    assert _kinds(_play(AlertEngine([_rule()], raw), [90.0])) == [(0.0, Kind.RAISED)]


def test_changed_rules_keep_what_is_raised_and_close_what_is_gone():
    engine = AlertEngine([_rule(), _rule(id="other")])
    _play(engine, [90.0])
    events = engine.use([_rule(title="New words", repeat_s=7.0)], T0 + 1)
    assert [(e.rule, e.kind, e.is_silent) for e in events] == [("other", Kind.CLEARED, True)]
    assert [e.rule for e in engine.active] == ["r"]
    assert engine.use([_rule(is_enabled=False)], T0 + 2)[0].rule == "r"
    assert engine.active == ()


def test_a_lost_gpu_is_told_with_the_reason_and_when_it_is_back():
    rule = _rule(sensor="gpu.*", when=When.LOST, hold_s=3)
    engine = AlertEngine([rule])
    both = {GPU: 50.0, "gpu.1.temperature_c": 50.0}
    engine.check(Sample(T0, both))
    gone = {"gpu.1": Missing(Status.LOST, "the GPU fell off the bus")}
    events = [e for i in range(1, 8) for e in engine.check(Sample(T0 + i, {GPU: 50.0}, gone))]
    assert [(e.subject, e.kind, e.at_s - T0) for e in events] == [("gpu.1", Kind.RAISED, 4.0)]
    assert "fell off the bus" in events[0].sentence
    (back,) = engine.check(Sample(T0 + 9, both))
    assert back.kind is Kind.CLEARED
    assert "is back" in back.sentence


def test_a_gpu_that_does_not_come_back_with_the_computer_is_missed():
    rule = _rule(sensor="gpu.*", when=When.LOST, hold_s=3)
    engine = AlertEngine([rule])
    engine.check(Sample(T0, {GPU: 50.0}))
    again = AlertEngine([rule], engine.document())
    played = _play(again, [0.5] * 5, start=T0 + 900, name="cpu.busy_share")
    assert [e.subject for _, e in played] == ["gpu.0"]


def test_what_is_denied_or_not_offered_is_not_lost():
    rule = _rule(sensor="gpu.*", when=When.LOST)
    engine = AlertEngine([rule])
    engine.check(Sample(T0, {GPU: 50.0}))
    denied = {"gpus": Missing(Status.DENIED, "no permission")}
    assert engine.check(Sample(T0 + 1, {"cpu.busy_share": 0.1}, denied)) == ()


def test_what_is_lost_for_a_day_is_no_longer_expected():
    rule = _rule(sensor="gpu.*", when=When.LOST, repeat_s=0)
    engine = AlertEngine([rule], interval_s=60)
    engine.check(Sample(T0, {GPU: 50.0}))
    played = _play(engine, [0.5] * 1500, start=T0 + 60, step=60.0, name="cpu.busy_share")
    assert [(e.kind, e.is_silent) for _, e in played] == [
        (Kind.RAISED, False),
        (Kind.CLEARED, True),
    ]
    assert engine.active == ()


def test_bits_are_seen_among_others():
    rule = _rule(sensor="gpu.*.throttle_bits", when=When.BITS, level=Level(0x48))
    engine = AlertEngine([rule])
    played = _play(engine, [0x1, 0x4 | 0x40, 0x44, 0x4], name="gpu.0.throttle_bits")
    assert _kinds(played) == [(1.0, Kind.RAISED), (3.0, Kind.CLEARED)]
    raised = next(event for _, event in played if event.kind is Kind.RAISED)
    assert "held back by power limit, temperature (hardware)" in raised.sentence  # no bare bits


def test_equal_means_within_half_the_sensors_step():
    rule = _rule(sensor="gpu.0.pcie_width", when=When.EQUALS, level=Level(8.0))
    engine = AlertEngine([rule])
    played = _play(engine, [16.0, 8.0, 8.004, 8.2], name="gpu.0.pcie_width")
    assert _kinds(played) == [(1.0, Kind.RAISED), (3.0, Kind.CLEARED)]


def test_error_counters_tell_how_much_they_grew_and_a_reset_is_no_growth():
    name = "gpu.0.ecc_uncorrected_errors_count"
    rule = _rule(sensor="gpu.*.ecc_uncorrected_errors_count", when=When.GROWS, repeat_s=10)
    engine = AlertEngine([rule])
    played = _play(engine, [3.0, 3.0, 5.0, 6.0, 7.0] + [7.0] * 10 + [0.0, 0.0], name=name)
    assert [at for at, _ in played] == [2.0, 12.0]
    assert "grew by 2 to 5" in played[0][1].sentence
    assert "grew by 2 to 7" in played[1][1].sentence
    again = AlertEngine([rule], engine.document())
    assert _play(again, [0.0, 0.0], start=T0 + 50, name=name) == []
    assert "grew by 4 to 4" in _play(again, [4.0], start=T0 + 99, name=name)[0][1].sentence


def test_growth_in_quiet_hours_is_told_afterwards_in_one_sum():
    name = "gpu.0.ecc_uncorrected_errors_count"
    rule = _rule(sensor=name, when=When.GROWS, repeat_s=0, mute_until_s=T0 + 10)
    engine = AlertEngine([rule])
    played = _play(engine, [0.0, 1.0, 1.0, 4.0] + [4.0] * 10, name=name)
    assert [e.is_silent for _, e in played] == [True, True, False]
    assert "grew by 4 to 4" in played[-1][1].sentence


def test_a_change_is_told_with_both_values():
    rule = _rule(sensor="gpu.0.pcie_width", when=When.CHANGES, repeat_s=5)
    played = _play(AlertEngine([rule]), [16.0, 8.0, 8.0, 16.0], name="gpu.0.pcie_width")
    assert len(played) == 1
    assert "changed from 16 to 8" in played[0][1].sentence


def test_two_conditions_must_hold_at_once():
    also = Also("vram_used_bytes", When.ABOVE, Level(2e9))
    rule = _rule(sensor="gpu.*.busy_share", when=When.BELOW, level=Level(0.03), hold_s=3, also=also)
    engine = AlertEngine([rule])

    def run(start, vram):
        values = {"gpu.0.busy_share": 0.0, "gpu.0.vram_used_bytes": vram}
        if vram is None:
            del values["gpu.0.vram_used_bytes"]
        return [e for i in range(6) for e in engine.check(Sample(start + i, values))]

    assert run(T0, 1e9) == []
    assert [e.kind for e in run(T0 + 6, 3e9)] == [Kind.RAISED]
    assert run(T0 + 12, None) == []  # unknown: it stays as it is
    assert [e.kind for e in run(T0 + 18, 1e9)] == [Kind.CLEARED]


def test_a_forecast_warns_before_the_disk_is_full_and_not_for_noise():
    name = "filesystem.root.used_bytes"
    rule = _rule(sensor=name, when=When.WILL_EXCEED, level=Level(100e9), within_s=3600.0)
    disk = AlertEngine([rule])
    filling = [80e9 + 5e6 * t + (t * 7919 % 13) * 1e6 for t in range(0, 1800, 5)]
    (at, event), *_ = _play(disk, filling, step=5.0, name=name)
    left_s = (100e9 - 80e9) / 5e6 - at
    assert event.kind is Kind.RAISED
    assert left_s > 1800
    assert "at this pace reaches" in event.sentence
    calm = AlertEngine([rule])
    noise = [80e9 + (t * 7919 % 101) * 1e7 for t in range(720)]
    assert _play(calm, noise, step=5.0, name=name) == []


def test_a_forecast_clears_when_the_growth_stops():
    name = "filesystem.root.used_bytes"
    rule = _rule(sensor=name, when=When.WILL_EXCEED, level=Level(100e9), within_s=3600.0)
    engine = AlertEngine([rule])
    values = [80e9 + 5e6 * t for t in range(0, 1200, 5)] + [86e9] * 900
    assert [e.kind for _, e in _play(engine, values, step=5.0, name=name)] == [
        Kind.RAISED,
        Kind.CLEARED,
    ]


def test_silence_is_raised_by_who_waits_and_cleared_by_the_next_sample():
    rule = _rule(sensor="recorder", when=When.SILENT, hold_s=30)
    engine = AlertEngine([rule])
    engine.check(Sample(T0, {GPU: 50.0}))
    assert engine.check_silence(T0 + 20, 20.0) == ()
    (event,) = engine.check_silence(T0 + 40, 40.0)
    assert event.sentence == "Recorder has written nothing for 40 s."
    assert engine.check_silence(T0 + 41, 41.0) == ()
    assert [e.kind for e in engine.check(Sample(T0 + 50, {GPU: 50.0}))] == [Kind.CLEARED]


def test_patterns_are_resolved_only_when_a_sensor_is_new(monkeypatch):
    engine = AlertEngine([_rule(sensor="gpu.*.temperature_c")])
    looked = []
    match = engine._board._match
    monkeypatch.setattr(engine._board, "_match", lambda name: (looked.append(name), match(name)))
    for i in range(5):
        engine.check(Sample(T0 + i, {GPU: 50.0} if i != 3 else {}))
    engine.check(Sample(T0 + 9, {GPU: 50.0, "gpu.1.temperature_c": 90.0}))
    assert looked == [GPU, "gpu.1.temperature_c"]


def test_sensors_that_never_come_back_are_forgotten():
    engine = AlertEngine([_rule(sensor="network.*.send_bytes_per_s")], interval_s=600)
    for hour in range(60 * 6):
        name = f"network.veth{hour // 6}.send_bytes_per_s"
        engine.check(Sample(T0 + hour * 600, {name: 90.0 if hour < 6 else 1.0}))
    assert len(engine._board.watches) < 30
    assert len(engine._board._seen) < 30
    assert engine.active == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(70, 100)), min_size=1, max_size=80),
    st.integers(0, 6),
    st.integers(0, 8),
)
def test_raised_and_cleared_alternate_and_agree_with_a_plain_simulation(values, hold, band):
    """The oracle walks the seconds one by one with nothing but the rule's definition."""
    expected, is_raised, since = [], False, None
    for second, value in enumerate(values):
        if value is None:
            continue
        if not is_raised:
            since = (second if since is None else since) if value >= 85 else None
            if since is not None and second - since >= hold:
                is_raised = True
                expected.append((float(second), Kind.RAISED))
        elif value < 85 - band:
            is_raised, since = False, None
            expected.append((float(second), Kind.CLEARED))
    # Gaps of 30 s and more begin the time anew; the simulation does not know them.
    if any(all(v is None for v in values[i : i + 29]) for i in range(len(values) - 28)):
        return
    engine = AlertEngine([_rule(hold_s=hold, band=band, repeat_s=0)])
    numbers = [None if v is None else float(v) for v in values]
    assert _kinds(_play(engine, numbers)) == expected
