"""The user's own prices survive anything that happens to the catalogue or to their file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.overlay import Overlay


@pytest.fixture
def overlay(tmp_path):
    """An overlay without a file yet."""
    return Overlay(tmp_path / "mine.db")


def test_without_a_file_there_are_no_own_prices_and_none_is_made(overlay):
    assert overlay.own_prices() == {}
    assert not overlay.file.exists()


def test_a_price_is_on_disk_before_the_call_returns(overlay):
    overlay.set_own_price("cpu-1", Decimal("199.90"), "EUR", "2026-11-20", "shop round the corner")
    price = Overlay(overlay.file).own_prices()["cpu-1"]
    assert (price.amount, price.currency, price.as_of) == (Decimal("199.90"), "EUR", "2026-11-20")
    assert "shop round the corner" in price.source


def test_a_new_price_replaces_the_old_and_clearing_forgets_it(overlay):
    overlay.set_own_price("cpu-1", Decimal(1), "USD", "2026-11-20")
    overlay.set_own_price("cpu-1", Decimal(2), "USD", "2026-11-21")
    assert overlay.own_prices()["cpu-1"].amount == 2
    overlay.clear_own_price("cpu-1")
    overlay.clear_own_price("never there")
    assert overlay.own_prices() == {}


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e9"])
def test_what_cannot_be_a_price_is_refused(overlay, amount):
    with pytest.raises(UserError, match="cannot be a price"):
        overlay.set_own_price("cpu-1", Decimal(amount), "USD", "2026-11-20")


def test_what_is_no_currency_is_refused(overlay):
    with pytest.raises(UserError, match="no currency"):
        overlay.set_own_price("cpu-1", Decimal(1), "dollars", "2026-11-20")


def test_a_damaged_file_is_kept_aside_and_work_goes_on(overlay):
    overlay.file.write_bytes(b"this was a database once " * 100)
    overlay.set_own_price("cpu-1", Decimal(5), "USD", "2026-11-20")
    assert overlay.own_prices()["cpu-1"].amount == 5
    assert overlay.set_aside is not None
    assert overlay.set_aside.read_bytes().startswith(b"this was a database once")


def test_a_second_damage_does_not_overwrite_the_first(overlay):
    for text in (b"first " * 300, b"second " * 300):
        overlay.file.write_bytes(text)
        assert Overlay(overlay.file).own_prices() == {}
    kept = sorted(f.read_bytes()[:6] for f in overlay.file.parent.glob("mine.damaged*.db"))
    assert kept == [b"first ", b"second"]


def test_one_damaged_row_loses_only_itself(overlay):
    overlay.set_own_price("good", Decimal(5), "USD", "2026-11-20")
    with closing(sqlite3.connect(overlay.file)) as connection, connection:
        row = ("bad", "twelve", "USD", "2026", "")
        connection.execute("INSERT INTO own_price VALUES (?, ?, ?, ?, ?)", row)
    assert set(Overlay(overlay.file).own_prices()) == {"good"}


def test_a_newer_file_is_refused_and_left_alone(overlay):
    overlay.set_own_price("cpu-1", Decimal(5), "USD", "2026-11-20")
    with closing(sqlite3.connect(overlay.file)) as connection, connection:
        connection.execute("PRAGMA user_version = 9")
    before = overlay.file.read_bytes()
    with pytest.raises(UserError, match="a newer hwstudio"):
        Overlay(overlay.file).own_prices()
    assert overlay.file.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_a_host_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(HostError, match="could not be saved"):
        Overlay(blocked / "mine.db").set_own_price("x", Decimal(1), "USD", "2026-11-20")


@settings(max_examples=25, deadline=None)
@given(amount=st.decimals(0, 10_000_000, places=2))
def test_what_goes_in_comes_out_to_the_cent(tmp_path_factory, amount):
    file = tmp_path_factory.mktemp("overlay") / "mine.db"
    Overlay(file).set_own_price("x", amount, "USD", "2026-11-20")
    assert Overlay(file).own_prices()["x"].amount == amount
