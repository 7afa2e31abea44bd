"""`hwstudio build check`."""

from __future__ import annotations

import argparse
import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from hwstudio.cli import build_check
from hwstudio.cli.build_names import find, gpu_inside, ram_from_name, words
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError

COLUMNS = [
    "case_id",
    "cpu",
    "motherboard",
    "ram",
    "gpu",
    "gpu_count",
    "psu",
    "psu_count",
    "case",
    "cooler",
    "facts_json",
]


@pytest.fixture
def check(tmp_path, capsys):
    """Run the verb; return (exit code, JSON document)."""

    def run(*arguments, is_json=True):
        parser = argparse.ArgumentParser()
        build_check.add(parser.add_subparsers())
        parsed = parser.parse_args(["check", *map(str, arguments)])
        out = Output(is_json=is_json, home=str(tmp_path / "home"))
        try:
            code = parsed.run(parsed, out)
        finally:
            out.close()
        text = capsys.readouterr().out
        return code, json.loads(text) if is_json else text

    return run


@pytest.fixture
def cases(tmp_path):
    """Write a table of builds."""

    def write(*rows) -> Path:
        file = tmp_path / "cases.csv"
        with file.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, COLUMNS)
            writer.writeheader()
            for number, row in enumerate(rows, 1):
                facts = row.pop("facts", None)
                text = row.pop("facts_json", json.dumps(facts) if facts else "")
                writer.writerow({"case_id": f"c{number}", "facts_json": text} | row)
        return file

    return write


def test_rows_keep_their_order_and_ids_and_name_the_rules(check, cases):
    file = cases(
        {"facts": {"cpu": {"socket": "AM5"}, "mb": {"socket": "LGA1700"}}},
        {"facts": {"gpus": [{"length_mm": 304, "slots": 3}], "case": {"max_gpu_mm": 360}}},
    )
    code, document = check("--cases", file)
    first, second = document["cases"]
    assert code == 1
    assert (first["case_id"], first["verdict"], first["rules"]) == ("c1", "error", ["R01"])
    assert {"rule", "severity", "text"} <= set(first["findings"][0])
    assert (second["case_id"], second["verdict"]) == ("c2", "ok")


def test_a_bad_row_says_why_and_stops_nothing(check, cases):
    file = cases(
        {"facts_json": "{not json"},
        {"facts": {"cpu": {"tdp_w": -5}}},
        {"facts_json": "[1]"},
        {"gpu_count": "many", "gpu": "RTX 4090"},
        {},
        {"facts": {"cpu": {"socket": "AM5"}, "mb": {"socket": "AM5"}}},
    )
    code, document = check("--cases", file)
    assert code == 0
    assert ["error" in case for case in document["cases"]] == [True] * 5 + [False]
    assert document["cases"][-1]["verdict"] == "ok"


def test_parts_are_found_by_name_without_any_facts(check, cases):
    file = cases(
        {
            "cpu": "AMD Ryzen Threadripper 2950X",
            "motherboard": "ASRock X399 Taichi",
            "cooler": "Noctua NH-U14S TR4-SP3",
        },
        {"cpu": "AMD Ryzen 5 5600G", "motherboard": "ASRock X399 Taichi"},
    )
    code, document = check("--cases", file)
    assert code == 1
    assert [case["verdict"] for case in document["cases"]] == ["ok", "error"]
    assert document["cases"][1]["rules"] == ["R01"]


def test_facts_win_over_the_catalogue(check, cases):
    row = {"gpu": "GeForce RTX 3090", "facts": {"gpus": [{"tdp_w": 100}], "psu": [{"watt": 450}]}}
    _, document = check("--cases", cases(row))
    assert "R25" not in document["cases"][0]["rules"]


def test_a_name_nobody_knows_is_said_and_not_taken_for_a_near_one(check, cases):
    _, document = check("--cases", cases({"gpu": "GeForce RTX 4095 Hyper", "cpu": "Ryzen 5 5600G"}))
    (case,) = document["cases"]
    assert any(f["rule"] == "R50" and "4095" in f["text"] for f in case["findings"])
    assert not any("gpu_card" in f["parts"] for f in case["findings"] if f["rule"] != "R25")


def test_an_essential_gap_makes_the_verdict_unknown(check, cases):
    file = cases({"facts": {"gpus": [{"length_mm": 300}], "case": {"slots": 7}}})
    assert check("--cases", file)[1]["cases"][0]["verdict"] == "unknown"


def test_people_see_each_case_and_a_count(check, cases):
    file = cases(
        {"facts": {"cpu": {"socket": "AM5"}, "mb": {"socket": "LGA1700"}}},
        {"facts": {"cpu": {"socket": "AM5"}, "mb": {"socket": "AM5"}}},
    )
    _, text = check("--cases", file, is_json=False)
    assert "c1: error" in text
    assert "it does not go in" in text
    assert "1 error, 1 ok" in text


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_table_of_builds_is_refused(check, tmp_path, content):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(UserError):
        check("--cases", file)


def test_nothing_or_a_missing_file_is_refused(check, tmp_path):
    for arguments in ((), ("--cases", tmp_path / "no.csv"), (tmp_path / "no.hws",)):
        with pytest.raises(UserError):
            check(*arguments)


def test_a_saved_build_is_checked_by_its_part_ids(check, tmp_path, catalog):
    from hwstudio.core.project.file import save_project
    from hwstudio.core.project.state import Choice, ProjectState

    am5 = next(cpu for cpu in catalog.cpus() if cpu.socket == "AM5")
    intel = next(board for board in catalog.motherboards() if board.socket == "LGA1700")
    parts = (
        Choice("cpu", am5.id, am5.name, 1),
        Choice("motherboard", intel.id, intel.name, 1),
        Choice("psu", "psu-that-left", "An old power supply", 1),
    )
    file = tmp_path / "build.hws"
    save_project(file, ProjectState(name="Mine", budget=Decimal(2000), parts=parts))
    code, document = check(file)
    (case,) = document["cases"]
    assert code == 1
    assert case["case_id"] == "Mine"
    assert "R01" in case["rules"]
    assert any("An old power supply" in finding["text"] for finding in case["findings"])


def test_a_saved_build_without_parts_is_refused(check, tmp_path):
    from hwstudio.core.project.file import save_project
    from hwstudio.core.project.state import ProjectState

    save_project(tmp_path / "empty.hws", ProjectState())
    with pytest.raises(UserError):
        check(tmp_path / "empty.hws")


def test_colours_are_one_part_and_model_words_are_not(catalog):
    case = find(catalog.cases(), "Corsair 4000D Airflow")
    assert case is not None
    assert case.max_gpu_length_mm == 360
    assert find(catalog.psus(), "Corsair RM850e 2023") is None
    assert find(catalog.coolers(), "AMD Wraith (boxed)") is None
    assert find(catalog.cases(), "Case") is None


def test_most_parts_are_found_by_their_own_name_and_none_is_taken_for_another(catalog):
    for parts in (catalog.motherboards(), catalog.coolers(), catalog.psus()):
        for part in parts[::25]:
            found = find(parts, part.name)
            assert found is not None
            assert words(found.name) - words(found.maker) >= words(part.name) - words(found.maker)


@pytest.mark.parametrize(
    ("name", "gpu"),
    [
        ("MSI RTX 3090 Gaming X Trio", "GeForce RTX 3090"),
        ("MSI GTX 1660 Ti VENTUS XS 6G OC", "GeForce GTX 1660 Ti"),
        ("4x RTX 3090 + 1x RTX 5090", None),
        ("RTX 4090 Laptop GPU", None),
        ("a green card", None),
    ],
)
def test_the_gpu_is_read_from_a_card_makers_name(catalog, name, gpu):
    found = gpu_inside(catalog, name)
    assert (found.name if found else None) == gpu


def test_what_a_memory_kit_says_of_itself():
    assert ram_from_name("256GB (8x32GB) DDR4-3200 ECC RDIMM") == {
        "modules": 8,
        "module_bytes": 32 * 2**30,
        "capacity_bytes": 256 * 2**30,
        "mem_type": "DDR4",
        "dimm_type": "RDIMM",
        "ecc": True,
    }
    assert ram_from_name("some memory") == {}


def test_every_known_build_gets_its_verdict_and_its_rules(check):
    """37 published builds and pairs of parts; see the columns evidence and source."""
    file = Path(__file__).parents[1] / "data" / "known_builds.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        expected = {row["case_id"]: row for row in csv.DictReader(opened)}
    _, document = check("--cases", file)
    assert [case["case_id"] for case in document["cases"]] == list(expected)
    for case in document["cases"]:
        row = expected[case["case_id"]]
        assert case["verdict"] == row["expected"], case
        assert set(filter(None, row["rule_ids"].split(";"))) <= set(case["rules"]), case


@pytest.fixture
def saved(tmp_path, catalog):
    """Write a saved build of (kind, part or id, count)."""
    from hwstudio.core.project.file import save_project
    from hwstudio.core.project.state import Choice, ProjectState

    def write(*parts) -> Path:
        choices = [
            Choice(kind, getattr(part, "id", part), getattr(part, "name", part), count)
            for kind, part, count in parts
        ]
        file = tmp_path / "build.hws"
        save_project(file, ProjectState(name="Mine", parts=tuple(choices)))
        return file

    return write


@pytest.fixture
def whole(catalog):
    """Parts of a whole computer whose processor has no graphics."""
    cpu = catalog.match_cpu("Ryzen 9 5900X")
    return {
        "cpu": cpu,
        "cooler": next(c for c in catalog.coolers() if "AM4" in c.sockets),
        "motherboard": next(b for b in catalog.motherboards() if b.socket == "AM4"),
        "ram": next(r for r in catalog.rams() if r.mem_type == "DDR4" and r.dimm_type == "UDIMM"),
        "storage": catalog.storages()[0],
        "psu": next(p for p in catalog.psus() if p.rated_w == 850),
        "case": next(c for c in catalog.cases() if (c.max_gpu_length_mm or 0) > 400),
    }


def test_a_saved_build_of_a_card_alone_is_not_ok(check, saved, catalog):
    code, document = check(saved(("gpu_card", catalog.cards()[0], 1)))
    (case,) = document["cases"]
    assert (code, case["verdict"]) == (0, "unknown")
    (found,) = [f for f in case["findings"] if "not complete" in f["text"]]
    for word in ("processor", "motherboard", "memory", "drive", "power supply", "case"):
        assert word in found["text"]
    assert "graphics card" not in found["text"]


def test_two_processors_on_one_socket_are_an_error(check, saved, whole):
    code, document = check(
        saved(*((kind, part, 1 + (kind == "cpu")) for kind, part in whole.items()))
    )
    assert code == 1
    assert any(
        f["rule"] == "R01" and f["severity"] == "error" and "2 processors" in f["text"]
        for f in document["cases"][0]["findings"]
    )


def test_a_card_that_left_the_catalogue_is_named_first_and_blamed_for_nothing(check, saved, whole):
    parts = [(kind, part, 1) for kind, part in whole.items()]
    _, without = check(saved(*parts))
    assert any(f["rule"] == "R10" for f in without["cases"][0]["findings"])
    _, document = check(saved(*parts, ("gpu_card", "card-that-left", 1)))
    (case,) = document["cases"]
    assert case["findings"][0]["rule"] == "R50"
    assert "card-that-left" in case["findings"][0]["text"]
    assert not any(f["rule"] == "R10" for f in case["findings"])
    assert case["verdict"] != "ok"


def test_a_card_nobody_knows_in_a_table_is_not_taken_for_none(check, cases):
    row = {
        "cpu": "AMD Ryzen 9 5900X",
        "gpu": "GeForce RTX 4095 Hyper",
        "facts": {"mb": {"socket": "AM4"}, "ram": {"modules": 2}, "psu": [{"watt": 850}]},
    }
    _, document = check("--cases", cases(row))
    assert "R10" not in document["cases"][0]["rules"]


def test_a_row_that_cannot_be_read_says_so_and_stops_no_other(check, tmp_path):
    file = tmp_path / "cases.csv"
    good = b'c2,"{""cpu"": {""socket"": ""AM5""}, ""mb"": {""socket"": ""AM5""}}"\n'
    file.write_bytes(
        b"case_id,facts_json,case\nc1,,Geh\xe4use\n"
        + good.replace(b'"\n', b'",\n')
        + b"c3,,"
        + b"x" * 140_000
        + b"\n"
    )
    code, document = check("--cases", file)
    first, second, third = document["cases"]
    assert code == 0
    assert "CSV UTF-8" in first["error"]
    assert "codec" not in first["error"]
    assert (second["verdict"], "error" in second) == ("ok", False)
    assert "too long" in third["error"]


def test_a_folder_given_as_a_table_is_wrong_input(check, tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        check("--cases", tmp_path)


def test_what_fits_comes_with_the_room_left(check, cases):
    file = cases({"facts": {"gpus": [{"length_mm": 304, "slots": 3}], "case": {"max_gpu_mm": 360}}})
    _, document = check("--cases", file)
    (margin,) = document["cases"][0]["margins"]
    assert (margin["what"], margin["left"], margin["unit"]) == ("Card length", 56, "mm")
    _, text = check("--cases", file, is_json=False)
    assert "Card length: 304 of 360 mm, 56 mm to spare." in text
