"""A probe may raise, hang or be slow: the feed keeps it harmless and says what happened."""

from __future__ import annotations

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.probe.fake import FakeProbe, HangingProbe
from hwstudio.core.probe.feed import Feed, ThreadFeed, demoted, feeds_of


def test_a_probe_is_read_only_when_its_cadence_has_passed():
    probe = FakeProbe("x", [1, 2, 3], cadence_s=5.0)
    feed = Feed(probe)
    assert [feed.poll(float(s)).value for s in (0, 1, 4, 5, 6, 10)] == [1, 1, 1, 2, 2, 3]


def test_what_needs_a_second_read_gets_it_soon_and_then_keeps_its_cadence():
    waiting = absent(Status.STALE, "test", "a share needs two reads")
    probe = FakeProbe("x", [waiting, 1, 2])
    feed = Feed(probe)
    polled = [feed.poll(at_s) for at_s in (0.0, 0.25, 0.5, 1.0, 1.25)]
    assert [each.value for each in polled] == [None, 1, 1, 1, 2]
    never = Feed(FakeProbe("x", [waiting]))
    assert len([never.poll(at_s) for at_s in (0.0, 0.25, 0.5, 0.75, 1.0)]) == 5
    assert never.probe.reads == 2  # one that is not ready then is not asked four times a second


def test_a_table_that_lacks_its_shares_is_read_again_soon():
    probe = FakeProbe("x", [1, 2, 3])
    probe.is_half_read = True
    feed = Feed(probe)
    assert feed.poll(0.0).value == 1
    probe.is_half_read = False
    assert [feed.poll(at_s).value for at_s in (0.1, 0.25, 1.0, 1.25)] == [1, 2, 2, 3]


def test_an_error_becomes_a_lost_reading_with_the_reason_and_the_next_read_counts_again():
    feed = Feed(FakeProbe("x", [1, RuntimeError("sensor gone"), 3]))
    assert feed.poll(0.0).value == 1
    lost = feed.poll(1.0)
    assert (lost.value, lost.status, lost.why) == (None, Status.LOST, "sensor gone")
    assert feed.poll(2.0).value == 3


def test_a_sensor_that_never_answers_is_told_to_the_log_once_not_every_second(caplog):
    caplog.set_level("INFO", logger="hwstudio")
    feed = Feed(FakeProbe("never", [OSError("no counters")] * 3 + [OSError("gone")]))
    for second in range(4):
        feed.poll(float(second))
    told = [record.getMessage() for record in caplog.records]
    assert [("no counters" in line, "gone" in line) for line in told] == [
        (True, False),
        (False, True),
    ]


def test_a_permission_error_is_denied():
    feed = Feed(FakeProbe("x", [PermissionError(13, "Permission denied")]))
    assert feed.poll(0.0).status is Status.DENIED


def test_before_the_first_answer_a_threaded_probe_says_so():
    feed = ThreadFeed(FakeProbe("x", [1], is_slow=True))
    assert feed.is_waiting
    assert feed.poll(0.0).why == "no answer yet"


def test_a_hanging_probe_is_lost_after_the_deadline_and_ends_when_released():
    probe = HangingProbe("x")
    feed = ThreadFeed(probe, deadline_s=0.05)
    feed.start()
    try:
        time.sleep(0.1)
        began = time.monotonic()
        found = feed.poll(began)
        assert found.status is Status.LOST
    finally:
        probe.released.set()
        feed.stop()
    assert not any(t.name == "hwstudio-probe-x" for t in threading.enumerate())


def test_stopping_closes_the_probe():
    probe = FakeProbe("x", [1], is_slow=True)
    feed = ThreadFeed(probe)
    feed.start()
    feed.stop()
    assert probe.is_closed


def test_slow_probes_get_a_thread_and_quick_ones_do_not():
    slow, quick = feeds_of([FakeProbe("a", [1], is_slow=True), FakeProbe("b", [1])])
    assert isinstance(slow, ThreadFeed)
    assert not isinstance(quick, ThreadFeed)


def test_a_slow_probe_is_demoted_so_that_it_costs_at_most_two_per_cent():
    assert demoted(1.0, 0.154) == 0.154 / 0.02
    assert demoted(1.0, 0.001) == 1.0
    assert demoted(1.0, 30.0) == 60.0


@given(st.floats(0.1, 60), st.floats(0, 100), st.floats(0, 100))
def test_a_dearer_probe_is_never_read_more_often(cadence, cost, more):
    assert demoted(cadence, cost + more) >= demoted(cadence, cost)


def test_the_fake_repeats_its_last_answer():
    probe = FakeProbe("x", [ok(1), 2])
    assert [probe.read(0).value for _ in range(4)] == [1, 2, 2, 2]
