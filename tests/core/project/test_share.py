"""A shared build says prices, dates, sources, watts and warnings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.units import rough
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.share import as_markdown, as_text
from hwstudio.core.project.state import ProjectState


@pytest.fixture(scope="module")
def answer(catalog):
    state = ProjectState(name="Lab | PC", notes="for room 4", budget=Decimal(3000))
    return ProjectPlanner(catalog).answer(state, keeps_parts=False)


@pytest.mark.parametrize("written", [as_text, as_markdown])
def test_every_part_stands_with_price_date_and_source(answer, written):
    text = written(answer)
    for line in answer.chosen.build.lines():
        assert line.part.name.replace("|", "\\|" if written is as_markdown else "|") in text
        assert line.part.price.as_of in text
        assert line.part.price.source in text


@pytest.mark.parametrize("written", [as_text, as_markdown])
def test_watts_budget_findings_and_notes_are_said(answer, written):
    text = written(answer)
    assert "$3,000 budget" in text
    assert f"Sustained {answer.chosen.power.sustained_w:,.0f} W" in text
    assert "estimated" in text
    assert "for room 4" in text
    assert all(finding.text in text for finding in answer.chosen.findings)
    assert all(item.source in text for item in answer.chosen.power.items)


def test_markdown_is_a_table_of_equal_columns(answer):
    lines = [line for line in as_markdown(answer).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in lines} == {7}


def test_plain_text_stays_in_columns(answer):
    header, rule, *rows = as_text(answer).splitlines()[
        2 : 4 + len(list(answer.chosen.build.lines()))
    ]
    assert set(rule) == {"-"}
    for start in (header.index(word) for word in ("Quantity", "Price", "Basis", "Date", "Source")):
        assert all(row[start - 1] == " " and row[start] != " " for row in rows)


def test_nothing_chosen_is_nothing_to_share(answer):
    assert as_text(replace(answer, chosen=None)) == ""
    assert as_markdown(replace(answer, chosen=None)) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [(1582.0, "1,600"), (566.0, "570"), (0.0371, "0.037"), (7.52, "7.5"), (0, "0")],
)
def test_estimates_are_said_with_two_digits(value, said):
    assert rough(value) == said
