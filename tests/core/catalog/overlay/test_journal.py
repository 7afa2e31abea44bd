"""Undo takes a change back exactly, and never what came after it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.overlay import journal
from hwstudio.core.catalog.overlay.mine import Observation, OwnPart
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.overlay.schema import TABLES
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind


@pytest.fixture
def overlay(tmp_path):
    """An overlay without a file yet."""
    return Overlay(tmp_path / "mine.db")


def dump(overlay):
    """Everything the user keeps, as text."""
    return json.dumps({table: overlay.rows(table) for table in TABLES}, sort_keys=True)


def price(part_id="cpu-1", amount=5, as_of="2026-10-01", **more):
    return Observation(
        part_id=part_id, amount=Decimal(amount), currency="USD", as_of=as_of, **more
    )  # fmt: skip


IDS = st.sampled_from(["cpu-1", "gpu-1", "own-a"])
DAYS = st.sampled_from(["2025-01-01", "2025-07", "2026-10-01"])
CHANGES = st.one_of(
    st.builds(
        lambda part, amount, day, kind: lambda o: o.add_price(price(part, amount, day, kind=kind)),
        IDS, st.integers(1, 3), DAYS, st.sampled_from([PriceKind.OWN, PriceKind.QUOTE]),
    ),
    st.builds(
        lambda part, amount, day: lambda o: o.set_own_price(part, Decimal(amount), "USD", day),
        IDS, st.integers(1, 3), DAYS,
    ),
    st.builds(lambda part: lambda o: o.clear_own_price(part), IDS),
    st.builds(lambda part, n: lambda o: o.set_owned(part, n), IDS, st.integers(0, 2)),
    st.builds(lambda part, text: lambda o: o.set_note(part, text), IDS, st.sampled_from("ab ")),
    st.builds(
        lambda name: lambda o: o.save_own_part(
            OwnPart(id="own-a", kind=PartKind.PSU, name=name, maker="M", values={"rated_w": 1.0})
        ),
        st.sampled_from("AB"),
    ),
    st.builds(lambda: lambda o: o.remove_own_part("own-a")),
    st.builds(
        lambda name, text: lambda o: o.save_search(name, PartKind.GPU, {"text": text}),
        st.sampled_from("ab"), st.sampled_from("xy"),
    ),
    st.builds(lambda name: lambda o: o.remove_search(name), st.sampled_from("ab")),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(changes=st.lists(CHANGES, min_size=1, max_size=12))
def test_undoing_every_change_in_turn_shows_every_state_there_was(tmp_path_factory, changes):
    overlay = Overlay(tmp_path_factory.mktemp("journal") / "mine.db")
    states = [dump(overlay)]
    for change in changes:
        change(overlay)
        if dump(overlay) != states[-1]:
            states.append(dump(overlay))
    assert len(overlay.batches()) == len(states) - 1
    for state in reversed(states[:-1]):
        done = overlay.undo_last()
        assert done.kept == ()
        assert dump(Overlay(overlay.file)) == state
    with pytest.raises(UserError, match="nothing to undo"):
        overlay.undo_last()


@settings(max_examples=40, deadline=None)
@given(changes=st.lists(CHANGES, min_size=2, max_size=8), data=st.data())
def test_undoing_an_early_change_leaves_all_later_ones_on_the_same_item(
    tmp_path_factory, changes, data
):
    overlay = Overlay(tmp_path_factory.mktemp("journal") / "mine.db")
    for change in changes:
        change(overlay)
    if len(overlay.batches()) < 2:
        return
    batch = data.draw(st.sampled_from(overlay.batches()))
    later = {
        (row["table_name"], row["key"])
        for row in _changes(overlay)
        if row["batch_id"] > batch.id and row["after"]
    }
    before = {(table, str(row[TABLES[table][0]])): row for table in TABLES
              for row in overlay.rows(table)}  # fmt: skip
    overlay.undo(batch.id)
    after = {(table, str(row[TABLES[table][0]])): row for table in TABLES
             for row in overlay.rows(table)}  # fmt: skip
    for item in later & before.keys():
        assert after[item] == before[item]
    keys = [tuple(row[name] for name in journal.SAME_PRICE) for row in overlay.rows("price")]
    assert len(keys) == len(set(keys)), "one observation must never stand twice"


def _changes(overlay):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(overlay.file)) as db:
        db.row_factory = sqlite3.Row
        return db.execute("SELECT * FROM change").fetchall()


def test_what_was_changed_again_is_left_and_named(overlay):
    overlay.set_note("cpu-1", "first")
    batch = overlay.batches()[0]
    overlay.set_note("cpu-1", "second")
    done = overlay.undo(batch.id)
    assert overlay.notes()["cpu-1"].text == "second"
    assert [(each.table, each.key) for each in done.kept] == [("note", "cpu-1")]
    assert done.undone == 0


def test_prices_forgotten_later_do_not_come_back_with_an_undo(overlay):
    overlay.add_price(price(amount=1))
    overlay.add_price(price(amount=2))  # takes the place of the first
    batch = overlay.batches()[0]
    overlay.clear_own_price("cpu-1")
    done = overlay.undo(batch.id)
    assert overlay.prices("cpu-1") == ()
    assert len(done.kept) == 1


def test_a_price_said_anew_is_not_doubled_by_bringing_the_old_one_back(overlay):
    overlay.add_price(price(amount=1))
    overlay.clear_own_price("cpu-1")
    forgotten = overlay.batches()[0]
    overlay.add_price(price(amount=3))
    done = overlay.undo(forgotten.id)
    assert [p.amount for p in overlay.prices("cpu-1")] == [3]
    assert len(done.kept) == 1


def test_each_change_can_be_undone_once(overlay):
    overlay.set_note("cpu-1", "a")
    batch = overlay.batches()[0].id
    overlay.undo(batch)
    with pytest.raises(UserError, match="is gone"):
        overlay.undo(batch)


def test_only_so_many_changes_can_be_undone(overlay, monkeypatch):
    monkeypatch.setattr(journal, "KEPT_BATCHES", 3)
    for number in range(6):
        overlay.set_note("cpu-1", f"note {number}")
    assert len(overlay.batches()) == 3
    for _ in range(3):
        overlay.undo_last()
    assert overlay.notes()["cpu-1"].text == "note 2"
    assert len(_changes(overlay)) == 0


def test_a_change_that_fails_midway_changes_nothing(overlay):
    overlay.set_note("cpu-1", "kept")
    before = dump(overlay)

    def changes(db):
        yield journal.Change("note", "gpu-1", None, {"part_id": "gpu-1", "text": "new",
                                                     "changed_at": "2026-10-01"})  # fmt: skip
        yield journal.Change("note", "cpu-1", {"part_id": "cpu-1", "text": "another",
                                               "changed_at": "2026"}, None)  # fmt: skip

    with pytest.raises(UserError, match="Nothing was changed"):
        overlay.change("two notes", changes)
    assert dump(Overlay(overlay.file)) == before
    assert len(overlay.batches()) == 1
