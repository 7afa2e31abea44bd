"""The Budgets page: what is typed is kept, the answer stands first, nothing is clipped."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.cost.budget.limits import Limits, Span
from hwstudio.core.cost.budget.plan_model import Kind, SourceKind
from hwstudio.core.project.budget_file import load_book
from hwstudio.gui.cloud.budgets.view import BudgetsPage
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.cloud.view import CloudView

TODAY = date(2026, 11, 20)


@pytest.fixture
def model(qtbot, context):
    return BudgetsViewModel(context.studio.home, context.studio.settings, TODAY)


@pytest.fixture
def page(qtbot, context):
    cloud = CloudView(context)
    qtbot.addWidget(cloud)
    cloud.resize(1280, 662)
    cloud.show()
    cloud.open_section("budgets")
    made = cloud._made["budgets"]
    assert isinstance(made, BudgetsPage)
    wait = lambda: made.model.state.comparison is not None and made.model.state.board is not None  # noqa: E731
    qtbot.waitUntil(wait, timeout=20_000)
    made.keeper = cloud  # the tab owns the page
    return made


def test_contradicting_limits_are_said_in_numbers_beside_the_one_that_decides(page):
    for span, amount in ((Span.DAY, 100), (Span.WEEK, 500), (Span.MONTH, 2000)):
        page.panes[0].limits[span].edit.setText(str(amount))
        page.panes[0].limits[span].edit.editingFinished.emit()
    pane = page.panes[0]
    assert "$100 a day x 7 = $700 a week" in pane.trouble.text()
    assert "$500 a week x 52/12 = $2,167 a month" in pane.trouble.text()
    assert "The monthly limit decides" in pane.detail.text()


def test_what_is_typed_is_there_again_after_closing(model, context):
    model.set_limit(Span.MONTH, Decimal(500))
    model.spend(TODAY, Decimal("12.34"), "rent")
    model.set_policy(max_instances=7, caps=Limits(day=Decimal(9)))
    model.set_target("cloud_per_month", Decimal(77))
    model.use_template("year1", Decimal(3000))
    model.add_source(
        name="Grant", kind=SourceKind.GRANT, amount=Decimal(100), last_month=2,
        kinds=frozenset({Kind.CLOUD}),
    )  # fmt: skip
    again = load_book(context.studio.home.budgets_file)
    assert again == model.state.book
    assert again.policy.max_instances == 7
    assert again.plan is not None
    assert again.plan.sources[-1].last_month == 2


def test_a_notice_is_told_once_and_stays_on_the_page(model):
    told = []
    model.told.connect(told.append)
    model.set_limit(Span.MONTH, Decimal(100))
    model.spend(TODAY, Decimal(85), "")
    model.spend(TODAY, Decimal(1), "")
    spent = [words for words in told if "is spent" in words]
    assert len(spent) == 1
    assert spent[0].startswith("Warning: $85.00 of $100.00")
    assert [n.level.value for n in model.state.watch.notices if not n.is_forecast] == ["warning"]


def test_a_damaged_file_is_set_aside_and_not_overwritten(context):
    file = context.studio.home.budgets_file
    file.write_text('{"limits": {"day": "x"}}', "utf-8")
    model = BudgetsViewModel(context.studio.home, context.studio.settings, TODAY)
    model.set_limit(Span.DAY, Decimal(5))
    assert "x" in file.with_suffix(".damaged-1.json").read_text("utf-8")
    assert json.loads(file.read_text("utf-8"))["limits"] == {"day": "5"}


def test_a_wrong_setting_is_refused_in_words_and_changes_nothing(model):
    said = []
    model.refused.connect(said.append)
    before = model.state.book
    model.set_policy(min_instances=50)
    assert "more than the most" in said[0]
    assert not model.spend(date(2027, 1, 1), Decimal(5), "")
    assert not model.add_item(name="x", kind=Kind.CLOUD, cost=Decimal(0))
    assert len(said) == 3
    assert model.state.book == before


def test_every_part_fits_a_small_window_and_says_a_sentence(page):
    page.model.use_template("development", Decimal(20000))
    for number, pane in enumerate(page.panes):
        page.pages.setCurrentIndex(number)
        assert pane.sentence.text()
        assert pane.minimumSizeHint().height() <= 560
        assert pane.minimumSizeHint().width() <= 1232


def test_the_return_shows_what_would_measure_each_missing_figure(page):
    page.pages.setCurrentIndex(3)
    text = page.panes[3].table.as_csv()
    assert text.count("Not measured") >= 4
    assert "recorder run" in text


def test_a_new_maximum_replays_the_demand(page, qtbot):
    page.pages.setCurrentIndex(1)
    before = page.panes[1].sentence.text()
    page.model.set_policy(max_instances=2)
    qtbot.waitUntil(lambda: not page.model.state.is_replaying, timeout=20_000)
    after = page.panes[1].sentence.text()
    assert after != before
    assert "waits" in after or "left over" in after


def test_the_plan_is_written_as_workbook_and_the_policy_as_toml(model, tmp_path):
    model.use_template("year1", Decimal(3000))
    model.export_plan(tmp_path / "plan.xlsx")
    model.export_policy(tmp_path / "policy.toml")
    assert (tmp_path / "plan.xlsx").read_bytes()[:2] == b"PK"
    assert "max_instances = 10" in (tmp_path / "policy.toml").read_text("utf-8")
