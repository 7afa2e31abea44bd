"""A run's summary: sums over GPUs, money, time-weighted shares, and reasons instead of zeros."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.monitor.runs.compare import Place, compare
from hwstudio.core.monitor.runs.energy import Span
from hwstudio.core.monitor.runs.money import Grid, Tariff, cost_of
from hwstudio.core.monitor.runs.summary import summarize
from hwstudio.core.monitor.runs.track import Piece, Track, clean, time_mean, time_quantile

TIMES = [float(n) for n in range(3601)]
HOUR = Span(0.0, 3600.0)
TARIFF = Tariff(Decimal("0.30"), "EUR", "2026-11-01")


def steady(value):
    return Track(TIMES, [value] * len(TIMES))


def rising(per_s):
    return Track(TIMES, [1000.0 + per_s * t for t in TIMES])


def test_an_hour_at_a_kilowatt_on_two_gpus_is_two_kilowatt_hours():
    found = summarize({"gpu.0.energy_j": rising(1000), "gpu.1.power_w": steady(1000)}, HOUR, TARIFF)
    assert found.energy_kwh.value == pytest.approx(2.0)
    assert found.energy_j.how == "energy counter and power over time"
    assert float(found.cost.value.amount) == pytest.approx(0.60)
    assert (found.cost.value.currency, found.cost.value.as_of) == ("EUR", "2026-11-01")


def test_money_is_decimal_and_exact():
    assert cost_of(3_600_000.0, TARIFF).amount == Decimal("0.30")
    with_losses = Tariff(Decimal("0.30"), "EUR", "2026-11-01", Decimal("1.5"))
    assert cost_of(3_600_000.0, with_losses).amount == Decimal("0.45")


@pytest.mark.parametrize(("price", "overhead"), [("-0.1", "1"), ("NaN", "1"), ("0.3", "0.9")])
def test_a_tariff_that_cannot_be_is_refused(price, overhead):
    with pytest.raises(UserError):
        Tariff(Decimal(price), "EUR", "2026-11-01", Decimal(overhead))


def test_what_was_not_recorded_is_not_measured_with_the_reason():
    found = summarize({"gpu.0.busy_share": steady(0.5), "gpu.1.power_w": steady(10)}, HOUR, TARIFF)
    assert found.energy_j.value is None
    assert found.energy_j.status is Status.UNSUPPORTED
    assert "gpu.0" in found.energy_j.why
    assert found.cost.why.startswith("not measured")
    assert "gpu.0" in found.notes[0]
    nothing = summarize({}, HOUR)
    assert "no GPU was recorded" in nothing.energy_kwh.why
    assert nothing.stat("cpu.busy_share").value is None
    assert nothing.over_gpus("busy_share").value is None


def test_cost_and_co2_need_a_price_and_a_factor():
    tracks = {"gpu.0.power_w": steady(1000)}
    found = summarize(tracks, HOUR)
    assert "no electricity price" in found.cost.why
    assert "no CO2" in found.co2_g.why
    found = summarize(tracks, HOUR, TARIFF, Grid(380.0, "grid operator, 2025"))
    assert found.co2_g.value == pytest.approx(380)
    assert found.co2_g.how == "grid operator, 2025"


def test_means_weigh_by_time_and_not_by_sample():
    times = [0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    track = Track(times, [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    found = summarize({"gpu.0.busy_share": track}, Span(0, 10)).stat("gpu.0.busy_share").value
    assert found.mean == pytest.approx(0.15)


def test_peaks_and_shares_over_several_gpus():
    tracks = {
        "gpu.0.temperature_c": steady(60),
        "gpu.1.temperature_c": steady(80),
        "gpu.0.vram_used_bytes": steady(2**30),
        "gpu.0.energy_j": rising(5),
        "gpu.0.throttle_bits": steady(4),
    }
    found = summarize(tracks, HOUR)
    assert found.over_gpus("temperature_c").value.peak == 80
    assert found.over_gpus("temperature_c").value.mean == pytest.approx(70)
    assert found.stat("gpu.0.vram_used_bytes").value.peak == 2**30
    assert "gpu.0.energy_j" not in found.stats
    assert "gpu.0.throttle_bits" not in found.stats


def test_only_the_time_of_the_run_counts():
    track = Track(TIMES, [1.0 if 1000 <= t <= 2000 else 0.0 for t in TIMES])
    found = summarize({"cpu.busy_share": track}, Span(1000, 2000)).stat("cpu.busy_share").value
    assert found.mean == found.lowest == 1
    assert found.covered_share == 1


def test_a_run_recorded_in_part_says_so():
    kept = [n for n in TIMES if not 1000 < n < 2000]
    found = summarize({"gpu.0.power_w": Track(kept, [100.0] * len(kept))}, HOUR)
    assert any("72% of the time" in note for note in found.notes)


@given(st.lists(st.tuples(st.floats(0.1, 10), st.floats(0, 1), st.floats(0, 1)), min_size=1))
def test_the_mean_lies_between_the_extremes_and_the_quantile_is_one_of_the_values(raw):
    pieces = [Piece(*each) for each in raw]
    values = [v for _, a, b in raw for v in (a, b)]
    mean = time_mean(pieces)
    assert min(values) - 1e-9 <= mean <= max(values) + 1e-9
    assert time_quantile(pieces, 0.95) in values
    assert time_quantile(pieces, 1.0) == max(values)


def test_a_quantile_is_a_share_of_the_time():
    pieces = [Piece(94.0, 0.1, 0.1), Piece(6.0, 0.9, 0.9)]
    assert time_quantile(pieces, 0.5) == 0.1
    assert time_quantile(pieces, 0.95) == 0.9


def test_a_track_out_of_order_is_put_in_order_and_repeats_count_once():
    found = clean(Track([3, 1, 2, 2], [30.0, 10.0, 20.0, 21.0]))
    assert list(found.times_s) == [1, 2, 3]
    assert list(found.values) == [10, 21, 30]


def test_a_track_needs_as_many_times_as_values():
    with pytest.raises(ValueError, match="as many"):
        Track([1.0], [])


def prediction(median=100.0, low=80.0, high=120.0, refused=""):
    return Prediction(
        median=median, low=low, high=high, unit="J", evidence=Evidence.ESTIMATED,
        formula="f", refused=refused,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("actual", "place", "words"),
    [
        (100.0, Place.INSIDE, "as predicted"),
        (110.0, Place.INSIDE, "10 % more than predicted"),
        (70.0, Place.BELOW, "30 % less than predicted"),
        (130.0, Place.ABOVE, "30 % more than predicted"),
        (250.0, Place.ABOVE, "2.5 times the prediction"),
    ],
)
def test_a_run_is_compared_with_its_prediction_in_words(actual, place, words):
    found = compare("Energy", ok(actual), prediction())
    assert found.place is place
    assert words in found.sentence
    assert place.value in found.sentence
    assert "estimated" in found.sentence


def test_what_cannot_be_compared_says_why():
    refused = compare("Energy", ok(1.0), prediction(None, None, None, "the model is unknown"))
    assert "the model is unknown" in refused.sentence
    unmeasured = compare("Energy", absent(Status.LOST, "", "the GPU was lost"), prediction())
    assert unmeasured.ratio is None
    assert "the GPU was lost" in unmeasured.sentence
    assert compare("Energy", ok(1.0), prediction(0.0, 0.0, 0.0)).place is Place.UNKNOWN
