"""A build as one web page: whole, self-contained, with the same numbers as the screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import ProjectState
from hwstudio.core.report.as_html import html
from hwstudio.core.report.build_sheet import Sheet, build_sheet


@pytest.fixture(scope="module")
def answer(catalog):
    state = ProjectState(
        name="A <PC>", budget=Decimal(1500), workload_id="resnet50_train", notes="for the desk"
    )
    return ProjectPlanner(catalog).answer(state, keeps_parts=False)


def _page(answer):
    sheet = Sheet(answer, answer.chosen, date(2026, 11, 28), Decimal("0.2"), "2026-11-28")
    return html(build_sheet(sheet))


def test_the_page_holds_every_part_its_price_and_its_source(answer):
    page = _page(answer)
    for line in answer.chosen.build.lines():
        assert line.part.price.as_of in page
        assert f"{line.part.price.amount * line.quantity:,.2f}" in page
    assert f"${answer.chosen.total.amount:,.0f}" in page
    assert "for the desk" in page


def test_the_page_loads_nothing_and_takes_no_name_for_markup(answer):
    page = _page(answer)
    assert not re.search(r"(src|href)=|<script|url\(", page)
    assert "A &lt;PC&gt;" in page


def test_equal_builds_make_equal_pages(answer):
    assert _page(answer) == _page(replace(answer))


def test_every_finding_and_checklist_stands_on_the_page(answer):
    page = _page(answer)
    assert all(f.rule in page for f in answer.chosen.findings)
    for title in ("Before you buy", "Money", "When it is built", "Putting it together"):
        assert title in page
