"""Parts lists and builds turn into each other without loss."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hwstudio.core.model.build import Build
from hwstudio.core.model.price import PriceKind
from hwstudio.core.project.assemble import (
    all_priced,
    build_of,
    choices_of,
    placed,
    priced,
    swapped,
)
from hwstudio.core.project.state import Choice, OwnPrice, ProjectState


def _drives(catalog, count):
    return catalog.storages()[:count]


def test_two_equal_drives_are_one_row_of_two(catalog):
    (drive,) = _drives(catalog, 1)
    build = Build(storage=(drive, drive))
    assert choices_of(build) == (Choice("storage", drive.id, drive.name, 2),)


def test_different_drives_stay_apart_and_come_back(catalog):
    build = Build(storage=_drives(catalog, 3))
    again = build_of(ProjectState(parts=choices_of(build)), catalog.part)
    assert again.build == build
    assert again.missing == ()


def test_quantities_of_cards_kits_and_supplies_come_back(catalog):
    build = Build(
        card=catalog.cards()[0],
        card_count=3,
        ram=catalog.rams()[0],
        ram_kits=2,
        psu=catalog.psus()[0],
        psu_count=2,
        cpu=catalog.cpus()[0],
        motherboard=catalog.motherboards()[0],
        case=catalog.cases()[0],
        cooler=catalog.coolers()[0],
        storage=_drives(catalog, 1),
    )
    assert build_of(ProjectState(parts=choices_of(build)), catalog.part).build == build


def test_swapping_a_drive_replaces_all_drives(catalog):
    first, second = _drives(catalog, 2)
    build = Build(storage=(first, first))
    assert swapped(build, second, 1).storage == (second,)
    assert placed(build, second, 1).storage == (first, first, second)


def test_a_missing_part_is_named_by_its_remembered_name(catalog):
    state = ProjectState(parts=(Choice("cpu", "cpu-gone", "Forgotten 9000", 1),))
    found = build_of(state, catalog.part)
    assert found.missing == ("Forgotten 9000",)
    assert found.build == Build()


def test_an_own_price_replaces_the_catalogues_and_has_no_band(catalog):
    part = catalog.cpus()[0]
    own = OwnPrice(part.id, Decimal("99.90"), "USD", "2026-11-20", "used")
    found = priced(part, ProjectState(own_prices=(own,)))
    assert found.price.kind is PriceKind.OWN
    assert found.price.low == found.price.amount == found.price.high == Decimal("99.90")
    assert found.price.as_of == "2026-11-20"
    assert replace(found, price=part.price) == part


def test_without_own_prices_the_parts_are_the_catalogues_own(catalog):
    assert all_priced(catalog.cpus(), ProjectState()) == catalog.cpus()


def test_own_prices_are_kept_in_a_stable_order():
    first, second = (OwnPrice(i, Decimal(1), "USD", "2026-11-20") for i in ("a", "b"))
    one = ProjectState().with_own_price(first).with_own_price(second)
    other = ProjectState().with_own_price(second).with_own_price(first)
    assert one == other
    assert one.without_own_price("a").own_prices == (second,)
    assert one.own_price("missing") is None
