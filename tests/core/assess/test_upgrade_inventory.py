"""The inventory: dates, age, and what dated sources say of a maker's support."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.assess.upgrade.book import UpgradeBook, Wish, book_document, book_from
from hwstudio.core.assess.upgrade.inventory import Item, checked, day_of, with_item
from hwstudio.core.assess.upgrade.lifecycle import lifecycle
from hwstudio.core.assess.upgrade.thresholds import USUAL, Thresholds
from hwstudio.core.base.errors import UserError

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Item(name=""), "no name"),
        (Item(name="x", kind="toaster"), "kind of part"),
        (Item(name="x", bought="2024-02-30"), "no date"),
        (Item(name="x", bought="last year"), "no date"),
        (Item(name="x", bought="2027"), "future"),
        (Item(name="x", price=Decimal(-1)), "price"),
        (Item(name="x", quantity=0), "pieces"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words(item, words):
    with pytest.raises(UserError, match=words):
        checked(item, TODAY)


def test_a_year_or_month_counts_to_its_end(catalog):
    assert day_of("2024") == date(2024, 12, 31)
    found = lifecycle(Item(name="old", kind="psu", bought="2018-05"), None, (), USUAL, TODAY)
    assert found.age_years == pytest.approx(8.58, abs=0.01)
    assert found.is_overdue
    assert found.support_words == "no date known"
    young = lifecycle(Item(name="new", kind="psu"), None, (), USUAL, TODAY)
    assert young.age_years is None
    assert not young.is_overdue


def test_support_of_a_card_has_its_date_and_source_and_others_have_none(catalog):
    rows = {gpu.name: gpu for gpu in catalog.gpus()}
    records = catalog.records("support_date")
    old = lifecycle(Item(name="card"), rows["GeForce GTX 1080"], records, USUAL, TODAY)
    assert old.support_until == "2028-10-31"
    assert all(each.source and each.source_date for each in old.supports)
    assert "PyTorch ended" in old.support_words
    new = lifecycle(Item(name="card"), rows["GeForce RTX 4090"], records, USUAL, TODAY)
    assert {each.state for each in new.supports} == {"supported"}
    assert new.support_until == ""
    psu = lifecycle(Item(name="psu", kind="psu"), catalog.psus()[0], records, USUAL, TODAY)
    assert psu.support_words == "no date known"


def test_the_book_is_kept_whole_and_an_older_one_without_new_fields_opens():
    book = UpgradeBook(
        items=with_item((), Item(name="a case", kind="case", price=Decimal("59.90"))),
        budget=Decimal(500),
        hours_per_month=12.5,
        limits=Thresholds(least_points=2.0),
        wishes=(Wish("card-1", 6, True),),
    )
    again = book_from(json.loads(json.dumps(book_document(book)), parse_float=Decimal))
    assert again == book
    assert book_from({"schema": 1}) == UpgradeBook()
    with pytest.raises(UserError, match="newer"):
        book_from({"schema": 99})


def test_a_damaged_file_is_set_aside_not_overwritten(tmp_path):
    from hwstudio.core.project.upgrade_file import load_upgrades, save_upgrades

    file = tmp_path / "upgrades.json"
    assert load_upgrades(file) == UpgradeBook()
    file.write_text("{half", "utf-8")
    assert load_upgrades(file) == UpgradeBook()
    assert (tmp_path / "upgrades.damaged-1.json").read_text("utf-8") == "{half"
    save_upgrades(file, UpgradeBook(budget=Decimal(1)))
    assert load_upgrades(file).budget == 1
