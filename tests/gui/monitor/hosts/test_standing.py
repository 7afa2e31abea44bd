"""The row of a computer: what it says of now, and that nothing old looks like now."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.core.monitor.hosts.host import HOST, Host, HostState
from hwstudio.gui.monitor.hosts.figures import figures_of
from hwstudio.gui.monitor.hosts.shown import sample_of, state_of, verdict_of
from hwstudio.gui.monitor.hosts.standing import Standing, clock_words, row_of, summary
from hwstudio.gui.monitor.hosts.watched import Watched, capacity_of
from hwstudio.gui.monitor.judging import READING
from hwstudio.gui.monitor.state import MonitorState

NEAR = HostEntry(name="near", urls=("http://127.0.0.1:9100/metrics",))
FAR = HostEntry(name="far", urls=("http://gpu1:9100/metrics",))
NOW = 1_700_000_000.0
GIB = 2**30


def sample(at_s=NOW, missing=None, **values):
    found = {"cpu.busy_share": 0.5, "memory.used_bytes": 1.0, "memory.total_bytes": 4.0}
    return Sample(at_s, {**found, **values}, missing or {}, (Device("cpu", "Processor", "cpu"),))


def watched(entry=NEAR, samples=(), state=None):
    made = Watched(entry)
    host = Host(entry, ())
    for each in samples:
        made.take(host, each)
    made.host = host
    host.state = state or HostState(is_up=True, changed_s=NOW, answered_s=NOW)
    return made


def row(made, now_s=NOW, refused="", is_allowed=True):
    return row_of(made.entry, made, refused, now_s, is_allowed=is_allowed)


def test_a_live_computer_shows_its_numbers():
    found = row(watched(samples=[sample()]))
    assert (found.standing, found.words, found.kind) == (Standing.LIVE, "Live", "ok")
    assert found.figures.memory_share == 0.25
    assert found.age_s == 0.0


def test_an_old_reading_is_slow_and_says_how_old():
    found = row(watched(samples=[sample()]), now_s=NOW + 42)
    assert (found.standing, found.words) == (Standing.SLOW, "Slow")
    assert "42 s" in found.why


def test_a_slower_pace_is_not_slow():
    made = watched(replace(NEAR, interval_s=30.0), [sample()])
    assert row(made, now_s=NOW + 42).standing is Standing.LIVE


def test_a_computer_that_went_away_says_since_when_and_shows_no_numbers():
    gone = HostState(is_up=False, why="It is off.", changed_s=NOW, answered_s=NOW - 1)
    found = row(watched(samples=[sample()], state=gone), now_s=NOW + 120)
    assert found.standing is Standing.GONE
    assert found.words == f"No answer since {time.strftime('%H:%M', time.localtime(NOW))}"
    assert not found.has_numbers
    assert found.figures.cpu_share is None
    assert found.age_s == 120.0


def test_one_of_two_pages_that_is_gone_is_told():
    missing = {f"{HOST}.http://x": Missing(Status.LOST, "x cannot be reached.", "http://x")}
    found = row(watched(samples=[sample(missing=missing)]))
    assert (found.standing, found.kind, found.why) == (
        Standing.PARTLY,
        "warn",
        "x cannot be reached.",
    )
    assert found.has_numbers


def test_with_the_network_off_only_this_computer_is_read():
    assert row(watched(FAR, [sample()]), is_allowed=False).standing is Standing.OFF
    assert row(watched(NEAR, [sample()]), is_allowed=False).standing is Standing.LIVE


def test_an_entry_that_cannot_be_used_says_why():
    found = row(watched(), refused="The secret cannot be read.")
    assert (found.standing, found.why) == (Standing.WRONG, "The secret cannot be read.")


def test_the_summary_counts_what_is_wrong_and_which_gpus_are_used():
    gone = HostState(changed_s=NOW, answered_s=NOW)
    rows = [row(watched(samples=[sample()])), row(watched(samples=[sample()], state=gone))]
    assert summary(rows) == "1 of 2 live · 1 without answer"


def test_another_day_is_written_out():
    assert len(clock_words(NOW, NOW + 86400 * 2)) > len(clock_words(NOW, NOW))


@pytest.mark.parametrize(
    ("busy", "held", "used"),
    [(0.0, 0.0, 0), (0.04, 0.01, 0), (0.05, 0.0, 1), (0.0, 0.5, 1), (None, None, 0)],
)
def test_a_gpu_is_in_use_when_it_works_or_its_memory_is_taken(busy, held, used):
    values = {}
    if busy is not None:
        values = {"gpu.0.busy_share": busy, "gpu.0.vram_used_bytes": held * 24 * GIB}
    gpu = Device("gpu.0", "GPU", "gpu", {"vram_used_bytes": 24.0 * GIB})
    found = figures_of(Sample(NOW, values, {}, (gpu,)))
    assert (found.gpus, found.gpus_used) == (1, used)


def test_the_hottest_sensor_of_all_counts():
    found = figures_of(sample(**{"gpu.0.temperature_c": 71.0, "temperature.a.celsius_c": 50.0}))
    assert found.hottest_c == 71.0


@given(st.integers(1, 1000), st.integers(1, 5000))
def test_the_rings_of_all_computers_fit_the_budget_or_are_as_short_as_they_get(hosts, sensors):
    count = capacity_of(hosts, sensors)
    assert 120 <= count <= 3600
    assert count == 120 or count * hosts * (sensors + 1) * 8 <= 96_000_000


def test_a_failed_look_leaves_a_gap_in_the_line():
    away = Sample(NOW + 1, {}, {HOST: Missing(Status.LOST, "off")})
    made = watched(samples=[sample(), away, sample(NOW + 2)])
    window = made.ring.since(0, ["cpu.busy_share"])
    first, gap, last = window.columns["cpu.busy_share"]
    assert (first, last) == (0.5, 0.5)
    assert gap != gap


def test_time_without_a_look_is_a_gap_and_the_same_sample_counts_once():
    made = watched(samples=[sample(), sample(), sample(NOW + 60)])
    column = made.ring.since(0, ["cpu.busy_share"]).columns["cpu.busy_share"]
    assert [value == value for value in column] == [True, False, True]


def test_a_clock_that_is_set_back_begins_anew():
    made = watched(samples=[sample(), sample(NOW - 3600)])
    assert list(made.ring.since(0).times_s) == [NOW - 3600]


def test_a_gone_computers_tiles_are_lost_but_its_charts_stay():
    gone = HostState(is_up=False, why="It is off.", changed_s=NOW, answered_s=NOW)
    made = watched(samples=[sample()], state=gone)
    found = state_of(row(made), made, MonitorState(READING), NOW + 5, wants_sensors=True)
    assert {tile.value for tile in found.tiles} == {"lost"}
    assert found.verdict.kind == "error"
    assert found.verdict.advice == "It is off."
    assert [chart.title for chart in found.page.charts] == ["In use"]
    assert found.sample.taken_s == NOW + 5
    assert all(each.now is None for each in found.sensors)


def test_what_will_not_come_says_why_instead_of_reading_forever():
    made = watched(samples=[sample(NOW - 2), sample(NOW - 1), sample()])
    shown = sample_of(row(made), made, NOW)
    assert "DCGM" in shown.missing["gpus"].why
    assert shown.missing["gpus"].how == NEAR.urls[0]
    assert (
        sample_of(row(watched(samples=[sample()])), watched(samples=[sample()]), NOW).missing == {}
    )


def test_a_computer_that_never_answered_shows_the_reason_and_no_tile():
    state = HostState(is_up=False, why="It is off.", changed_s=NOW)
    made = watched(state=state)
    found = state_of(row(made), made, MonitorState(READING), NOW, wants_sensors=False)
    assert (found.tiles, found.absent) == ((), "It is off.")
    assert "never answered" in verdict_of(row(made), made, NOW).sentence
