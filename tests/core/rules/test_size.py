"""What goes into the case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.rules.engine import check
from hwstudio.core.rules.facts import Found, build_from
from hwstudio.core.rules.size import board_size

ATX = ["ATX", "Micro ATX", "Mini-ITX"]


def test_a_336_mm_card_is_16_mm_too_long_for_a_320_mm_case(findings_of):
    (found,) = findings_of("R18", gpus=[{"length_mm": 336}], case={"max_gpu_mm": 320})
    assert found.severity.value == "error"
    assert found.text == "The card is 336 mm long, the case takes 320 mm: 16 mm too long."


def test_a_card_exactly_as_long_as_the_case_takes_fits(said):
    assert not said(gpus=[{"length_mm": 320}], case={"max_gpu_mm": 320})


def test_a_front_radiator_shortens_the_room(said):
    case = {"max_gpu_mm": 360, "front_radiator_mm": 55}
    assert ("error", "R18") in said(gpus=[{"length_mm": 310}], case=case)


def test_an_open_frame_has_nothing_to_bump_into(said, verdict_of):
    facts = {"gpus": [{"length_mm": 400, "slots": 4}], "case": {"open_frame": True, "slots": 1}}
    assert not said(**facts)
    assert verdict_of(**facts) == "ok"


@pytest.mark.parametrize(
    ("height", "severity"), [(170, "error"), (160, "warning"), (158, "warning"), (150, None)]
)
def test_cooler_height_has_a_margin_of_3_mm(said, height, severity):
    found = said(cooler={"type": "air", "height_mm": height}, case={"max_cooler_mm": 160})
    assert found == ({(severity, "R12")} if severity else set())


def test_a_radiator_has_no_height_to_check(findings_of):
    assert not findings_of("R12", cooler={"type": "AIO"}, case={"max_cooler_mm": 160})


@pytest.mark.parametrize(
    ("board", "sizes", "severity"),
    [
        ("SSI EEB", ATX, "error"),
        ("EATX", ATX, "error"),
        ("ATX", ["Micro ATX", "Mini-ITX"], "error"),
        ("SSI EEB", [*ATX, "EATX"], "warning"),
        ("SSI CEB", ATX, "warning"),
        ("SSI CEB", [*ATX, "EATX"], "info"),
        ("Mini-ITX", ["ATX"], None),
        ("E-ATX", [*ATX, "EATX"], None),
    ],
)
def test_board_sizes(said, board, sizes, severity):
    found = said(mb={"form_factor": board}, case={"mb_ff": sizes})
    assert found == ({(severity, "R17")} if severity else set())


def test_a_330_mm_board_is_warned_about_and_refused_by_a_277_mm_tray(said):
    board = {"form_factor": "EATX", "depth_mm": 330}
    assert ("warning", "R17") in said(mb=board)
    case = {"mb_ff": ["EATX"], "max_board_depth_mm": 277}
    assert ("error", "R17") in said(mb=board, case=case)


def test_an_atx_power_supply_does_not_go_into_an_sfx_case_but_sfx_goes_into_atx(said):
    assert ("error", "R21") in said(psu=[{"ff": "ATX"}], case={"psu_ff": ["SFX"]})
    assert said(psu=[{"ff": "SFX"}], case={"psu_ff": ["ATX"]}) == {("info", "R21")}


def test_power_supply_length(said):
    case = {"max_psu_mm": 160}
    assert ("error", "R22") in said(psu=[{"length_mm": 180}], case=case)
    assert ("warning", "R22") in said(psu=[{"length_mm": 155}], case=case)
    assert not said(psu=[{"length_mm": 140}], case=case)


def test_a_back_connect_board_needs_its_case(said, findings_of):
    board = {"back_connect": True}
    assert ("error", "R24") in said(mb=board, case={"back_connect": False})
    assert not said(mb=board, case={"back_connect": True})
    (found,) = findings_of("R24", mb=board, case={"slots": 7})
    assert found.severity.value == "unknown"


def test_a_cable_needs_room_above_the_card(said):
    card = {"conn16": 1, "height_mm": 140}
    assert ("warning", "R20") in said(gpus=[card], case={"side_clearance_mm": 170})
    assert not said(gpus=[card], case={"side_clearance_mm": 175})


def test_spellings_of_board_sizes_are_one():
    assert board_size("E-ATX") == board_size("eatx") == "EATX"
    assert board_size("mITX") == "Mini-ITX"
    assert board_size("something else") == "something else"


@given(
    length=st.floats(100, 450),
    case=st.floats(100, 500),
    more=st.floats(0, 200),
    radiator=st.none() | st.floats(0, 80),
)
def test_a_longer_case_never_adds_a_length_finding(length, case, more, radiator):
    def found(limit):
        facts = {
            "gpus": [{"length_mm": length}],
            "case": {"max_gpu_mm": limit, "front_radiator_mm": radiator},
        }
        build, around = build_from(facts, Found())
        return {(f.rule, f.severity) for f in check(build, around) if f.rule == "R18"}

    assert found(case + more) <= found(case)


def test_a_16_pin_cable_of_which_the_room_is_not_known_is_said(findings_of):
    card, case = {"conn16": 1, "height_mm": 140}, {"max_gpu_mm": 400}
    (found,) = findings_of("R20", gpus=[card], case=case)
    assert found.severity.value == "unknown"
    assert "the room up to the side panel" in found.text
    assert "the card's height" not in found.text
    assert not findings_of("R20", gpus=[{"conn16": 0}], case=case)


SIZES = st.floats(20, 500)


@given(
    card=st.fixed_dictionaries({"length_mm": SIZES, "height_mm": SIZES, "slots": st.floats(1, 4)}),
    cooler=st.fixed_dictionaries({"type": st.just("air"), "height_mm": SIZES}),
    psu=st.fixed_dictionaries({"length_mm": SIZES}),
    case=st.fixed_dictionaries(
        {
            "max_gpu_mm": SIZES,
            "max_cooler_mm": SIZES,
            "max_psu_mm": SIZES,
            "side_clearance_mm": SIZES,
            "slots": st.integers(1, 9),
        }
    ),
    more=st.floats(0, 200),
)
def test_a_larger_case_never_adds_a_size_finding(card, cooler, psu, case, more):
    def found(inside):
        facts = {"gpus": [card], "cooler": cooler, "psu": [psu], "case": inside}
        bad = [f for f in check(*build_from(facts, Found())) if f.severity.value != "info"]
        return {(f.rule, f.severity) for f in bad if f.severity.value == "error"} | {
            (f.rule, None) for f in bad
        }

    larger = {name: value + int(more) for name, value in case.items()}
    assert found(larger) <= found(case)
