"""Expected times, own or rent, and the facts only a person can see: as they are used."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel

from hwstudio.core.guide.allocation import Share
from hwstudio.core.project.guides.expected import known_jobs
from hwstudio.core.project.guides.follow import Followed
from hwstudio.core.project.guides.taking import with_wishes
from hwstudio.core.project.seen import FACTS
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.configure.guides.own_or_rent_dialog import OwnOrRentDialog
from hwstudio.gui.configure.guides.priority_dialog import PriorityDialog
from hwstudio.gui.configure.guides.ready_made import PAGES, ReadyMadeDialog, why_off
from hwstudio.gui.configure.guides.seen_dialog import SeenDialog


@pytest.fixture
def opened(qtbot, guide_context):
    def make(kind, context=guide_context):
        dialog = kind(context)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


@pytest.fixture
def live_context(guide_context):
    """A context whose plan takes what a guide hands over."""
    kept = [guide_context.state()]
    return replace(
        guide_context,
        state=lambda: kept[-1],
        put=lambda project, _name: kept.append(project),
        apply=lambda wishes: kept.append(with_wishes(kept[-1], wishes)),
    )


def type_fact(dialog, name, text):
    edit = dialog.fields[name].edit
    edit.setText(text)
    edit.editingFinished.emit()


def test_expected_times_come_when_somebody_looks_and_show_six_jobs_of_the_chosen_tier(
    opened, qtbot
):
    dialog = opened(ReadyMadeDialog)
    page = dialog.expected
    assert page.tiers.shown_rows() == ()
    dialog.pages.choose(PAGES.index("Expected times"))
    qtbot.waitUntil(lambda: len(page.tiers.shown_rows()) == 5, timeout=120_000)
    assert [r.job.id for r in page.times.shown_rows()] == [j.id for j in known_jobs()]
    page.tiers.selectRow(3)
    assert {r.bought.tier.id for r in page.times.shown_rows()} == {"enterprise"}
    assert page.status.text().startswith("Enterprise: ")


def test_the_shares_of_the_build_follow_when_another_build_is_chosen(opened, guide_context, plan):
    others = [one.build for one in plan.solution.builds[1:]]
    chosen = [plan.chosen.build]
    dialog = opened(ReadyMadeDialog, replace(guide_context, build=lambda: chosen[-1]))
    dialog.pages.choose(PAGES.index("By task"))
    before = [text.text() for text in dialog.stack.currentWidget().findChildren(QLabel)]
    chosen += others
    dialog.refresh()
    shown = dialog.stack.currentWidget()
    assert dialog.stack.currentIndex() == PAGES.index("By task")
    assert [text.text() for text in shown.findChildren(QLabel)] != before
    assert shown.isAncestorOf(dialog.followers["Pictures and video"])


def test_a_processor_below_its_share_is_explained_by_the_dearest_there_is(plan):
    low = Share("cpu", 0.30, 0.15, Decimal(768))
    found = Followed(ProjectState(), plan.chosen.build, (low,), dearest_cpu=768.0)
    assert "costs $768" in why_off(found)
    assert why_off(replace(found, shares=(replace(low, group="ram"),))) == ""


def test_own_or_rent_scores_cost_out_of_the_plan_and_a_weight_turns_it(opened, qtbot):
    dialog = opened(OwnOrRentDialog)
    qtbot.waitUntil(lambda: dialog.costs is not None, timeout=60_000)
    assert 10 in dialog.matrix.factors[0].scores.values()
    assert "a month" in dialog.cost_words.text()
    for factor, weight in (("privacy", 100), ("cost", 0), ("latency", 0), ("upkeep", 0)):
        edit = dialog.weights[factor].edit
        edit.setText(str(weight))
        edit.editingFinished.emit()
    assert dialog.verdict.text().startswith("Own wins")
    dialog.reset.click()
    assert dialog.weights["cost"].value == 1
    assert 10 in dialog.matrix.factors[0].scores.values()


def test_a_fact_typed_is_kept_in_the_plan_and_answers_a_check(opened, live_context):
    dialog = opened(SeenDialog, live_context)
    assert set(dialog.fields) == {fact.field for fact in FACTS}
    type_fact(dialog, "ups_w", "200")
    assert live_context.state().answer_to("seen.ups_w") == "200"
    assert any(f.rule == "R48" and "short" in f.text for f in dialog.rows)
    type_fact(dialog, "ups_w", "")
    assert live_context.state().said == ()
    assert not any(f.rule == "R48" for f in dialog.rows)


def test_what_the_ups_carries_by_the_smaller_of_its_figures_becomes_a_limit(opened, live_context):
    dialog = opened(SeenDialog, live_context)
    assert not dialog.within.isEnabled()
    type_fact(dialog, "ups_w", "1000")
    type_fact(dialog, "ups_va", "900")
    dialog.within.click()
    assert live_context.state().limits.max_power_w == pytest.approx(810)


def test_a_fact_that_cannot_be_is_marked_and_not_kept(opened, live_context):
    dialog = opened(SeenDialog, live_context)
    type_fact(dialog, "riser_count", "1.5")
    assert live_context.state().said == ()
    assert "whole number" in dialog.notice.accessibleName()
    assert dialog.fields["riser_count"].edit.property("bad")


def test_each_row_of_which_part_next_tells_what_its_answer_rests_on(opened, qtbot):
    dialog = opened(PriorityDialog)
    qtbot.waitUntil(lambda: bool(dialog.ranks), timeout=60_000)
    kinds = [rank.kind for rank in dialog.ranks]
    assert {"psu", "cooler", "case"} <= set(kinds)
    dialog.table.selectRow(kinds.index("psu"))
    assert "rated" in dialog.why.text()
    assert not dialog.take.isEnabled()
    assert any(dialog.why is label for label in dialog.findChildren(QLabel))
