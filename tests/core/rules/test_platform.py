"""Processor and motherboard."""

from __future__ import annotations

import pytest

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Cpu, Motherboard
from hwstudio.core.rules.bios_table import bios_support, core_generation, ryzen_series
from hwstudio.core.rules.engine import check
from hwstudio.core.rules.facts import blank
from hwstudio.core.rules.platform_table import channels, dimm_key, socket_key, sockets_named


@pytest.mark.parametrize(
    ("cpu", "board"),
    [("AM5", "LGA1700"), ("sTRX4", "TR4"), ("sWRX8", "sTRX4"), ("sTR5", "sWRX8"), ("AM4", "AM5")],
)
def test_a_processor_of_another_socket_is_refused(said, cpu, board):
    assert ("error", "R01") in said(cpu={"socket": cpu}, mb={"socket": board})


@pytest.mark.parametrize(
    ("cpu", "board"), [("LGA1700", "LGA 1700"), ("AM5", "Socket AM5"), ("sTR5", "TR5")]
)
def test_spellings_of_one_socket_are_equal(said, cpu, board):
    assert not said(cpu={"socket": cpu}, mb={"socket": board})


def test_the_two_lga1151_platforms_do_not_mix(said):
    old = {"socket": "LGA1151", "chipset": "Z270"}
    new = {"socket": "LGA1151", "chipset": "Z390"}
    cpu = {"socket": "LGA1151", "name": "Intel Core i7-9700K"}
    assert ("error", "R01") in said(cpu=cpu, mb=old)
    assert not said(cpu=cpu, mb=new)


def test_an_unknown_socket_is_said_and_makes_the_verdict_unknown(findings_of, verdict_of):
    facts = {"cpu": {"tdp_w": 65}, "mb": {"socket": "AM5"}}
    (found,) = findings_of("R01", **facts)
    assert found.severity.value == "unknown"
    assert "the processor's socket" in found.text
    assert verdict_of(**facts) == "unknown"


def test_a_ryzen_5000_on_b450_needs_a_bios_update_and_flashback_makes_it_mild(said):
    cpu = {"socket": "AM4", "name": "AMD Ryzen 7 5800X"}
    board = {"socket": "AM4", "chipset": "B450"}
    assert ("warning", "R02") in said(cpu=cpu, mb=board)
    assert ("info", "R02") in said(cpu=cpu, mb=board | {"bios_flashback": True})


@pytest.mark.parametrize(
    ("year", "severity"), [(2020, "info"), (2018, "warning"), (None, "warning")]
)
def test_a_board_made_after_the_processor_knows_it(year, severity):
    cpu = blank(Cpu, socket="AM4", name="AMD Ryzen 7 5800X", release_year=2020)
    board = blank(Motherboard, socket="AM4", chipset="B450", release_year=year)
    found = check(Build(cpu=cpu, motherboard=board))
    assert [f.severity.value for f in found if f.rule == "R02"] == [severity]


def test_a_first_ryzen_never_runs_on_b550(said):
    cpu = {"socket": "AM4", "name": "AMD Ryzen 5 2600"}
    assert ("error", "R02") in said(cpu=cpu, mb={"socket": "AM4", "chipset": "B550"})


def test_a_non_pro_threadripper_is_refused_on_wrx90_and_welcome_on_trx50(said):
    cpu = {"socket": "sTR5", "name": "AMD Ryzen Threadripper 7970X"}
    assert ("error", "R09") in said(cpu=cpu, mb={"socket": "sTR5", "chipset": "WRX90"})
    assert not said(cpu=cpu, mb={"socket": "sTR5", "chipset": "TRX50"})


def test_a_pro_threadripper_runs_on_both(said):
    cpu = {"socket": "sTR5", "name": "AMD Ryzen Threadripper PRO 7975WX"}
    for chipset in ("WRX90", "TRX50"):
        assert not said(cpu=cpu, mb={"socket": "sTR5", "chipset": chipset})


def test_a_build_without_any_graphics_cannot_show_a_picture(said):
    cpu = {"name": "Intel Core i5-12400F"}
    assert ("error", "R10") in said(cpu=cpu, gpus=[])
    assert not said(cpu=cpu, gpus=[], headless=True)
    assert not said(cpu={"name": "Core i5-12400", "igpu": True}, gpus=[])


def test_a_build_whose_card_is_not_chosen_yet_is_not_told_off_for_it(said):
    assert not said(cpu={"name": "Intel Core i5-12400F"}, mb={"chipset": "B760"})


@pytest.mark.parametrize(
    ("name", "generation"),
    [("Intel Core i5-12600KF", 12), ("Core i7-9700K", 9), ("Ryzen 5 5600", None)],
)
def test_core_generations_are_read_from_names(name, generation):
    assert core_generation(name) == generation


def test_threadrippers_are_no_ryzens():
    assert ryzen_series("AMD Ryzen Threadripper 3970X") is None
    assert ryzen_series("AMD Ryzen 9 PRO 7945") == 7


def test_intel_13_on_z690_needs_an_update_and_on_z790_none():
    assert bios_support("Z690", "Intel Core i9-13900K") == "update"
    assert bios_support("Z790", "Intel Core i9-13900K") == "fine"


@pytest.mark.parametrize(
    ("chipset", "cpu", "word"),
    [
        ("TRX50", "AMD Ryzen Threadripper 7970X", "fine"),
        ("WRX90", "AMD Ryzen Threadripper PRO 9985WX", "update"),
        ("WRX80", "AMD Ryzen Threadripper PRO 5975WX", "update"),
        ("X399", "AMD Ryzen Threadripper 2950X", "update"),
        ("X299", "Intel Core i9-10900X", "update"),
        ("Z170", "Intel Core i7-7700K", "update"),
        ("Z890", "Intel Core Ultra 7 265K", "fine"),
        ("Z890", "Intel Core Ultra 7 270K Plus", "late"),
        ("W790", "Intel Xeon w9-3495X", "fine"),
        ("SoC", "AMD EPYC 7443P", None),
        ("X870E", "AMD Ryzen 9 9950X", "fine"),
        ("B999", "AMD Ryzen 9 9950X", None),
    ],
)
def test_what_the_makers_support_lists_say_of_a_chipset(chipset, cpu, word):
    assert bios_support(chipset, cpu) == word


def test_a_chipset_nobody_listed_is_not_taken_for_fine(findings_of):
    cpu = {"socket": "SP3", "name": "AMD EPYC 7443P"}
    (found,) = findings_of("R02", cpu=cpu, mb={"socket": "SP3", "chipset": "SoC"})
    assert found.severity.value == "unknown"
    assert "server boards" in found.text


def test_nearly_every_pair_of_the_catalogue_has_a_line_about_the_bios(catalog):
    by_socket = {}
    for cpu in catalog.cpus():
        if "EPYC" not in cpu.name:  # server processors, of which boards list each by itself
            by_socket.setdefault(socket_key(cpu.socket), []).append(cpu.name)
    pairs = [
        bios_support(board.chipset, name)
        for board in catalog.motherboards()
        for name in by_socket.get(socket_key(board.socket), ())
    ]
    assert len(pairs) > 10_000
    assert pairs.count(None) < 0.02 * len(pairs)


def test_channels_of_the_tr5_socket_depend_on_the_chipset():
    assert channels("sTR5", chipset="WRX90") == 8
    assert channels("sTR5", chipset="TRX50") == 4
    assert channels("made up") is None


def test_socket_keys_forgive_case_and_blanks():
    assert socket_key("Socket lga 1700") == "LGA1700"


def test_two_processors_need_a_board_with_two_sockets(said, findings_of):
    both = {"socket": "AM5", "count": 2}
    assert ("error", "R01") in said(cpu=both, mb={"socket": "AM5"})
    assert not said(cpu={"socket": "AM5", "count": 1}, mb={"socket": "AM5"})
    server = findings_of("R01", cpu={"socket": "SP5", "count": 2}, mb={"socket": "SP5"})
    assert [f.severity.value for f in server] == ["unknown"]


def test_a_card_said_to_have_no_outputs_drives_no_screen(said):
    cpu = {"socket": "AM4", "igpu": False}
    assert ("warning", "R10") in said(cpu=cpu, gpus=[{"outputs": 0}])
    assert not said(cpu=cpu, gpus=[{"outputs": 3}])
    assert not said(cpu=cpu, gpus=[{"outputs": 0}, {"outputs": 1}])


@pytest.mark.parametrize(
    ("text", "sockets"),
    [
        ("LGA1700/1851", ["LGA1700", "LGA1851"]),
        ("sTR5/SP6", ["STR5", "SP6"]),
        ("LGA17xx", ["LGA1700"]),
        ("AM5", ["AM5"]),
    ],
)
def test_what_cooler_makers_write_for_several_sockets_is_read(text, sockets):
    assert list(sockets_named(text)) == sockets


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ECC UDIMM", "UDIMM"), ("Registered", "RDIMM"), ("LR-DIMM", "LRDIMM"), ("SO-DIMM", "SODIMM")],
)
def test_kinds_of_module_have_one_spelling(text, kind):
    assert dimm_key(text) == kind
