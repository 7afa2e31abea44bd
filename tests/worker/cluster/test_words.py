"""The checks before a run, with made-up answers: what is wrong, why, and what mends it."""

from __future__ import annotations

import pytest

from hwstudio.worker.cluster import judging, words
from hwstudio.worker.cluster.choice import Place, choose

FINE = {"python": "3.11.2", "executable": "/p", "torch": "2.13.0", "nccl": "", "gpus": 0}


def told(*tail, code=255):
    return words.why_no_agent("node1", "10.0.0.1", "python3", code, tail)


@pytest.mark.parametrize(
    ("line", "check", "fix"),
    [
        ("ssh: Could not resolve hostname node1: Name or service not known", "resolve", "DNS"),
        ("ada@10.0.0.1: Permission denied (publickey).", "login", "ssh-copy-id 10.0.0.1"),
        ("Host key verification failed.", "login", "by hand with: ssh 10.0.0.1"),
        ("ssh: connect to host 10.0.0.1 port 22: Connection refused", "login", "Start the ssh"),
        ("ssh: connect to host 10.0.0.1 port 22: Connection timed out", "login", "firewall"),
        ("ssh: connect to host 10.0.0.1 port 22: No route to host", "login", "gateway"),
    ],
)
def test_what_ssh_says_becomes_a_reason_and_a_remedy(line, check, fix):
    found = told("a banner", line)
    assert (found.host, found.check, found.status) == ("node1", check, "fail")
    assert fix in found.fix


def test_a_python_that_is_not_there_is_not_blamed_on_the_network():
    found = told("sh: 1: python3: not found", code=127)
    assert found.check == "python"
    assert "full path" in found.fix


def test_an_unknown_end_repeats_the_last_words():
    assert told("something odd", code=3).why == "something odd"


@pytest.mark.parametrize("why", ["refused", "silent", "no route", "strange"])
def test_every_way_not_to_connect_names_both_ends_and_a_remedy(why):
    found = words.unreached("a", "b", "10.0.0.2", why)
    assert found.what == "a cannot connect to b at 10.0.0.2"
    assert found.fix


def failed(checks):
    return {(check.host, check.check) for check in checks if check.status == "fail"}


def test_a_torch_of_another_release_is_told_against_what_most_have():
    abouts = {"a": FINE, "b": {**FINE, "torch": "2.13.0+cu128"}, "c": {**FINE, "torch": "2.9.1"}}
    checks = judging.judge_versions(abouts)
    assert failed(checks) == {("c", "torch")}
    assert "most have 2.13" in next(check.why for check in checks if check.status == "fail")


def test_missing_torch_and_an_old_python_are_told():
    abouts = {"a": {**FINE, "torch": ""}, "b": {**FINE, "python": "3.9.18"}}
    assert failed(judging.judge_versions(abouts)) == {("a", "torch"), ("b", "python")}


def test_gpus_on_some_computers_only_are_a_warning():
    checks = judging.judge_versions({"a": {**FINE, "gpus": 1}, "b": FINE})
    assert [(c.host, c.status) for c in checks if c.check == "gpu"] == [("b", "warn")]


def test_another_nccl_is_told():
    card = {**FINE, "gpus": 1, "nccl": "2.27.3"}
    abouts = {"a": card, "b": card, "c": {**card, "nccl": "2.21.5"}}
    assert failed(judging.judge_versions(abouts)) == {("c", "nccl")}


def test_a_clock_that_is_wrong_is_told_with_its_direction():
    assert judging.judge_clock("a", 0.2).status == "ok"
    assert judging.judge_clock("a", -90.0).what == "The clock of a is 90 s behind"


def test_packets_of_another_size_are_told():
    (odd,) = judging.judge_mtus({"a": 1500, "b": 1500, "c": 9000, "d": 0})
    assert (odd.host, odd.status) == ("c", "warn")


def row(name, address, state="", family=4):
    return {"name": name, "address": address, "family": family, "mtu_bytes": 1500, "state": state}


LOOP = row("lo", "127.0.0.1")
DEBIAN = {"interfaces": [LOOP, row("eth0", "10.0.0.1")], "own_name_leads_to": ["127.0.1.1"]}


def host(address="10.0.0.1", interface=""):
    return {"name": "a", "address": address, "interface": interface}


def test_a_stock_debian_hosts_file_does_not_lead_to_the_loopback():
    chosen = choose(host("node1.lab"), DEBIAN, ["node1.lab", "node2.lab"])
    assert chosen == Place("10.0.0.1", "eth0", 1500)


def test_the_address_the_login_came_in_by_is_taken():
    about = {"interfaces": [row("eth0", "192.168.1.5"), row("ib0", "10.1.0.5")]}
    about["reached_at"] = "10.1.0.5"
    assert choose(host("node1.lab"), about, ["node1.lab"]).interface == "ib0"


def test_the_address_in_the_network_of_the_others_is_taken():
    rows = [row("docker0", "172.17.0.1"), row("e1", "192.168.1.5"), row("e2", "10.0.0.5")]
    about = {"interfaces": rows}
    assert choose(host("gate.lab"), about, ["gate.lab", "10.0.0.9"]).interface == "e2"


def test_the_bridges_of_containers_are_the_last_choice():
    about = {"interfaces": [row("docker0", "172.17.0.1"), row("eth0", "192.168.1.5")]}
    assert choose(host("x.lab"), about, ["x.lab"]).interface == "eth0"


def test_the_loopback_is_taken_only_when_all_computers_are_this_one():
    about = {"interfaces": [LOOP, row("eth0", "10.0.0.1")]}
    assert choose(host("127.0.0.1"), about, ["127.0.0.1", "127.0.0.1"]).interface == "lo"
    assert choose(host("127.0.0.1"), about, ["127.0.0.1", "10.0.0.2"]).interface == "eth0"


def test_a_wish_is_kept_or_refused_in_words():
    assert choose(host(interface="eth0"), DEBIAN, []).address == "10.0.0.1"
    missing = choose(host(interface="ib0"), DEBIAN, [])
    assert "has no interface ib0" in missing.what
    assert "eth0 10.0.0.1" in missing.why
    off = choose(host(interface="ib0"), {"interfaces": [row("ib0", "10.2.0.1", "down")]}, [])
    assert off.why == "it is switched off"


def test_a_computer_without_an_address_is_told():
    assert choose(host("x.lab"), {"interfaces": [LOOP]}, ["x.lab"]).check == "interface"
