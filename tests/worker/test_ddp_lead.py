"""The lead of the data-parallel run: the shares, the disturbed rounds, and who failed first."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from hwstudio.worker.kernels import ddp
from hwstudio.worker.ranks import RankProcess, Ranks, environment, free_port
from hwstudio.worker.rounds import take_rounds
from hwstudio.worker.sampling import Progress


class Recorder:
    def __init__(self) -> None:
        self.events = []

    def emit(self, event, **data) -> None:
        self.events.append((event, data))

    def series(self, name):
        return next(d for kind, d in self.events if kind == "series" and d["series"] == name)


class ScriptedRanks:
    """Two ranks whose waits for a core are prepared, one per round."""

    about = ({"device": "cpu", "pid": 1}, {"device": "cpu", "pid": 2})

    def __init__(self, waits) -> None:
        self._waits = iter(waits)
        self._wait = 0.0

    def order(self, who, **order):
        if order["do"] == "agree":
            return [{"checksum": 1.0} for _ in who]
        if order["do"] == "all_reduce":
            return [{"seconds": [0.5, 0.25], "bytes": 1000} for _ in who]
        if len(who) == 1 and order["steps"] == 5:
            return [{"seconds": 1.25, "wait_s": 0.0}]
        if len(who) == 1 and who[0] == 0:
            self._wait = next(self._waits)
        step_s = 1.0 if order["shared"] else 0.5 if len(who) > 1 else 0.25
        seconds = step_s * order["steps"]
        return [{"seconds": seconds, "wait_s": self._wait * seconds} for _ in who]


PARAMS = {"nproc": 2, "batch": 10, "phase_s": 0.4, "has_cores": True}


def measure(waits, rounds=3):
    channel = Recorder()
    progress = Progress(channel, rounds + 2, 1.0)
    ddp.measure(ScriptedRanks(waits), rounds, progress, channel, PARAMS)
    return channel


def test_efficiency_is_the_product_of_both_shares():
    channel = measure([0.0] * 3)
    assert channel.series("compute_share")["values"] == [0.5] * 3
    assert channel.series("communication_share")["values"] == [0.5] * 3
    assert channel.series("efficiency")["values"] == [0.25] * 3


def test_bus_bandwidth_counts_what_each_link_carries():
    assert measure([0.0] * 3).series("all_reduce")["values"] == [2000.0, 4000.0]


def test_disturbed_rounds_are_marked_and_more_rounds_follow_until_enough_are_clean():
    channel = measure([0.5, 0.5, 0.0, 0.0, 0.5, 0.0])
    assert channel.series("efficiency")["clean"] == [0, 0, 1, 1, 0, 1]


def test_on_a_machine_that_stays_busy_the_rounds_end():
    channel = measure([0.5] * 99)
    assert channel.series("efficiency")["clean"] == [0] * 9


def taken(values, rounds):
    """Take rounds of prepared efficiencies and return how many there were."""
    channel, figures = Recorder(), iter(values)
    found, _ = take_rounds(
        lambda: ({"efficiency": next(figures)}, True),
        rounds,
        {"efficiency": "1"},
        channel,
        Progress(channel, rounds, 1.0),
    )
    return len(found)


def test_rounds_go_on_until_the_efficiency_is_known_to_one_per_cent():
    uneven = [0.5, 0.9] * 6
    assert taken([0.700 + n / 1e4 for n in range(99)], 11) == 11
    assert 11 < taken([*uneven, *[0.7] * 99], 11) < 33
    assert taken([0.5, 0.7, 0.9] * 99, 11) == 33, "three times as many are enough"
    assert taken([0.5, 0.7, 0.9] * 99, 5) == 5, "who asks for few wants it short"


def test_a_round_on_a_slow_link_has_steps_enough_for_one_lost_packet_not_to_decide():
    assert ddp._fill(0.2, 0.4) == 12
    assert ddp._fill(0.01, 0.4) == 40
    assert ddp._fill(1.5, 0.4) == 4, "where a step takes long, lost packets weigh little"


def fallen(index, code=None, failure=None):
    process = SimpleNamespace(pid=100 + index, poll=lambda: code)
    return RankProcess(index, process, 0.0, failure=failure)


def cause(*found):
    ranks = Ranks.__new__(Ranks)
    ranks._ranks = list(found)
    return ranks._first_cause()


LOST = {"kind": "error", "what": "RuntimeError", "why": "Connection reset by peer", "remedy": ""}
STARVED = {"kind": "oom", "what": "RuntimeError", "why": "can't allocate memory", "remedy": ""}


def test_a_killed_process_is_the_cause_and_not_the_peer_that_lost_it():
    named = cause(fallen(0, 0, LOST), fallen(1, -9))
    assert named.what.startswith("Process 1 of 2")
    assert "killed (signal 9)" in named.what


def test_a_process_out_of_memory_is_the_cause_and_not_the_peer_that_lost_it():
    named = cause(fallen(0, 0, LOST), fallen(1, 0, STARVED))
    assert named.kind == "oom"
    assert named.what == "Process 1 of 2 (pid 101) ran out of memory"


def test_a_crash_in_native_code_is_told_as_one():
    assert "segmentation fault" in cause(fallen(0), fallen(1, -11)).what


def test_ranks_find_each_other_over_the_loopback_whatever_the_hosts_file_says():
    found = environment("linux")
    assert found["MASTER_ADDR"] == "127.0.0.1"
    assert 0 < int(found["MASTER_PORT"]) < 65536
    if sys.platform == "linux":
        assert found["GLOO_SOCKET_IFNAME"] == "lo"
    assert environment("win32")["USE_LIBUV"] == "0"


def test_a_free_port_can_be_bound():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free_port()))


@pytest.mark.parametrize("sums", [(1.0, 1.1), (0.0, 5.0)])
def test_models_that_drifted_apart_are_no_result(sums):
    from hwstudio.worker.channel import Failure

    ranks = SimpleNamespace(order=lambda _who, **_order: [{"checksum": s} for s in sums])
    with pytest.raises(Failure, match="trained different models"):
        ddp._check_agreement(ranks, [0, 1])


class UnevenRanks(ScriptedRanks):
    """Rank 0 is slow alone whenever it had to wait for a core."""

    def order(self, who, **order):
        answers = super().order(who, **order)
        if order["do"] == "train" and self._wait:
            for answer in answers:
                answer["seconds"] *= 4
        return answers


def ranks_told(waits, rounds):
    channel = Recorder()
    ddp.measure(UnevenRanks(waits), rounds, Progress(channel, 9, 1.0), channel, PARAMS)
    return next(d["value"] for _, d in channel.events if d.get("name") == "ranks")


def test_the_rates_of_the_processes_come_from_the_undisturbed_rounds():
    told = ranks_told([0.5, 0.5, 0.5, 0.5, 0.0, 0.0, 0.0], 7)
    assert [each["alone_samples_per_s"] for each in told] == [40.0, 40.0]
    assert not any(each["is_disturbed"] for each in told)


def test_the_rates_of_a_machine_that_stays_busy_are_told_and_marked():
    told = ranks_told([0.5] * 9, 3)
    assert [each["alone_samples_per_s"] for each in told] == [10.0, 10.0]
    assert all(each["is_disturbed"] for each in told)


def test_a_process_that_failed_is_told_without_the_class_of_an_exception():
    assert cause(fallen(0, 0, LOST)).what == "Process 0 of 1 (pid 100) failed"


def test_processes_that_do_not_start_are_told_in_plain_words(monkeypatch):
    from hwstudio.worker import ranks as room
    from hwstudio.worker.channel import Failure

    monkeypatch.setattr(room, "START_LIMIT_S", -1.0)
    group = Ranks.__new__(Ranks)
    group._ranks = [fallen(0), fallen(1)]
    group._pump = lambda: None
    with pytest.raises(Failure) as late:
        group.wait_ready()
    assert late.value.what == "2 of 2 processes did not start in time"
    assert "fewer processes" in late.value.remedy
