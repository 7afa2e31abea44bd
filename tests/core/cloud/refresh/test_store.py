"""What is kept: changed whole or not at all, with history, and newer prices over older ones."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.cloud.refresh import store as store_module
from hwstudio.core.cloud.refresh.row import Haul, RawOffer, key_of

P5 = ("aws", "p5.48xlarge", "us-east-1")


def row(price, as_of="2026-11-20", instance="p5.48xlarge", **values):
    return RawOffer(
        row="1",
        provider="aws",
        instance=instance,
        region="us-east-1",
        accelerator="H100",
        count="8",
        price=price,
        as_of=as_of,
        **values,
    )


def haul(*rows, whole=()):
    return {"gpuhunt": Haul(offers=list(rows), whole=set(whole))}


def test_every_price_stays_as_history_beginning_with_the_catalogues(desk):
    before = desk.offer(*P5)
    desk.take(haul(row("60")))
    desk.take(haul(row("60", "2026-11-21")))
    desk.take(haul(row("52", "2026-11-22")))
    past = desk.fresh.store.history(key_of(*P5))
    assert [each.price for each in past] == [before.price_per_hour, 60, 52]
    assert past[0].as_of == before.as_of
    assert past[1].source == "gpuhunt"
    assert past[1].fetched_at


def test_a_change_is_told_with_old_new_and_per_cent(desk):
    old = desk.offer(*P5).price_per_hour
    report = desk.take(haul(row("60")))
    step = next(step for step in report.diff.steps if step.kind == "on demand")
    assert (step.old, step.new) == (old, 60)
    assert step.percent == pytest.approx(float((60 - old) / old * 100))


def test_an_older_price_never_takes_the_place_of_a_newer_one(desk):
    before = desk.offers()
    report = desk.take(haul(row("60", "2024-01-01")))
    assert "older than the price in use" in report.rejected[0].why
    assert desk.offers() == before


def test_an_offer_a_source_no_longer_has_is_gone_but_only_if_all_was_read(desk):
    rows = (row("60"), row("7", instance="new.one"))
    desk.take(haul(*rows, whole=["aws"]))
    assert desk.take(haul(rows[0])).diff.gone == ()  # a part of a table proves nothing
    report = desk.take(haul(rows[0], whole=["aws"]))
    assert report.diff.gone == (key_of("aws", "new.one", "us-east-1"),)
    assert not any(offer.instance == "new.one" for offer in desk.offers())
    desk.take(haul(*rows, whole=["aws"]))
    assert desk.offer("aws", "new.one", "us-east-1").price_per_hour == 7


def test_an_offer_whose_new_price_is_not_believed_is_not_gone(desk):
    desk.take(haul(row("7", instance="new.one"), whole=["aws"]))
    broken = desk.take(haul(row("700.0", instance="new.one"), whole=["aws"]))
    older = desk.take(haul(row("8", "2020-01-01", instance="new.one"), whole=["aws"]))
    assert (broken.diff.gone, older.diff.gone) == ((), ())
    assert desk.offer("aws", "new.one", "us-east-1").price_per_hour == 7


def test_what_a_source_does_not_say_stays_where_it_still_fits(desk):
    before = desk.offer("gcp", "a3-highgpu-8g", "us-central1")
    cheaper = before.price_1y_per_hour - 1
    one = RawOffer(
        row="1",
        provider="gcp",
        instance="a3-highgpu-8g",
        region="us-central1",
        accelerator="H100",
        count="8",
        price=str(cheaper),
        as_of="2026-11-20",
    )
    desk.take(haul(one))
    after = desk.offer("gcp", "a3-highgpu-8g", "us-central1")
    assert after.price_per_hour == cheaper
    # commitments of another day beside another price would be savings nobody offers
    assert (after.price_1y_per_hour, after.price_3y_per_hour) == (None, None)
    assert after.spot_kind == f"listed {before.as_of}"
    assert after.spot_per_hour == before.spot_per_hour
    assert (after.gpu_id, after.id) == (before.gpu_id, before.id)


def test_another_number_of_accelerators_is_another_machine(desk):
    report = desk.take(
        haul(RawOffer(
            row="7", provider="aws", instance="p5.48xlarge", region="us-east-1",
            accelerator="H100", count="4", price="30", as_of="2026-11-20",
        ))
    )  # fmt: skip
    assert [rejected.row for rejected in report.rejected] == ["7"]
    assert report.is_empty


def test_new_offers_have_numbers_of_their_own_that_stay(desk):
    desk.take(haul(row("7", instance="new.one")))
    first = desk.offer("aws", "new.one", "us-east-1").id
    desk.take(haul(row("7", instance="new.two"), row("8", "2026-11-21", instance="new.one")))
    ids = [offer.id for offer in desk.offers()]
    assert len(ids) == len(set(ids))
    assert desk.offer("aws", "new.one", "us-east-1").id == first


@pytest.mark.parametrize("step", ["_synced", "_swap"])
def test_a_refresh_that_breaks_off_leaves_the_prices_as_they_were(desk, monkeypatch, step):
    desk.take(haul(row("60")))
    before = desk.home.cloud_prices_file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, step, full)
    with pytest.raises(HostError):
        desk.take(haul(row("52", "2026-11-22")))
    assert desk.home.cloud_prices_file.read_bytes() == before
    assert list(desk.home.root.glob("*.part*")) == []


def test_a_damaged_store_costs_the_refreshed_prices_and_no_more(desk, catalog):
    desk.home.cloud_prices_file.write_bytes(b"this is no database" * 100)
    assert desk.offers() == catalog.offers()
    desk.take(haul(row("60")))
    assert desk.offer(*P5).price_per_hour == Decimal(60)
    assert desk.home.cloud_prices_file.with_suffix(".damaged.db").is_file()


def test_the_store_of_a_newer_hwstudio_is_left_alone(desk, catalog):
    from hwstudio.core.base.errors import UserError

    with sqlite3.connect(desk.home.cloud_prices_file) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("CREATE TABLE x (y)")
    db.close()
    assert desk.offers() == catalog.offers()
    with pytest.raises(UserError):
        desk.take(haul(row("60")))


def test_the_bundled_catalogue_is_never_written(desk):
    from hwstudio.core.base.paths import bundled_catalog

    before = bundled_catalog().stat()
    desk.take(haul(row("60"), row("7", instance="new.one"), whole=["aws"]))
    after = bundled_catalog().stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)


def test_a_studio_shows_refreshed_prices_at_once_and_without_a_new_start(home):
    from hwstudio.core.cloud.refresh.refresh import take
    from hwstudio.core.studio import open_studio

    studio = open_studio(home.root)
    try:
        catalog = studio.catalog
        known = len(catalog.offers())
        take(haul(row("7", instance="new.one")), home.cloud_prices_file, catalog.offers, "")
        found = [offer for offer in catalog.offers() if offer.instance == "new.one"]
        assert len(catalog.offers()) == known + 1
        assert found[0].accelerator == "H100"
    finally:
        studio.close()
