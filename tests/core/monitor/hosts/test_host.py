"""Another computer: read again and again, said to be gone when it is, and never in the way."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from itertools import pairwise

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.network import Network
from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source
from hwstudio.core.monitor.hosts.host import HOST, LONGEST_WAIT_S, Fleet, Host
from hwstudio.core.monitor.hosts.source import PageSource, parts_of
from hwstudio.core.monitor.serve import Server, ServeWish

ENTRY = HostEntry(name="gpu1", urls=("http://127.0.0.1:1/metrics",))


class Script:
    """A source that answers what it is told to."""

    def __init__(self, *answers, where="page", slowest_s=0.0):
        self.where, self.slowest_s = where, slowest_s
        self.answers = list(answers)
        self.reads, self.is_closed = 0, False

    def read(self, taken_s, now_s):
        self.reads += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Sample(taken_s, answer) if isinstance(answer, dict) else answer

    def close(self):
        self.is_closed = True


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


GONE = HostError("gpu1:9100 cannot be reached", "connection refused")


def host(*sources, entry=ENTRY):
    clock = Clock()
    return Host(entry, sources, clock=clock, wall=clock), clock


def test_a_computer_that_answers_is_up():
    one, _ = host(Script({"cpu.busy_share": 0.5}))
    assert one.poll().values == {"cpu.busy_share": 0.5}
    assert one.state.is_up
    assert one.latest is not None


def test_a_computer_that_is_gone_has_no_values_and_says_why():
    one, clock = host(Script({"cpu.busy_share": 0.5}, GONE, {"cpu.busy_share": 0.1}))
    one.poll()
    clock.now_s += 1
    sample = one.poll()
    assert sample.values == {}
    assert sample.missing[HOST] == Missing(Status.LOST, GONE.sentence, "page")
    assert (one.state.is_up, one.state.answered_s, one.state.changed_s) == (False, 1000.0, 1001.0)
    clock.now_s += 1
    assert one.poll().values == {"cpu.busy_share": 0.1}
    assert one.state.is_up


def test_tries_of_a_computer_that_is_gone_get_rarer_and_never_stop():
    source = Script(GONE)
    one, clock = host(source)
    tries = []
    for _ in range(400):
        before = source.reads
        one.poll(is_hurried=False)
        if source.reads > before:
            tries.append(clock.now_s)
        clock.now_s += 1
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert waits[0] <= 3
    assert 50 <= waits[-1] <= LONGEST_WAIT_S * 1.1 + 1
    assert 8 <= len(tries) <= 20


def test_a_person_who_asks_again_need_not_wait():
    source = Script(GONE)
    one, _ = host(source)
    for _ in range(5):
        one.poll()
    assert source.reads == 5


def test_it_is_read_once_an_interval_and_late_readings_are_not_made_up_for():
    source = Script({"a.b": 1.0})
    one, clock = host(source)
    for _ in range(50):
        one.poll(is_hurried=False)
        clock.now_s += 0.2
    assert source.reads == 10
    clock.now_s += 100
    for _ in range(3):
        one.poll(is_hurried=False)
    assert source.reads == 11


def test_an_address_on_the_internet_is_read_no_faster_than_it_allows():
    source = Script({"a.b": 1.0}, slowest_s=15.0)
    one, clock = host(source)
    for _ in range(30):
        one.poll(is_hurried=False)
        clock.now_s += 1
    assert source.reads == 2


def test_two_pages_of_one_computer_are_one_sample_and_the_first_counts_more():
    node = Sample(
        1.0, {"cpu.busy_share": 0.5, "gpu.0.power_w": 1.0}, {}, (Device("cpu", "A", "cpu"),)
    )
    dcgm = Sample(
        2.0, {"gpu.0.power_w": 2.0, "gpu.0.fan_share": 0.3}, {}, (Device("gpu.0", "G", "gpu"),)
    )
    one, _ = host(Script(node), Script(dcgm))
    sample = one.poll()
    assert sample.values == {"cpu.busy_share": 0.5, "gpu.0.power_w": 1.0, "gpu.0.fan_share": 0.3}
    assert {device.id for device in sample.devices} == {"cpu", "gpu.0"}


def test_one_page_that_is_gone_does_not_take_the_other_along():
    one, _ = host(Script({"cpu.busy_share": 0.5}), Script(GONE, where="http://gpu1:9400/metrics"))
    sample = one.poll()
    assert sample.values == {"cpu.busy_share": 0.5}
    assert sample.missing["host.http://gpu1:9400/metrics"].why == GONE.sentence
    assert one.state.is_up


def test_a_page_we_know_nothing_of_is_said_to_be_so():
    one, _ = host(Script({}))
    assert "nothing that hwstudio knows" in one.poll().missing[HOST].why


def test_a_sample_that_is_not_new_is_not_handed_on_again():
    same = Sample(5.0, {"a.b": 1.0})
    one, clock = host(Script(same, same, Sample(6.0, {"a.b": 2.0})))
    seen = []
    one._on_sample = lambda _host, sample: seen.append(sample.taken_s)
    for _ in range(3):
        one.poll()
        clock.now_s += 1
    assert seen == [5.0, 6.0]


def wait_for(check, seconds=5.0):
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


def test_the_thread_reads_on_after_our_own_mistake_and_ends_when_asked():
    class Broken(Script):
        def read(self, taken_s, now_s):
            self.reads += 1
            if self.reads == 1:
                raise ZeroDivisionError
            return Sample(taken_s, {"a.b": 1.0})

    source = Broken({})
    one = Host(ENTRY, [source])
    one.start()
    wait_for(lambda: source.reads == 1)
    one.hurry()
    wait_for(lambda: one.latest is not None)
    one.stop()
    one.stop()
    assert source.is_closed


@pytest.fixture
def served():
    sample = [Sample(time.time(), {"gpu.0.power_w": 71.5})]
    server = Server(ServeWish(0), lambda: sample[0])
    server.start()
    yield server, sample
    server.stop()


def test_a_computer_that_serves_is_read_with_the_network_off(home, served):
    server, sample = served
    seen = []
    one = Host.open(
        HostEntry(name="a", urls=(server.url,), interval_s=0.5), Network(home, lambda: False)
    )
    one.start(lambda _host, found: seen.append(found.values))
    wait_for(lambda: seen)
    sample[0] = Sample(time.time(), {"gpu.0.power_w": 80.0})
    wait_for(lambda: seen[-1] == {"gpu.0.power_w": 80.0})
    one.stop()
    assert seen[0] == {"gpu.0.power_w": 71.5}


def test_a_fleet_reads_what_the_list_says_and_keeps_what_stays(home, served):
    server, _ = served
    seen = set()
    fleet = Fleet(Network(home, lambda: False), lambda host, _sample: seen.add(host.name))
    first = [HostEntry(name=name, urls=(server.url,)) for name in ("a", "b")]
    wrong = HostEntry(name="c", urls=(server.url,), token_file=str(home.root / "none"))
    fleet.show([*first, wrong])
    wait_for(lambda: seen == {"a", "b"})
    kept = fleet.hosts[0]
    assert "cannot be read" in fleet.refused["c"]
    fleet.show([first[0], HostEntry(name="d", urls=(server.url,))])
    wait_for(lambda: "d" in seen)
    assert fleet.hosts[0] is kept
    assert [host.name for host in fleet.hosts] == ["a", "d"]
    fleet.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("hwstudio-host")]


NODE_PAGE = (
    b'node_load1 1\nnode_scrape_collector_success{collector="cpu"} 1\n'
    b'node_scrape_collector_success{collector="arp"} 1\n'
)


class Parts:
    """A page that can, or cannot, be asked for its parts."""

    reach = None

    def __init__(self, refuses):
        self.refuses, self.asked = refuses, []

    def read(self, target=""):
        self.asked.append(target)
        if target and self.refuses:
            raise HostError("it refused")
        return NODE_PAGE


def test_a_node_exporter_is_asked_for_the_parts_it_has_and_we_use():
    watch = Parts(refuses=False)
    source = PageSource(watch, "http://gpu1:9100/metrics")
    for look in (1.0, 2.0, 3.0):
        assert source.read(look, look).values == {"cpu.load_1min": 1}
    assert watch.asked == ["", *["/metrics?collect%5B%5D=cpu"] * 2]
    assert parts_of("http://gpu1:9100/metrics?x=y", NODE_PAGE.decode()) == ""
    assert parts_of("http://gpu1:9400/metrics", "DCGM_FI_DEV_GPU_UTIL 1\n") == ""


def test_one_that_gives_no_parts_is_soon_asked_for_all_alone():
    watch = Parts(refuses=True)
    source = PageSource(watch, "http://gpu1:9100/metrics")
    for look in range(12):
        with suppress(HostError):
            source.read(float(look), float(look))
    assert [bool(target) for target in watch.asked[:6]] == [False, True] * 3
    assert not any(watch.asked[6:])


def test_a_computer_far_away_is_not_read_while_the_network_is_off(home):
    one = Host.open(
        HostEntry(name="a", urls=("http://10.9.9.9:9100/metrics",)), Network(home, lambda: False)
    )
    assert "may not use the network" in one.poll().missing[HOST].why
    one.stop()


def test_a_server_as_a_source_needs_one_address(home):
    entry = HostEntry(
        name="a", urls=("http://127.0.0.1:1",), source=Source.SERVER, match='instance="x"'
    )
    one = Host.open(entry, Network(home, lambda: False))
    assert one.poll().missing[HOST].status is Status.LOST
    one.stop()
