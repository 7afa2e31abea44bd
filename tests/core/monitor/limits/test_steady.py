"""The shown verdict: calm where the judgement trembles, quick where it matters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.limits.evidence import Limit, Verdict
from hwstudio.core.monitor.limits.steady import BETTER_S, STALE_S, WORSE_S, Steady

FINE = Verdict("ok", Limit.GPU_COMPUTE, "gpu.0", "Fine.")
SLOW = Verdict("warn", Limit.DATA_LOADING, "gpu.0", "Slow.")
DISK = Verdict("warn", Limit.DISK, "disk.sda", "Disk.")
LOST = Verdict("error", Limit.GPU_LOST, "gpu.0", "Lost.")
HUNG = Verdict("warn", Limit.HUNG, "gpu.0", "Hung.")
RESTS = Verdict("ok", Limit.IDLE, "gpu.0", "Rests.", second=Limit.HUNG)
IDLE = Verdict("ok", Limit.IDLE, "", "Idle.")


def shown(*verdicts):
    steady = Steady()
    return [steady.update(verdict, float(second)) for second, verdict in enumerate(verdicts)]


def test_a_new_warning_must_hold():
    seen = shown(FINE, *[SLOW] * 20)
    assert seen.index(SLOW) == 1 + WORSE_S


def test_relief_comes_sooner_than_worry():
    seen = shown(SLOW, *[FINE] * 20)
    assert seen.index(FINE) == 1 + BETTER_S


def test_an_error_is_shown_at_once():
    assert shown(FINE, LOST)[-1] is LOST


def test_the_first_real_verdict_is_shown_at_once():
    assert shown(Verdict("info", Limit.UNKNOWN, "", "Reading."), SLOW)[-1] is SLOW


def test_a_single_odd_second_is_not_shown():
    assert set(shown(*[FINE] * 5, SLOW, *[FINE] * 5)) == {FINE}


def test_figures_of_the_same_cause_are_always_fresh():
    fresh = Verdict("ok", Limit.GPU_COMPUTE, "gpu.0", "Fine, 97 %.")
    assert shown(FINE, fresh)[-1] is fresh


def test_what_is_no_longer_true_is_not_shown_for_ever():
    steady = Steady()
    steady.update(FINE, 0.0)
    seen = [steady.update(SLOW if n % 2 else DISK, float(n)) for n in range(1, 40)]
    assert FINE in seen
    assert seen[int(STALE_S)] is not FINE


def test_a_job_that_hangs_stays_so_while_it_holds_memory_and_rests():
    seen = shown(HUNG, *[RESTS] * 300)
    assert seen[-1] is HUNG
    assert shown(HUNG, *[IDLE] * 20)[-1] is IDLE


def test_a_clock_that_is_set_back_does_not_block_it():
    steady = Steady()
    steady.update(FINE, 1000.0)
    seen = [steady.update(SLOW, float(n)) for n in range(20)]
    assert seen[-1] is SLOW


@given(st.lists(st.sampled_from([FINE, SLOW, DISK, RESTS, IDLE]), min_size=1, max_size=200))
def test_without_errors_the_shown_cause_changes_at_most_every_few_seconds(verdicts):
    seen = shown(*verdicts)
    changes = sum(a != b for a, b in pairwise(seen))
    assert changes <= len(verdicts) / BETTER_S
