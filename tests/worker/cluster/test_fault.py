"""Who failed first: the cause is named, and never the one that only lost its connection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.worker.cluster.fault import HostFacts, RankFacts, find

LOST = {"kind": "error", "what": "RuntimeError", "why": "Connection reset by peer"}


def hosts(**changed):
    """Return three computers in good order, but for what is changed of one."""
    return [HostFacts(name=name, **changed.get(name, {})) for name in ("a", "b", "c")]


def ranks(**changed):
    return [
        RankFacts(rank=index, host=name, pid=10 + index, **changed.get(name, {}))
        for index, name in enumerate(("a", "b", "c"))
    ]


def cause(some_hosts=None, some_ranks=None):
    found = find(some_hosts or hosts(), some_ranks or ranks())
    return found and (found.cause, found.hosts)


def test_a_run_in_good_order_has_no_fault():
    assert cause() is None


def test_the_killed_rank_is_named_and_not_the_peers_that_lost_it():
    found = find(hosts(), ranks(a=LOST, b={"how": "ended", "code": -9}, c=LOST))
    assert (found.cause, found.hosts, found.rank, found.pid) == ("killed", ("b",), 1, 11)


def test_a_kill_by_the_system_for_memory_is_told_as_that():
    starved = {"how": "ended", "code": -9, "is_starved": True}
    assert cause(some_ranks=ranks(a=LOST, c=starved)) == ("oom", ("c",))


def test_an_allocation_that_failed_is_out_of_memory():
    failure = {"kind": "oom", "what": "RuntimeError", "why": "can't allocate memory"}
    assert cause(some_ranks=ranks(a=LOST, b=failure)) == ("oom", ("b",))


def test_an_exception_is_told_with_its_traceback():
    failure = {"kind": "error", "what": "ValueError", "why": "bad", "tail": ("line 1", "line 2")}
    found = find(hosts(), ranks(a=LOST, b=failure))
    assert (found.cause, found.traceback) == ("crashed", ("line 1", "line 2"))


def test_a_lost_connection_waits_for_its_cause_and_is_told_when_none_comes():
    assert cause(some_ranks=ranks(a={**LOST, "failed_for_s": 1.0})) is None
    assert cause(some_ranks=ranks(a={**LOST, "failed_for_s": 4.0})) == ("cut", ("a",))


def test_a_paused_rank_is_told():
    assert cause(some_ranks=ranks(b={"how": "stopped"})) == ("stopped", ("b",))


def test_the_interface_that_was_switched_off_is_named_and_not_the_end_without_a_link():
    off = hosts(a={"state": "no link", "state_for_s": 9.0}, b={"state": "down"})
    assert cause(off) == ("cut", ("b",))


def test_a_cable_that_was_pulled_is_told_once_nobody_else_explains_it():
    assert cause(hosts(a={"state": "no link", "state_for_s": 0.5})) is None
    assert cause(hosts(a={"state": "no link", "state_for_s": 2.0})) == ("cut", ("a",))


def test_a_computer_that_the_others_no_longer_hear_lost_its_network():
    unheard = hosts(a={"silent_s": {"b": 3.5, "c": 0.1}}, c={"silent_s": {"b": 3.4}})
    assert cause(unheard) == ("cut", ("b",))


def test_two_that_do_not_hear_each_other_are_both_named():
    pair = [HostFacts(name="a", silent_s={"b": 3.5}), HostFacts(name="b", silent_s={"a": 3.5})]
    assert find(pair, []).hosts == ("a", "b")


def test_silence_with_an_answer_to_a_second_call_is_no_cut():
    paused = {"heard_ago_s": 3.5, "answers": True, "alive": 2, "paused": 1}
    assert cause(hosts(b=paused)) == ("stopped", ("b",))
    assert cause(hosts(b={"heard_ago_s": 3.5, "answers": False})) == ("cut", ("b",))


def test_a_silent_computer_that_answers_gets_more_time():
    assert cause(hosts(b={"heard_ago_s": 3.5, "answers": True, "alive": 2})) is None


def test_when_all_fall_silent_the_fault_is_here():
    all_silent = {name: {"heard_ago_s": 3.5, "answers": False} for name in "abc"}
    found = find(hosts(**all_silent), ranks())
    assert found.what == "This computer lost its connection to all others"


def test_a_killed_agent_is_told_apart_from_a_cut_connection():
    assert cause(hosts(b={"is_over": True, "code": -9})) == ("killed", ("b",))
    gone = {"is_over": True, "code": 255, "answers": True, "alive": 0}
    assert cause(hosts(b=gone)) == ("killed", ("b",))
    assert cause(hosts(b={"is_over": True, "code": 255, "answers": False})) == ("cut", ("b",))


@given(st.permutations([0, 1, 2]), st.floats(0, 100))
def test_whoever_loses_its_connection_first_the_killed_one_is_named(order, waited_s):
    facts = ranks(a={**LOST, "failed_for_s": waited_s}, b={"how": "ended", "code": -9})
    assert find(hosts(), [facts[i] for i in order]).rank == 1
