"""Lanes, links, drives and several GPUs as one."""

from __future__ import annotations

import pytest

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.rules.engine import Subject, check
from hwstudio.core.rules.fact_around import m2_length_mm
from hwstudio.core.rules.facts import Found, build_from, card_of
from hwstudio.core.rules.lane import best_widths, slot_modes


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("x16/0|x8/x8", [[16, 0], [8, 8]]),
        ("x16/x0|x8/x8", [[16, 0], [8, 8]]),
        ("x16", [[16]]),
        ("x16 x2 + x8 x2", [[16, 16, 8, 8]]),
        ("x16 x6 + x8", [[16] * 6 + [8]]),
        ("x16 x4 via PLX (x8 x7)", [[16] * 4]),
        ("x16 x7 (slot 2 shared with M.2/OCuLink)", [[16] * 7]),
        ("x16 x2 + x8 + x16 (Gen4)", [[16, 16, 8, 16]]),
        ("", [[]]),
    ],
)
def test_slot_modes_are_read(text, widths):
    assert [found for _, found in slot_modes(text)] == widths


def test_every_mode_in_the_catalogue_can_be_read(catalog):
    texts = {board.cpu_slot_modes for board in catalog.motherboards() if board.cpu_slot_modes}
    assert texts
    for text in texts:
        assert all(widths and set(widths) <= {0, 4, 8, 16} for _, widths in slot_modes(text)), text


def _widths(cards, modes, **cpu):
    facts = {"gpus": [{"count": cards}], "mb": {"slot_modes": modes}, "cpu": cpu}
    return best_widths(Subject(*build_from(facts, Found())))


def test_two_cards_split_x8_x8_and_three_leave_one_to_the_chipset():
    assert _widths(1, "x16/0|x8/x8") == [16]
    assert _widths(2, "x16/0|x8/x8") == [8, 8]
    assert _widths(3, "x16/0|x8/x8") == [8, 8, 0]


def test_a_processor_with_fewer_lanes_gets_its_own_mode():
    modes = "x16/x16/x8 (40-lane CPU)|x16/x8/x4 (28-lane CPU)"
    assert _widths(3, modes, lanes=40) == [16, 16, 8]
    assert _widths(3, modes, lanes=28) == [16, 8, 4]


def test_the_small_xeon_w_leaves_slots_empty():
    modes = "x16/x16/x16/x16/x16/x8/x16 (W-3400)|x16/0/x16/0/x16/0/x16 (W-2400)"
    assert _widths(4, modes, lanes=64) == [16] * 4
    assert _widths(5, modes, lanes=64) == [16, 16, 16, 16, 0]


def test_a_second_card_behind_the_chipset_is_warned(findings_of):
    facts = {"gpus": [{"count": 2}], "mb": {"slot_modes": "x16", "x16_slots": 2}}
    (found,) = findings_of("R36", **facts)
    assert found.severity.value == "warning"
    assert "chipset" in found.text


def test_four_cards_on_a_desktop_processor_are_warned_without_knowing_the_board(said):
    assert ("warning", "R36") in said(gpus=[{"count": 4}], cpu={"lanes": 20}, mb={"x16_slots": 4})


def test_a_switch_chip_gives_every_slot_its_lanes(findings_of):
    facts = {"gpus": [{"count": 4}], "cpu": {"lanes": 40}, "mb": {"x16_slots": 7, "plx": True}}
    assert not findings_of("R36", **facts)


def test_unknown_lanes_of_two_cards_are_said(findings_of):
    (found,) = findings_of("R36", gpus=[{"count": 2}], mb={"x16_slots": 2}, cpu={"lanes": 24})
    assert found.severity.value == "unknown"


def test_the_slowest_end_of_the_link_is_named(findings_of):
    (found,) = findings_of("R37", gpus=[{"pcie_gen": 4}], cpu={"pcie_gen": 3})
    assert found.severity.value == "info"
    assert "PCIe 3" in found.text


def test_a_module_is_no_card(said):
    assert ("error", "R45") in said(gpus=[{"form": "SXM2"}])
    assert ("error", "R45") in said(gpus=[{"form": "OAM"}])
    assert not said(gpus=[{"form": "PCIe"}])


def test_a_bridge_must_be_as_long_as_the_cards_are_apart(said):
    cards = [{"name": "GeForce RTX 3090", "nvlink_gbs": 112.5, "count": 2}]
    facts = {"gpus": cards, "nvlink_bridge_slots": 2}
    assert ("error", "R39") in said(**facts, gpu_slot_pitch=4)
    assert ("error", "R39") not in said(**facts, gpu_slot_pitch=2)


def test_a_bridge_needs_two_equal_cards_that_have_nvlink(said):
    new = [{"name": "GeForce RTX 4090", "nvlink_gbs": 0, "count": 2}]
    assert ("error", "R39") in said(gpus=new, nvlink_bridge=True)
    mixed = [{"name": "RTX 3090", "nvlink_gbs": 112.5}, {"name": "RTX A6000", "nvlink_gbs": 112.5}]
    assert ("error", "R39") in said(gpus=mixed, nvlink_bridge_slots=3)


def test_newer_geforce_cards_are_told_they_cannot_read_each_other(said):
    assert said(gpus=[{"name": "GeForce RTX 4090", "count": 2}]) == {("info", "R40")}
    assert not said(gpus=[{"name": "GeForce RTX 4090", "count": 1}])


def test_old_cards_and_new_cuda(said):
    card = {"name": "Tesla P40", "cc": "6.1"}
    assert said(gpus=[card]) == {("info", "R44")}
    assert said(gpus=[card], software={"cuda": "13.0"}) == {("warning", "R44")}


def test_cards_of_two_makers_do_not_train_together(said):
    cards = [{"maker": "NVIDIA"}, {"maker": "AMD"}]
    assert ("warning", "R44") in said(gpus=cards)


def test_a_sata_m2_drive_is_refused_by_nvme_only_slots(said):
    drive = [{"form": "M.2-2280", "proto": "SATA"}]
    assert ("error", "R38") in said(storage=drive, mb={"m2": [{"proto": ["PCIe"]}]})
    assert not said(storage=drive, mb={"m2": [{"proto": ["PCIe", "SATA"]}]})


def test_more_nvme_drives_than_slots(said):
    drives = [{"form": "M.2-2280", "proto": "PCIe 4.0", "count": 3}]
    assert ("error", "R38") in said(storage=drives, mb={"m2_slots": 2})
    assert not said(storage=drives, mb={"m2_slots": 3})


def test_drives_need_bays_and_small_ones_may_use_large_bays(said):
    case = {"bays35": 2, "bays25": 0}
    assert ("error", "R23") in said(storage=[{"form": "3.5 in", "count": 3}], case=case)
    assert not said(storage=[{"form": "2.5 in", "count": 2}], case=case)
    assert ("error", "R23") in said(storage=[{"form": "2.5 in", "count": 3}], case=case)


def test_a_long_riser_is_warned_sooner_at_generation_5(said):
    assert ("warning", "R47") in said(gpus=[{}], riser={"length_cm": 30, "gen": 5})
    assert not said(gpus=[{}], riser={"length_cm": 30, "gen": 4})


def test_one_card_on_one_lane_is_warned_harder_than_on_four(findings_of):
    one = findings_of("R36", gpus=[{"lanes": 1}], mb={"x16_slots": 1})
    four = findings_of("R36", gpus=[{"lanes": 4}], mb={"x16_slots": 1})
    assert [f.severity.value for f in (*one, *four)] == ["warning", "warning"]
    assert "minutes" in one[0].text
    assert "minutes" not in four[0].text
    assert not findings_of("R36", gpus=[{"lanes": 8}], mb={"x16_slots": 1})


def test_a_single_card_in_a_narrow_slot_is_warned(said):
    assert ("warning", "R36") in said(gpus=[{}], mb={"slot_lanes": [4]})
    assert not said(gpus=[{}], mb={"slot_lanes": [16]})


def test_drives_beyond_the_lanes_hang_on_the_chipset_and_a_server_has_none(said):
    drives = [{"form": "M.2-2280", "proto": "PCIe 4.0 x4", "count": 3}]
    facts = {"gpus": [{"count": 2}], "storage": drives}
    desktop = facts | {"cpu": {"socket": "AM5", "lanes": 24}}
    assert ("info", "R36") in said(**desktop)
    server = facts | {"cpu": {"socket": "SP3", "lanes": 24}}
    assert ("warning", "R36") in said(**server)
    assert not said(**(server | {"cpu": {"socket": "SP3", "lanes": 128}}))


def test_a_riser_nobody_described_is_not_taken_for_fine(findings_of):
    (found,) = findings_of("R47", gpus=[{}], risers=1)
    assert found.severity.value == "unknown"
    assert findings_of("R47", gpus=[{"count": 4}], case={"open_frame": True})
    assert not findings_of("R47", gpus=[{}], risers=1, riser={"length_cm": 20, "gen": 4})


def test_a_generation_5_riser_must_be_certified(said):
    riser = {"length_cm": 15, "gen": 5}
    assert ("warning", "R47") in said(gpus=[{}], riser=riser | {"certified": False})
    assert not said(gpus=[{}], riser=riser | {"certified": True})


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("M.2-2280", 80),
        ("2280", 80),
        ("110", 110),
        ("2280/22110", 110),
        ("M.2", 0),
        ("M.2-2230", 30),
    ],
)
def test_lengths_of_m2_drives_are_read(text, length):
    assert m2_length_mm(text) == length


def test_a_long_m2_drive_needs_a_long_slot(said, findings_of):
    drive = [{"form": "M.2-22110", "proto": "PCIe 4.0 x4"}]
    assert ("error", "R38") in said(storage=drive, mb={"m2": [{"proto": ["PCIe"], "len": 2280}]})
    assert not said(storage=drive, mb={"m2": [{"proto": ["PCIe"], "len": "22110"}]})
    found = findings_of("R38", storage=drive, mb={"m2_slots": 2})
    assert [f.severity.value for f in found] == ["unknown"]


def test_a_slot_for_wireless_cards_takes_no_drive(said):
    drive = [{"form": "M.2-2280", "proto": "PCIe 4.0 x4"}]
    assert ("error", "R38") in said(storage=drive, mb={"m2": [{"proto": ["PCIe"], "key": "E"}]})


def test_slots_that_share_lanes_are_filled_last_and_named(findings_of):
    slots = [{"proto": ["PCIe"]}, {"proto": ["PCIe"], "shares": "SATA 5 and 6"}]
    drive = {"form": "M.2-2280", "proto": "PCIe 4.0 x4"}
    assert not findings_of("R38", storage=[drive], mb={"m2": slots})
    (found,) = findings_of("R38", storage=[drive, drive], mb={"m2": slots})
    assert found.severity.value == "warning"
    assert "SATA 5 and 6" in found.text


def test_a_board_of_before_2017_and_a_large_server_card_may_not_start(said):
    card = {"segment": "datacenter", "vram_gb": 24}
    assert ("warning", "R42") in said(gpus=[card], mb={"socket": "LGA1155"})
    assert ("warning", "R42") not in said(gpus=[card], mb={"socket": "AM5"})
    assert ("warning", "R42") not in said(gpus=[card | {"vram_gb": 8}], mb={"socket": "LGA1155"})


def test_the_window_for_four_cards_is_unknown_until_somebody_says(findings_of):
    facts = {"gpus": [{"vram_gb": 24, "count": 4}], "mb": {"socket": "AM5"}}
    (found,) = findings_of("R42", **facts)
    assert found.severity.value == "unknown"
    assert not findings_of("R42", **(facts | {"mb": {"socket": "AM5", "above_4g": True}}))


def test_amd_cards_are_asked_for_their_system(said, catalog):
    new, old = catalog.match_gpu("Radeon RX 7900 XTX"), catalog.match_gpu("Radeon RX 580")
    for gpu, system, severity in (
        (new, None, "info"),
        (new, "Linux", None),
        (new, "Windows 11", "warning"),
        (new, "macOS", "warning"),
        (old, None, "info"),
        (old, "Linux", "warning"),
    ):
        around = Circumstances(operating_system=system)
        found = check(Build(card=card_of(gpu), card_count=1), around)
        assert [f.severity.value for f in found if f.rule == "R44"] == [severity] * bool(severity)
