"""`hwstudio catalog` keeps what is the user's, takes files in, and takes changes back."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main

GPU = "gpu-geforce-rtx-4090"
PSU = [
    "psu", "--set", "name=Foo 1000", "--set", "maker=Foo", "--set", "wattage=1000", "--set",
    "form_factor=ATX", "--set", "modular=full",
]  # fmt: skip


@pytest.fixture
def say(home, capsys):
    """Run one `catalog` verb; return its exit code, its JSON document or text, and stderr."""

    def run(*words, is_json=True):
        front = ["--json"] if is_json else []
        code = main([*front, "--home", str(home.root), "catalog", *map(str, words)])
        printed = capsys.readouterr()
        return (
            code,
            json.loads(printed.out) if is_json and printed.out else printed.out,
            printed.err,
        )

    return run


@pytest.fixture
def csv_file(tmp_path):
    """Write a CSV file."""

    def write(text):
        (tmp_path / "file.csv").write_text(text, "utf-8")
        return tmp_path / "file.csv"

    return write


PRICES = f"id,price,currency,date\n{GPU},1500,USD,2026-11-01\nnobody,5,USD,2026-11-01\n"


def test_import_prints_the_promised_fields_and_exits_with_0_when_a_row_was_taken(say, csv_file):
    code, found, _ = say("import", csv_file(PRICES))
    assert code == 0
    assert (found["added"], found["changed"], found["duplicates"]) == (1, 0, 0)
    assert found["batch"] == 1
    assert [(row["line"], bool(row["why"])) for row in found["rejected"]] == [(3, True)]
    assert found["file"].endswith("file.csv")
    assert say("show", GPU)[1]["price"]["amount"] == 1500


def test_a_dry_run_writes_nothing(say, csv_file, home):
    code, found, _ = say("import", csv_file(PRICES), "--dry-run")
    assert (code, found["added"], found["batch"]) == (0, 1, None)
    assert not home.overlay_file.exists()


def test_a_file_of_which_nothing_can_be_taken_exits_with_1(say, csv_file):
    code, found, _ = say("import", csv_file("id,price,currency,date\nnobody,5,USD,2026-11-01\n"))
    assert (code, found["added"], found["batch"]) == (1, 0, None)


def test_a_file_that_is_no_table_exits_with_2_and_one_line(say, csv_file):
    code, found, error = say("import", csv_file("<html>"))
    assert (code, found) == (2, "")
    assert "a web page" in error
    assert error.count("\n") == 1


def test_import_says_in_words_what_would_change_and_what_is_not_taken(say, csv_file):
    code, text, _ = say("import", csv_file(PRICES), "--dry-run", is_json=False)
    assert code == 0
    assert "Line 2: GeForce RTX 4090: $1,500, own of 2026-11-01" in text
    assert "Line 3 not taken: no part is called 'nobody'" in text
    assert "Nothing is written" in text


def test_undo_takes_the_last_change_back_and_says_when_there_is_none(say, csv_file):
    say("import", csv_file(PRICES))
    code, found, _ = say("undo")
    assert (code, found["title"], found["kept"]) == (0, "import of file.csv", [])
    assert say("mine")[1]["prices"] == []
    code, found, _ = say("undo")
    assert (code, found["batch"]) == (1, None)


def test_undo_of_an_earlier_change_names_what_it_left(say):
    say("note", GPU, "first")
    say("note", GPU, "second")
    code, found, _ = say("undo", "--batch", 1)
    assert code == 0
    assert [each["key"] for each in found["kept"]] == [GPU]
    assert say("mine")[1]["notes"][0]["text"] == "second"


def test_a_price_is_kept_with_its_day_and_seller_and_can_be_forgotten(say):
    code, found, _ = say("price", GPU, "1,500.50", "--seller", "ACME", "--date", "2026-11-01")
    assert code == 0
    assert (found["price"]["amount"], found["price"]["kind"]) == (1500.5, "own")
    assert "ACME" in found["price"]["source"]
    say("price", GPU, 1400, "--quote", "--currency", "eur")
    found = say("price", GPU, 1000, "--used")[1]
    assert [each["kind"] for each in found["prices"]] != []
    assert found["price"]["amount"] == 1500.5
    assert say("price", GPU, "--forget")[1] == {"id": GPU, "price": None, "prices": []}
    assert say("price", GPU, "--forget")[0] == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("price", "gpu-geforce-rtx-409", "5"), "Did you mean"),
        (("price", GPU), "not clear what to do"),
        (("price", GPU, "5", "--forget"), "not clear what to do"),
        (("price", GPU, "-5"), "under zero"),
        (("price", GPU, "0"), "costing nothing"),
        (("own", "nobody"), "no part 'nobody'"),
        (("note", "nobody", "x"), "no part 'nobody'"),
        (("add", "psu", "--set", "name=X"), "wattage is missing"),
        (("add", "psu", "--set", "name=X", "--set", "colour=red"), "'colour' is no column"),
        (("export", "--out", "x.csv"), "holds one table"),
        (("undo", "--batch", "77"), "is gone"),
    ],
)
def test_what_cannot_be_done_exits_with_2_and_says_why(say, words, why):
    code, found, error = say(*words)
    assert (code, found) == (2, "")
    assert why in error


@pytest.mark.parametrize(
    "words",
    [
        ("price", GPU, "1,5"),
        ("price", GPU, "5", "--currency", "dollars"),
        ("price", GPU, "5", "--date", "2999-01-01"),
        ("price", GPU, "5", "--date", "soon"),
        ("price", GPU, "5", "--quote", "--used"),
        ("own", GPU, "--quantity", "1.5"),
        ("add", "fridge"),
        ("add", "psu", "--set", "wattage"),
    ],
)
def test_wrong_usage_exits_with_2(say, words):
    with pytest.raises(SystemExit) as caught:
        say(*words)
    assert caught.value.code == 2


def test_owned_parts_are_counted_and_zero_forgets(say):
    assert say("own", GPU, "--quantity", 2)[1] == {"id": GPU, "quantity": 2}
    assert say("mine")[1]["owned"][0]["quantity"] == 2
    say("own", GPU, "--quantity", 0)
    assert say("mine")[1]["owned"] == []


def test_saying_one_thing_of_an_owned_part_keeps_the_others(say):
    say("own", GPU, "--quantity", 2, "--since", "2025-05", "--note", "from the lab")
    say("own", GPU, "--quantity", 3)
    (kept,) = say("mine")[1]["owned"]
    assert (kept["quantity"], kept["since"], kept["note"]) == (3, "2025-05", "from the lab")
    assert say("own", GPU, "--note", "")[1]["quantity"] == 3
    (kept,) = say("mine")[1]["owned"]
    assert (kept["quantity"], kept["since"], kept["note"]) == (3, "2025-05", "")


def test_a_used_price_is_kept_but_does_not_speak_for_the_part(say):
    before = say("show", GPU)[1]["price"]
    found = say("price", GPU, 1, "--used")[1]
    assert (found["price"], [each["kind"] for each in found["prices"]]) == (None, ["used"])
    assert say("show", GPU)[1]["price"] == before


def test_an_own_part_is_added_priced_exported_and_taken_in_elsewhere(say, tmp_path, capsys):
    code, found, _ = say("add", *PSU, "--source", "the box")
    assert code == 0
    assert found["id"] == "own-foo-1000"
    assert found["values"]["rated_w"] == 1000
    assert say("price", "own-foo-1000", 199)[0] == 0
    rows = say("export", "--out", tmp_path / "mine.xlsx")[1]["rows"]
    assert rows == {"parts": 1, "prices": 1, "owned": 0, "notes": 0}
    other = ["--json", "--home", str(tmp_path / "other"), "catalog"]
    assert main([*other, "import", str(tmp_path / "mine.xlsx")]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 2
    main([*other, "mine"])
    kept = json.loads(capsys.readouterr().out)
    assert kept["parts"] == say("mine")[1]["parts"]
    assert kept["prices"] == say("mine")[1]["prices"]


def test_a_part_added_again_under_its_name_is_changed(say):
    say("add", *PSU)
    say("add", *PSU, "--set", "efficiency=gold")
    (part,) = say("mine")[1]["parts"]
    assert part["values"]["efficiency"] == "Gold"


def test_mine_lists_what_the_catalogue_no_longer_has(say, home):
    from decimal import Decimal

    from hwstudio.core.catalog.overlay.overlay import Overlay

    Overlay(home.overlay_file).set_own_price("cpu-gone", Decimal(5), "USD", "2026-11-01")
    assert [each["part_id"] for each in say("mine")[1]["lost"]] == ["cpu-gone"]
    assert "No longer in the catalogue: cpu-gone" in say("mine", is_json=False)[1]
    assert say("price", "cpu-gone", "--forget")[0] == 0


def test_mine_says_how_to_begin_when_there_is_nothing(say):
    assert "Nothing of your own yet" in say("mine", is_json=False)[1]
