"""The tree, the matrix, the ranking and the table of budgets."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.guide.budget_table import BUDGETS, Bought, budget_rows
from hwstudio.core.guide.cloud_option import cheapest_offer
from hwstudio.core.guide.decision_tree import Leaf
from hwstudio.core.guide.priority import GAIN, NO_GAIN, UNKNOWN, Step, Worth, ranked, steps_of
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.project.guides.texts import decision_matrix, decision_tree

WEIGHTS = st.lists(st.floats(0, 10), min_size=7, max_size=7)


def test_every_way_through_the_tree_is_three_answers_to_a_job_a_budget_and_a_cloud_option(catalog):
    leaves = list(decision_tree().leaves())
    known = {workload.id for workload in catalog.workloads()}
    assert len(leaves) == 42
    for path, leaf in leaves:
        assert len(path) == 3
        assert leaf.wishes.workload_id in known
        assert leaf.wishes.budget > 0
        assert leaf.wishes.objective in ("time", "cost", "energy")
        assert leaf.cloud.words


def test_what_a_leaf_would_rent_is_on_offer(catalog):
    for _path, leaf in decision_tree().leaves():
        if leaf.cloud.kind == "hourly":
            offer = cheapest_offer(leaf.cloud, catalog.offers())
            assert offer.accelerator_memory_bytes >= leaf.cloud.min_vram_bytes
            assert offer.accelerator_count >= leaf.cloud.gpu_count
        else:
            assert catalog.table("free_tier")


def test_a_wrong_answer_is_refused_with_the_right_ones():
    with pytest.raises(UserError, match="student, hobbyist, research"):
        decision_tree().at(("pilot",))
    path = next(iter(decision_tree().leaves()))[0]
    with pytest.raises(UserError, match="no further question"):
        decision_tree().at((*path, "daily"))
    assert isinstance(decision_tree().at(path), Leaf)


def test_wishes_put_over_others_never_shrink_a_size():
    big = GuideWishes(min_ram_bytes=64 * GIB, budget=Decimal(9))
    small = GuideWishes(min_ram_bytes=16 * GIB, objective="cost")
    both = big.with_more(small)
    assert both == GuideWishes(min_ram_bytes=64 * GIB, budget=Decimal(9), objective="cost")
    assert small.with_more(big).min_ram_bytes == 64 * GIB


def test_with_equal_weights_the_balanced_way_wins_and_the_sums_are_those_of_the_scores():
    matrix = decision_matrix()
    assert matrix.sums() == {"cpu": 11, "balanced": 16, "gpu": 12}
    assert matrix.verdict() == "Balanced wins with 16 points, 4 ahead."


def test_weight_on_large_projects_makes_the_graphics_card_win():
    assert [o.id for o in decision_matrix().with_weight("large", 5).winners()] == ["gpu"]


def test_a_tie_and_an_empty_table_are_said():
    matrix = decision_matrix()
    for factor in matrix.factors:
        matrix = matrix.with_weight(factor.id, 0)
    assert matrix.winners() == ()
    assert "Nothing weighs" in matrix.verdict()
    tied = matrix.with_weight("production", 1).with_score("production", "gpu", 2)
    assert tied.verdict().startswith("A tie: Processor first and Balanced and Graphics card first")


@given(WEIGHTS)
def test_the_winner_has_the_largest_sum_and_twice_the_weights_change_no_winner(weights):
    one, two = decision_matrix(), decision_matrix()
    for factor, weight in zip(one.factors, weights, strict=True):
        one = one.with_weight(factor.id, weight)
        two = two.with_weight(factor.id, 2 * weight)
    sums = one.sums()
    assert all(sums[o.id] == pytest.approx(max(sums.values())) for o in one.winners())
    assert {o.id for o in one.winners()} == {o.id for o in two.winners()}


def test_the_matrix_as_csv_reads_back_with_its_sums():
    rows = list(csv.reader(io.StringIO(decision_matrix().as_csv())))
    assert rows[0] == ["Factor", "Weight", "Processor first", "Balanced", "Graphics card first"]
    assert rows[-2][2:] == ["11", "16", "12"]
    assert rows[-1][2:] == ["", "yes", ""]
    assert len(rows) == 1 + 7 + 2


def test_an_impossible_weight_or_score_is_refused():
    with pytest.raises(UserError, match="weight of Small budget"):
        decision_matrix().with_weight("budget", -1)
    with pytest.raises(UserError, match="no possible score"):
        decision_matrix().with_score("budget", "gpu", 11)


def test_parts_are_ranked_by_speed_for_money_and_the_graphics_card_is_first_only_by_figures():
    gpu = (Step("A", Decimal(500), 0.5), Step("B", Decimal(100), 0.2))
    ranks = ranked({"gpu_card": gpu, "cpu": (Step("C", Decimal(50), 0.2),)})
    assert [r.kind for r in ranks] == ["cpu", "gpu_card"]
    assert ranks[0].per_hundred == pytest.approx(0.4)
    assert ranks[1].step.name == "B"


def test_a_row_without_gain_and_one_nobody_can_judge_come_last_and_are_told_apart():
    ranks = ranked(
        {
            "ram": (Step("D", Decimal(80), 0.0),),
            "psu": (Step("E", None, None),),
            "gpu_card": (Step("A", Decimal(500), 0.5),),
        }
    )
    assert [(r.kind, r.status) for r in ranks] == [
        ("gpu_card", GAIN),
        ("ram", NO_GAIN),
        ("psu", UNKNOWN),
    ]


def test_a_limit_on_the_money_leaves_dearer_steps_out_and_a_faster_cheaper_part_comes_first():
    steps = (Step("A", Decimal(500), 0.5), Step("B", Decimal(100), 0.05))
    assert ranked({"gpu_card": steps}, most=Decimal(200))[0].step.name == "B"
    free = (*steps, Step("F", Decimal(-20), 0.01))
    assert ranked({"gpu_card": free})[0].step.name == "F"


def test_steps_come_from_judging_each_build():
    worth = {"now": (10.0, 1000), "better": (15.0, 1200), "unpriced": (20.0, None)}
    steps = steps_of(
        "now",
        [("better", "better"), ("unpriced", "unpriced")],
        lambda b: Worth(worth[b][0], None if worth[b][1] is None else Decimal(worth[b][1])),
    )
    assert steps[0] == Step("better", Decimal(200), 0.5)
    assert steps[1].price_change is None


def test_the_table_of_budgets_is_sorted_and_says_the_gain_over_the_line_before():
    speeds = {1000: None, 2000: 10.0, 4000: 15.0, 8000: 15.0, 16000: 30.0}
    rows = budget_rows(lambda b: Bought(None, per_second=speeds[int(b)]), reversed(BUDGETS))
    assert [int(r.budget) for r in rows] == [1000, 2000, 4000, 8000, 16000]
    assert [r.gain for r in rows] == [None, None, 0.5, 0.0, 1.0]
