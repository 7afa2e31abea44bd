"""Every column and code of the catalogue has words, and every table the room to show them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hwstudio.core.base import clock
from hwstudio.core.base.paths import resource_dir
from hwstudio.core.catalog.schema import load_schema
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.parts.facets import FACETS
from hwstudio.gui.parts.kinds import KINDS
from hwstudio.gui.parts.record_columns import RECORD_COLUMNS, record_columns
from hwstudio.gui.parts.terms import choice_words
from hwstudio.gui.parts.titles import title_of
from hwstudio.gui.parts.words import count_words, value_of

UNITS = {
    *("w", "gb", "gib", "mb", "kb", "tb", "bytes", "bits", "s", "h", "ms", "ns", "pct", "usd"),
    *("eur", "hz", "mhz", "ghz", "mm", "l", "v", "kwh", "tops", "tflops", "flop", "op", "iops"),
    *("dba", "mts", "gbs", "kg"),
}
"""Words no title may end in: the value says the unit."""
SCHEMA = load_schema(resource_dir() / "catalog" / "schema.toml")
TIGHT = 12
"""Cells of words no longer than this are never cut."""


@pytest.fixture(scope="module")
def columns(catalog):
    """Yield every column as (table, name)."""
    sql = 'SELECT table_name, name FROM "column"'
    return [(row["table_name"], row["name"]) for row in catalog._store.rows(sql)]


def test_no_title_shows_a_raw_name_or_a_unit(columns):
    bad = [
        (table, name, title_of(name))
        for table, name in columns
        if "_" in title_of(name)
        or title_of(name).lower().split()[-1] in UNITS
        or not re.match(r"[A-Z0-9x]|vCPU", title_of(name))
    ]
    assert not bad


def test_no_two_columns_of_a_table_have_the_same_title(columns):
    counts = Counter((table, title_of(name)) for table, name in columns)
    assert [where for where, count in counts.items() if count > 1] == []


def fact(name, value, unit=""):
    return Fact(name, value, unit, "a source", "2026")


@pytest.mark.parametrize(
    ("name", "value", "unit", "words"),
    [
        ("price_per_hour", 23.2, "currency/h", "23.20 per hour"),
        ("price_per_hour", 3.4, "USD/h", "$3.40 per hour"),
        ("price_per_hour", "98.32", "USD/h", "$98.32 per hour"),
        ("price_per_gb_month", 0.08, "USD/GB/month", "$0.08 per GB and month"),
        ("price_per_gb_month", 0.0012, "USD/GB/month", "$0.0012 per GB and month"),
        ("price_per_gb", 0.0, "USD/GB", "$0 per GB"),
        ("price_year", 389400.0, "currency/year", "389,400 per year"),
        ("setup_fee", 999.0, "currency", "999 (see Currency)"),
        ("price_per_kwh", 0.0691, "currency/kWh", "0.0691 per kWh"),
        ("saving_1y_pct", 41.5, "%", "41.5 %"),
        ("tier_to_gb", 153600.0, "GB", "153,600 GB"),
        ("memory_options_gb", "16|32", "", "16, 32 GB"),
        ("included_mb_s", "0.48 per GB", "", "0.48 MB/s per GB"),
        ("release_year", 2024, "", "2024"),
        ("max_context", 131072, "", "131,072"),
        ("voltage_v", 1.35, "V", "1.35 V"),
        ("recalled_fields", "products|last_date", "", "Products, Until"),
        ("kind", "fpga", "", "FPGA"),
        ("precision", "amp_fp16", "", "FP16 mixed"),
        ("region", "unspecified", "", "region not named"),
        ("scope", "cloud region gcp", "", "Google Cloud region"),
        ("framework", "all_reduce_bench.py", "", "all_reduce_bench.py"),
    ],
)
def test_a_cell_reads_as_people_say_it(name, value, unit, words):
    assert value_of(fact(name, value, unit)) == words


def test_money_of_every_unit_has_words(catalog):
    sql = "SELECT DISTINCT unit FROM \"column\" WHERE type = 'money'"
    for row in catalog._store.rows(sql):
        said = value_of(fact("price", 2.0, row["unit"]))
        assert "/" not in said.replace("MB/s", "")
        assert "currency" not in said


def test_no_choice_of_any_filter_is_a_code(catalog):
    codes = []
    for kind in RECORD_COLUMNS:
        records = catalog.records(kind)
        for choice in FACETS[kind].choices if kind in FACETS else ():
            words = {str(row.values.get(choice.name) or "") for row in records}
            codes += [(kind, choice.name, w) for w in words if "_" in choice_words(choice.name, w)]
    assert codes == []


@pytest.mark.parametrize("table", sorted(SCHEMA.tables))
def test_a_code_the_catalogue_allows_has_words(table):
    """A value out of a fixed list that is a code shows as words."""
    for column in SCHEMA.tables[table].columns:
        for word in column.values:
            assert "_" not in choice_words(column.to, word)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("storage_price", "28 storage products."),
        ("egress", "28 transfer price steps."),
        ("support_date", "28 support entries."),
        ("spot_interruption", "28 interruption rates."),
        ("committed", "28 commitments."),
        ("reference_result", "28 measurements."),
        ("carbon", "28 grids."),
        ("electricity", "28 electricity prices."),
        ("free_tier", "28 free services."),
    ],
)
def test_a_count_names_what_is_counted(kind, sentence):
    assert count_words(28, 28, 0, kind) == sentence


def test_one_is_no_plural():
    for kind in KINDS.values():
        assert count_words(1, 1, 0, kind.id) == f"1 {kind.one}."


# --- columns -----------------------------------------------------------------------------------


@pytest.fixture
def on_a_day(monkeypatch):
    """Say what day it is."""

    def say(day):
        now = datetime(day.year, day.month, day.day, tzinfo=UTC)
        monkeypatch.setattr(clock, "utc_now", lambda: now)

    return say


def column(kind, title):
    return next(one for one in record_columns(kind) if one.title == title)


@pytest.mark.parametrize("kind", sorted(RECORD_COLUMNS))
def test_no_number_and_no_short_word_is_cut(kind, catalog, theme, qtbot):
    table = DataTable(kind, record_columns(kind))
    qtbot.addWidget(table)
    table.show()  # only then it has the theme's font and margins
    table.set_rows(catalog.records(kind))
    cut = set()
    for place, one in enumerate(record_columns(kind)):
        asked = set()
        for row in range(0 if one.stretch else table.model_.rowCount()):
            index = table.model().index(row, place)
            text = index.data()
            if text in asked or not (one.right or len(text) <= TIGHT):
                continue
            asked.add(text)
            needed = table.sizeHintForIndex(index).width()
            if needed > one.width:
                cut.add((one.title, text, needed, one.width))
    assert cut == set()


@pytest.mark.parametrize("kind", sorted(RECORD_COLUMNS))
def test_the_name_has_room_beside_the_others(kind):
    """In a window of 1280 px the table has 580, of which tick and scroll bar take 50."""
    assert sum(one.width for one in record_columns(kind)) <= 410


def test_an_old_offer_says_so_and_is_grey(catalog, on_a_day):
    record = replace(catalog.records("offer")[0], source_date="2026-08-01")
    record = replace(record, values={**record.values, "price_per_hour": 3.4})
    shown = column("offer", "USD/h")
    on_a_day(date(2026, 10, 1))
    assert (shown.shown(record), shown.colour(record)) == ("3.40", "")
    on_a_day(date(2026, 12, 1))
    assert (shown.shown(record), shown.colour(record)) == ("3.40, stale", "muted")


@pytest.mark.parametrize("kind", ["accelerator", "system"])
def test_an_old_price_of_a_machine_says_so(kind, catalog, on_a_day):
    amount = Decimal(3999)
    price = Price(amount, amount, amount, "USD", PriceKind.LIST, "2026-01-15", "a page")
    record = replace(catalog.records(kind)[0], price=price)
    shown = column(kind, "Price")
    on_a_day(date(2026, 3, 1))
    assert (shown.shown(record), shown.colour(record)) == ("$3,999", "")
    on_a_day(date(2026, 12, 1))
    assert (shown.shown(record), shown.colour(record)) == ("$3,999, stale", "muted")


@pytest.mark.parametrize(
    ("values", "text", "how"),
    [
        ({"price_month": 214.0}, "€214", ""),
        ({"price_month": 540.0, "price_per_hour": 0.75}, "€540", ""),
        ({"price_per_hour": 2.744}, "about €2,003", "price per hour times 730"),
        ({"price_year": 210240.0}, "about €17,520", "price per year divided by 12"),
        ({}, "unknown", ""),
    ],
)
def test_a_server_has_a_price_per_month(values, text, how, catalog, on_a_day):
    on_a_day(date(2026, 10, 10))
    bare = dict.fromkeys(("price_month", "price_per_hour", "price_year"))
    values = {"currency": "EUR", **values}
    record = catalog.records("dedicated")[0]
    record = replace(record, values={**record.values, **bare, **values}, source_date="2026-10-07")
    shown = column("dedicated", "Per month")
    said, tip = shown.shown(record), shown.tip(record)
    assert said.startswith(text)
    assert how in tip
    assert ("Formula" in tip) == bool(how)


def test_the_tip_of_an_advertised_speed_says_which_precision(catalog):
    shown = column("accelerator", "TOP/s")
    said = {
        str(row.values["advertised_precision"]): shown.tip(row)
        for row in catalog.records("accelerator")
        if row.values["advertised_op_per_s"] and row.values["advertised_precision"]
    }
    assert "INT8 sparse" in said
    assert all(precision in tip for precision, tip in said.items())
