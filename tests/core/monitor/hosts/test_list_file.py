"""The list of other computers: our file, what people have, and every wrong entry in words."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.monitor.hosts.entry import (
    HostEntry,
    Source,
    authorization_of,
    checked,
    is_match,
    secret_of,
    whole_url,
)
from hwstudio.core.monitor.hosts.list_file import parse_list, read_list, write_list


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("gpu1:9100", "http://gpu1:9100/metrics"),
        (" 10.0.0.5:9400 ", "http://10.0.0.5:9400/metrics"),
        ("https://gpu1/", "https://gpu1/metrics"),
        ("http://gpu1:9100/metrics?collect[]=cpu", "http://gpu1:9100/metrics?collect[]=cpu"),
        ("[fd00::1]:9100", "http://[fd00::1]:9100/metrics"),
    ],
)
def test_what_a_person_types_becomes_a_whole_address(typed, whole):
    assert whole_url(typed) == whole


def test_a_servers_address_keeps_its_path():
    assert whole_url("https://lab.example/prom/", Source.SERVER) == "https://lab.example/prom"


@pytest.mark.parametrize("typed", ["gpu1", "", "ftp://gpu1/", "http://", "gpu1:port", "gpu1:99999"])
def test_what_is_no_address_is_refused_in_words(typed):
    with pytest.raises(UserError):
        whole_url(typed)


def test_a_list_comes_back_as_it_was_written(tmp_path):
    entries = (
        HostEntry(name="gpu1", urls=("http://gpu1:9100/metrics", "http://gpu1:9400/metrics")),
        HostEntry(name="gpu2", urls=("https://gpu2/metrics",), interval_s=5, token_file="t.txt"),
        HostEntry(
            name="gpu3", urls=("http://prom:9090",), source=Source.SERVER, match='instance="gpu3"'
        ),
        HostEntry(name="gpu4", urls=("http://g:1/metrics",), user="lab", password_file="p.txt"),
    )
    file = tmp_path / "hosts.json"
    write_list(file, entries)
    assert read_list(file) == entries
    assert json.loads(file.read_text("utf-8"))["schema"] == 1


def test_no_file_is_an_empty_list(tmp_path):
    assert read_list(tmp_path / "none.json") == ()


def test_plain_lines_a_csv_and_prometheus_targets_are_taken():
    plain = parse_list("# our lab\ngpu1:9100\n\ngpu2:9100, gpu2:9400\n")
    assert [entry.name for entry in plain] == ["gpu1:9100", "gpu2:9100"]
    assert plain[1].urls == ("http://gpu2:9100/metrics", "http://gpu2:9400/metrics")
    table = parse_list(
        "Name,Address,Interval_s,Token_file,More\n"
        'one,gpu1:9877,2,"a, b.txt",x\n'
        ",gpu2:9100 gpu2:9400,,,\n"
    )
    assert table[0] == HostEntry(
        name="one", urls=("http://gpu1:9877/metrics",), interval_s=2, token_file="a, b.txt"
    )
    assert (table[1].name, len(table[1].urls)) == ("gpu2:9100", 2)
    targets = parse_list('[{"targets": ["gpu1:9100", "gpu2:9100"], "labels": {"job": "node"}}]')
    assert [entry.name for entry in targets] == ["gpu1:9100", "gpu2:9100"]


def test_names_that_come_twice_get_numbers():
    assert [e.name for e in parse_list("a:1\na:1\na:1\n")] == ["a:1", "a:1 (2)", "a:1 (3)"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"hosts": 5}',
        '{"hosts": [{"name": "a"}]}',
        '{"schema": 99, "hosts": []}',
        '{"hosts": [{"name": "a", "urls": ["a:1"], "source": "sql"}]}',
        '{"hosts": [{"name": "a", "urls": ["a:1"], "interval_s": "fast"}]}',
        '{"hosts": [{"name": "a", "urls": ["a:1"], "interval_s": 0.1}]}',
        '{"hosts": [{"name": "", "urls": ["a:1"]}]}',
        '{"hosts": [{"name": "a", "urls": []}]}',
        '{"hosts": [{"name": "a", "urls": ["a:1"], "source": "prometheus"}]}',
        '{"hosts": [{"name": "a", "urls": ["a:1"], "user": "x"}]}',
        "[5]",
        "gpu1\n",
        "name,url\n,\n",
    ],
)
def test_a_list_that_cannot_be_used_is_refused_in_words(text):
    with pytest.raises(UserError) as caught:
        parse_list(text)
    assert caught.value.sentence.endswith(".")


@given(st.text())
def test_no_text_at_all_is_our_own_mistake(text):
    with suppress(HwstudioError):
        assert isinstance(parse_list(text), tuple)


def test_a_file_that_cannot_be_read_or_written_is_the_hosts_refusal(tmp_path):
    (tmp_path / "bin").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(HostError, match="no text"):
        read_list(tmp_path / "bin")
    with pytest.raises(HostError, match="cannot be saved"):
        write_list(tmp_path / "none" / "hosts.json", ())


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ('instance="gpu1:9100"', True),
        (' instance =~ "gpu1:.*" , job!="x" ', True),
        ('a="\\""', True),
        ("", False),
        ("instance=gpu1", False),
        ('instance="a"} or up{a="b"', False),
        ('a="b" c="d"', False),
    ],
)
def test_matches_are_only_matches(text, is_right):
    assert is_match(text) is is_right


def test_secrets_stand_in_files_and_become_a_header(tmp_path):
    (tmp_path / "token").write_text("  abc123\n", "utf-8")
    entry = HostEntry(name="a", urls=("a:1",))
    assert authorization_of(entry) == ""
    with_token = HostEntry(name="a", urls=("a:1",), token_file=str(tmp_path / "token"))
    assert authorization_of(with_token) == "Bearer abc123"
    basic = HostEntry(name="a", urls=("a:1",), user="lab", password_file=str(tmp_path / "token"))
    assert authorization_of(checked(basic)) == "Basic bGFiOmFiYzEyMw=="


@pytest.mark.parametrize("text", ["", "\n", "two\nlines", "x" * 5000])
def test_a_file_without_one_line_holds_no_secret(tmp_path, text):
    (tmp_path / "token").write_text(text, "utf-8")
    with pytest.raises(UserError, match="holds no secret"):
        secret_of(tmp_path / "token")
    with pytest.raises(HostError, match="cannot be read"):
        secret_of(tmp_path / "none")
