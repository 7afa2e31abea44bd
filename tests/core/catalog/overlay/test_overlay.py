"""What is the user's survives anything that happens to the catalogue or to the file."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.catalog.overlay.mine import Observation, Owned, OwnPart
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind


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


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e9"])
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
        row = (9, "bad", "twelve", "USD", "own", "", "2026", "", "2026")
        connection.execute(f"INSERT INTO price VALUES ({', '.join('?' * len(row))})", row)
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
@given(amount=st.decimals("0.01", 10_000_000, places=2))
def test_what_goes_in_comes_out_to_the_cent(tmp_path_factory, amount):
    file = tmp_path_factory.mktemp("overlay") / "mine.db"
    Overlay(file).set_own_price("x", amount, "USD", "2026-11-20")
    assert Overlay(file).own_prices()["x"].amount == amount


# --- prices: history, kinds, which one speaks --------------------------------------------------


def seen(amount, as_of, kind=PriceKind.OWN, part_id="cpu-1", **more):
    """A price of a part, in USD unless said otherwise."""
    return Observation(
        part_id=part_id, amount=Decimal(amount), as_of=as_of, kind=kind,
        **{"currency": "USD", **more},
    )  # fmt: skip


def test_every_price_is_kept_and_shown_newest_first(overlay):
    for amount, day in ((300, "2025-01-05"), (100, "2026-10-01"), (200, "2025-07")):
        overlay.add_price(seen(amount, day))
    assert [p.as_of for p in overlay.prices("cpu-1")] == ["2026-10-01", "2025-07", "2025-01-05"]
    assert overlay.own_prices()["cpu-1"].amount == 100
    assert overlay.prices("another") == ()


def test_an_own_price_speaks_before_a_newer_quote_and_a_used_one_never_does(overlay):
    overlay.add_price(seen(3, "2026-10-03", PriceKind.USED))
    assert overlay.own_prices() == {}
    assert [price.kind for price in overlay.prices("cpu-1")] == [PriceKind.USED]
    overlay.add_price(seen(2, "2026-10-02", PriceKind.QUOTE, seller="ACME"))
    assert overlay.own_prices()["cpu-1"].kind is PriceKind.QUOTE
    assert "ACME" in overlay.own_prices()["cpu-1"].source
    overlay.add_price(seen(1, "2026-10-01"))
    assert overlay.own_prices()["cpu-1"].amount == 1


def test_a_price_said_again_for_the_same_day_and_seller_replaces_the_first(overlay):
    overlay.add_price(seen(5, "2026-10-01", seller="ACME"))
    overlay.add_price(seen(6, "2026-10-01", seller="ACME"))
    overlay.add_price(seen(7, "2026-10-01", seller="other"))
    assert sorted(p.amount for p in overlay.prices("cpu-1")) == [6, 7]


def test_setting_the_own_price_back_to_an_older_one_makes_that_one_speak(overlay):
    overlay.set_own_price("cpu-1", Decimal(700), "USD", "2026-01-01")
    overlay.set_own_price("cpu-1", Decimal(100), "USD", "2026-10-01")
    overlay.set_own_price("cpu-1", Decimal(700), "USD", "2026-01-01")
    assert overlay.own_prices()["cpu-1"].amount == 700


def test_one_kind_of_price_can_be_forgotten_alone(overlay):
    overlay.add_price(seen(1, "2026-10-01"))
    overlay.add_price(seen(2, "2026-10-01", PriceKind.QUOTE))
    overlay.clear_own_price("cpu-1", PriceKind.OWN)
    assert [p.kind for p in overlay.prices("cpu-1")] == [PriceKind.QUOTE]


@pytest.mark.parametrize(
    ("kind", "as_of", "words"),
    [
        (PriceKind.ESTIMATE, "2026-10-01", "not yours to keep"),
        (PriceKind.LIST, "2026-10-01", "not yours to keep"),
        (PriceKind.OWN, "yesterday", "no date"),
        (PriceKind.OWN, "2026-02-30", "no date"),
        (PriceKind.OWN, "2026-13", "no date"),
    ],
)
def test_a_price_of_another_kind_or_without_a_date_is_refused(overlay, kind, as_of, words):
    with pytest.raises(UserError, match=words):
        overlay.add_price(seen(1, as_of, kind))
    assert not overlay.file.exists()


def test_the_amount_keeps_every_digit(overlay):
    amount = Decimal("1234567.12345678901234567890123456789")
    overlay.add_price(seen(amount, "2026-10-01"))
    assert Overlay(overlay.file).own_prices()["cpu-1"].amount == amount


# --- own parts, owned, notes, searches ---------------------------------------------------------


def psu(part_id="own-foo", name="Foo 1000", **values):
    """A power supply of the user's own."""
    return OwnPart(
        id=part_id, kind=PartKind.PSU, name=name, maker="Foo",
        values={"rated_w": 1000.0, "modular": "Full", **values}, as_of="2026-10-01",
    )  # fmt: skip


def test_own_parts_come_back_as_they_were_by_kind(overlay):
    overlay.save_own_part(psu())
    cpu = OwnPart(id="own-c", kind=PartKind.CPU, name="C", maker="AMD", values={"cores": 8})
    overlay.save_own_part(cpu)
    again = Overlay(overlay.file)
    assert again.own_parts(PartKind.PSU) == (psu(),)
    assert again.own_parts(PartKind.CPU) == (cpu,)
    assert len(again.own_parts()) == 2
    again.remove_own_part("own-foo")
    assert [part.id for part in again.own_parts()] == ["own-c"]


@pytest.mark.parametrize("part", [psu(part_id="gpu-1"), psu(name=" "), psu(part_id="own-a ")])
def test_an_own_part_needs_an_id_of_its_own_and_a_name(overlay, part):
    with pytest.raises(UserError):
        overlay.save_own_part(part)


def test_owned_parts_are_counted_and_zero_forgets(overlay):
    overlay.set_owned("cpu-1", 2, "2025-05", "from the lab")
    assert Overlay(overlay.file).owned() == {"cpu-1": Owned("cpu-1", 2, "2025-05", "from the lab")}
    overlay.set_owned("cpu-1", 0)
    assert overlay.owned() == {}
    for quantity in (-1, 10**9):
        with pytest.raises(UserError, match="how many"):
            overlay.set_owned("cpu-1", quantity)


def test_a_new_number_of_pieces_leaves_day_and_note_as_they_stand(overlay):
    overlay.set_owned("cpu-1", 2, "2025-05", "from the lab")
    overlay.set_owned("cpu-1", 3)
    assert overlay.owned()["cpu-1"] == Owned("cpu-1", 3, "2025-05", "from the lab")
    overlay.set_owned("cpu-1", 3, note="all in rack 2")
    assert overlay.owned()["cpu-1"] == Owned("cpu-1", 3, "2025-05", "all in rack 2")
    overlay.set_owned("cpu-1", 3, "", "")
    assert overlay.owned()["cpu-1"] == Owned("cpu-1", 3)


def test_zero_is_kept_only_where_the_user_said_that_a_part_is_free(overlay):
    with pytest.raises(UserError, match="costing nothing"):
        overlay.add_price(seen(0, "2026-10-01"))
    overlay.add_price(seen(0, "2026-10-01"), is_free=True)
    assert overlay.own_prices()["cpu-1"].amount == 0
    overlay.set_own_price("cpu-1", Decimal(0), "USD", "2026-10-02", is_free=True)
    assert overlay.own_prices()["cpu-1"].as_of == "2026-10-02"


def test_a_note_is_kept_with_its_day_and_an_empty_one_removes_it(overlay):
    overlay.set_note("cpu-1", "  loud\r\nbut fast \x00 ")
    note = Overlay(overlay.file).notes()["cpu-1"]
    assert note.text == "loud\nbut fast"
    assert note.changed_at.endswith("Z")
    overlay.set_note("cpu-1", " ")
    assert overlay.notes() == {}
    with pytest.raises(UserError, match="too long"):
        overlay.set_note("cpu-1", "x" * 10_001)


def test_saved_searches_keep_their_order_through_a_change_of_name_and_content(overlay):
    for name in ("b", "a", "c"):
        overlay.save_search(name, PartKind.GPU, {"text": name, "min_vram_bytes": 24 * 2**30})
    overlay.rename_search("a", "z")
    overlay.save_search("b", PartKind.CPU, {"socket": "AM5"})
    overlay.remove_search("c")
    found = Overlay(overlay.file).saved_searches()
    assert [(each.name, each.kind) for each in found] == [("b", PartKind.CPU), ("z", PartKind.GPU)]
    assert found[1].query == {"text": "a", "min_vram_bytes": 24 * 2**30}


def test_a_search_cannot_take_anothers_name_or_none(overlay):
    overlay.save_search("a", PartKind.GPU, {})
    overlay.save_search("b", PartKind.GPU, {})
    with pytest.raises(UserError, match="already"):
        overlay.rename_search("a", "b")
    with pytest.raises(UserError, match="no saved search"):
        overlay.rename_search("nobody", "c")
    with pytest.raises(UserError, match="no name"):
        overlay.save_search(" ", PartKind.GPU, {})
    assert [each.name for each in overlay.saved_searches()] == ["a", "b"]


def test_what_is_kept_about_parts_no_catalogue_has_any_more_is_listed_and_stays(overlay):
    overlay.save_own_part(psu())
    for part_id in ("cpu-1", "cpu-gone", "own-foo"):
        overlay.add_price(seen(5, "2026-10-01", part_id=part_id))
        overlay.set_owned(part_id, 1)
    overlay.set_note("cpu-gone", "was fast")
    lost = overlay.lost({"cpu-1"})
    assert {each.part_id for each in lost} == {"cpu-gone"}
    assert {each.what for each in lost} == {"price", "owned", "note"}
    assert len(overlay.owned()) == 3


# --- several readers and writers -----------------------------------------------------------------


def test_the_revision_grows_with_each_change_and_only_then(overlay):
    before = overlay.revision
    overlay.set_note("cpu-1", "a")
    after = overlay.revision
    assert after > before
    overlay.set_note("cpu-1", "a")
    overlay.own_prices()
    overlay.clear_own_price("nothing")
    assert overlay.revision == after


def test_a_change_by_another_window_is_seen(overlay):
    overlay.set_note("cpu-1", "a")
    revision, other = overlay.revision, Overlay(overlay.file)
    other.set_note("cpu-1", "a longer note by another process")
    assert overlay.notes()["cpu-1"].text.startswith("a longer")
    assert overlay.revision > revision


def test_threads_may_write_and_read_at_once_and_nothing_is_lost(overlay):
    troubles = []

    def work(name):
        try:
            for number in range(15):
                overlay.set_owned(f"{name}-{number}", number + 1)
                overlay.owned()
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert len(overlay.owned()) == len(Overlay(overlay.file).owned()) == 60
