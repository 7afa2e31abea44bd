"""A price over 180 days old says "stale" on every screen and on the command line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.cli.build import _dated
from hwstudio.cli.catalog_search import item, price_words
from hwstudio.core.assess.change import Change, cost_of
from hwstudio.core.base.clock import today
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.configure.rows import PartRow
from hwstudio.gui.configure.tables import _basis
from hwstudio.gui.kit.tip import price_tip
from hwstudio.gui.machine.changes import ChangeRow
from hwstudio.gui.parts.columns import part_columns
from hwstudio.gui.parts.detail import _note


def price(as_of):
    amount = Decimal(500)
    return Price(amount, amount, amount, "USD", PriceKind.LIST, as_of, "a page")


@pytest.fixture(params=["old", "new"])
def case(request, catalog):
    """A price, the part that has it, and whether the word must show."""
    is_old = request.param == "old"
    found = price("2025-01" if is_old else today().isoformat())
    return found, replace(catalog.gpus()[0], price=found), is_old


def test_the_parts_table_its_pane_and_every_price_tooltip(case):
    found, part, is_old = case
    [column] = [one for one in part_columns(part.kind) if one.title == "Price"]
    assert ("stale" in column.shown(part)) is is_old
    assert ("Stale" in _note(found)[0]) is is_old
    assert ("stale" in price_tip(found)) is is_old


def test_the_rows_of_a_build(case, catalog):
    found, _, is_old = case
    psu = replace(catalog.psus()[0], price=found)
    assert ("stale" in _basis(PartRow(1, psu, 1, False))) is is_old


def test_the_command_line(case):
    found, part, is_old = case
    assert ("stale" in price_words(found)) is is_old
    assert ("stale" in _dated(found)) is is_old
    assert item(part)["price_is_stale"] is is_old


def test_the_changes_this_pc_recommends(case, qtbot, theme):
    found, part, is_old = case
    row = ChangeRow()
    qtbot.addWidget(row)
    row.show_change(Change("Add a card", "GPU", part.id, 5, cost_of(found), "Fits"))
    assert ("stale" in row.price.text()) is is_old
