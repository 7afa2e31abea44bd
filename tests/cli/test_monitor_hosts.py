"""``hwstudio monitor hosts``: the list on disk, and one look at a computer that serves."""

from __future__ import annotations

import argparse
import json
import time

import pytest

from hwstudio.cli.monitor_hosts import add_hosts
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.monitor.hosts.list_file import read_list
from hwstudio.core.monitor.serve import Server, ServeWish


@pytest.fixture
def run(home, capsys):
    def go(*words, is_json=False):
        parser = argparse.ArgumentParser()
        add_hosts(parser.add_subparsers())
        args = parser.parse_args(["hosts", *words])
        out = Output(is_json=is_json, home=str(home.root))
        try:
            assert args.run(args, out) == 0
        finally:
            out.close()
        said = capsys.readouterr().out
        return json.loads(said) if is_json else said

    return go


@pytest.fixture
def served():
    def latest():
        values = {"cpu.busy_share": 0.5, "gpu.0.power_w": 71.5}
        return Sample(time.time(), values, {}, (Device("gpu.0", "NVIDIA Test", "gpu"),))

    server = Server(ServeWish(0), latest)
    server.start()
    yield server
    server.stop()


def test_an_empty_list_says_how_to_begin(run):
    assert "monitor hosts add" in run("list")
    assert run("list", is_json=True) == {"hosts": []}


def test_computers_are_added_listed_and_removed(run, home):
    assert "http://gpu1:9100/metrics" in run("add", "gpu1", "gpu1:9100", "gpu1:9400")
    run("add", "gpu3", "prom:9090", "--match", 'instance="gpu3:9100"')
    listed = run("list", is_json=True)["hosts"]
    assert [(each["name"], each["source"]) for each in listed] == [
        ("gpu1", "metrics"),
        ("gpu3", "prometheus"),
    ]
    assert "gpu3" in run("list")
    run("remove", "gpu1")
    assert [entry.name for entry in read_list(home.hosts_file)] == ["gpu3"]


def test_a_taken_name_a_wrong_address_and_an_unknown_name_are_refused(run):
    run("add", "gpu1", "gpu1:9100")
    for words in (("add", "gpu1", "x:1"), ("add", "y", "y"), ("remove", "z"), ("show", "z")):
        with pytest.raises(UserError):
            run(*words)


def test_secrets_are_kept_as_whole_paths_and_never_printed(run, home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("add", "gpu1", "gpu1:9100", "--token-file", "t.txt")
    assert read_list(home.hosts_file)[0].token_file == str(tmp_path / "t.txt")
    assert run("list", is_json=True)["hosts"][0]["has_secret"] is True


def test_an_import_keeps_what_is_there(run, home, tmp_path):
    run("add", "a", "127.0.0.1:1")
    file = tmp_path / "list.csv"
    file.write_text("name,url\na,127.0.0.1:1\na,127.0.0.1:2\nb,127.0.0.1:3\n", "utf-8")
    assert "2 added, 1 were there already" in run("import", str(file))
    assert [entry.name for entry in read_list(home.hosts_file)] == ["a", "a (2)", "b"]
    with pytest.raises(UserError, match="no file"):
        run("import", str(tmp_path / "none"))


def test_one_look_shows_the_numbers(run, served, monkeypatch):
    monkeypatch.setattr("hwstudio.cli.monitor_hosts._BETWEEN_S", 0.05)
    run("add", "near", served.url)
    assert "72 W" in run("show", "near")
    document = run("show", "near", is_json=True)
    assert document["host"]["name"] == "near"
    assert document["sample"]["values"]["gpu.0.power_w"] == 71.5


def test_a_computer_that_does_not_answer_or_may_not_be_asked_is_a_refusal(run, served):
    served.stop()
    run("add", "gone", served.url)
    with pytest.raises(HostError, match="cannot be reached"):
        run("show", "gone")
    run("add", "far", "http://192.0.2.1:9100")
    with pytest.raises(HostError, match="may not use the network"):
        run("show", "far")
