"""Changes of one part or two: none breaks a rule, the best for its money comes first."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.assess.change import Ground
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.upgrade.candidates import card_check, ram_choices
from hwstudio.core.assess.upgrade.counterfactual import recommended
from hwstudio.core.assess.upgrade.gains import gains, standings
from hwstudio.core.assess.upgrade.known import Known, errors_after, known_build
from hwstudio.core.assess.upgrade.rent import Use, rent_advice
from hwstudio.core.assess.upgrade.thresholds import EACH, Thresholds, thresholds_from
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.filter import OfferFilter, filter_offers
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import MemoryModules
from hwstudio.core.model.reading import ok
from hwstudio.core.predict.predictor import COUNTED

_SPEC = importlib.util.spec_from_file_location("kit", Path(__file__).with_name("upgrade_kit.py"))
kit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(kit)
GIB = kit.GIB


@pytest.fixture(scope="module")
def gpu_rows(catalog):
    return {gpu.name: gpu for gpu in catalog.gpus()}


@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_no_recommendation_breaks_a_rule_or_lowers_gpu_memory(catalog, data):
    """Whatever power supply, case, board and processor the user listed."""

    def one(parts):
        return data.draw(st.sampled_from((None, *parts[::17])))

    build = Build(
        psu=one(catalog.psus()),
        case=one(catalog.cases()),
        motherboard=one(catalog.motherboards()),
        cpu=one(catalog.cpus()),
    )
    old = data.draw(st.sampled_from([g for g in catalog.gpus() if g.segment == "consumer"][::9]))
    known = Known(build=build)
    found = recommended(kit.trials(catalog, kit.machine([old]), Ground(known=known)))
    for change in found:
        assert errors_after(known, [each.part for each in change.bought]) == ()
        assert change.less_vram_bytes == 0
        assert change.check
    worth = [change.points_per_hundred for change in found]
    assert worth == sorted(worth, reverse=True)


def test_a_card_the_power_supply_cannot_carry_comes_with_a_stronger_one(catalog):
    weak = min((psu for psu in catalog.psus() if psu.form_factor == "ATX"), key=lambda p: p.rated_w)
    known = Known(build=Build(psu=weak))
    found = kit.trials(catalog, kit.machine(), Ground(known=known)).singles()
    pairs = [c for changes in found.values() for c in changes if len(c.bought) == 2]
    assert pairs
    for pair in pairs:
        card, supply = (each.part for each in pair.bought)
        assert pair.part == "GPU + power supply"
        assert supply.rated_w > weak.rated_w
        assert errors_after(known, [card])
        assert pair.cost.typical == card.price.amount + supply.price.amount


def test_two_parts_are_named_together_where_one_alone_brings_nothing(catalog):
    (best, *_) = recommended(kit.trials(catalog, kit.machine(), rescore=kit.scored_both))
    assert best.part == "GPU + memory"
    assert best.gain_points == 30
    assert all(
        "GPU + memory" not in c.part for c in recommended(kit.trials(catalog, kit.machine()))
    )


def test_what_is_not_known_is_said_and_what_is_known_is_judged(catalog):
    case = min(
        (c for c in catalog.cases() if c.max_gpu_length_mm), key=lambda c: c.max_gpu_length_mm
    )
    open_ones = recommended(kit.trials(catalog, kit.machine()))
    card = next(c for c in open_ones if c.part == "GPU")
    assert "mm of room in the case" in card.check
    assert "power supply of" in card.check
    judged = kit.trials(catalog, kit.machine(), Ground(known=Known(build=Build(case=case))))
    for change in [c for changes in judged.singles().values() for c in changes]:
        for each in change.bought:
            length = getattr(each.part, "length_mm", None)
            assert each.kind != "GPU" or length is None or length <= case.max_gpu_length_mm


def _with_memory(of, form="DIMM", kind="DDR4", slots=2):
    told = MemoryModules(
        generation=ok(kind), form=ok(form), slots_total=ok(slots), slots_used=ok(2),
        sizes_bytes=ok((8 * GIB, 8 * GIB)),
    )  # fmt: skip
    return replace(of, modules=told)


def test_the_modules_in_the_machine_say_which_kits_fit_and_which_are_too_many(catalog):
    found = _with_memory(kit.machine())
    known = Known(build=known_build(found, lambda _: None))
    kits = [each.part for each in ram_choices(found, catalog.rams(), known)]
    assert kits
    assert {ram.mem_type for ram in kits} == {"DDR4"}
    assert max(ram.modules for ram in kits) <= 2
    card = next(card for card in catalog.cards() if card.length_mm)
    assert "a free long PCIe slot" in card_check(card, known)


@pytest.mark.parametrize(
    ("name", "kind", "row"),
    [
        ("Gigabyte Technology Co., Ltd. Z790 AORUS ELITE AX", "DDR5", "Z790 AORUS ELITE AX DDR5"),
        ("Micro-Star International Co., Ltd. MAG B650 TOMAHAWK WIFI (MS-7D75)", None, "TOMAHAWK"),
        ("ASRock B550M Pro4", "DDR5", None),  # it takes DDR4: another board of that name
        ("LENOVO 21NS", "DDR5", None),
    ],
)
def test_the_board_is_the_catalogues_row_of_its_name_or_else_known_by_its_memory(
    catalog, name, kind, row
):
    found = replace(_with_memory(kit.machine(), kind=kind, slots=4), board=ok(name))
    board = known_build(found, lambda _: None, (), catalog.match_board).motherboard
    if row is None:
        assert (board.mem_type, board.mem_slots, board.socket) == (kind, 4, None)
    else:
        assert row in board.name
        assert board.socket


def test_soldered_memory_is_not_swapped(catalog):
    found = _with_memory(kit.machine(), form="soldered")
    known = Known(build=known_build(found, lambda _: None))
    assert known.build.motherboard is None
    assert list(ram_choices(found, catalog.rams(), known)) == []


def test_the_gains_name_the_goal_first_and_what_was_not_possible(catalog, gpu_rows):
    jobs = catalog.workloads()
    rows = {gpu.id: gpu for gpu in catalog.gpus()}
    small, large = gpu_rows["GeForce RTX 3050 8 GB"], gpu_rows["GeForce RTX 4090"]
    before, after = (
        standings(kit.machine([gpu]), jobs, rows.get, COUNTED) for gpu in (small, large)
    )
    found = gains(before, after, jobs, "llm_chat_8b")
    by_id = {gain.workload_id: gain for gain in found}
    assert found[0].workload_id == "llm_chat_8b"
    assert by_id["resnet50_train"].ratio > 2
    assert "x faster" in by_id["resnet50_train"].words
    assert by_id["gpt2_train"].is_new
    assert "from not possible to about" in by_id["gpt2_train"].words
    assert gains(after, after, jobs, "llm_chat_8b") == ()


@pytest.mark.parametrize(
    ("hours", "is_instead", "words"),
    [(None, False, "hours of use are not given"), (4, True, "4 h a month"), (700, False, "700 h")],
)
def test_renting_is_advised_only_where_it_is_clearly_cheaper(catalog, hours, is_instead, words):
    goal = catalog.workload("llm_qlora_8b")
    found = recommended(kit.trials(catalog, kit.machine()))
    offers = filter_offers(catalog.offers(), OfferFilter(), date(2026, 11, 28))
    use = Use(hours_per_month=hours, price_per_kwh=0.165)
    if hours is not None:
        use = replace(use, source="typed by you")
    advice = rent_advice(goal, found, offers, Shapes(goal, catalog.gpus()), use)
    assert advice.is_instead is is_instead
    assert words in advice.words
    assert advice.as_of
    assert advice.source


def test_a_higher_threshold_leaves_fewer_changes_and_a_wrong_one_is_refused(catalog):
    start = kit.trials(catalog, kit.machine())
    most = max(change.gain_points for change in recommended(start))
    high = Ground(limits=Thresholds(least_points=float(most)))
    assert all(c.gain_points >= most for c in recommended(kit.trials(catalog, kit.machine(), high)))
    assert all(each.why and each.title for each in EACH)
    with pytest.raises(UserError, match="GPU memory is short from"):
        thresholds_from({"vram_pressure_pct": 200})
    with pytest.raises(UserError, match="no threshold"):
        thresholds_from({"luck": 1})
