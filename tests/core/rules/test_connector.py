"""Power plugs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import GpuCard, Psu
from hwstudio.core.rules.connector import adapter_leads
from hwstudio.core.rules.engine import check
from hwstudio.core.rules.facts import Found, blank, build_from


def test_a_575_w_card_needs_an_adapter_of_four_plugs(findings_of):
    card = {"tdp_w": 575, "conn16": 1}
    (found,) = findings_of("R28", gpus=[card], psu=[{"conn16": 0, "pcie8": 2}])
    assert found.severity.value == "error"
    assert "4 of its 8-pin plugs, 2 are free" in found.text


def test_an_adapter_with_enough_plugs_is_fine_but_mentioned(said):
    card = {"tdp_w": 450, "conn16": 1}
    assert said(gpus=[card], psu=[{"conn16": 0, "pcie8": 3}]) == {("info", "R28")}


def test_native_plugs_need_no_adapter_and_no_8_pin_figures(findings_of):
    card = {"tdp_w": 575, "conn16": 1}
    assert not findings_of("R28", gpus=[card], psu=[{"conn16": 1}])


def test_adapters_and_8_pin_cards_share_the_same_plugs(said):
    cards = [{"tdp_w": 450, "conn16": 1}, {"tdp_w": 350, "conn8": 2, "conn16": 0}]
    assert ("error", "R28") in said(gpus=cards, psu=[{"conn16": 0, "pcie8": 4}])
    assert ("error", "R28") not in said(gpus=cards, psu=[{"conn16": 0, "pcie8": 5}])


@pytest.mark.parametrize(("watts", "leads"), [(300, 2), (450, 3), (600, 4), (700, 4)])
def test_adapter_sizes(watts, leads):
    assert adapter_leads(watts) == leads


def test_nine_sockets_and_eight_plugs_is_one_short(findings_of):
    (found,) = findings_of("R29", gpus=[{"conn8": 3, "count": 3}], psu=[{"pcie8": 8}])
    assert found.severity.value == "error"
    assert "1 missing" in found.text


def test_plugs_of_two_power_supplies_add_up(said):
    cards = [{"conn8": 3, "count": 3}]
    assert ("error", "R29") not in said(gpus=cards, psu=[{"pcie8": 5}, {"pcie8": 4}])


def test_server_cards_take_eps_plugs_from_the_board(said):
    cards = [{"conn_eps8": 1, "count": 2}]
    board = {"eps8": 1}
    assert ("error", "R30") in said(gpus=cards, mb=board, psu=[{"eps8": 2}])
    assert ("error", "R30") not in said(gpus=cards, mb=board, psu=[{"eps8": 3}])


def test_one_eps_plug_is_enough_for_a_small_processor_only(said):
    board, psu = {"eps8": 2}, [{"eps8": 1}]
    assert said(cpu={"max_power_w": 88}, mb=board, psu=psu) == {("info", "R30")}
    assert ("warning", "R30") in said(cpu={"max_power_w": 253}, mb=board, psu=psu)
    assert ("error", "R30") in said(cpu={"max_power_w": 350}, mb=board, psu=psu)


def test_sata_drives_need_power_plugs(said):
    drives = [{"form": "3.5", "proto": "SATA", "count": 8}]
    assert ("warning", "R31") in said(storage=drives, psu=[{"sata": 6}])
    assert not said(storage=drives, psu=[{"sata": 8}])


def test_unknown_plugs_are_said(findings_of):
    (found,) = findings_of("R29", gpus=[{"conn8": 2}], psu=[{"watt": 850}])
    assert found.severity.value == "unknown"


def test_a_12_pin_socket_takes_two_8_pin_plugs_by_its_adapter():
    card = blank(GpuCard, conn_12pin=1, conn_16pin=0, conn_8pin=0, conn_6pin=0)
    for plugs, expected in ((1, ["error"]), (2, ["unknown"])):
        psu = blank(Psu, conn_pcie8=plugs, conn_16pin=0)
        found = check(Build(card=card, card_count=1, psu=psu))
        assert [f.severity.value for f in found if f.rule == "R29"] == expected


def test_sockets_that_share_a_cable_are_counted(findings_of):
    cards = [{"conn8": 3}]
    (found,) = findings_of("R29", gpus=cards, psu=[{"pcie8": 4, "pcie_cables": 2}])
    assert found.severity.value == "warning"
    assert "1 socket would share a cable" in found.text
    assert not findings_of("R29", gpus=cards, psu=[{"pcie8": 4, "pcie_cables": 3}])


def test_cables_nobody_counted_are_said_where_they_matter(findings_of):
    psu = [{"pcie8": 4}]
    (found,) = findings_of("R29", gpus=[{"conn8": 2}], psu=psu)
    assert found.severity.value == "unknown"
    assert not findings_of("R29", gpus=[{"conn8": 1}], psu=psu)


def test_plugs_of_two_units_do_not_add_up_for_one_card(said):
    cards = [{"conn8": 2, "conn16": 0, "count": 3}]
    three_each = [{"pcie8": 3, "conn16": 0}] * 2
    assert ("warning", "R33") in said(gpus=cards, psu=three_each)
    assert ("error", "R29") not in said(gpus=cards, psu=three_each)
    four_and_two = [{"pcie8": 4, "conn16": 0}, {"pcie8": 2, "conn16": 0}]
    assert ("warning", "R33") not in said(gpus=cards, psu=four_and_two)


def test_adapters_count_where_two_units_share_the_cards(said):
    cards = [{"tdp_w": 450, "conn16": 1, "conn8": 0, "count": 2}]
    assert ("warning", "R33") in said(gpus=cards, psu=[{"pcie8": 2, "conn16": 0}] * 3)
    assert ("warning", "R33") not in said(gpus=cards, psu=[{"pcie8": 3, "conn16": 0}] * 2)


@given(
    leads=st.integers(0, 3),
    cards=st.integers(1, 5),
    plugs=st.lists(st.integers(0, 8), min_size=1, max_size=3),
    more=st.integers(0, 4),
)
def test_more_plugs_never_add_a_plug_finding(leads, cards, plugs, more):
    def found(counts):
        units = [{"pcie8": count, "conn16": 0} for count in counts]
        facts = {"gpus": [{"conn8": leads, "conn16": 0, "count": cards}], "psu": units}
        bad = check(*build_from(facts, Found()))
        return {f.rule for f in bad if f.severity.value in ("error", "warning")}

    assert found([count + more for count in plugs]) <= found(plugs)
