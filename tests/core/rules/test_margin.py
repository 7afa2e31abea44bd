"""How much room is left where everything fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.rules.engine import check
from hwstudio.core.rules.facts import Found, build_from
from hwstudio.core.rules.margin import margins


def margins_of(**facts):
    return {margin.rule: margin for margin in margins(*build_from(facts, Found()))}


def test_a_card_that_fits_says_how_many_millimetres_are_left():
    margin = margins_of(gpus=[{"length_mm": 304}], case={"max_gpu_mm": 360})["R18"]
    assert margin.words == "Card length: 304 of 360 mm, 56 mm to spare"


def test_what_is_not_known_or_stands_in_the_open_has_no_margin():
    assert not margins_of(gpus=[{"length_mm": 304}], case={"slots": 7}).get("R18")
    assert not margins_of(gpus=[{"length_mm": 304}], case={"max_gpu_mm": 360, "open_frame": True})


def test_free_memory_and_card_slots_are_counted():
    found = margins_of(
        gpus=[{"slots": 2.5, "count": 2}],
        case={"slots": 8},
        ram={"modules": 2},
        mb={"mem_slots": 4},
    )
    assert (found["R19"].takes, found["R19"].left) == (6, 2)
    assert found["R06"].words == "Memory modules: 2 of 4 slots, 2 to spare"


@given(
    card=st.integers(100, 450),
    room=st.integers(100, 450),
    front=st.none() | st.integers(0, 80),
    cooler=st.integers(20, 200),
    tallest=st.integers(20, 200),
)
def test_a_length_has_a_margin_or_an_error_never_both_and_never_neither(
    card, room, front, cooler, tallest
):
    facts = {
        "gpus": [{"length_mm": card}],
        "cooler": {"type": "air", "height_mm": cooler},
        "case": {"max_gpu_mm": room, "max_cooler_mm": tallest, "front_radiator_mm": front},
    }
    errors = {f.rule for f in check(*build_from(facts, Found())) if f.severity.value == "error"}
    found = margins_of(**facts)
    for rule in ("R18", "R12"):
        assert (rule in found) is (rule not in errors)


def test_cards_that_end_below_the_case_leave_nothing_to_spare():
    board = {"x16_slots": 7, "gpu_slot_pitch": 1, "form_factor": "SSI EEB"}
    cards = [{"slots": 2, "count": 4}]
    assert margins_of(gpus=cards, mb=board, case={"slots": 9})["R19"].left == 1
    apart = {"x16_slots": 2, "gpu_slot_pitch": 4, "form_factor": "ATX"}
    two = [{"slots": 2, "count": 2}]
    assert "R19" not in margins_of(gpus=two, mb=apart, case={"slots": 5})
