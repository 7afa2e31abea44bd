"""Room to grow, the six things to weigh, the checklists and the order of assembly of a build."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.project.assembly_steps import assembly_steps
from hwstudio.core.project.checklist import Done, Known, checklists
from hwstudio.core.project.considerations import considerations
from hwstudio.core.project.growth import Room, growths, score_words
from hwstudio.core.project.judging import Job, judged
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import Limits, ProjectState

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def answer(catalog):
    state = ProjectState(budget=Decimal(1500), workload_id="resnet50_train")
    return ProjectPlanner(catalog).answer(state, keeps_parts=False)


def _again(answer, **changes):
    """Judge the build with some of its parts changed."""
    job = Job(answer.workload, answer.asked.mains)
    return judged(replace(answer.chosen.build, **changes), job)


def _growth(planned, what):
    return next(g for g in growths(planned, "120V15A") if g.what == what)


def _psu(answer, watts):
    return _again(answer, psu=replace(answer.chosen.build.psu, rated_w=watts))


def test_a_second_card_is_judged_by_trying_it(answer):
    board = replace(
        answer.chosen.build.motherboard, x16_slots_physical=1, x8_slots=0, cpu_slot_modes="x16"
    )
    planned = _again(answer, motherboard=board)
    found = next(g for g in growths(planned, "120V15A") if g.what.startswith("One more"))
    assert found.room is Room.NO
    assert "slot" in found.words


def test_a_stronger_supply_has_more_room(answer):
    need = answer.chosen.power.recommended_psu_w
    assert _growth(_psu(answer, need * 1.5), "Power supply").room is Room.YES
    assert _growth(_psu(answer, need), "Power supply").room is not Room.YES


def test_full_memory_slots_leave_no_room_and_name_the_most_the_board_takes(answer):
    ram, board = answer.chosen.build.ram, answer.chosen.build.motherboard
    full = _again(answer, ram=replace(ram, modules=board.mem_slots), ram_kits=1)
    found = _growth(full, "Memory")
    assert found.room is Room.NO
    assert "GiB in other modules" in found.words


def test_what_no_source_says_is_not_known_and_never_counts_as_room(answer):
    board = replace(answer.chosen.build.motherboard, m2_slots=None)
    case = replace(answer.chosen.build.case, max_gpu_length_mm=None)
    planned = _again(answer, motherboard=board, case=case)
    found = growths(planned, "120V15A")
    unknown = {g.what for g in found if g.room is Room.UNKNOWN}
    assert {"M.2 drives", "A longer card"} <= unknown
    assert f"{len(unknown)} not known" in score_words(found)


def _verdicts(answer, planned, limits):
    found = growths(planned, "120V15A")
    return {c.what: c for c in considerations(planned, found, answer.workload, limits)}


def test_all_six_considerations_are_told_with_a_reason(answer):
    found = _verdicts(answer, answer.chosen, Limits())
    assert list(found) == ["Compute", "Scalability", "Memory", "Storage", "Power", "Cooling"]
    assert all(c.reason for c in found.values())
    assert found["Memory"].verdict == "pass"


def test_a_deadline_the_median_misses_fails_and_one_only_the_high_end_misses_warns(answer):
    speed = answer.chosen.prediction
    units = answer.workload.job_units
    usual_h, slow_h = units / speed.median / 3600, units / speed.low / 3600
    for hours, verdict in (
        (usual_h / 2, "fail"),
        ((usual_h + slow_h) / 2, "warn"),
        (slow_h * 2, "pass"),
    ):
        found = _verdicts(answer, answer.chosen, Limits(max_hours=hours))
        assert found["Compute"].verdict == verdict, hours


def test_a_finding_of_a_power_rule_shows_in_power_worst_first(answer):
    findings = (
        Finding("R31", Severity.WARNING, ("psu",), "warned"),
        Finding("R25", Severity.ERROR, ("psu",), "wrong"),
    )
    planned = replace(answer.chosen, findings=findings)
    found = _verdicts(answer, planned, Limits())["Power"]
    assert (found.verdict, found.reason) == ("fail", "wrong")


def test_too_small_a_drive_fails_storage(answer):
    found = _verdicts(answer, answer.chosen, Limits(min_storage_bytes=10**15))["Storage"]
    assert found.verdict == "fail"
    assert "less than the 1,000 TB wished" in found.reason


def _items(answer, chosen, ticked=()):
    grown = growths(chosen, "120V15A")
    known = Known(answer, chosen, grown, TODAY, Decimal("0.2"), ticked)
    return {item.id: item for each in checklists(known) for item in each.items}


def test_the_lists_have_the_lengths_that_were_asked_for(answer):
    grown = growths(answer.chosen, "120V15A")
    lists = checklists(Known(answer, answer.chosen, grown, TODAY, Decimal("0.2")))
    assert [len(each.items) for each in lists] == [12, 4, 8]


def test_estimated_and_old_prices_are_not_prices_of_today(answer):
    assert _items(answer, answer.chosen)["prices"].done is Done.AGAINST


def test_an_item_the_app_sees_cannot_be_ticked_away_and_a_hand_tick_counts(answer):
    open_ = _items(answer, answer.chosen)
    ticked = _items(answer, answer.chosen, ("warranty", "prices"))
    assert open_["warranty"].done is Done.OPEN
    assert ticked["warranty"].done is Done.BY_HAND
    assert ticked["prices"].done is Done.AGAINST
    assert not ticked["prices"].can_be_ticked


def test_the_reserve_is_what_is_left_of_the_budget(answer):
    total = answer.chosen.total.amount
    rich = replace(answer, asked=replace(answer.asked, budget=total * 2))
    poor = replace(answer, asked=replace(answer.asked, budget=total))
    assert _items(rich, answer.chosen)["reserve"].done is Done.SEEN
    assert _items(poor, answer.chosen)["reserve"].done is Done.AGAINST
    assert "50% of the budget" in _items(rich, answer.chosen)["reserve"].evidence


def test_the_cost_over_the_years_is_the_electricity_at_the_wall(answer):
    said = _items(answer, answer.chosen)["years"].evidence
    usage, wall_w = answer.asked.usage, answer.chosen.power.wall_w
    money = wall_w / 1000 * usage.hours_per_week * 365.25 / 7 * usage.years * 0.2
    assert f"${money:,.0f} of electricity" in said


def test_an_unknown_cooler_rating_is_left_to_a_person(answer):
    finding = Finding("R14", Severity.UNKNOWN, ("cooler",), "Not known")
    planned = replace(answer.chosen, findings=(finding,))
    assert _items(answer, planned)["cooling"].done is Done.OPEN


def test_assembly_names_stand_offs_paste_and_the_processors_own_cable(answer):
    steps = assembly_steps(answer.chosen.build)
    said = " ".join(f"{step.title} {step.words}" for step in steps).lower()
    for word in ("stand-offs", "thermal paste", "(eps)", "24-pin", "first start"):
        assert word in said
    titles = [step.title for step in steps]
    assert titles.index("Thermal paste and cooler") < titles.index("Board into the case")
    assert titles.index("Board into the case") < titles.index("Graphics card")


def test_assembly_of_several_cards_asks_for_above_4g_and_an_aio_for_its_radiator(answer):
    build = answer.chosen.build
    cooler = replace(build.cooler, cooler_type="AIO")
    steps = assembly_steps(replace(build, card_count=2, cooler=cooler))
    said = " ".join(step.words for step in steps)
    assert "Above 4G" in said
    assert "radiator" in said


def test_a_doubtful_memory_price_is_warned_of_with_its_date_and_range(answer):
    ram = answer.chosen.build.ram
    old = replace(ram.price, as_of="2026-01", low=Decimal(30), high=Decimal(900))
    sure = replace(ram.price, as_of=str(TODAY), low=Decimal(99), high=Decimal(101))
    found = [
        _items(answer, _again(answer, ram=replace(ram, price=price), ram_kits=1))["prices"].evidence
        for price in (old, sure)
    ]
    assert "as of 2026-01, likely $30 to $900" in found[0]
    assert "Memory prices" not in found[1]
