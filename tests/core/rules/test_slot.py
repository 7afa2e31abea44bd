"""Where cards sit."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hwstudio.core.rules.engine import check
from hwstudio.core.rules.facts import Found, build_from
from hwstudio.core.rules.slot import can_never_fit, placed
from hwstudio.core.rules.subject import thickness

SEVEN = {"form_factor": "SSI EEB", "x16_slots": 7, "gpu_slot_pitch": 1}


def test_four_two_slot_blowers_fill_seven_slots(said):
    cards = [{"slots": 2, "count": 4, "cooling": "blower"}]
    assert not said(gpus=cards, mb=SEVEN)


def test_four_thick_cards_do_not_fit_seven_slots_and_every_reason_is_given(said, findings_of):
    facts = {"gpus": [{"slots": 3.5, "count": 4}], "mb": SEVEN, "case": {"slots": 11}}
    assert {("error", "R19"), ("error", "R34"), ("error", "R35")} <= said(**facts)
    (found,) = findings_of("R34", **facts)
    assert "at most 2 of them fit" in found.text


def test_risers_and_open_frames_lift_the_limit_of_thickness_not_of_slots(said):
    cards = [{"slots": 3.5, "count": 4}]
    frame = {"open_frame": True, "risers": 4}
    assert not said(gpus=cards, mb=SEVEN, case=frame)
    assert ("error", "R34") in said(gpus=cards, mb={"x16_slots": 3}, case=frame)


def test_a_board_of_unknown_size_and_spacing_is_warned_not_refused(said):
    cards = [{"slots": 3, "count": 4}]
    assert ("warning", "R34") in said(gpus=cards, mb={"x16_slots": 7})
    assert ("error", "R34") in said(gpus=cards, mb={"x16_slots": 7, "gpu_slot_pitch": 1})


def test_one_riser_does_not_free_four_cards(said):
    cards = [{"slots": 3.5, "count": 4}]
    assert ("error", "R34") in said(gpus=cards, mb=SEVEN, case={"risers": 1})


def test_three_cards_for_two_slots_is_one_too_many(findings_of):
    (found,) = findings_of("R34", gpus=[{"slots": 2, "count": 3}], mb={"x16_slots": 2})
    assert "3 cards for 2 long slots" in found.text


def test_one_card_with_a_thick_cooler_must_end_inside_the_case(said):
    assert ("error", "R19") in said(gpus=[{"slots": 3}], case={"slots": 2})
    assert not said(gpus=[{"slots": 2}], case={"slots": 2})


def test_two_slots_three_apart_refuse_two_four_slot_cards(said):
    board = {"form_factor": "ATX", "x16_slots": 2, "gpu_slot_pitch": 3}
    assert ("error", "R34") in said(gpus=[{"slots": 3.5, "count": 2}], mb=board)


def test_open_air_cards_that_touch_are_warned_and_blowers_are_not(said):
    board = {"form_factor": "ATX", "x16_slots": 2, "gpu_slot_pitch": 3}
    touching = {"slots": 3, "count": 2}
    assert ("warning", "R35") in said(gpus=[touching | {"cooling": "open_air"}], mb=board)
    assert not said(gpus=[touching | {"cooling": "blower"}], mb=board)


def test_unknown_positions_are_not_taken_for_fine(findings_of):
    found = findings_of("R34", gpus=[{"slots": 3, "count": 2}], mb={"x16_slots": 2})
    assert [f.severity.value for f in found] == ["unknown"]


def test_two_cards_on_a_micro_atx_board_must_be_thin(said):
    board = {"form_factor": "Micro ATX", "x16_slots": 2}
    assert ("error", "R34") in said(gpus=[{"slots": 4, "count": 2}], mb=board)


def test_placing_goes_from_the_top_thinnest_first():
    assert placed([2, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7]) == [1, 3, 5, 7]
    assert placed([2, 3], [1, 3, 5, 7]) == [1, 3]
    assert placed([4, 4, 4], [1, 2, 3, 4, 5, 6, 7]) is None


@pytest.mark.parametrize(("slots", "covered"), [(2.0, 2), (2.05, 2), (2.2, 3), (3.5, 4), (1, 1)])
def test_a_millimetre_over_the_slot_leaves_the_next_one_usable(slots, covered):
    build, _ = build_from({"gpus": [{"slots": slots}]}, Found())
    assert thickness(build.card) == covered


def test_an_impossible_thickness_counts_as_not_known():
    build, _ = build_from({"gpus": [{"slots": 55.6}]}, Found())
    assert thickness(build.card) is None


@given(thick=st.lists(st.integers(1, 5), min_size=1, max_size=6), slots=st.integers(1, 9))
def test_what_can_be_placed_was_never_called_impossible(thick, slots):
    thick = sorted(thick)
    if placed(thick, list(range(1, slots + 1))) is not None:
        assert not can_never_fit(thick, slots)


@given(
    count=st.integers(1, 8),
    thick=st.floats(1, 4),
    slots=st.integers(0, 6),
    pitch=st.none() | st.integers(1, 4),
)
def test_more_slots_never_add_a_slot_error(count, thick, slots, pitch):
    # Slots that fill the whole board leave no doubt about their places, fewer do.
    assume(pitch is None or 1 + slots * pitch < 7)

    def errors(number):
        board = {"x16_slots": number, "gpu_slot_pitch": pitch, "form_factor": "ATX"}
        facts = {"gpus": [{"count": count, "slots": thick}], "mb": board}
        found = check(*build_from(facts, Found()))
        return {f.rule for f in found if f.severity.value == "error" and f.rule == "R34"}

    assert errors(slots + 1) <= errors(slots)
