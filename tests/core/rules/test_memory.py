"""Memory rules."""

from __future__ import annotations

import pytest


def test_ddr5_is_refused_on_a_ddr4_board(findings_of):
    found = findings_of("R03", ram={"type": "DDR5"}, mb={"mem_type": "DDR4"})
    assert found[0].severity.value == "error"
    assert "DDR5" in found[0].text
    assert "DDR4" in found[0].text


def test_the_socket_tells_the_memory_type_where_the_board_does_not(said):
    assert ("error", "R03") in said(ram={"type": "DDR4"}, mb={"socket": "AM5"})
    assert not said(ram={"type": "DDR4"}, mb={"socket": "LGA1700"})


@pytest.mark.parametrize(
    ("ram", "board"),
    [("RDIMM", "UDIMM"), ("UDIMM", "RDIMM"), ("SO-DIMM", "UDIMM"), ("LRDIMM", "RDIMM|UDIMM")],
)
def test_kinds_of_module_never_mix(said, ram, board):
    assert ("error", "R04") in said(ram={"dimm": ram}, mb={"dimm": board})


def test_a_board_that_takes_both_kinds_takes_both(said):
    for kind in ("RDIMM", "UDIMM"):
        assert not said(ram={"dimm": kind}, mb={"dimm": "RDIMM|UDIMM"})


def test_unregistered_memory_is_refused_on_an_epyc_socket_even_without_a_board(said):
    assert ("error", "R04") in said(ram={"dimm": "UDIMM"}, cpu={"socket": "SP5"})


def test_ecc_needs_the_whole_chain(said, findings_of):
    ram = {"dimm": "UDIMM", "ecc": True}
    assert ("warning", "R05") in said(ram=ram, cpu={"ecc": False})
    assert not said(ram=ram, cpu={"ecc": True}, mb={"ecc": True})
    (found,) = findings_of("R05", ram=ram, cpu={"ecc": True}, mb={"socket": "AM5"})
    assert found.severity.value == "unknown"


def test_too_many_modules_and_too_much_memory_are_both_named(said):
    ram = {"modules": 4, "module_gb": 48}
    assert ("error", "R06") in said(ram=ram, mb={"mem_slots": 2})
    assert ("error", "R06") in said(ram=ram, mb={"mem_slots": 4, "mem_max_gb": 128})
    assert ("error", "R06") in said(ram=ram, cpu={"mem_max_gb": 128})
    assert not said(ram=ram, mb={"mem_slots": 4, "mem_max_gb": 256}, cpu={"mem_max_gb": 192})


def test_two_processors_take_twice_the_memory(said):
    ram = {"modules": 24, "module_gb": 96}
    assert not said(ram=ram, cpu={"mem_max_gb": 1536, "count": 2})


@pytest.mark.parametrize(("modules", "is_fine"), [(1, False), (2, True), (3, False), (4, True)])
def test_two_channels_want_modules_in_pairs(said, modules, is_fine):
    found = said(ram={"modules": modules}, cpu={"socket": "AM5"})
    assert (("warning", "R07") not in found) is is_fine


def test_an_epyc_with_few_modules_is_warned(findings_of):
    (found,) = findings_of("R07", ram={"modules": 10}, cpu={"socket": "SP5", "count": 2})
    assert "24 memory channels" in found.text


def test_a_board_with_fewer_slots_than_channels_is_judged_by_its_slots(said):
    assert not said(ram={"modules": 8}, cpu={"socket": "SP5"}, mb={"mem_slots": 8})


def test_fast_memory_and_four_ddr5_modules_are_explained_not_blamed(said):
    ram = {"type": "DDR5", "dimm": "UDIMM", "speed_mts": 6000, "modules": 4}
    assert said(ram=ram, mb={"socket": "AM5"}) == {("info", "R08")}


def test_memory_smaller_than_the_cards_memory_is_a_warning(said):
    cards = [{"vram_gb": 24, "count": 2}]
    assert ("warning", "R46") in said(ram={"modules": 2, "module_gb": 16}, gpus=cards)
    assert ("warning", "R46") not in said(ram={"modules": 2, "module_gb": 24}, gpus=cards)


def test_a_platform_said_to_have_no_channels_is_not_divided_by(findings_of):
    assert not findings_of("R13", cpu={"channels": 0}, ram={"modules": 2}, mb={"mem_slots": 4})


def test_a_module_larger_than_the_board_takes_is_refused_by_how_much(findings_of):
    facts = {"ram": {"modules": 2, "module_gb": 48}, "mb": {"mem_slots": 4, "max_module_gb": 32}}
    (found,) = [f for f in findings_of("R06", **facts) if f.severity.value == "error"]
    assert "One module holds 48 GB, the motherboard takes modules up to 32 GB" in found.text


def test_a_module_beyond_the_boards_limit_over_its_slots_is_not_taken_for_fine(findings_of):
    facts = {"ram": {"modules": 2, "module_gb": 48}, "mb": {"mem_slots": 4, "mem_max_gb": 128}}
    (found,) = findings_of("R06", **facts)
    assert found.severity.value == "unknown"
    assert "128 GB over 4 slots means 32 GB each" in found.text
    fine = facts | {"ram": {"modules": 4, "module_gb": 32}}
    assert not findings_of("R06", **fine)


def test_other_spellings_of_type_and_kind_are_the_same_memory(said):
    board = {"socket": "AM5", "mem_type": "DDR5", "dimm": "UDIMM"}
    assert not said(ram={"type": "DDR5-5600", "dimm": "ECC UDIMM"}, mb=board)
    assert ("error", "R04") in said(ram={"type": "DDR5", "dimm": "Registered ECC"}, mb=board)
