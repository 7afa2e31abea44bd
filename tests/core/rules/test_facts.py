"""Builds from a few facts."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.part import GpuCard, Motherboard, PartKind
from hwstudio.core.rules.facts import Found, blank, build_from, card_of, mains_of


def test_what_is_not_said_is_not_known():
    build, around = build_from({"cpu": {"socket": "AM5"}}, Found())
    assert build.cpu.socket == "AM5"
    assert build.cpu.max_power_w is None
    assert build.motherboard is None
    assert around.is_mains_assumed


def test_facts_win_over_the_catalogue_and_leave_the_rest(catalog):
    card = card_of(catalog.match_gpu("GeForce RTX 3090"))
    build, _ = build_from({"gpus": [{"tdp_w": 300, "count": 4}]}, Found(card=card))
    assert build.card.tdp_w == 300
    assert build.card_count == 4
    assert build.card.vram_bytes == 24 * 2**30


def test_two_kinds_of_card_and_two_power_supplies_are_kept_apart():
    facts = {"gpus": [{"tdp_w": 350, "count": 4}, {"tdp_w": 575}], "psu": [{"watt": 1600}] * 2}
    build, around = build_from(facts, Found())
    assert [(g.card.tdp_w, g.count) for g in around.cards(build)] == [(350, 4), (575, 1)]
    assert [psu.rated_w for psu in around.psus(build)] == [1600, 1600]


def test_a_named_gpu_is_looked_up(catalog):
    facts = {"gpus": [{"name": "GeForce RTX 3090"}]}
    build, _ = build_from(facts, Found(gpu_of=catalog.match_gpu))
    assert build.card.gpu.nvlink_bytes_per_s == 112.5e9


@pytest.mark.parametrize(
    "facts",
    [
        {"cpu": {"tdp_w": -5}},
        {"cpu": {"tdp_w": "many"}},
        {"gpus": [{"count": 10**9}]},
        {"gpus": [{"length_mm": float("nan")}]},
        {"mb": "AM5"},
        {"gpus": ["RTX 4090"]},
        {"mb": {"mem_slots": 2.5}},
        {"case": {"mb_ff": [1, 2]}},
    ],
)
def test_an_impossible_fact_is_refused_by_name(facts):
    with pytest.raises(UserError):
        build_from(facts, Found())


def test_the_12_pin_socket_of_founders_cards_takes_two_plugs():
    build, _ = build_from({"gpus": [{"conn12": 1}]}, Found())
    assert build.card.conn_8pin == 2


def test_mains_are_read_with_and_without_amperes():
    assert mains_of({"mains": {"volts": 120, "amps": 20}}) == "120V20A"
    assert mains_of({"mains": {"volts": 230}}) == "230V"
    assert mains_of({}) is None


def test_a_blank_part_knows_only_its_kind():
    assert blank(Motherboard).kind is PartKind.MOTHERBOARD
    assert blank(GpuCard).gpu.vendor_min_psu_w is None


def test_a_server_card_is_its_makers_design_and_a_desktop_card_its_builders(catalog):
    server = card_of(catalog.match_gpu("Tesla P40"))
    assert (server.cooling, server.conn_eps8, server.slots) == ("passive", 1, 2)
    desktop = card_of(catalog.match_gpu("GeForce RTX 3090"))
    assert (desktop.cooling, desktop.conn_8pin, desktop.slots) == (None, None, None)
