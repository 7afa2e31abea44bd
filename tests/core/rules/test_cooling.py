"""Cooling rules."""

from __future__ import annotations

import pytest

from hwstudio.core.rules.cooling import estimated_most_w


def test_a_cooler_without_the_socket_is_refused(said):
    cooler = {"type": "air", "sockets": ["AM4", "AM5", "LGA1700"]}
    assert ("error", "R11") in said(cpu={"socket": "sTR5"}, cooler=cooler)


def test_sockets_with_the_same_screws_are_the_same_for_a_cooler(said):
    assert not said(cpu={"socket": "LGA1200"}, cooler={"sockets": ["LGA1151"]})
    assert not said(cpu={"socket": "SP3"}, cooler={"type": "air", "sockets": ["TR4"]})


def test_a_newer_socket_with_the_same_screws_wants_the_makers_word(said):
    assert said(cpu={"socket": "LGA1851"}, cooler={"sockets": ["LGA1700"]}) == {("warning", "R11")}


def test_a_150_w_cooler_is_too_weak_for_253_w(findings_of):
    cooler = {"type": "air", "capacity_w": 150}
    (found,) = findings_of("R14", cpu={"max_power_w": 253}, cooler=cooler)
    assert found.severity.value == "warning"
    assert "253 W" in found.text
    assert "150 W" in found.text


def test_a_cooler_without_rating_is_never_taken_for_fine(findings_of):
    cooler = {"type": "air", "height_mm": 160}
    (found,) = findings_of("R14", cpu={"max_power_w": 88}, cooler=cooler)
    assert found.severity.value == "unknown"


def test_a_flat_cooler_on_a_253_w_processor_is_warned_even_without_rating(said):
    cooler = {"type": "air", "height_mm": 50}
    assert ("warning", "R14") in said(cpu={"max_power_w": 253}, cooler=cooler)


@pytest.mark.parametrize(
    ("kind", "size", "watts"),
    [("air", 165, 270), ("air", 47, 110), ("AIO", 360, 400), ("AIO", None, None)],
)
def test_size_classes(kind, size, watts):
    assert estimated_most_w(kind, size) == watts


def test_a_420_mm_radiator_does_not_fit_a_360_mm_case(said):
    cooler = {"type": "AIO", "radiator_mm": 420}
    assert ("error", "R13") in said(cooler=cooler, case={"max_radiator_mm": 360})
    assert not said(cooler=cooler, case={"max_radiator_mm": 420})


def test_radiator_room_nobody_states_is_unknown(findings_of):
    (found,) = findings_of("R13", cooler={"type": "AIO", "radiator_mm": 240}, case={"slots": 7})
    assert found.severity.value == "unknown"


def test_a_round_cold_plate_on_a_threadripper_is_warned(said):
    cooler = {"name": "NZXT Kraken Z73", "type": "AIO", "sockets": ["sTRX4"]}
    assert ("warning", "R16") in said(cpu={"socket": "sTRX4"}, cooler=cooler)
    made_for = cooler | {"name": "Enermax Liqtech TR4"}
    assert ("warning", "R16") not in said(cpu={"socket": "sTRX4"}, cooler=made_for)


def test_tall_memory_under_a_large_cooler(said):
    cooler = {"type": "air", "height_mm": 165}
    assert ("warning", "R15") in said(ram={"height_mm": 50}, cooler=cooler)
    assert not said(ram={"height_mm": 34}, cooler=cooler)


def test_a_passive_server_card_overheats_in_a_tower(said):
    card = {"cooling": "passive", "tdp_w": 250}
    assert ("error", "R41") in said(gpus=[card], case={"type": "ATX Mid Tower"})
    assert ("error", "R41") not in said(gpus=[card], case={"type": "tower", "duct": True})
    assert not said(gpus=[card], case={"type": "4U rack"})


def test_a_fanless_desktop_card_is_made_to_live_in_a_tower(said):
    card = {"cooling": "passive", "tdp_w": 30, "segment": "consumer"}
    assert not said(gpus=[card], case={"type": "ATX Mid Tower"})


def test_three_open_air_cards_side_by_side_are_warned_blowers_are_not(said):
    assert ("warning", "R43") in said(gpus=[{"cooling": "open_air", "slots": 2, "count": 3}])
    assert not said(gpus=[{"cooling": "blower", "slots": 2, "count": 3}])
    assert not said(gpus=[{"cooling": "open_air", "slots": 2, "count": 2}])


def test_a_thick_radiator_wants_a_case_that_takes_it(said, findings_of):
    cooler = {"type": "AIO", "radiator_mm": 360, "radiator_thickness_mm": 45}
    case = {"max_radiator_mm": 360}
    assert ("error", "R13") in said(cooler=cooler, case=case | {"max_radiator_thickness_mm": 30})
    assert not said(cooler=cooler, case=case | {"max_radiator_thickness_mm": 45})
    (found,) = findings_of("R13", cooler=cooler, case=case)
    assert found.severity.value == "unknown"
    usual = cooler | {"radiator_thickness_mm": 27}
    assert not findings_of("R13", cooler=usual, case=case)


def test_a_broad_cooler_over_the_first_slot_is_warned(findings_of):
    cooler = {"type": "air", "height_mm": 165, "breadth_mm": 150}
    (found,) = findings_of("R15", cooler=cooler, gpus=[{}], mb={"cpu_to_slot_mm": 70})
    assert found.severity.value == "warning"
    assert "by 5 mm" in found.text
    assert not findings_of("R15", cooler=cooler, gpus=[{}], mb={"cpu_to_slot_mm": 75})


def test_a_large_cooler_of_unknown_breadth_is_not_taken_for_fine(findings_of):
    (found,) = findings_of("R15", cooler={"type": "air", "height_mm": 165}, gpus=[{}])
    assert found.severity.value == "unknown"
    assert not findings_of("R15", cooler={"type": "air", "height_mm": 60}, gpus=[{}])
