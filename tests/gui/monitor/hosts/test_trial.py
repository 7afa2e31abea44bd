"""The test button's look: what stands at an address, in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.hosts.entry import HostEntry, Source, is_match
from hwstudio.gui.monitor.hosts.trial import guess, match_of, software_of, try_out


@pytest.fixture(autouse=True)
def _two_looks_soon_after_each_other(monkeypatch):
    monkeypatch.setattr("hwstudio.gui.monitor.hosts.trial._BETWEEN_S", 0.05)


def entry(*urls, **more):
    return HostEntry(name="x", urls=urls, **more)


def test_our_own_server_is_named_with_what_it_has(studio, other):
    found = try_out(entry(other(0.5, 0.0).url), studio.network)
    assert found.kind == "ok"
    assert re.match(r"hwstudio [\d.]+\S*: 1 thread, 32\.0 GiB, 2 GPUs \(NVIDIA Test\)", found.text)


def test_a_page_without_a_gpu_says_so(studio, other):
    assert try_out(entry(other().url), studio.network).text.endswith("; no GPU.")


def test_two_addresses_of_which_one_is_dead_are_half_good(studio, other, closed_port):
    found = try_out(entry(other(0.5).url, closed_port), studio.network)
    assert found.kind == "warn"
    assert "1 GPU" in found.text
    assert "cannot be reached" in found.text


def test_nobody_there_is_an_error_with_the_reason(studio, closed_port):
    found = try_out(entry(closed_port), studio.network)
    assert found.kind == "error"
    assert "cannot be reached" in found.text


def test_with_the_network_off_the_test_says_where_to_allow_it(studio):
    found = try_out(entry("http://192.0.2.1:9100/metrics"), studio.network)
    assert "Settings" in found.text


def test_a_server_entered_as_a_page_is_recognised_and_lists_its_computers(studio, server):
    found = try_out(entry(server), studio.network)
    assert found.source is Source.SERVER
    assert found.computers == (("node", "a:9100", True), ("node", "b.lab:9100", False))


def test_a_chosen_computer_of_a_server_is_described(studio, server):
    wish = entry(server, source=Source.SERVER, match='instance="a:9100"')
    assert try_out(wish, studio.network).kind == "ok"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('hwstudio_build_info{version="1.2.3"} 1', "hwstudio 1.2.3"),
        ('node_exporter_build_info{branch="x",version="1.5.0"} 1', "node_exporter 1.5.0"),
        ('DCGM_FI_DEV_GPU_UTIL{gpu="0"} 3', "DCGM exporter"),
        ("go_threads 8", ""),
    ],
)
def test_the_program_behind_a_page_is_named(line, said):
    assert software_of(f"# HELP x\n{line}\n") == said


def test_the_port_tells_what_most_likely_stands_there():
    assert guess(["prom:9090"]) is Source.SERVER
    assert guess(["http://vm:8428"]) is Source.SERVER
    assert guess(["gpu1:9100", "gpu1:9400"]) is Source.PAGE
    assert guess(["http://[broken"]) is Source.PAGE


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1),
                min_size=1, max_size=4))  # fmt: skip
def test_whatever_instances_are_called_the_match_is_one(names):
    assert is_match(match_of(names))


def test_several_instances_are_one_pattern_that_fits_only_them():
    found = match_of(["b.lab:9100", "a:9100"])
    pattern = re.fullmatch(r'instance=~"(.*)"', found)[1].replace("\\\\", "\\")
    assert re.fullmatch(pattern, "b.lab:9100")
    assert not re.fullmatch(pattern, "bxlab:9100")
