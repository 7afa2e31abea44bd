"""`hwstudio catalog` keeps the contract lab scripts rely on."""

from __future__ import annotations

import argparse
import json
import re
import shutil

import pytest

from hwstudio.cli import catalog as noun
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_dir


@pytest.fixture
def ask(home, capsys):
    """Run one `catalog` verb; return its exit code and what it printed."""

    def run(*words):
        parser = argparse.ArgumentParser()
        parser.add_argument("--json", action="store_true")
        noun.add(parser.add_subparsers())
        args = parser.parse_args(["catalog", *words])
        out = Output(is_json=args.json, home=str(home.root))
        try:
            code = args.run(args, out)
        finally:
            out.close()
        return code, capsys.readouterr().out

    return run


def test_search_prints_one_document_with_the_promised_fields(ask):
    code, text = ask("search", "gpu", "--text", "rtx 4090", "--json")
    found = json.loads(text)
    assert code == 0
    assert found["count"] == len(found["items"])
    item = found["items"][0]
    assert item["name"] == "GeForce RTX 4090"
    assert {"id", "name", "maker", "price"} <= item.keys()
    price = item["price"]
    assert price.keys() == {"amount", "low", "high", "currency", "kind", "as_of", "source"}
    assert price["low"] < price["amount"] < price["high"]
    assert price["kind"] == "estimate"


def test_search_filters_and_limits(ask):
    _, text = ask("search", "gpu_card", "--min-vram-gb", "24", "--max-price", "3000",
                  "--max-power-w", "360", "--limit", "3", "--json")  # fmt: skip
    found = json.loads(text)
    assert len(found["items"]) == 3 < found["count"]
    for item in found["items"]:
        assert item["vram_bytes"] >= 24 * 2**30
        assert item["price"]["amount"] <= 3000
        assert item["tdp_w"] <= 360
        assert item["gpu"].keys() == {"id", "name"}


def test_nothing_found_is_an_answer(ask):
    assert json.loads(ask("search", "gpu", "--text", "zzzzqqq", "--json")[1])["count"] == 0
    code, text = ask("search", "gpu", "--text", "zzzzqqq")
    assert code == 0
    assert "Nothing fits" in text


def test_search_prints_a_table_for_people(ask):
    _, text = ask("search", "cpu", "--socket", "AM5", "--text", "7950x")
    assert "AMD Ryzen 9 7950X" in text
    assert "about $" in text
    assert "estimated" in text
    assert re.search(r"2026-\d\d", text)


@pytest.mark.parametrize(
    "words",
    [("fridge",), ("gpu", "--max-price", "-5"), ("gpu", "--limit", "x"), ("gpu", "--limit", "-1")],
)
def test_wrong_usage_exits_with_2(ask, words):
    with pytest.raises(SystemExit) as caught:
        ask("search", *words)
    assert caught.value.code == 2


def test_show_prints_every_cell_with_unit_source_and_date(ask):
    _, text = ask("show", "gpu-geforce-rtx-4090", "--json")
    found = json.loads(text)
    assert found["name"] == "GeForce RTX 4090"
    assert len(found["cells"]) > 30
    for cell in found["cells"]:
        assert {"name", "value", "unit", "source", "as_of", "confidence"} <= cell.keys()
        assert cell["source"]
        assert cell["as_of"]
    assert {price["kind"] for price in found["prices"]} >= {"list", "estimate"}


def test_show_of_an_unknown_id_names_near_ones(ask):
    with pytest.raises(UserError, match="gpu-geforce-rtx-4090"):
        ask("show", "gpu-geforce-rtx-409")


def test_show_says_unknown_where_nothing_is_known(ask, catalog):
    board = next(board for board in catalog.motherboards() if board.gpu_slot_pitch is None)
    line = next(ln for ln in ask("show", board.id)[1].splitlines() if "gpu_slot_pitch" in ln)
    assert "unknown" in line


def test_audit_prints_the_promised_fields_and_the_attribution(ask):
    found = json.loads(ask("audit", "--json")[1])
    assert {
        "cells",
        "cells_without_source",
        "disagreements",
        "stale_prices",
        "sources",
    } <= found.keys()
    assert found["cells_without_source"] == 0
    assert isinstance(found["stale_prices"], int)
    source = found["sources"][0]
    assert {"id", "title", "where", "licence", "attribution", "as_of", "rows"} <= source.keys()
    assert "Contains information from BuildCores OpenDB" in ask("audit")[1]


def test_compile_writes_a_catalogue_from_text(ask, tmp_path):
    code, text = ask("compile", "--out", str(tmp_path / "new.db"), "--json")
    assert code == 0
    assert json.loads(text)["rows"]["gpu"] > 100
    assert (tmp_path / "new.db").stat().st_size > 1_000_000


def test_compile_refuses_bad_text_with_file_and_line(ask, tmp_path):
    shutil.copytree(resource_dir() / "catalog", tmp_path / "text")
    file = tmp_path / "text" / "psu" / "opendb.csv"
    lines = file.read_text("utf-8").splitlines()
    lines[1] = lines[1].replace(",ATX,", ",ATX,", 1).replace(lines[1].split(",")[0], "psu-x", 1)
    file.write_text("\n".join([*lines, lines[1]]) + "\n", "utf-8")
    with pytest.raises(
        UserError,
        match=r"psu/opendb\.csv line \d+: 'psu-x' stands already on psu/opendb\.csv line 2",
    ):
        ask("compile", "--text", str(tmp_path / "text"), "--out", str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()
